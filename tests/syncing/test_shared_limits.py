"""One limit for all processes of a ledger: nobody is refused whom a shared count could have kept from it."""

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.virtual import EPOCH, VirtualClock, VirtualLoop
from smoothx_tui.base.answers import NotSent
from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.sandbox.limits import FixedWindow
from smoothx_tui.syncing.limiter import SharedLimiter, guarding
from smoothx_tui.xero.limits import PER_MINUTE, DayLimitReached, Limits
from tests.simulation.world import TENANT
from tests.syncing.table import direct

SPEED = 40.0
CALLS = 100


class Xero:
    """A minute of sixty calls that begins when it likes, five at once, answers that overtake each other."""

    def __init__(self, loop: VirtualLoop, rng: random.Random, others: int = 0) -> None:
        self.loop, self.rng, self.others = loop, rng, others
        self.window = FixedWindow(PER_MINUTE, 60.0, offset=rng.uniform(0.0, 60.0))
        self.inside = 0
        self.refused: list[str] = []
        self.served = 0

    async def call(self, limiter: SharedLimiter) -> None:
        async with limiter.slot():
            await asyncio.sleep(self.rng.uniform(0.02, 0.3))
            answer = self._answer()
            self.inside += 1
            await asyncio.sleep(self.rng.uniform(0.05, 1.5))
            self.inside -= 1
            await asyncio.sleep(self.rng.uniform(0.02, 0.3))
            limiter.learn(answer)

    def _answer(self) -> Limits:
        now = self.loop.time()
        if self.inside >= 5:
            self.refused.append("at once")
            return Limits(refused=True)
        if not self.window.take(now):
            self.refused.append("minute")
            return Limits(retry_after=self.window.resets_in(now), problem="minute", refused=True)
        self.served += 1
        return Limits(self.window.remaining(now), 4000)


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop()
    asyncio.set_event_loop(made)
    yield made
    made.close()


@pytest.fixture
def ledger(loop: VirtualLoop) -> Iterator[Ledger]:
    opened = Ledger.open(":memory:", clock=lambda: EPOCH + loop.time())
    yield opened
    opened.close()


def shared(loop: VirtualLoop, ledger: Ledger, seed: int = 1) -> SharedLimiter:
    return SharedLimiter(ledger, TENANT, VirtualClock(loop), direct, random.Random(seed).random)


async def console(xero: Xero, limiter: SharedLimiter, calls: int, idle: Callable[[], float]) -> None:
    """Up to eight calls at once, with rests in between."""
    gate = asyncio.Semaphore(8)

    async def one() -> None:
        async with gate:
            await xero.call(limiter)
            await asyncio.sleep(idle())

    await asyncio.gather(*(one() for _ in range(calls)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("consoles", [1, 3])
def test_nobody_is_refused_and_the_minute_is_used_up(
    loop: VirtualLoop, ledger: Ledger, seed: int, consoles: int
) -> None:
    rng = random.Random(seed)
    xero = Xero(loop, rng)
    calls = 360

    async def play() -> None:
        each = calls // consoles
        await asyncio.gather(*(console(xero, shared(loop, ledger, n), each, lambda: 0.0) for n in range(consoles)))

    loop.run_until_complete(play())
    assert xero.refused == []
    ideal = (calls / PER_MINUTE - 1) * 60.0  # the first minute's calls are free, and the last ones need no full minute
    assert ideal / loop.time() > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_idle_consoles_that_begin_whenever_they_like_are_not_refused(
    loop: VirtualLoop, ledger: Ledger, seed: int
) -> None:
    rng = random.Random(seed)
    xero = Xero(loop, rng)

    async def play() -> None:
        rests = [0.0, 0.5, 20.0]
        await asyncio.gather(
            *(
                console(xero, shared(loop, ledger, n), 100, lambda rest=rests[n]: rng.uniform(0.0, rest))  # type: ignore[misc]
                for n in range(3)
            )
        )

    loop.run_until_complete(play())
    assert xero.refused == []
    assert xero.served == 300


def test_a_ledger_that_can_not_be_written_does_not_stop_a_read_and_stops_a_write(
    loop: VirtualLoop, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = shared(loop, ledger)
    asked = []

    def read_only(*_: Any) -> Any:
        asked.append(loop.time())
        raise LedgerError("ledger: attempt to write a readonly database")

    async def play() -> None:
        async with limiter.slot():
            monkeypatch.setattr(ledger.pacing, "take", read_only)
            monkeypatch.setattr(ledger.pacing, "end", read_only)
        for _ in range(70):
            async with limiter.slot():
                pass
        token = guarding.set(lambda: None)
        with pytest.raises(LedgerError, match="readonly"):
            async with limiter.slot():
                pytest.fail("what can not be recorded is not sent")
        guarding.reset(token)

    loop.run_until_complete(play())
    assert 60.0 <= loop.time() < 70.0, "by its own count, sixty a minute"
    assert len(asked) < 6, "a ledger that is away is not asked at every call"


def test_a_call_that_was_not_made_and_one_that_was_cancelled_give_their_places_back(
    loop: VirtualLoop, ledger: Ledger
) -> None:
    limiter = shared(loop, ledger)

    async def play() -> None:
        for _ in range(100):
            with pytest.raises(NotSent):
                async with limiter.slot():
                    raise NotSent("the lease ran out")
        for _ in range(10):
            waiting = asyncio.ensure_future(Xero(loop, random.Random(1)).call(limiter))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with limiter.slot(), limiter.slot(), limiter.slot(), limiter.slot(), limiter.slot():
            pass

    loop.run_until_complete(play())
    assert loop.time() < 1.0


def test_a_pause_that_a_colleague_met_is_kept_and_its_end_is_said(loop: VirtualLoop, ledger: Ledger) -> None:
    first, second = shared(loop, ledger, 1), shared(loop, ledger, 2)

    async def play() -> None:
        async with first.slot():
            first.learn(Limits(retry_after=30.0, problem="minute", refused=True))
        async with second.slot():
            assert 30.0 <= loop.time() < 32.0
            second.learn(Limits(retry_after=3 * 3600.0 + 125.0, problem="day", refused=True))
        with pytest.raises(DayLimitReached, match="free again in 3 h 02 min"):
            async with first.slot():
                pass

    loop.run_until_complete(play())


# processes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited_sandbox() -> Iterator[str]:
    """A served sandbox that enforces the limits, on a clock that runs fast; its address."""
    line = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0", "--real-limits"]
    process = subprocess.Popen([*line, "--speed", f"{SPEED:g}"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        yield next(found[0] for line in process.stderr if (found := re.search(r"http://[0-9.:]+", line)))
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite3'}"
    return str(request.getfixturevalue("postgres").new_database())


def test_two_processes_on_one_ledger_are_never_refused(limited_sandbox: str, url: str) -> None:
    Ledger.open(url).close()
    root = str(Path(__file__).parents[2])
    line = [sys.executable, str(Path(__file__).parent / "limited.py"), limited_sandbox, url, str(CALLS)]
    began = str(time.time())
    running = [
        subprocess.Popen(
            [*line, f"{SPEED:g}", began], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}
        )
        for _ in range(2)
    ]
    told = [json.loads(process.communicate(timeout=100)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert told == [{"made": CALLS, "refused": 0}] * 2


def test_room_for_a_batch_waits_for_the_next_minute_and_is_kept_from_others(loop: VirtualLoop, ledger: Ledger) -> None:
    limiter, log = shared(loop, ledger), []

    async def call(name: str) -> None:
        async with limiter.slot():
            log.append((name, round(loop.time())))
            await asyncio.sleep(0.1)

    async def batch() -> None:
        async with limiter.room(2, lambda: False) as there:
            assert there
            log.append(("room", round(loop.time())))
            await asyncio.sleep(1.0)
            await call("batch")
            await call("batch")

    async def play() -> None:
        for _ in range(PER_MINUTE - 2):
            await call("before")
        works = asyncio.gather(batch(), batch())
        await asyncio.sleep(0.5)
        await asyncio.gather(works, *(call("other") for _ in range(2)))

    loop.run_until_complete(play())
    rest = log[PER_MINUTE - 2 :]
    began = rest[0][1]
    assert [name for name, at in rest if at < began + 30] == ["room", "batch", "batch"]
    assert sorted(name for name, at in rest if at > began + 30) == ["batch", "batch", "other", "other", "room"]


def test_who_is_stopped_waits_for_no_room(loop: VirtualLoop, ledger: Ledger) -> None:
    limiter = shared(loop, ledger)
    stopped: list[bool] = []

    async def play() -> bool:
        for _ in range(PER_MINUTE):
            async with limiter.slot():
                pass
        loop.call_later(5.0, stopped.append, True)
        async with limiter.room(1, lambda: bool(stopped)) as there:
            return there

    assert loop.run_until_complete(play()) is False
    assert loop.time() < 10.0
