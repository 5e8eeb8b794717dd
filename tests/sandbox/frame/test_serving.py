"""On a real port: faults as the network has them, and ports that cannot be had."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import UsageError
from smoothx_tui.sandbox.server import Sandbox, serve

Opener = Callable[..., Any]


@asynccontextmanager
async def _served(sandbox: Sandbox) -> AsyncIterator[int]:
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(sandbox, port=0, ready=port.set_result))
    try:
        yield await port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def served(start: Opener) -> AsyncIterator[Any]:
    sandbox = start()
    async with _served(sandbox) as port:
        headers = {"Accept": "application/json"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=5) as client:
            form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
            token = (await client.post("/xero/connect/token", data=form)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client


ORGANISATION = "/xero/api.xro/2.0/Organisation"


async def test_it_answers(served: Any) -> None:
    assert (await served.get(ORGANISATION)).json()["Organisations"][0]["BaseCurrency"] == "AUD"
    assert (await served.get("/")).status_code == 404


@pytest.mark.parametrize("what", ["drop", "refuse", "truncated"])
async def test_a_cut_connection(served: Any, what: str) -> None:
    await served.post("/admin/faults", json=[{"what": what, "times": 1}])
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await served.get(ORGANISATION)
    assert (await served.get(ORGANISATION)).status_code == 200


async def test_silence(served: Any) -> None:
    await served.post("/admin/faults", json=[{"what": "timeout", "times": 1}])
    with pytest.raises(httpx.ReadTimeout):
        await served.get(ORGANISATION, timeout=0.05)
    assert (await served.get(ORGANISATION)).status_code == 200


async def test_a_drip_comes_in_pieces(served: Any) -> None:
    await served.post("/admin/faults", json=[{"what": "slow_drip", "seconds": 60, "times": 1}])
    pieces = []
    async with served.stream("GET", ORGANISATION) as answer:
        async for piece in answer.aiter_raw():
            pieces.append(piece)
            await served.post("/admin/clock", json={"advance": 60})
    assert len(pieces) == 8
    assert json.loads(b"".join(pieces))["Organisations"]


async def test_a_port_in_use(start: Opener) -> None:
    async with _served(start()) as port:
        with pytest.raises(UsageError, match=f"port {port} is in use"):
            await serve(start(), port=port)


@pytest.mark.parametrize(("host", "port"), [("0.0.0.0", 0), ("example.invalid", 0), ("127.0.0.1", 70_000)])
async def test_where_it_does_not_listen(start: Opener, host: str, port: int) -> None:
    with pytest.raises(UsageError):
        await serve(start(), host, port)
