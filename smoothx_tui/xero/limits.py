"""Xero's limits: 5 calls at once, 60 a minute, 1,000 or 5,000 a day, counted over everybody who uses the organisation.

The headers of each answer say what is left, and are believed over our own count, as others call too. The minute is a
fixed window whose start differs by organisation (facts: xero.md, limits).
"""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
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
_DAY_UNSAID: Final = 3600.0
_PIECE: Final = 1.0


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
            "try again later",
            status=429,
        )
        self.seconds = seconds


class Limiter(Protocol):
    """Lets calls through. The one shared by several consoles has the same shape."""

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Wait for a place, and hold it for one call. Raises DayLimitReached."""
        ...

    def room(self, calls: int, given_up: Callable[[], bool]) -> AbstractAsyncContextManager[bool]:
        """Wait until the minute has so many calls left, and keep them for the calls that are made in this context.

        Gives False, and keeps nothing, where `given_up()` is true before there is room. Raises DayLimitReached.
        """
        ...

    def learn(self, limits: Limits) -> None:
        """Take note of what an answer said."""
        ...


@dataclass(eq=False, slots=True)
class _Kept:
    """So many calls of the minute, for one context."""

    left: int


_own: Final[ContextVar[_Kept | None]] = ContextVar("own", default=None)


class Promises:
    """Calls of the minute that are kept for work which must not have to wait in the middle."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._gates = (asyncio.Lock(), asyncio.Lock())
        self.in_turn: Final = asyncio.Lock()
        """Who asks for room waits for those that asked before."""

    @contextmanager
    def keep(self, calls: int) -> Iterator[None]:
        """Keep so many for the calls of this context, less with each of them."""
        own = _Kept(calls)
        self._kept.append(own)
        token = _own.set(own)
        try:
            yield
        finally:
            _own.reset(token)
            self._kept.remove(own)

    @property
    def gate(self) -> asyncio.Lock:
        """One call after the other; those that were promised one do not queue behind those that were not."""
        own = _own.get()
        return self._gates[own is not None and own.left > 0]

    @property
    def of_others(self) -> int:
        """What is kept, but for this context."""
        own = _own.get()
        return sum(one.left for one in self._kept if one is not own)

    def use(self) -> None:
        """A call of this context was let through."""
        if (own := _own.get()) is not None:
            own.left = max(own.left - 1, 0)


class LocalLimiter:
    """The limiter of one process.

    It counts calls in a window of a minute that it takes to begin with its own first call, and corrects both the
    count and the window by what the headers say.
    """

    def __init__(self, clock: Clock, *, jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._jitter = jitter
        self._places = asyncio.Semaphore(AT_ONCE)
        self._in_flight = 0
        self._left = PER_MINUTE
        self._window_ends = -math.inf
        self._blocked_until = -math.inf
        self._day_ends = -math.inf
        self._promises = Promises()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._places:
            async with self._promises.gate:
                while (seconds := self._seconds_to_wait(1)) > 0:
                    # Slept in short pieces, as an answer to a call in flight may open the window meanwhile.
                    await self._clock.sleep(min(seconds, _PIECE))
                self._promises.use()
                self._left -= 1
                self._in_flight += 1
            try:
                yield
            finally:
                self._in_flight -= 1

    @asynccontextmanager
    async def room(self, calls: int, given_up: Callable[[], bool]) -> AsyncIterator[bool]:
        async with AsyncExitStack() as stack:
            async with self._promises.in_turn:
                while (seconds := self._seconds_to_wait(calls)) > 0:
                    if given_up():
                        break
                    await self._clock.sleep(min(seconds, _PIECE))
                else:
                    stack.enter_context(self._promises.keep(calls))
            yield seconds <= 0

    def _seconds_to_wait(self, calls: int) -> float:
        now = self._clock.monotonic()
        if now < self._day_ends:
            raise DayLimitReached(self._day_ends - now)
        if now < self._blocked_until:
            return self._blocked_until - now
        if now >= self._window_ends:
            self._left, self._window_ends = PER_MINUTE, now + _WINDOW
        wanted = min(calls + self._promises.of_others, PER_MINUTE)
        return 0.0 if self._left >= wanted else self._window_ends - now

    def learn(self, limits: Limits) -> None:
        if limits.refused:
            self._refused(limits)
        elif limits.minute_remaining is not None:
            self._believe(limits.minute_remaining)

    def _believe(self, remaining: int) -> None:
        """A header knows nothing of the other calls in flight, and answers overtake each other.

        So only a jump up by more than can be in flight is a new window, and within a window the lowest count holds.
        Near the top the header is taken as it is: that is the first calls of a window, or nobody counts at all.
        """
        left = remaining - max(self._in_flight - 1, 0)
        if left > self._left + AT_ONCE:
            self._left, self._window_ends = left, self._clock.monotonic() + _WINDOW
        elif remaining >= PER_MINUTE - AT_ONCE:
            self._left = left
        else:
            self._left = min(self._left, left)

    def _refused(self, limits: Limits) -> None:
        now = self._clock.monotonic()
        if limits.day_used_up:
            self._day_ends = now + (limits.retry_after or _DAY_UNSAID)
            return
        # The limit on calls at once comes without Retry-After: a short, uneven wait.
        seconds = 1.0 + 4.0 * self._jitter() if limits.retry_after is None else limits.retry_after
        self._blocked_until = max(self._blocked_until, now + seconds)
        if limits.retry_after is not None:
            self._window_ends = self._blocked_until
