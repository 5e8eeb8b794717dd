"""A Xero that is a function from request to response, and a clock that moves when somebody sleeps."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from smoothx_tui.base.http import Host
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.endpoints import XeroEndpoints
from tests.handmade import Handler, ManualClock, Tokens

TENANT = "7c1f0d1e-93a0-4f6e-9d0a-3a5b1c2d4e5f"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture
def xero(clock: ManualClock, log: RequestLog) -> Callable[[Handler], XeroClient]:
    def make(handler: Handler) -> XeroClient:
        host = Host("https://api.xero.com", name="Xero", clock=clock, log=log, transport=httpx.MockTransport(handler))
        return XeroClient(host, TENANT, Tokens(), clock, jitter=lambda: 0.5)

    return make


Connect = Callable[..., XeroClient]


@pytest.fixture
async def connect(log: RequestLog) -> AsyncIterator[Connect]:
    """Signs a real client in at a sandbox in this process."""
    hosts: list[Host] = []

    def make(sandbox: Any, transport: httpx.AsyncBaseTransport | None = None) -> XeroClient:
        at = XeroEndpoints.sandbox("http://127.0.0.1")
        host = Host(at.api, name="Xero", clock=sandbox.clock, log=log, transport=transport or sandbox.transport())
        hosts.append(host)
        secret = Secret("sandbox")
        tokens = ClientCredentials(host, at.token_path, "sandbox", secret, clock=sandbox.clock, basic=True)
        tenant = str(sandbox.scenario.xero["Organisation"]["OrganisationID"])
        return XeroClient(host, tenant, tokens, sandbox.clock)

    yield make
    for host in hosts:
        await host.aclose()
