"""The sandbox as an httpx transport: real requests and answers, no port."""

from email.utils import format_datetime

import httpx
from starlette.types import ASGIApp

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.breaking import Cut, CutKind

_TEXTS: dict[CutKind, str] = {
    "refuse": "All connection attempts failed",
    "drop": "",
    "timeout": "",
    "truncated": "peer closed connection without sending complete message body",
}


class SandboxTransport(httpx.AsyncBaseTransport):
    """httpx's ASGI transport, with cut connections as httpx reports them from the network.

    A time-out is raised at once: nobody has to wait for it.
    """

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._inner.handle_async_request(request)
        except Cut as cut:
            raise _error(cut.kind, request) from None
        # As a server would; the one that serves the sandbox on a port does it by itself.
        response.headers.setdefault("Date", format_datetime(self._clock.now(), usegmt=True))
        return response


def _error(kind: CutKind, request: httpx.Request) -> httpx.TransportError:
    types: dict[CutKind, type[httpx.TransportError]] = {
        "refuse": httpx.ConnectError,
        "drop": httpx.ReadError,
        "timeout": httpx.ReadTimeout,
        "truncated": httpx.RemoteProtocolError,
    }
    return types[kind](_TEXTS[kind], request=request)
