"""The sandbox's time: still, fast, moved on."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from smoothx_tui.sandbox.clock import SandboxClock

START = datetime(2026, 7, 3, 9, tzinfo=UTC)


def test_it_starts_at_the_scenarios_time_and_stands_still_at_speed_0() -> None:
    clock = SandboxClock(START.astimezone(timezone(timedelta(hours=10))), speed=0)
    assert (clock.now(), clock.now().tzinfo, clock.monotonic()) == (START, UTC, 0)
    clock.advance(90)
    assert (clock.now(), clock.monotonic()) == (START + timedelta(seconds=90), 90)


def test_it_runs_faster_than_the_wall() -> None:
    clock = SandboxClock(START, speed=1_000_000)
    first = clock.monotonic()
    while (second := clock.monotonic()) == first:
        pass
    assert second > first


@pytest.mark.parametrize("bad", [{"start": datetime(2026, 7, 3), "speed": 1}, {"start": START, "speed": -1}])  # noqa: DTZ001
def test_what_is_no_clock(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        SandboxClock(**bad)  # type: ignore[arg-type]


def test_it_does_not_go_back() -> None:
    with pytest.raises(ValueError):
        SandboxClock(START).advance(-1)


async def test_a_sleeper_wakes_when_time_is_moved_on() -> None:
    clock = SandboxClock(START, speed=0)
    sleeper = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    clock.advance(59)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(1)
    await sleeper


async def test_a_sleep_is_as_short_as_the_speed_makes_it() -> None:
    await SandboxClock(START, speed=1_000_000).sleep(3600)
