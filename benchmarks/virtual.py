"""An event loop whose time jumps to the next timer when nothing is ready, and the clock that reads it."""

import asyncio
import datetime as dt
import selectors
from typing import Any, Final

EPOCH: Final = 1_782_896_400.0  # 2026-07-01T09:00:00Z


class _Jump(selectors.DefaultSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("virtual loop: waiting for something that is not on this clock")
        if timeout > 0:
            self.loop.moment += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Nothing may wait for a socket or a thread on it."""

    def __init__(self) -> None:
        self.moment = 0.0
        selector = _Jump()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.moment


class VirtualClock:
    """A process's clock: the loop's time, with the process's own idea of what the wall says."""

    def __init__(self, loop: VirtualLoop, skew: float = 0.0) -> None:
        self._loop = loop
        self._skew = skew

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(EPOCH + self._loop.moment + self._skew, dt.UTC)

    def monotonic(self) -> float:
        return self._loop.moment + 1000.0 + self._skew

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
