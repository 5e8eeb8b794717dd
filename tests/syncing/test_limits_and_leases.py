"""What guards the moment of the send: the lease, the age of the key, a limit that all consoles share."""

import asyncio
import random
from typing import Any

import pytest

from benchmarks.virtual import EPOCH, VirtualClock, VirtualLoop
from smoothx_tui.base.answers import NotSent
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing.desk import KEY_SECONDS
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.limiter import GuardedLimiter, SharedLimiter, guarding
from smoothx_tui.xero.limits import DayLimitReached, Limits
from tests.ledger.postgres import Server
from tests.simulation.planner import look
from tests.simulation.world import TENANT
from tests.syncing.table import Table, direct, outcomes


def a_job(table: Table) -> tuple[Any, Job]:
    engine = table.engine()
    desk = engine.desk()
    items, _, books = look(table.world)
    record = engine._record(desk, table.plans()[0], items[table.first], books, "ann")
    return desk, Job.of(record, desk.tick() + 60.0)


def test_bytes_do_not_leave_when_the_lease_is_nearly_over(table: Table) -> None:
    desk, job = a_job(table)
    guard = desk.guard([job], 0.0)
    guard()
    table.pass_by(41.0)
    with pytest.raises(NotSent, match="lease"):
        guard()


def test_bytes_do_not_leave_under_a_key_that_is_too_old(table: Table) -> None:
    desk, job = a_job(table)
    guard = desk.guard([job], KEY_SECONDS - 10.0)
    guard()
    table.pass_by(11.0)
    job.sure_until = desk.tick() + 60.0
    with pytest.raises(NotSent, match="key"):
        guard()


def test_time_that_the_machine_slept_counts(table: Table) -> None:
    """A monotonic clock may stand still while the machine is suspended; the wall does not."""
    desk, job = a_job(table)
    guard = desk.guard([job], 0.0)
    clock = desk.clock
    stopped = clock.monotonic()
    clock.monotonic = lambda: stopped
    table.pass_by(3600.0)
    with pytest.raises(NotSent):
        guard()


async def test_a_guarded_limiter_asks_when_the_turn_has_come() -> None:
    asked = []

    class Waiting:
        def slot(self) -> Any:
            return self

        async def __aenter__(self) -> None:
            asked.append("turn")

        async def __aexit__(self, *_: object) -> None: ...

        def room(self, _calls: int, _given_up: Any) -> Any:
            return self

        def learn(self, _: Limits) -> None: ...

    limiter = GuardedLimiter(Waiting())
    token = guarding.set(lambda: asked.append("guard"))
    async with limiter.slot():
        pass
    guarding.reset(token)
    assert asked == ["turn", "guard"]
    assert limiter.calls == 1


def shared(loop: VirtualLoop, ledger: Ledger) -> SharedLimiter:
    return SharedLimiter(ledger, TENANT, VirtualClock(loop), direct, random.Random(1).random)


def test_two_consoles_share_sixty_calls_a_minute() -> None:
    loop = VirtualLoop()
    ledger = Ledger.open(":memory:", clock=lambda: EPOCH + loop.time())
    times: list[float] = []

    async def console() -> None:
        limiter = shared(loop, ledger)
        for _ in range(100):
            async with limiter.slot():
                times.append(loop.time())

    async def both() -> None:
        await asyncio.gather(console(), console())

    asyncio.set_event_loop(loop)
    loop.run_until_complete(both())
    times.sort()
    assert len(times) == 200
    assert all(later - earlier >= 60.0 for earlier, later in zip(times, times[60:], strict=False))
    assert times[-1] < 4 * 60.25
    ledger.close()
    loop.close()


def test_a_day_that_is_used_up_is_used_up_for_the_other_console_too() -> None:
    loop = VirtualLoop()
    ledger = Ledger.open(":memory:", clock=lambda: EPOCH + loop.time())

    async def play() -> None:
        first, second = shared(loop, ledger), shared(loop, ledger)
        async with first.slot():
            first.learn(Limits(retry_after=7200.0, problem="day", refused=True))
        with pytest.raises(DayLimitReached):
            async with first.slot():
                pass
        with pytest.raises(DayLimitReached):
            async with second.slot():
                pass

    asyncio.set_event_loop(loop)
    loop.run_until_complete(play())
    ledger.close()
    loop.close()


def test_the_thread_and_a_take_over_on_postgresql(postgres: Server) -> None:
    table = Table(items=3, url=postgres.new_database(), lost_after=0.3)
    assert outcomes(table.sync()) == [Outcome.DONE] * 3
    assert all(len(table.world.live(key)) == 1 for key in table.world.items)
    assert table.ledger.verify()[1] == []
    table.close()
