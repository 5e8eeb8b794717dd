"""A plan as a line of the items table. Text is cleaned by planning."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.procore.items import Kind

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


@dataclass(frozen=True, slots=True)
class Row:
    """What the table shows and what filters and sorting read. `total` is what Xero would hold, else Procore's."""

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

    @property
    def act(self) -> str:
        return ACTION_WORDS[self.action]

    @property
    def type(self) -> str:
        return TYPE_WORDS[self.kind]


def row_of(plan: Plan) -> Row:
    totals = plan.totals
    amount = Decimal(0) if totals is None else (totals.xero if plan.payload is not None else totals.procore)
    return Row(
        key=plan.item,
        action=plan.action,
        kind=plan.kind,
        number=plan.number,
        contact=plan.contact,
        project=plan.project,
        date=plan.date,
        total=amount,
        currency=totals.currency if totals else "",
        why="" if plan.action is Action.CREATE and not plan.dangers else plan.summary,
        danger=bool(plan.dangers),
    )
