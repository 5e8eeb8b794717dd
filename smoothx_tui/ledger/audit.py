"""The audit chain: append-only, every entry's hash covers the one before it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.ledger.records import AuditEntry, AuditFault
from smoothx_tui.ledger.tables import audit

GENESIS: Final = "0" * 64
_LOCK: Final = 7_120_411  # PostgreSQL's advisory lock of the chain: two consoles may not both append after one entry


_LAST: Final = sa.select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
_INSERT: Final = sa.insert(audit)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be written into the chain. `detail` is JSON text or plain words; never a secret."""

    event: str
    who: str = ""
    organisation: str = ""
    item: str = ""
    detail: str = ""


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over every member but the hash; times to the microsecond so that a database's rounding can not differ."""
    members = [entry.number, f"{entry.at:.6f}", entry.who, entry.event, entry.organisation, entry.item, entry.detail]
    return hashlib.sha256(jsontext.dumps([*members, entry.previous]).encode()).hexdigest()


def append(connection: sa.Connection, notes: Sequence[Note], at: float) -> None:
    """Write the notes at the end of the chain, inside the caller's transaction."""
    if not notes:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"select pg_advisory_xact_lock({_LOCK})"))
    last = connection.execute(_LAST).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, GENESIS)
    rows = []
    for note in notes:
        number += 1
        bare = AuditEntry(
            number, at, note.who, note.event, note.organisation, note.item, note.detail, previous=previous, hash=""
        )
        previous = entry_hash(bare)
        rows.append(
            {name: getattr(bare, name) for name in ("number", "at", "who", "event", "organisation", "item", "detail")}
            | {"previous": bare.previous, "hash": previous}
        )
    connection.execute(_INSERT, rows)


def entries(connection: sa.Connection, *, item: str = "", since: int = 0) -> Iterator[AuditEntry]:
    """The chain in order; of one item where asked."""
    wanted = sa.select(audit).where(audit.c.number > since).order_by(audit.c.number)
    if item:
        wanted = wanted.where(audit.c.item == item)
    for row in connection.execute(wanted):
        yield AuditEntry(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def verify(connection: sa.Connection) -> tuple[str, list[AuditFault]]:
    """The head of the chain (its last hash), and every place where it does not hold."""
    previous, expected, faults = GENESIS, 1, []
    for entry in entries(connection):
        if entry.number != expected:
            faults.append(AuditFault(entry.number, f"entries {expected} to {entry.number - 1} are missing"))
        if entry.previous != previous:
            faults.append(AuditFault(entry.number, "does not follow the entry before it"))
        if entry_hash(entry) != entry.hash:
            faults.append(AuditFault(entry.number, "was changed after it was written"))
        previous, expected = entry.hash, entry.number + 1
    return previous, faults
