"""What a sync of the marked items takes: the calls that write to Xero, and the locks in Procore."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from smoothx_tui.base import jsontext
from smoothx_tui.console.model.tally import Tally
from smoothx_tui.planning.actions import Action

if TYPE_CHECKING:
    from smoothx_tui.planning.plan import Plan

BATCH: Final = 50
"""New documents in one call, as `syncing.desk.Rules` has it; everything else is a call by itself."""
EXACT: Final = 500
"""Marks up to which every plan is asked; of more it is said what it can be at most."""
_MADE: Final = (Action.CREATE, Action.RECREATE)
_UNLOCKED: Final = (Action.DELETE, Action.VOID)


class Takes:
    """Counts from the plans; an item's part is kept until it is planned again."""

    def __init__(self, plan_of: "Callable[[str], Plan]") -> None:
        self._plan_of = plan_of
        self._parts: dict[str, tuple[bool, bool, tuple[str, ...], int]] = {}

    def clear(self) -> None:
        """The plans are others now."""
        self._parts.clear()

    def words(self, marks: set[str], marked: Tally) -> str:
        """`2 Xero calls, 3 locks`. Calls that only read are not counted: what they take depends on what they find."""
        if len(marks) > EXACT:
            made = sum(marked.counts[action] for action in _MADE)
            ending = sum(marked.counts[action] for action in _UNLOCKED)
            calls = -(-made // BATCH) + marked.total - made
            return f"{_many(calls, 'Xero call')} and more, up to {_many(marked.total - ending, 'lock')}"
        parts = [self._part(key) for key in marks]
        made = sum(creating for creating, _, _, _ in parts)
        first = {step for _, _, steps, _ in parts for step in steps}
        calls = -(-made // BATCH) + len(parts) - made + len(first) + sum(files for _, _, _, files in parts)
        return f"{_many(calls, 'Xero call')}, {_many(sum(locks for _, locks, _, _ in parts), 'lock')}"

    def _part(self, key: str) -> tuple[bool, bool, tuple[str, ...], int]:
        """(whether it is new, whether it is locked afterwards, what has to be made first, files to attach)."""
        part = self._parts.get(key)
        if part is None:
            plan = self._plan_of(key)
            steps = tuple(jsontext.dumps([step.step.value, step.body]) for step in plan.first)
            part = self._parts[key] = (plan.action in _MADE, "lock" in plan.then, steps, len(plan.attaching))
        return part


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
