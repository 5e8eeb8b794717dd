"""What every step of the engine works with: the ledger, the two ports, the clock, the events."""

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeVar

from smoothx_tui.base.answers import NotSent
from smoothx_tui.base.clock import Clock
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.operations import LEASE_SECONDS, new_id
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.link import Link
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.ports import ProcorePort, Runner, XeroPort
from smoothx_tui.syncing.report import SyncEvent

Result = TypeVar("Result")

LEASE_LEFT_TO_SEND: Final = 20.0
KEY_SECONDS: Final = 240.0
"""How long the same bytes go again under the same key. Xero keeps a key for about 360 s from its first use."""
LATE_SECONDS: Final = 480.0
"""How long after its bytes left a document may still turn up; before that "none" is not an answer."""
SECOND_LOOK: Final = 60.0
CHECK_SECONDS: Final = 30.0
"""How old the look at both sides may be when the intent is committed."""
SAME_LOCK_DATE: Final = 10.0
"""Seconds for which a lock date that was read is taken for today's. It counts in the age of the look."""
_ENDED: Final = frozenset({State.DONE, State.STALE, State.DRIFT, State.REFUSED, State.HELD})


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be chosen. Each safeguard has a name so that the simulation can take it away and see what breaks."""

    batch: int = 50
    batch_bytes: int = 3_500_000
    patience: float = 90.0
    """Seconds: a run does not wait longer than this for an operation's next step; a later run goes on."""
    resend_bills: bool = False
    """Unattended: a bill that two late look-ups did not find is sent again instead of being held for a person."""
    lock_tries: int = 3
    without: frozenset[str] = frozenset()
    """Safeguards that are taken away. Only ever set by tests."""

    def keeps(self, safeguard: str) -> bool:
        return safeguard not in self.without


class LedgerThread:
    """Runs the ledger's blocking calls one after the other in one worker thread."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    async def __call__(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        self._pool.shutdown(wait=True)


@dataclass
class LockDate:
    """Xero's lock date, read once for all that ask for it within a few seconds."""

    desk: "Desk"
    _found: tuple[dt.date | None, float] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self) -> tuple[dt.date | None, float]:
        """(the last locked day or None, when its reading began by `Desk.tick`). Raises what the port raises."""
        async with self._turn:
            began = self.desk.tick()
            if self._found is None or began - self._found[1] > SAME_LOCK_DATE:
                self._found = (await self.desk.xero.locked_to(), began)
            return self._found


@dataclass
class Desk:
    """One run's working place."""

    ledger: Ledger
    xero: XeroPort
    procore: ProcorePort
    clock: Clock
    random: random.Random
    owner: str
    run: Runner
    rules: Rules = field(default_factory=Rules)
    on_event: Callable[[SyncEvent], None] = lambda _: None
    who: str = ""
    settings_revision: str = ""
    """The settings that what is frozen was planned under; "" where nobody keeps count."""
    settings_now: Callable[[], str] = lambda: ""
    """The settings that count at this moment; it blocks, as a database may be asked."""
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def organisation(self) -> str:
        return self.xero.tenant_id

    def __post_init__(self) -> None:
        self._began = (self.clock.monotonic(), self.clock.now())
        self.lock_date = LockDate(self)

    def tick(self) -> float:
        """Seconds that pass even while the machine is suspended, which a monotonic clock may not count."""
        monotonic, wall = self._began
        return max(self.clock.monotonic(), monotonic + (self.clock.now() - wall).total_seconds())

    def new_key(self) -> str:
        return new_id(self.random.getrandbits(128))

    async def book(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """One ledger transaction, off the event loop."""
        return await self.run(partial(call, *args, **kwargs))

    async def now(self) -> float:
        """Seconds by the database's clock."""
        return await self.book(self.ledger.now)

    def tell(self, job: Job, text: str = "") -> None:
        record = job.record
        self.on_event(SyncEvent(record.item, record.id, record.state, text or record.text, self.clock.now()))

    async def save(
        self,
        changes: Sequence[tuple[Job, OperationRecord]],
        *,
        links: Sequence[Link] = (),
        attempt: int = 0,
        result: dict[str, Any] | None = None,
        durable: bool = True,
    ) -> list[Job]:
        """Write what became of jobs in one transaction; the jobs that are still ours.

        `durable=False` for what reading would tell again after a power cut; the next durable commit flushes it too.
        """
        if not changes:
            return []
        sure = self.tick() + LEASE_SECONDS
        records = [_let_go(record) for _, record in changes]
        notes = [_note(record, self.who) for record in records if record.state in _ENDED]
        written, _ = await self.book(
            self.ledger.save, records, links=links, notes=notes, attempt=attempt, result=result, durable=durable
        )
        rows = {record.id: record for record in written}
        for job, record in changes:
            job.flushed = job.flushed or durable
            self._take_note(job, rows.get(record.id), sure)
        return [job for job, _ in changes if not job.lost]

    def _take_note(self, job: Job, row: OperationRecord | None, sure: float) -> None:
        if row is None:
            job.lost = True
            self.tell(job, "another console has taken this over")
            return
        moved = row.state is not job.record.state or row.text != job.record.text
        job.record, job.sure_until = row, sure
        if moved:
            self.tell(job)

    def adopt_rows(self, jobs: Sequence[Job], written: Sequence[OperationRecord], sure: float) -> None:
        """Take the rows of an intent as they were committed, durably."""
        rows = {record.id: record for record in written}
        for job in jobs:
            job.flushed = True
            self._take_note(job, rows.get(job.record.id), sure)

    def guard(self, jobs: Sequence[Job], age: float | None = None) -> Callable[[], None]:
        """Called when the bytes are about to leave: the lease must have 20 s left, and the key must still be young.

        `age` is how long the key has been in use, in seconds. A process that slept, or waited long for its turn under
        the limit, finds out here and not after the effect.
        """
        started = self.tick()

        def check() -> None:
            now = self.tick()
            late = now > min(job.sure_until for job in jobs) - LEASE_LEFT_TO_SEND
            if late and self.rules.keeps("lease_check"):
                raise NotSent("the lease ran out before the call could be made", "it is tried again")
            if age is not None and age + (now - started) > KEY_SECONDS:
                raise NotSent("the key grew too old before the call could be made", "what happened is looked up")

        return check


def _let_go(record: OperationRecord) -> OperationRecord:
    """An operation that is closed, or held for a person, belongs to nobody."""
    return record if record.open and record.state is not State.HELD else replace(record, owner="")


def _note(record: OperationRecord, who: str) -> Note:
    detail = " ".join(part for part in (record.id, record.document_id, record.text) if part)
    return Note(record.state.value, who or record.approved_by, record.organisation, record.item, detail)
