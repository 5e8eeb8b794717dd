"""The engine: approved plans become documents, each step recorded before and after it happens.

`run` carries out a person's selection, `work` takes up what is approved in the ledger or was left by an earlier
process. Both go the same way: lots of operations, each lot driven from state to state.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random, SystemRandom
from typing import Final

from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.operations import LEASE_SECONDS, new_id
from smoothx_tui.ledger.records import POSTED, Conflict, OperationRecord, State, moment
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.items import Item
from smoothx_tui.syncing.desk import Desk, LedgerThread, Rules
from smoothx_tui.syncing.firststeps import FirstSteps
from smoothx_tui.syncing.frozen import UNLOCK, freeze
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.lot import Lot, lots_of
from smoothx_tui.syncing.ports import ProcorePort, Runner, XeroPort
from smoothx_tui.syncing.report import ItemResult, Outcome, SyncEvent, SyncReport, result_of
from smoothx_tui.xero.organisation import Organisation

__all__ = ["Engine", "ItemResult", "Outcome", "Rules", "SyncEvent", "SyncReport"]

_LOTS_AT_ONCE: Final = 5
_HEARTBEAT: Final = 20.0


def _silent(_: SyncEvent) -> None: ...


@dataclass
class Engine:
    """One console's or worker's engine. `owner` names this process and nobody else; `place` is shown to colleagues."""

    ledger: Ledger
    xero: XeroPort
    procore: ProcorePort
    clock: Clock
    random: Random = field(default_factory=SystemRandom)
    owner: str = ""
    run_blocking: Runner | None = None
    rules: Rules = field(default_factory=Rules)
    settings_revision: Callable[[], str] = lambda: ""
    """Of the settings that what is frozen now was planned under."""
    settings_now: Callable[[], str] = lambda: ""
    """Of the settings that count at this moment, wherever they are kept; "" where nobody keeps count. Blocking."""

    def __post_init__(self) -> None:
        self.owner = self.owner or f"{socket.gethostname()}:{os.getpid()}"
        self._thread = None if self.run_blocking else LedgerThread()

    def close(self) -> None:
        """Let the ledger's thread go."""
        if self._thread:
            self._thread.close()

    def desk(self, on_event: Callable[[SyncEvent], None] = _silent, who: str = "") -> Desk:
        run = self.run_blocking or self._thread
        assert run is not None
        return Desk(
            self.ledger,
            self.xero,
            self.procore,
            self.clock,
            self.random,
            self.owner,
            run,
            self.rules,
            on_event,
            who,
            self.settings_revision(),
            self.settings_now,
        )

    async def run(
        self,
        plans: Sequence[Plan],
        *,
        approved_by: str,
        items: Mapping[str, Item],
        books: Books,
        on_event: Callable[[SyncEvent], None] = _silent,
        stop: asyncio.Event | None = None,
    ) -> SyncReport:
        """Freeze, approve and carry out the plans of a person's selection; one result for each, in their order.

        Plans with nothing to send are answered as held. `stop`: nothing new is begun, what is in flight is finished.
        Raises LedgerError, and then nothing more is sent; UsageError for a plan of another organisation.
        """
        desk = self.desk(on_event, approved_by)
        before = (self.xero.calls, self.procore.calls)
        foreign = next((plan for plan in plans if plan.tenant and plan.tenant != desk.organisation), None)
        if foreign is not None:
            raise UsageError(f"{foreign.item} was planned for another organisation", "plan it again here")
        sendable = [plan for plan in plans if plan.sendable]
        records = [self._record(desk, plan, items[plan.item], books, approved_by) for plan in sendable]
        sure = desk.tick() + LEASE_SECONDS
        made, conflicts = await desk.book(
            self.ledger.freeze_or_conflict, records, who=approved_by, supersede=_may_supersede, durable=False
        )
        jobs = [Job.of(record, sure) for record in made]
        await self.drive(desk, jobs, books.organisation, stop, withdraw=True)
        results = {job.record.item: result_of(job.record) for job in jobs}
        results |= {conflict.item: _conflict_result(conflict) for conflict in conflicts}
        told = [results.get(plan.item) or _nothing_to_send(plan) for plan in plans]
        return SyncReport.of(told, self.xero.calls - before[0], self.procore.calls - before[1])

    async def work(
        self,
        organisation: Organisation,
        *,
        who: str = "",
        on_event: Callable[[SyncEvent], None] = _silent,
        stop: asyncio.Event | None = None,
    ) -> SyncReport:
        """Take up what nobody holds: approved, or left by a process that is gone. Until there is nothing more to do."""
        desk = self.desk(on_event, who)
        before = (self.xero.calls, self.procore.calls)
        results: dict[str, ItemResult] = {}
        while not (stop and stop.is_set()):
            sure = desk.tick() + LEASE_SECONDS
            claimed = await desk.book(self.ledger.claim, desk.organisation, self.owner)
            if not claimed:
                break
            jobs = [Job.of(record, sure) for record in claimed]
            await self.drive(desk, jobs, organisation, stop)
            results |= {job.record.item: result_of(job.record) for job in jobs}
        return SyncReport.of(list(results.values()), self.xero.calls - before[0], self.procore.calls - before[1])

    def _record(self, desk: Desk, plan: Plan, item: Item, books: Books, who: str) -> OperationRecord:
        frozen = freeze(plan, item, books, desk.settings_revision)
        return OperationRecord(
            id=new_id(self.random.getrandbits(128)),
            organisation=desk.organisation,
            item=plan.item,
            action=plan.action.value,
            state=State.APPROVED,
            digest=plan.digest,
            frozen=frozen.text(),
            body=frozen.bytes_of_effect,
            planned_by=who,
            approved_by=who,
            owner=self.owner,
            fence=1,
        )

    async def drive(
        self,
        desk: Desk,
        jobs: Sequence[Job],
        organisation: Organisation,
        stop: asyncio.Event | None = None,
        *,
        withdraw: bool = False,
    ) -> None:
        """Take the jobs as far as they go in this run. `withdraw`: what could not begin is not left approved."""
        if not jobs:
            return
        for job in jobs:
            _read_back_again(job)
        desk.jobs |= {job.record.id: job for job in jobs}
        steps = FirstSteps(desk)
        gate = asyncio.Semaphore(_LOTS_AT_ONCE)

        async def one(lot: Sequence[Job]) -> None:
            async with gate:
                await Lot(desk, lot, organisation, steps, stop).drive()

        async with _heartbeat(desk), task_group() as group:
            for lot in lots_of(jobs, desk.rules):
                group.create_task(one(lot))
        await _leave(desk, jobs, withdraw=withdraw)


def _read_back_again(job: Job) -> None:
    """What another process proved may be long ago, or in a ledger that was put back: proven again before the lock."""
    if job.state in {State.VERIFIED, State.LOCKING} and job.plan.action != UNLOCK:
        job.record = replace(job.record, state=State.SENT)


@asynccontextmanager
async def _heartbeat(desk: Desk) -> AsyncIterator[None]:
    """Keep the leases of this process alive while it works; a process that is stopped loses them."""
    task = asyncio.ensure_future(_beat(desk))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()):
        raise error


async def _beat(desk: Desk) -> None:
    while True:
        await desk.clock.sleep(_HEARTBEAT)
        sure = desk.tick() + LEASE_SECONDS
        held = await desk.book(desk.ledger.renew, desk.owner)
        for operation_id in held:
            if job := desk.jobs.get(operation_id):
                job.sure_until = sure


async def _leave(desk: Desk, jobs: Sequence[Job], *, withdraw: bool) -> None:
    """Let go of what is not finished, so that a later run, or a colleague, can take it up at once."""
    changes = []
    for job in jobs:
        record = job.record
        if job.lost or not record.open or record.state is State.HELD:
            continue
        begun = bool(record.key) or record.state not in {State.APPROVED, State.CHECKING, State.WAITING}
        if withdraw and not begun:
            text = record.text or "stopped before it was sent"
            record = replace(record, state=State.PLANNED, open=False, text=text, fix=record.fix or "sync it again")
        elif record.state is State.CHECKING:
            record = replace(record, state=State.APPROVED)
        changes.append((job, replace(record, owner="")))
    await desk.save(changes, durable=False)


def _may_supersede(record: OperationRecord) -> bool:
    """A document that is posted and only waits for its lock or its files does not hold up a newer plan."""
    return record.state in POSTED


def _conflict_result(conflict: Conflict) -> ItemResult:
    since = f"{moment(conflict.since):%Y-%m-%d %H:%M:%S} UTC"
    if conflict.state is State.HELD:
        text = f"held since {since}: {conflict.text}"
        return ItemResult(conflict.item, Outcome.HELD, text=text, fix=f"smoothx-tui resolve {conflict.operation_id}")
    who = conflict.approved_by or conflict.owner or "a colleague"
    text = f"{who} is at it ({conflict.owner or 'waiting'}, {conflict.state.value}, since {since})"
    return ItemResult(conflict.item, Outcome.HELD, text=clean(text), fix="wait, then refresh")


def _nothing_to_send(plan: Plan) -> ItemResult:
    return ItemResult(plan.item, Outcome.HELD, text=f"{plan.action.value}: {plan.summary}", fix="nothing was sent")
