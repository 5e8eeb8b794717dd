"""Xero's limits, shared by every console and worker of a ledger: one count of calls, and one pause for all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from functools import partial
from random import getrandbits, random
from typing import Final

from smoothx_tui.base.answers import NotSent
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.pacing import Told, Turn
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing.ports import Guard, Runner
from smoothx_tui.xero.limits import AT_ONCE, DayLimitReached, Limiter, Limits, LocalLimiter, Promises

guarding: Final[ContextVar[Guard | None]] = ContextVar("guarding", default=None)
"""What a write asks in the moment before its bytes leave; None in a read."""
_LONGEST_WAIT: Final = 120.0
_PIECE: Final = 1.0
_WITHOUT: Final = 30.0
_DAY_UNSAID: Final = 3600.0


class GuardedLimiter:
    """A limiter that asks the engine once more when a write's turn has come: waiting for it may have taken long.

    It counts the calls, too. Give it to the XeroClient, and the same one to the XeroAdapter.
    """

    def __init__(self, inner: Limiter) -> None:
        self._inner = inner
        self.calls = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._inner.slot():
            if guard := guarding.get():
                guard()
            self.calls += 1
            yield

    def room(self, calls: int, given_up: Callable[[], bool]) -> AbstractAsyncContextManager[bool]:
        return self._inner.room(calls, given_up)

    def learn(self, limits: Limits) -> None:
        self._inner.learn(limits)


class SharedLimiter:
    """A `xero.limits.Limiter` by the ledger's count. What an answer says is in that count before the next call.

    A ledger that can not be used does not stop a read, which then goes by this process's own count; a write is not
    sent, as what became of it could not be recorded.
    """

    def __init__(
        self, ledger: Ledger, organisation: str, clock: Clock, run: Runner, jitter: Callable[[], float] = random
    ) -> None:
        self._pacing = ledger.pacing
        self._organisation = organisation
        self._clock = clock
        self._run = run
        self._jitter = jitter
        self._name = f"{getrandbits(32):08x}"
        self._own = LocalLimiter(clock, jitter=jitter)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._promises = Promises()
        self._freed = asyncio.Event()
        self._without_until = 0.0
        self._told: Limits | None = None
        self._ending: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._places:
            async with self._promises.gate:
                number = await self._turn()
                self._promises.use()
            if not number:
                async with self._own.slot():
                    yield
                return
            made = True
            try:
                yield
            except NotSent:
                made = False
                raise
            finally:
                # Between an answer's `learn` and this line nothing is awaited: it is this call's.
                limits, self._told = self._told, None
                await self._end(number, limits, made=made)

    @asynccontextmanager
    async def room(self, calls: int, given_up: Callable[[], bool]) -> AsyncIterator[bool]:
        async with AsyncExitStack() as stack:
            async with self._promises.in_turn:
                if there := await self._room(calls, given_up):
                    stack.enter_context(self._promises.keep(calls))
            yield there

    async def _room(self, calls: int, given_up: Callable[[], bool]) -> bool:
        """Wait for it; without the ledger there is no telling, and the calls wait singly."""
        while self._clock.monotonic() >= self._without_until:
            wanted = calls + self._promises.of_others
            self._freed.clear()
            try:
                turn = await self._run(partial(self._pacing.room, self._organisation, wanted))
            except LedgerError:
                return True
            if turn.paused and turn.wait > _LONGEST_WAIT:
                raise DayLimitReached(turn.wait)
            if not turn.wait:
                return True
            if given_up():
                return False
            await self._pass(turn.wait)
        return True

    def learn(self, limits: Limits) -> None:
        self._own.learn(limits)
        self._told = limits

    async def _turn(self) -> int:
        """Wait for a place and a call of the minute; 0: without the ledger. Raises DayLimitReached, LedgerError."""
        while True:
            if self._clock.monotonic() < self._without_until and guarding.get() is None:
                return 0
            self._freed.clear()
            try:
                turn = await self._ask()
            except LedgerError:
                self._without_until = self._clock.monotonic() + _WITHOUT
                if guarding.get() is not None:
                    raise
                continue
            if turn.number:
                return turn.number
            if turn.paused and turn.wait > _LONGEST_WAIT:
                raise DayLimitReached(turn.wait)
            await self._pass(turn.wait)

    async def _ask(self) -> Turn:
        take = partial(self._pacing.take, self._organisation, self._name, self._promises.of_others)
        asked = asyncio.ensure_future(self._run(take))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(self._give_back)
            raise

    def _give_back(self, asked: "asyncio.Future[Turn]") -> None:
        """Whoever asked is gone: the place that the ledger gave meanwhile is free again."""
        if not asked.cancelled() and asked.exception() is None and (number := asked.result().number):
            ending = asyncio.ensure_future(self._end(number, None, made=False))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def _pass(self, seconds: float) -> None:
        """Wait in short pieces, as another console's answer may open the window; less where a call of ours ends."""
        wait = min(seconds, _PIECE) + 0.02 * self._jitter()
        sleep, freed = asyncio.ensure_future(self._clock.sleep(wait)), asyncio.ensure_future(self._freed.wait())
        try:
            await asyncio.wait((sleep, freed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            freed.cancel()
            await asyncio.gather(sleep, freed, return_exceptions=True)

    async def _end(self, number: int, limits: Limits | None, *, made: bool) -> None:
        told = self._what(limits) if limits is not None else Told(made=made)
        try:
            await self._run(partial(self._pacing.end, self._organisation, number, told))
        except LedgerError:
            # The call is over; what it did must reach its caller. Its place is free again after a while.
            self._without_until = self._clock.monotonic() + _WITHOUT
        self._freed.set()

    def _what(self, limits: Limits) -> Told:
        if not limits.refused:
            return Told(limits.minute_remaining, limits.day_remaining)
        if limits.day_used_up:
            text = "the day's calls to this Xero organisation are used up"
            return Told(pause=_DAY_UNSAID if limits.retry_after is None else limits.retry_after, text=text, day_left=0)
        if limits.retry_after is None:
            # The limit on calls at once comes without Retry-After: a short, uneven wait.
            return Told(pause=1.0 + 4.0 * self._jitter(), text="too many calls to Xero at once")
        return Told(pause=limits.retry_after, text="the minute's calls to Xero are used up", anew=True)
