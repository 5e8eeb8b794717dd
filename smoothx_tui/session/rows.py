"""A plan as a line of the items table. Text is cleaned by planning."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind

if TYPE_CHECKING:
    from smoothx_tui.planning.plan import Outline, Plan
    from smoothx_tui.planning.remainders import Standing

TYPE_WORDS: Final = {
    Kind.PROGRESS_CLAIM: "claim",
    Kind.DIRECT_COST: "direct",
    Kind.HEAD_CONTRACT_CLAIM: "head",
}

ACTION_WORDS: Final = {
    Action.NOT_READY: "wait",
    Action.CREATE: "new",
    Action.UPDATE: "upd",
    Action.UNCHANGED: "same",
    Action.HELD: "held",
    Action.RECREATE: "again",
    Action.DELETE: "del",
    Action.VOID: "void",
    Action.ORPHANED: "orphan",
    Action.SKIPPED: "skip",
    Action.BLOCKED: "block",
    Action.LOCKED_ELSEWHERE: "other",
}

ALARM: Final = "DANGER"


@dataclass(frozen=True, slots=True)
class Row:
    """What the table shows and what filters and sorting read. `total` is what Xero would hold, else Procore's; of what
    is deleted in Procore it is what Xero holds.
    """

    key: str
    action: Action
    kind: Kind
    number: str
    contact: str
    project: str
    date: dt.date | None
    total: Decimal
    currency: str
    why: str
    danger: bool
    group: int = field(default=-1, compare=False)
    """Which of the planner's `groups` the item is in, so that a changed setting finds the rows that it can touch."""

    @property
    def act(self) -> str:
        return ACTION_WORDS[self.action]

    @property
    def alarm(self) -> str:
        """The word that stands before the why of a row with a danger, so that it can be filtered by."""
        return ALARM if self.danger else ""

    @property
    def type(self) -> str:
        return TYPE_WORDS[self.kind]


def row_of(plan: "Plan") -> Row:
    """The row of a plan."""
    return row_from(plan.outline)


def row_from(outline: "Outline", group: int = -1) -> Row:
    """The row of what a plan's outline says."""
    totals = outline.totals
    amount = Decimal(0)
    if totals is not None:
        # Without a payload what Procore asks for; of what is deleted there, what stands in Xero: that is what goes.
        amount = totals.xero if outline.has_payload else totals.procore or totals.xero
    return Row(
        key=outline.item,
        action=outline.action,
        kind=outline.kind,
        number=outline.number,
        contact=outline.contact,
        project=outline.project,
        date=outline.date,
        total=amount,
        currency=totals.currency if totals else "",
        why="" if outline.action is Action.CREATE and not outline.has_dangers else outline.summary,
        danger=outline.has_dangers,
        group=group,
    )


def row_moved(known: Row, standing: "Standing") -> Row:
    """The row of a simple item under other settings."""
    return replace(
        known,
        action=standing.action,
        total=standing.total,
        currency=standing.currency,
        why=why_of(standing),
        danger=standing.danger,
    )


def why_of(standing: "Standing") -> str:
    """What a simple item's row says: nothing, where it is sent without more ado."""
    return "" if standing.action is Action.CREATE and not standing.danger else standing.summary
