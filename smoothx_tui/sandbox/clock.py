"""The sandbox's own time: it starts at the scenario's clock and may run faster, stand still or be moved on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """A `base.clock.Clock` whose second can be shorter than the wall's.

    `speed` is sandbox seconds per wall second; at 0 time stands still and only `advance` moves it. `monotonic()` is
    seconds since the scenario's start. `sleep` is in sandbox seconds, and wakes early when `advance` skips its end.
    """

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        if start.tzinfo is None:
            raise ValueError("the clock of a sandbox needs a zone")
        if speed < 0:
            raise ValueError("time does not run backwards")
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._wall = time.monotonic()
        self._advanced = 0.0
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def speed(self) -> float:
        """Sandbox seconds per wall second."""
        return self._speed

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._wall) * self._speed + self._advanced

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` at once; sleepers whose time has come wake up. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._advanced += seconds
        for loop, moved in tuple(self._sleepers):
            loop.call_soon_threadsafe(moved.set)

    async def sleep(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        moved = asyncio.Event()
        sleeper = (asyncio.get_running_loop(), moved)
        self._sleepers.add(sleeper)
        try:
            while (left := end - self.monotonic()) > 0:
                moved.clear()
                await self._moved_or_over(moved, left)
        finally:
            self._sleepers.discard(sleeper)
        await asyncio.sleep(0)

    async def _moved_or_over(self, moved: asyncio.Event, left: float) -> None:
        timeout = left / self._speed if self._speed else None
        try:
            async with asyncio.timeout(timeout):
                await moved.wait()
        except TimeoutError:
            return
