"""Counting calls as both services do: fixed windows and a number of calls at once."""

from dataclasses import dataclass

from smoothx_tui.base.clock import Clock


class FixedWindow:
    """At most `size` calls in each window of `seconds`. The windows stand on a grid and do not slide.

    `offset` shifts the grid (each Xero tenant's minute begins at another second, facts/xero.md 3). `at` is a clock's
    `monotonic()`.
    """

    def __init__(self, size: int, seconds: float, offset: float = 0.0) -> None:
        self.size = size
        self.seconds = seconds
        self._offset = offset
        self._window = -1
        self._used = 0

    def take(self, at: float) -> bool:
        """Count one call; False (and not counted) when the window is full."""
        self._roll(at)
        if self._used >= self.size:
            return False
        self._used += 1
        return True

    def remaining(self, at: float) -> int:
        """Calls left in the window of `at`."""
        self._roll(at)
        return self.size - self._used

    def resets_in(self, at: float) -> float:
        """Seconds until the next window begins."""
        return self.seconds - (at + self._offset) % self.seconds

    def _roll(self, at: float) -> None:
        window = int((at + self._offset) // self.seconds)
        if window != self._window:
            self._window = window
            self._used = 0


class ConcurrencyGate:
    """At most `size` calls in flight."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.inside = 0

    def enter(self) -> bool:
        """Count one more in flight; False (and not counted) when there is no room."""
        if self.inside >= self.size:
            return False
        self.inside += 1
        return True

    def leave(self) -> None:
        """One call has ended."""
        self.inside -= 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How the limits are applied, for both sides.

    `enforced`: count and refuse. Otherwise nothing is counted and the headers always tell of a fresh window, so that
    a client that obeys them is never slowed. `latency`: sandbox seconds that each call takes while it is in flight.
    """

    clock: Clock
    enforced: bool = False
    latency: float = 0.0

    def take(self, window: FixedWindow) -> bool:
        """Count one call in `window` where limits are enforced; False: refuse it."""
        return not self.enforced or window.take(self.clock.monotonic())

    def remaining(self, window: FixedWindow) -> int:
        """What a header says is left."""
        return window.remaining(self.clock.monotonic()) if self.enforced else window.size - 1

    def resets_in(self, window: FixedWindow) -> float:
        """Seconds until `window` is fresh."""
        return window.resets_in(self.clock.monotonic())
