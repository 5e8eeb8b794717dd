"""Xero's limits, shared by every console of a ledger: who pauses, pauses for all, and calls are counted together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from random import random

from smoothx_tui.base.clock import Clock
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing.ports import Runner
from smoothx_tui.xero.limits import AT_ONCE, PER_MINUTE, DayLimitReached, Limits, LocalLimiter

_LONGEST_WAIT = 120.0


class SharedLimiter:
    """A `xero.limits.Limiter`: this process's own limiter behind the count that the ledger keeps for all.

    Headers are believed by the own limiter at once, and by the ledger's count with the next call.
    """

    def __init__(
        self, ledger: Ledger, organisation: str, clock: Clock, run: Runner, jitter: Callable[[], float] = random
    ) -> None:
        self._ledger = ledger
        self._organisation = organisation
        self._clock = clock
        self._run = run
        self._own = LocalLimiter(clock, jitter=jitter)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._told: Limits | None = None

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        async with self._places:
            await self._pass_on()
            while (seconds := await self._take()) > 0:
                if seconds > _LONGEST_WAIT:
                    raise DayLimitReached(seconds)
                await self._clock.sleep(seconds)
            async with self._own.slot():
                yield

    def learn(self, limits: Limits) -> None:
        self._own.learn(limits)
        self._told = limits

    async def _take(self) -> float:
        return await self._run(partial(self._ledger.pacing.take, self._organisation, PER_MINUTE))

    async def _pass_on(self) -> None:
        told, self._told = self._told, None
        if told is None:
            return
        pacing = self._ledger.pacing
        if told.refused and told.retry_after is not None:
            text = "Xero's day is used up" if told.day_used_up else "Xero's minute is used up"
            await self._run(partial(pacing.pause, self._organisation, told.retry_after, text))
        elif told.minute_remaining is not None:
            await self._run(partial(pacing.learn, self._organisation, told.minute_remaining, PER_MINUTE))
