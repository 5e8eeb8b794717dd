"""Four eyes: whether an organisation wants a second person's approval, and what waits for one.

It is the ledger that refuses, and not a screen or a command: all consoles of a ledger are under the same rule.
"""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger import audit, sweeps
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.operations import record_of
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.ledger.tables import operations
from smoothx_tui.ledger.tables import organisation as table

_NEWER: Final = operations.alias("newer")
_WAITING: Final = (
    sa.select(operations)
    .where(
        operations.c.organisation == sa.bindparam("organisation"),
        operations.c.state == State.PLANNED.value,
        operations.c.approved_by == "",
        ~sa.exists().where(
            _NEWER.c.organisation == operations.c.organisation,
            _NEWER.c.item == operations.c.item,
            _NEWER.c.created_at > operations.c.created_at,
        ),
    )
    .order_by(operations.c.created_at, operations.c.id)
)
_REQUIRED: Final = sa.select(table.c.approvals_required).where(table.c.organisation == sa.bindparam("organisation"))


class Approvals:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def required(self, organisation: str) -> bool:
        """Whether nobody may approve what they planned themselves."""
        with self._database.transaction() as connection:
            return required(connection, organisation)

    def require(self, organisation: str, *, on: bool, who: str) -> bool:
        """Switch the rule; whether that changed it. A change is written into the audit chain."""
        with self._database.transaction() as connection:
            if required(connection, organisation) is on:
                return False
            wanted = sa.update(table).where(table.c.organisation == organisation).values(approvals_required=on)
            if not connection.execute(wanted).rowcount:
                connection.execute(sa.insert(table).values(organisation=organisation, approvals_required=on))
            detail = "a second person's approval is required" if on else "no second person's approval is required"
            audit.append(connection, [Note("approvals", who, organisation, "", detail)], self._database.now(connection))
        return True

    def waiting(self, organisation: str) -> list[OperationRecord]:
        """Planned operations that wait for somebody's approval, oldest first; the newest of each item only."""
        with self._database.transaction() as connection:
            sweeps.expire(connection, organisation, self._database.now(connection))
            return [record_of(row) for row in connection.execute(_WAITING, {"organisation": organisation})]


def required(connection: sa.Connection, organisation: str) -> bool:
    """As `Approvals.required`, inside the caller's transaction."""
    return bool(connection.scalar(_REQUIRED, {"organisation": organisation}))


def check(connection: sa.Connection, records: Iterable[OperationRecord]) -> None:
    """Refuse new operations that their planner has approved, where that takes two. Raises LedgerError.

    What sends nothing to Xero (clearing a lock) needs no second person.
    """
    alone = [one for one in records if one.state is State.APPROVED and one.body and one.planned_by == one.approved_by]
    if alone and required(connection, alone[0].organisation):
        raise LedgerError(
            f"{alone[0].planned_by} planned {alone[0].item} and can not approve it too: a second person is required",
            "submit it with sync --approve-only; a colleague approves it with smoothx-tui approvals approve",
        )
