"""The sandbox as an httpx transport: real requests and answers, no port."""

import httpx
from starlette.types import ASGIApp

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

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except Cut as cut:
            raise _error(cut.kind, request) from None


def _error(kind: CutKind, request: httpx.Request) -> httpx.TransportError:
    types: dict[CutKind, type[httpx.TransportError]] = {
        "refuse": httpx.ConnectError,
        "drop": httpx.ReadError,
        "timeout": httpx.ReadTimeout,
        "truncated": httpx.RemoteProtocolError,
    }
    return types[kind](_TEXTS[kind], request=request)
