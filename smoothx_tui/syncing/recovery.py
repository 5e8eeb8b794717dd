"""At start: what an earlier process left is finished, or said.

Every operation is found in the ledger in the state that was last committed; the engine goes on from there. Nothing is
sent that was not approved, and nothing twice: see docs/sync-protocol.md for each state.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from smoothx_tui.ledger.operations import LEASE_SECONDS
from smoothx_tui.ledger.records import WORKABLE, OperationRecord, State
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.report import SyncEvent, SyncReport, result_of
from smoothx_tui.xero.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was taken up, and what is left: at work elsewhere, waiting for its time, or held for a person."""

    report: SyncReport = field(default_factory=SyncReport)
    left: tuple[OperationRecord, ...] = ()

    @property
    def next_at(self) -> float:
        """When the first of what waits is due (ledger time, seconds); 0 where nothing waits."""
        return min((one.next_at for one in self.left if one.next_at and one.state is not State.HELD), default=0.0)


def was_begun(record: OperationRecord) -> bool:
    """Some process had it in hand. What was only put up for a worker is nobody's left-over."""
    return record.fence > 0


def to_take_up(record: OperationRecord, now: float) -> bool:
    """Begun, held by nobody, due. `now` is the ledger's time."""
    return was_begun(record) and record.state in WORKABLE and record.lease_until <= now and record.next_at <= now


async def recover(
    engine: Engine,
    organisation: Organisation,
    *,
    who: str = "",
    on_event: Callable[[SyncEvent], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> Recovery:
    """Finish what was begun and nobody is at, then tell what remains. No call where nothing was left.

    Raises LedgerError.
    """
    desk = engine.desk(on_event, who)
    before = engine.xero.calls, engine.procore.calls
    now = await desk.now()
    records = await desk.book(engine.ledger.open_operations, desk.organisation)
    begun = [one for one in records if to_take_up(one, now)]
    jobs: list[Job] = []
    if begun:
        sure = desk.tick() + LEASE_SECONDS
        taken = await desk.book(engine.ledger.reclaim, begun, engine.owner)
        jobs = [Job.of(record, sure) for record in taken]
        await engine.drive(desk, jobs, organisation, stop)
        records = await desk.book(engine.ledger.open_operations, desk.organisation)
    calls = engine.xero.calls - before[0], engine.procore.calls - before[1]
    report = SyncReport.of([result_of(job.record) for job in jobs], *calls)
    return Recovery(report, tuple(one for one in records if was_begun(one)))
