"""What the tests of the foundations share."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from smoothx_tui.base.http import Host
from smoothx_tui.base.requestlog import RequestLog


class ManualClock:
    """A clock that moves when somebody sleeps."""

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


Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture
def host(clock: ManualClock, log: RequestLog) -> Callable[[Handler], Host]:
    """A host whose network is a function from request to response."""

    def make(handler: Handler) -> Host:
        return Host(
            "https://service.example/base",
            name="Service",
            clock=clock,
            log=log,
            transport=httpx.MockTransport(handler),
        )

    return make
