"""What the tests of the foundations share."""

from collections.abc import Callable

import httpx
import pytest

from smoothx_tui.base.http import Host
from smoothx_tui.base.requestlog import RequestLog
from tests.handmade import Handler, ManualClock


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
