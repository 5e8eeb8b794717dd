"""Operations in the ledger: frozen, approved, claimed, saved. Every function is part of the caller's transaction.

Ownership is the lease and the fence: a claim raises the fence, and whoever saves with an older fence is told that the
operation is not theirs any more.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from smoothx_tui.ledger.records import (
    ATTEMPT_FIELDS,
    OPERATION_FIELDS,
    WORKABLE,
    AttemptRecord,
    Conflict,
    OperationRecord,
    State,
    row_values,
)
from smoothx_tui.ledger.tables import attempts, operations

LEASE_SECONDS: Final = 60.0
_IN_A_QUERY: Final = 400
_MUTABLE: Final = tuple(
    name
    for name in OPERATION_FIELDS
    if name not in {"id", "organisation", "item", "action", "digest", "frozen", "planned_by", "created_at"}
)
_SAVE: Final = (
    sa.update(operations)
    .where(operations.c.id == sa.bindparam("row_id"))
    .values({name: sa.bindparam(f"new_{name}") for name in _MUTABLE})
)
# Statements are built once: building one costs more than running it.
_IDS: Final = operations.c.id.in_(sa.bindparam("ids", expanding=True))
_BY_IDS: Final = sa.select(operations).where(_IDS)
_BY_IDS_LOCKED: Final = _BY_IDS.with_for_update()
_FENCES: Final = sa.select(operations.c.id, operations.c.fence, operations.c.lease_until).where(_IDS).with_for_update()
_OPEN_FOR: Final = sa.select(operations).where(
    operations.c.organisation == sa.bindparam("organisation"),
    operations.c.open.is_(True),
    operations.c.item.in_(sa.bindparam("items", expanding=True)),
)
_HELD: Final = sa.and_(
    operations.c.owner == sa.bindparam("holder"),
    operations.c.open.is_(True),
    operations.c.lease_until > sa.bindparam("now"),
)
_HELD_IDS: Final = sa.select(operations.c.id).where(_HELD)
_RENEW: Final = sa.update(operations).where(_HELD).values(lease_until=sa.bindparam("until"))
_FREE: Final = sa.and_(
    operations.c.organisation == sa.bindparam("organisation"),
    operations.c.open.is_(True),
    operations.c.state.in_(sorted(WORKABLE)),
    operations.c.lease_until <= sa.bindparam("now"),
    operations.c.next_at <= sa.bindparam("now"),
)
_CLAIMABLE: Final = (
    sa.select(operations)
    .where(_FREE)
    .order_by(operations.c.created_at, operations.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_WHOLE_BATCH: Final = (
    sa.select(operations)
    .where(_FREE, operations.c.key.in_(sa.bindparam("keys", expanding=True)))
    .with_for_update(skip_locked=True)
)
_ALL_OPEN: Final = (
    sa.select(operations)
    .where(operations.c.organisation == sa.bindparam("organisation"), operations.c.open.is_(True))
    .order_by(operations.c.created_at, operations.c.id)
)
_UNSWEPT: Final = (
    sa.select(operations)
    .where(
        operations.c.organisation == sa.bindparam("organisation"),
        operations.c.state == State.DONE.value,
        operations.c.swept_at == 0,
        operations.c.updated_at <= sa.bindparam("before"),
    )
    .order_by(operations.c.updated_at, operations.c.id)
)
_START: Final = sa.insert(attempts).returning(attempts.c.id)
_INSERT: Final = sa.insert(operations)


def record_of(row: sa.Row[Any]) -> OperationRecord:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return OperationRecord(**(values | {"state": State(values["state"])}))


def insert(connection: sa.Connection, records: Sequence[OperationRecord]) -> None:
    """Add operations. Raises IntegrityError where an item already has an open one."""
    if records:
        connection.execute(_INSERT, [row_values(record) for record in records])


def open_for(connection: sa.Connection, organisation: str, items: Sequence[str]) -> dict[str, OperationRecord]:
    """The open operation of each of the items that has one."""
    found: dict[str, OperationRecord] = {}
    for part in _parts(items):
        rows = connection.execute(_OPEN_FOR, {"organisation": organisation, "items": part})
        found |= {row.item: record_of(row) for row in rows}
    return found


def conflict_of(record: OperationRecord) -> Conflict:
    return Conflict(
        record.item,
        record.id,
        record.state,
        record.owner,
        record.approved_by,
        record.updated_at,
        record.text,
    )


def claimable(connection: sa.Connection, organisation: str, now: float, limit: int) -> list[OperationRecord]:
    """Open operations that nobody works on and that are due; a batch that may have been sent comes whole.

    On PostgreSQL rows that another console is claiming at this moment are passed over.
    """
    free = {"organisation": organisation, "now": now}
    found = {row.id: record_of(row) for row in connection.execute(_CLAIMABLE, {**free, "most": limit})}
    keys = {record.key for record in found.values() if record.state in {State.SENDING, State.WAITING} and record.key}
    for part in _parts(sorted(keys)):
        found |= {row.id: record_of(row) for row in connection.execute(_WHOLE_BATCH, {**free, "keys": part})}
    return list(found.values())


def take(
    connection: sa.Connection, records: Iterable[OperationRecord], owner: str, now: float
) -> list[OperationRecord]:
    """Make `owner` the holder: fence + 1, a new lease. The rows must have been read in this transaction."""
    taken = [
        replace(one, owner=owner, fence=one.fence + 1, lease_until=now + LEASE_SECONDS, updated_at=now)
        for one in records
    ]
    _write(connection, taken)
    return taken


def close(
    connection: sa.Connection, records: Iterable[OperationRecord], text: str, now: float
) -> list[OperationRecord]:
    """End operations whoever holds them: the fence goes up, so that a holder who sleeps can not open them again."""
    closed = [
        replace(one, open=False, owner="", fence=one.fence + 1, lease_until=0.0, text=text, updated_at=now)
        for one in records
    ]
    _write(connection, closed)
    return closed


def by_ids(connection: sa.Connection, ids: Sequence[str], *, lock: bool = False) -> dict[str, OperationRecord]:
    found: dict[str, OperationRecord] = {}
    for part in _parts(ids):
        rows = connection.execute(_BY_IDS_LOCKED if lock else _BY_IDS, {"ids": part})
        found |= {row.id: record_of(row) for row in rows}
    return found


def still_mine(connection: sa.Connection, records: Sequence[OperationRecord]) -> set[str]:
    """The ids whose fence is unchanged, that is, which nobody has taken over; locked until the transaction ends."""
    mine: set[str] = set()
    fences = {record.id: record.fence for record in records}
    for part in _parts(list(fences)):
        mine |= {row.id for row in connection.execute(_FENCES, {"ids": part}) if fences[row.id] == row.fence}
    return mine


def leased(connection: sa.Connection, records: Sequence[OperationRecord], now: float) -> set[str]:
    """The ids whose lease has not run out: a process that slept may not act on what it read before it fell asleep."""
    found: set[str] = set()
    for part in _parts([record.id for record in records]):
        found |= {row.id for row in connection.execute(_FENCES, {"ids": part}) if row.lease_until > now}
    return found


def save(
    connection: sa.Connection, records: Sequence[OperationRecord], now: float
) -> tuple[list[OperationRecord], list[OperationRecord]]:
    """Write the records that are still ours; (written, lost to another console).

    An operation that stays with us gets a new lease; one that is closed or waits is let go.
    """
    mine = still_mine(connection, records)
    written = [
        replace(one, updated_at=now, lease_until=now + LEASE_SECONDS if one.open and one.owner else 0.0)
        for one in records
        if one.id in mine
    ]
    _write(connection, written)
    return written, [one for one in records if one.id not in mine]


def _write(connection: sa.Connection, records: Sequence[OperationRecord]) -> None:
    if records:
        connection.execute(
            _SAVE, [{"row_id": r.id} | {f"new_{name}": getattr(r, name) for name in _MUTABLE} for r in records]
        )


def renew(connection: sa.Connection, owner: str, now: float) -> set[str]:
    """Prolong the leases of `owner` that have not run out; the ids that are still held."""
    held = {"holder": owner, "now": now}
    ids = {row.id for row in connection.execute(_HELD_IDS, held)}
    if ids:
        connection.execute(_RENEW, {**held, "until": now + LEASE_SECONDS})
    return ids


def all_open(connection: sa.Connection, organisation: str) -> list[OperationRecord]:
    return [record_of(row) for row in connection.execute(_ALL_OPEN, {"organisation": organisation})]


def unswept(connection: sa.Connection, organisation: str, before: float) -> list[OperationRecord]:
    """Done before a time, and not looked at again yet."""
    return [record_of(row) for row in connection.execute(_UNSWEPT, {"organisation": organisation, "before": before})]


def of_item(connection: sa.Connection, item: str, organisation: str = "") -> list[OperationRecord]:
    """Every operation of an item, newest first."""
    wanted = sa.select(operations).where(operations.c.item == item)
    if organisation:
        wanted = wanted.where(operations.c.organisation == organisation)
    return [record_of(row) for row in connection.execute(wanted.order_by(operations.c.created_at.desc()))]


def selected(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[OperationRecord]:
    wanted = sa.select(operations).where(*conditions).order_by(operations.c.created_at, operations.c.id)
    return [record_of(row) for row in connection.execute(wanted)]


def start_attempt(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    made = connection.execute(_START, dict(values))
    return int(made.scalar_one())


def end_attempt(connection: sa.Connection, attempt: int, values: Mapping[str, Any]) -> None:
    connection.execute(sa.update(attempts).where(attempts.c.id == attempt).values(**values))


def attempts_of(connection: sa.Connection, keys: Sequence[str]) -> list[AttemptRecord]:
    """The network calls made under these keys, oldest first."""
    found: list[AttemptRecord] = []
    for part in _parts(keys):
        wanted = sa.select(*(attempts.c[name] for name in ATTEMPT_FIELDS)).where(attempts.c.key.in_(part))
        found += [AttemptRecord(*row) for row in connection.execute(wanted.order_by(attempts.c.id))]
    return found


def new_id(random_bits: int) -> str:
    """A name for an operation or a key: 128 random bits as a UUID."""
    return str(uuid.UUID(int=random_bits, version=4))


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _IN_A_QUERY] for start in range(0, len(values), _IN_A_QUERY)]
