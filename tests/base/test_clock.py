from datetime import UTC, timedelta

from smoothx_tui.base.clock import SystemClock


async def test_the_machine_s_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    before, started = clock.now(), clock.monotonic()
    await clock.sleep(0.001)
    assert clock.now().tzinfo is UTC
    assert timedelta(0) <= clock.now() - before
    assert clock.monotonic() > started
