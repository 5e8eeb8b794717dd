"""A clock and tokens made by hand: time passes only where something sleeps, and nothing is random."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from smoothx_tui.base.secret import Secret

Handler = Callable[[httpx.Request], httpx.Response]


class ManualClock:
    """`slept` are the seconds of each sleep."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 7, 3, 9, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Tokens:
    """t1, and after each refusal the next."""

    def __init__(self) -> None:
        self.number = 1

    async def token(self) -> Secret:
        return Secret(f"t{self.number}")

    async def refresh(self, rejected: Secret) -> Secret:
        assert rejected.reveal() == f"t{self.number}"
        self.number += 1
        return await self.token()
