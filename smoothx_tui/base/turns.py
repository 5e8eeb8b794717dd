"""Long work on an event loop: a few milliseconds at a time, and between them everybody else first."""

import asyncio
import time
from typing import Final

SLICE: Final = 0.004
"""Seconds of work at a time."""
_QUIET: Final = 0.0001
"""A turn of the loop shorter than this had nothing to do."""
_QUIET_TURNS: Final = 3
_PATIENCE: Final = 0.05


class Turns:
    """Ask `over` after each small step of the work, and await `others` where it is so.

    A key becomes a frame in a dozen turns of the loop, each made ready by the last. Work that gives way for one turn
    takes a slice between any two of them; so others have the loop until it had nothing to do for a few turns.
    """

    def __init__(self) -> None:
        self._until = time.monotonic() + SLICE

    @property
    def over(self) -> bool:
        """Whether the slice is used up."""
        return time.monotonic() >= self._until

    async def others(self) -> None:
        """Let the others work, but never so long that this work comes to a standstill; then a new slice begins."""
        began, quiet = time.monotonic(), 0
        while quiet < _QUIET_TURNS and time.monotonic() - began < _PATIENCE:
            before = time.monotonic()
            await asyncio.sleep(0)
            quiet = quiet + 1 if time.monotonic() - before < _QUIET else 0
        self._until = time.monotonic() + SLICE
