"""The question before a sync: every danger by itself, then the whole. Only a typed `yes` goes on.

Enter alone never does, nor does the key that opened the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from smoothx_tui.console.model.tally import Tally
from smoothx_tui.planning.plan import Finding, Plan
from smoothx_tui.session.place import Place
from smoothx_tui.session.rows import row_of

YES: Final = "yes"
NO: Final = "no"


class Step(StrEnum):
    """What an answer leads to."""

    STAY = "stay"
    NEXT = "next"
    GO = "go"
    GIVE_UP = "give_up"


@dataclass
class SyncQuestion:
    """`plans` are all that were marked; the ones whose danger was not accepted leave it on the way."""

    plans: list[Plan]
    place: Place
    four_eyes: bool = False
    """A second person has to approve: the plans are put up for approval, and not sent."""
    accepted: set[str] = field(default_factory=set)
    _dangers: list[tuple[Plan, Finding]] = field(init=False)
    _at: int = 0
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._dangers = [(plan, finding) for plan in self.plans for finding in plan.dangers]

    @property
    def danger(self) -> tuple[Plan, Finding] | None:
        """The danger that is asked about now."""
        return self._dangers[self._at] if self._at < len(self._dangers) else None

    @property
    def sentence(self) -> str:
        """What is asked about."""
        if self.danger is not None:
            plan, finding = self.danger
            return f"DANGER {self._at + 1} of {len(self._dangers)}  {plan.number or plan.item}: {finding.text}"
        tally = Tally()
        for plan in self.plans:
            tally.add(row_of(plan))
        files = sum(len(plan.attaching) for plan in self.plans)
        more = f", with {files} file{'' if files == 1 else 's'} to attach ({files} more Xero calls)" if files else ""
        where = f"{self.place.organisation} {self.place.environment}"
        what = ", ".join(tally.parts(self.place.base_currency))
        if self.four_eyes:
            return f"A second person approves here. Submit {len(self.plans)} for {where}: {what}. Nothing is sent yet."
        return f"Sync {len(self.plans)} to {where}: {what}{more}."

    @property
    def prompt(self) -> str:
        """What to type."""
        if self.danger is not None:
            return f"Send {self.danger[0].number or self.danger[0].item}? Type yes, or no to leave it out:"
        return "Type yes:"

    def answer(self, text: str) -> Step:
        """Take what was typed and entered."""
        word = text.strip().casefold()
        if self.danger is None:
            return Step.GO if word == YES else Step.STAY
        plan, _ = self.danger
        if word == YES:
            self.accepted.add(plan.item)
        elif word == NO:
            self._refused.add(plan.item)
        else:
            return Step.STAY
        self._at += 1
        while self.danger is not None and self.danger[0].item in self._refused:
            self._at += 1
        if self.danger is None:
            self.plans = [plan for plan in self.plans if plan.item not in self._refused]
            self.accepted -= self._refused
            if not self.plans:
                return Step.GIVE_UP
        return Step.NEXT

    @property
    def refused(self) -> Sequence[str]:
        """Items left out because their danger was not accepted."""
        return sorted(self._refused)
