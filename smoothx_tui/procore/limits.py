"""Procore's two limits (per hour and per 10 seconds), as its headers tell them; no number is built in."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ServiceError

AT_ONCE: Final = 8
LONGEST_WAIT: Final = 300.0
_LONGEST_WINDOW: Final = 3600.0


@dataclass(frozen=True, slots=True)
class ProcoreLimits:
    """What an answer said of the nearer limit. `wait` is seconds until it is free again; None where it was silent."""

    limit: int | None = None
    remaining: int | None = None
    wait: float | None = None
    refused: bool = False


def read_limits(answer: Answer, now: datetime) -> ProcoreLimits:
    """The reset is a moment of Procore's clock, so it is compared with the answer's own `Date` where it has one."""
    reset = answer.number("x-rate-limit-reset")
    wait = reset - (answer.served_at() or now).timestamp() if reset is not None else None
    if wait is not None and not 0 <= wait <= _LONGEST_WINDOW:
        wait = None
    if answer.status in {429, 503}:
        told = answer.retry_after(now)
        wait = told if told is not None else wait
    return ProcoreLimits(
        limit=answer.number("x-rate-limit-limit"),
        remaining=answer.number("x-rate-limit-remaining"),
        wait=wait,
        refused=answer.status == 429,
    )


class Pace:
    """Lets a few calls through at once, and waits where Procore says that nothing is left.

    A wait longer than `longest_wait` seconds is not sat out: ServiceError (429) says when to go on.
    """

    def __init__(
        self, clock: Clock, *, longest_wait: float = LONGEST_WAIT, jitter: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._longest_wait = longest_wait
        self._jitter = jitter
        self._places = asyncio.Semaphore(AT_ONCE)
        self._blocked_until = -math.inf
        self._refusals = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._places:
            while (seconds := self._blocked_until - self._clock.monotonic()) > 0:
                if seconds > self._longest_wait:
                    minutes = int(seconds // 60) + 1
                    told = f"Procore's limit is used up; free again in {minutes} min"
                    raise ServiceError(told, "try again later", status=429)
                await self._clock.sleep(seconds)
            yield

    def learn(self, limits: ProcoreLimits) -> None:
        if limits.refused:
            self._refusals += 1
            backoff = (0.5 + self._jitter()) * 2.0 ** min(self._refusals, 6)
            self._block(backoff if limits.wait is None else limits.wait)
            return
        self._refusals = 0
        if limits.remaining == 0 and limits.wait is not None:
            self._block(limits.wait)

    def _block(self, seconds: float) -> None:
        self._blocked_until = max(self._blocked_until, self._clock.monotonic() + seconds)
