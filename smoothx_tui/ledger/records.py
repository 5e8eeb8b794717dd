"""Rows of the ledger as the rest of the program knows them."""

import datetime as dt
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """States of an operation; docs/sync-protocol.md has what each one means."""

    PLANNED = "planned"
    APPROVED = "approved"
    CHECKING = "checking"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    VERIFIED = "verified"
    LOCKING = "locking"
    ATTACHING = "attaching"
    DONE = "done"
    WAITING = "waiting"
    STALE = "stale"
    DRIFT = "drift"
    REFUSED = "refused"
    HELD = "held"


WORKABLE: Final = frozenset(
    {
        State.APPROVED,
        State.CHECKING,
        State.SENDING,
        State.UNKNOWN,
        State.SENT,
        State.VERIFIED,
        State.LOCKING,
        State.ATTACHING,
        State.WAITING,
    }
)
"""States that a console may take up where it was left."""

POSTED: Final = frozenset({State.LOCKING, State.ATTACHING})
"""The document is in Xero as planned; only what follows it is open."""


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """One operation. Times are seconds since 1970 by the database's clock; 0 is "not yet"."""

    id: str
    organisation: str
    item: str
    action: str
    state: State
    open: bool = True
    """Holds the item: no second operation may begin while this is set."""
    digest: str = ""
    frozen: str = ""
    """The plan as it was approved, as JSON text (syncing.frozen reads it)."""
    body: str = ""
    """The object that is sent, once a new contact's id is known; "" before."""
    planned_by: str = ""
    approved_by: str = ""
    owner: str = ""
    fence: int = 0
    lease_until: float = 0
    key: str = ""
    """The Idempotency-Key, which also names the batch; "" while nothing may have been sent."""
    position: int = 0
    attempt: int = 0
    first_sent_at: float = 0
    next_at: float = 0
    looks: int = 0
    tries: int = 0
    resume: str = ""
    document_id: str = ""
    text: str = ""
    fix: str = ""
    request_id: str = ""
    evidence: str = ""
    created_at: float = 0
    updated_at: float = 0
    swept_at: float = 0


OPERATION_FIELDS: Final = tuple(field.name for field in fields(OperationRecord))


@dataclass(frozen=True, slots=True)
class Conflict:
    """The item already has an open operation: who is at it, since when, in which state."""

    item: str
    operation_id: str
    state: State
    owner: str
    approved_by: str
    since: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One network call that may have changed something. `outcome` "" : no result was recorded."""

    id: int
    key: str
    owner: str
    call: str
    body_hash: str
    operations: int
    started_at: float
    ended_at: float
    outcome: str
    status: int
    request_id: str


ATTEMPT_FIELDS: Final = tuple(field.name for field in fields(AttemptRecord))


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One saved change of the settings; `before` and `after` are the whole file, `changes` says it in words."""

    revision: int
    at: dt.datetime
    who: str
    before: str
    after: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedVersion:
    """One version of the settings that all consoles of a ledger share. `text` is TOML: settings and mapping, no more.

    `changes` says in words what it changed; with `ended` it is the end of sharing, and files count again.
    """

    revision: int
    at: dt.datetime
    who: str
    text: str
    changes: tuple[str, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain: `hash` covers every other member, `previous` included."""

    number: int
    at: float
    who: str
    event: str
    organisation: str
    item: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFault:
    """Where the chain does not hold, and why."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ConsoleRecord:
    """A console or worker that uses this ledger; it is thought dead when `seen` is older than a lease.

    `organisation` is the tenant it works for: one ledger may serve several.
    """

    owner: str
    organisation: str
    who: str
    place: str
    since: float
    seen: float


def moment(seconds: float) -> dt.datetime:
    """A ledger time as a date-time, UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def row_values(record: OperationRecord) -> dict[str, Any]:
    """The record as a row."""
    return {name: getattr(record, name) for name in OPERATION_FIELDS}
