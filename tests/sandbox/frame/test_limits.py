"""Windows that do not slide, and calls at once."""

from datetime import UTC, datetime

from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.limits import ConcurrencyGate, FixedWindow, Limits


def test_a_window_refuses_what_is_too_much_and_is_fresh_at_its_end() -> None:
    window = FixedWindow(2, 60)
    assert [window.take(59), window.take(59.9), window.take(59.9)] == [True, True, False]
    assert (window.remaining(59.9), window.remaining(60)) == (0, 2)
    assert window.resets_in(59) == 1


def test_the_grid_can_stand_elsewhere() -> None:
    window = FixedWindow(1, 60, offset=20)
    assert window.take(39)
    assert not window.take(39.9)
    assert window.take(40)


def test_calls_at_once() -> None:
    gate = ConcurrencyGate(1)
    assert [gate.enter(), gate.enter()] == [True, False]
    gate.leave()
    assert gate.enter()


def test_without_enforcement_the_headers_tell_of_a_fresh_window() -> None:
    clock = SandboxClock(datetime(2026, 7, 3, tzinfo=UTC), speed=0)
    window = FixedWindow(3, 60)
    free, real = Limits(clock), Limits(clock, enforced=True)
    assert all(free.take(window) for _ in range(9))
    assert free.remaining(window) == 2
    assert [real.take(window) for _ in range(4)] == [True, True, True, False]
    assert real.remaining(window) == 0
