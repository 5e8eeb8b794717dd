"""Who else is at this ledger, and what they have in hand: functions over a session, each a short look in a thread."""

import asyncio
import datetime as dt
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import ConsoleRecord, OperationRecord, moment

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session

_WORKER: Final = "worker"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another console or worker on the same ledger. All texts are cleaned; `since` is UTC."""

    owner: str
    who: str
    where: str
    since: dt.datetime
    worker: bool = False

    @property
    def name(self) -> str:
        """`robin`, or `robin's worker`."""
        return f"{self.who}'s worker" if self.worker else self.who

    @property
    def words(self) -> str:
        """`robin on jump-1 since 09:40`, in this machine's time."""
        return f"{self.name} on {self.where} since {_clock(self.since)}"


@dataclass(frozen=True, slots=True)
class Busy:
    """An item whose operation another process has in hand. `since`: in this state, UTC."""

    item: str
    who: str
    where: str
    since: dt.datetime
    state: str

    @property
    def words(self) -> str:
        """`robin on jump-1 since 09:40 (sending)`, in this machine's time."""
        return f"{self.who} on {self.where} since {_clock(self.since)} ({self.state})"


@dataclass(frozen=True, slots=True)
class Others:
    """Who else is there. `shared`: the ledger is one that other machines reach too."""

    colleagues: tuple[Colleague, ...]
    shared: bool


async def announce(session: "Session") -> Others:
    """Say that this console is there, and hear who else is; call it again within a lease. Raises LedgerError."""
    owner, ledger, tenant = session.engine.owner, session.ledger, session.place.tenant_id

    def tell() -> list[ConsoleRecord]:
        ledger.consoles.present(owner, tenant, session.operator, clean(socket.gethostname()))
        return ledger.consoles.there(tenant)

    others = [one for one in await asyncio.to_thread(tell) if one.owner != owner]
    found = tuple(_colleague(one) for one in sorted(others, key=lambda one: (one.since, one.owner)))
    return Others(found, ledger.database.postgres)


async def busy(session: "Session") -> tuple[Busy, ...]:
    """What others have in hand at the moment, in this organisation. Raises LedgerError."""
    owner, ledger, tenant = session.engine.owner, session.ledger, session.place.tenant_id

    def look() -> list[OperationRecord]:
        now = ledger.now()
        return [
            one for one in ledger.open_operations(tenant) if one.owner and one.owner != owner and one.lease_until > now
        ]

    return tuple(_busy(one) for one in await asyncio.to_thread(look))


def _colleague(record: ConsoleRecord) -> Colleague:
    worker = record.place.startswith(_WORKER)
    where = _parts(record.owner)[1] if worker else clean(record.place)
    return Colleague(clean(record.owner), clean(record.who), where, moment(record.since), worker)


def _busy(record: OperationRecord) -> Busy:
    who, where = _parts(record.owner)
    return Busy(record.item, who, where, moment(record.updated_at), record.state.value)


def _parts(owner: str) -> tuple[str, str]:
    """Who and where, of `robin@jump-1:4711`."""
    who, _, rest = clean(owner).partition("@")
    return who, rest.rpartition(":")[0] or rest or "this ledger"


def _clock(at: dt.datetime) -> str:
    return f"{at.astimezone():%H:%M}"
