"""What becomes of operations when time has passed: looked at again, opened again, or expired.

Nothing here needs a call to a service. `syncing.sweep` decides what was seen.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base.text import clean
from smoothx_tui.ledger import audit, operations
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.records import OperationRecord, State, moment
from smoothx_tui.ledger.tables import operations as table

APPROVAL_SECONDS: Final = 7 * 86_400.0
"""How long a plan that was put up waits for its approval, and an approved one for somebody to begin it."""
_EXPIRED: Final = sa.select(table).where(
    table.c.organisation == sa.bindparam("organisation"),
    table.c.fence == 0,  # nobody has ever begun it: there is nothing of it anywhere
    table.c.state.in_((State.PLANNED.value, State.APPROVED.value)),
    table.c.updated_at <= sa.bindparam("before"),
)


class Sweeps:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, organisation: str, older_than: float) -> list[OperationRecord]:
        """Done, not looked at again yet, and finished at least `older_than` seconds ago."""
        with self._database.transaction() as connection:
            return operations.unswept(connection, organisation, self._database.now(connection) - older_than)

    def looked_at(self, records: Sequence[OperationRecord]) -> list[OperationRecord]:
        """Keep what a second look has found: each is marked as swept, and one that is `open` holds its item again.

        Where a newer operation has the item already, that one holds it. Those that changed meanwhile are left out.
        """
        for _ in range(3):
            try:
                return self._looked_at(records)
            except sa.exc.IntegrityError:  # PostgreSQL: a newer operation was begun between our look and our update
                continue
        return self._looked_at([replace(one, open=False) for one in records])

    def _looked_at(self, records: Sequence[OperationRecord]) -> list[OperationRecord]:
        if not records:
            return []
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            items = [one.item for one in records if one.open]
            taken = operations.open_for(connection, records[0].organisation, items)
            wanted = [replace(one, swept_at=now, open=one.open and one.item not in taken) for one in records]
            written, _ = operations.save(connection, wanted, now)
            held = [one for one in written if one.state is State.HELD]
            notes = [Note("sweep", "", one.organisation, one.item, f"{one.id} {one.text}") for one in held]
            audit.append(connection, notes, now)
        return written

    def expire(self, organisation: str) -> list[OperationRecord]:
        """End what was put up or approved and never begun for `APPROVAL_SECONDS`; those that were ended now."""
        with self._database.transaction() as connection:
            return expire(connection, organisation, self._database.now(connection))


def expire(connection: sa.Connection, organisation: str, now: float) -> list[OperationRecord]:
    """As `Sweeps.expire`, inside the caller's transaction."""
    rows = connection.execute(_EXPIRED, {"organisation": organisation, "before": now - APPROVAL_SECONDS})
    found = [operations.record_of(row) for row in rows]
    if not found:
        return []
    ended = [
        replace(one, state=State.STALE, open=False, text=_why(one), fix="refresh, look at the plan, submit it again")
        for one in found
    ]
    written, _ = operations.save(connection, ended, now)
    audit.append(
        connection, [Note("expired", "", one.organisation, one.item, f"{one.id} {one.text}") for one in written], now
    )
    return written


def _why(record: OperationRecord) -> str:
    since, days = f"{moment(record.updated_at):%Y-%m-%d %H:%M} UTC", int(APPROVAL_SECONDS // 86_400)
    if record.state is State.APPROVED:
        return f"expired: {clean(record.approved_by)} approved it on {since}, and nobody ran it for {days} days"
    return f"expired: {clean(record.planned_by)} submitted it on {since}, and nobody approved it for {days} days"
