import asyncio
import contextvars
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothx_tui.base.answers import Answer
from smoothx_tui.xero.limits import AT_ONCE, PER_MINUTE, DayLimitReached, Limits, LocalLimiter, read_limits


class Gate:
    """Xero's minute: fixed windows on a grid that nobody tells, counted over everybody."""

    def __init__(self, clock: Any, offset: float) -> None:
        self.clock = clock
        self.offset = offset
        self.window = -1
        self.used = 0
        self.refused = 0

    def take(self, others: int = 0) -> Limits:
        window = int((self.clock.seconds + self.offset) // 60)
        if window != self.window:
            self.window, self.used = window, others
        if self.used >= PER_MINUTE:
            self.refused += 1
            wait = 60 - (self.clock.seconds + self.offset) % 60
            return Limits(minute_remaining=0, retry_after=wait, problem="minute", refused=True)
        self.used += 1
        return Limits(minute_remaining=PER_MINUTE - self.used)


async def _spend(limiter: LocalLimiter, gate: Gate, clock: Any, calls: int, others: int = 0) -> int:
    done = 0

    async def one() -> None:
        nonlocal done
        while True:
            async with limiter.slot():
                await clock.sleep(0.05)
                limits = gate.take(others)
                limiter.learn(limits)
            if not limits.refused:
                done += 1
                return

    await asyncio.gather(*(one() for _ in range(calls)))
    return done


@settings(max_examples=25)
@given(offset=st.floats(0, 59.9), others=st.integers(0, 50))
def test_a_run_keeps_within_the_minute_whenever_it_begins_and_whoever_else_calls(offset: float, others: int) -> None:
    clock = _Clock()
    gate = Gate(clock, offset)
    limiter = LocalLimiter(clock, jitter=lambda: 0.5)
    assert asyncio.run(_spend(limiter, gate, clock, 300, others)) == 300
    assert gate.refused <= 5 * AT_ONCE
    windows_needed = 300 / (PER_MINUTE - others)
    assert clock.seconds <= (windows_needed + 3) * 60


class _Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> Any:
        raise NotImplementedError

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


async def test_nothing_is_held_back_where_nobody_counts(clock: Any) -> None:
    limiter = LocalLimiter(clock)
    for _ in range(500):
        async with limiter.slot():
            limiter.learn(Limits(minute_remaining=59))
    assert clock.seconds == 0


async def test_without_headers_its_own_count_holds(clock: Any) -> None:
    limiter = LocalLimiter(clock)
    for _ in range(PER_MINUTE + 1):
        async with limiter.slot():
            limiter.learn(Limits())
    assert clock.seconds == 60


async def test_at_most_five_are_in_flight(clock: Any) -> None:
    limiter = LocalLimiter(clock)
    inside = most = 0

    async def one() -> None:
        nonlocal inside, most
        async with limiter.slot():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(one() for _ in range(30)))
    assert most == AT_ONCE


async def test_retry_after_is_waited_out(clock: Any) -> None:
    limiter = LocalLimiter(clock)
    limiter.learn(Limits(refused=True, problem="minute", retry_after=37.0))
    async with limiter.slot():
        assert clock.seconds == 37.0


async def test_a_refusal_without_retry_after_costs_a_short_uneven_wait(clock: Any) -> None:
    limiter = LocalLimiter(clock, jitter=lambda: 0.25)
    limiter.learn(Limits(refused=True))
    async with limiter.slot():
        assert clock.seconds == 2.0


@pytest.mark.parametrize("problem", ["day", "Day", "DayLimit"])
async def test_the_day_limit_parks_the_organisation_and_says_until_when(clock: Any, problem: str) -> None:
    headers = {"x-rate-limit-problem": problem, "retry-after": "7500", "x-daylimit-remaining": "0"}
    limits = read_limits(Answer(429, headers), clock.now())
    limiter = LocalLimiter(clock)
    limiter.learn(limits)
    with pytest.raises(DayLimitReached, match="2 h 05 min") as caught:
        await limiter.slot().__aenter__()
    assert caught.value.seconds == 7500
    clock.seconds = 7501
    async with limiter.slot():
        pass


def test_what_the_headers_say(clock: Any) -> None:
    headers = {"x-minlimit-remaining": "52", "x-daylimit-remaining": "4871", "x-appminlimit-remaining": "9990"}
    assert read_limits(Answer(200, headers), clock.now()) == Limits(52, 4871, 9990)
    assert read_limits(Answer(200, {"x-minlimit-remaining": "many"}), clock.now()) == Limits()


async def test_room_is_kept_for_the_calls_of_its_context_and_given_up_by_who_is_stopped(clock: Any) -> None:
    limiter = LocalLimiter(clock)
    for _ in range(PER_MINUTE - 3):
        async with limiter.slot():
            pass
    async with limiter.room(2, lambda: False) as there:
        assert there
        before = clock.seconds
        await asyncio.create_task(_call(limiter), context=contextvars.Context())
        assert clock.seconds == before, "one is left for others"
        for _ in range(2):
            await _call(limiter)
        assert clock.seconds == before, "and two are kept"
    async with limiter.room(1, lambda: True) as there:
        assert not there
    async with limiter.room(PER_MINUTE, lambda: False) as there:
        assert there
    assert clock.seconds >= before + 59


async def _call(limiter: LocalLimiter) -> None:
    async with limiter.slot():
        pass
