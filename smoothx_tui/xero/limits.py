"""Xero's limits: 5 calls at once, 60 a minute, 1,000 or 5,000 a day, counted over everybody who uses the organisation.

The headers of each answer say what is left, and are believed over our own count, as others call too. The minute is a
fixed window whose start differs by organisation (facts: xero.md, limits).
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ServiceError

AT_ONCE: Final = 5
PER_MINUTE: Final = 60
_WINDOW: Final = 60.0
_MINUTE_WAIT: Final = 120.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer said of the limits; None where it said nothing.

    `retry_after` is in seconds. `problem` is which limit was passed (`minute`, `day`, ...), only on a 429.
    """

    minute_remaining: int | None = None
    day_remaining: int | None = None
    app_minute_remaining: int | None = None
    retry_after: float | None = None
    problem: str = ""
    refused: bool = False

    @property
    def day_used_up(self) -> bool:
        """The day's calls are spent, or the wait is so long that it can be no other limit."""
        return self.refused and ("day" in self.problem or (self.retry_after or 0.0) > _MINUTE_WAIT)


def read_limits(answer: Answer, now: datetime) -> Limits:
    """The limits as an answer's headers tell them. `now` is for a `Retry-After` that is a date."""
    return Limits(
        minute_remaining=answer.number("x-minlimit-remaining"),
        day_remaining=answer.number("x-daylimit-remaining"),
        app_minute_remaining=answer.number("x-appminlimit-remaining"),
        retry_after=answer.retry_after(now),
        problem=answer.headers.get("x-rate-limit-problem", "").strip().lower()[:40],
        refused=answer.status == 429,
    )


class DayLimitReached(ServiceError):  # noqa: N818 - reads as what happened
    """Nothing more goes to this organisation today. `seconds` until Xero takes calls again, as it said."""

    def __init__(self, seconds: float) -> None:
        hours, minutes = divmod(int(seconds) // 60, 60)
        super().__init__(
            f"the day's calls to this Xero organisation are used up; free again in {hours} h {minutes:02} min",
            "go on later",
            status=429,
        )
        self.seconds = seconds


class Limiter(Protocol):
    """Lets calls through. The one shared by several consoles has the same shape."""

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Wait for a place, and hold it for one call. Raises DayLimitReached."""
        ...

    def learn(self, limits: Limits) -> None:
        """Take note of what an answer said."""
        ...


class LocalLimiter:
    """The limiter of one process."""

    def __init__(self, clock: Clock, *, jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._jitter = jitter
        self._places = asyncio.Semaphore(AT_ONCE)
        self._gate = asyncio.Lock()
        self._starts: deque[float] = deque()
        self._in_flight = 0
        self._remaining: int | None = None
        self._window_ends = 0.0
        self._blocked_until = 0.0
        self._day_ends = 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._places:
            await self._wait_for_turn()
            try:
                yield
            finally:
                self._in_flight -= 1

    async def _wait_for_turn(self) -> None:
        async with self._gate:
            while (seconds := self._seconds_to_wait()) > 0:
                await self._clock.sleep(seconds)
            self._starts.append(self._clock.monotonic())
            self._in_flight += 1

    def _seconds_to_wait(self) -> float:
        now = self._clock.monotonic()
        if now < self._day_ends:
            raise DayLimitReached(self._day_ends - now)
        if now < self._blocked_until:
            return self._blocked_until - now
        if self._remaining is not None and now < self._window_ends:
            # Calls in flight are not in the last header yet.
            return 0.0 if self._remaining > self._in_flight else self._window_ends - now
        while self._starts and self._starts[0] <= now - _WINDOW:
            self._starts.popleft()
        return 0.0 if len(self._starts) < PER_MINUTE else self._starts[0] + _WINDOW - now

    def learn(self, limits: Limits) -> None:
        now = self._clock.monotonic()
        if limits.refused:
            self._refused(limits, now)
        elif limits.minute_remaining is not None:
            self._believe(limits.minute_remaining, now)

    def _believe(self, remaining: int, now: float) -> None:
        """Answers overtake each other, so only a jump up by more than what was in flight is a new window."""
        fresh = self._remaining is None or now >= self._window_ends or remaining > self._remaining + AT_ONCE
        if fresh:
            self._window_ends = now + _WINDOW
            self._remaining = remaining
        elif self._remaining is not None:
            self._remaining = min(self._remaining, remaining)

    def _refused(self, limits: Limits, now: float) -> None:
        if limits.day_used_up:
            self._day_ends = now + (limits.retry_after or 3600.0)
            return
        # The limit on calls at once comes without Retry-After: a short, uneven wait.
        seconds = 1.0 + 4.0 * self._jitter() if limits.retry_after is None else limits.retry_after
        self._blocked_until = max(self._blocked_until, now + min(seconds, _MINUTE_WAIT))
        if limits.retry_after is not None:
            self._remaining = None
            self._starts.clear()
