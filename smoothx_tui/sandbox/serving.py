"""The sandbox on a port of this machine, by uvicorn. Loopback only."""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from smoothx_tui.base.errors import UsageError
from smoothx_tui.sandbox.breaking import Cut

if TYPE_CHECKING:
    from smoothx_tui.sandbox.server import Sandbox

Address = tuple[str, int]
_LONGEST_SILENCE = 600


class _Sockets:
    """The open connections by the client's address, so that one can be cut."""

    def __init__(self) -> None:
        self.open: dict[Address, asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Uvicorn's protocol, which tells us its connections."""
        sockets = self.open

        class Watched(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
                super().connection_made(transport)
                sockets[_peer(transport)] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                sockets.pop(_peer(self.transport), None)
                super().connection_lost(exc)

        return Watched


class _Cutting:
    """Turns a cut of the fault plan into what the network would do."""

    def __init__(self, app: Any, sockets: dict[Address, asyncio.Transport]) -> None:
        self._app = app
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Cut as cut:
            if cut.kind == "timeout":
                await _until_gone(receive)
            transport = self._sockets.get(tuple(scope["client"]))
            if transport is not None and cut.kind == "truncated":
                transport.close()
            elif transport is not None:
                transport.abort()
            await _until_gone(receive)


class _Server(uvicorn.Server):
    """Tells when it listens."""

    ready: Callable[[int], None] | None = None
    port = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.ready is not None:
            self.ready(self.port)


async def serve(
    sandbox: "Sandbox",
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[int], None] | None = None,
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve until cancelled or interrupted. `ready` gets the port once it listens; port 0 picks a free one.

    `tls`: files of the certificate (with those between it and its authority) and of its key; then it speaks https.
    Raises UsageError for a port or certificate that cannot be used and for a host that is not this machine alone.
    """
    if tls is not None:
        _check_certificate(*tls)
    listening = _listen(host, port)
    sockets = _Sockets()
    config = uvicorn.Config(
        _Cutting(sandbox.app, sockets.open),
        http=sockets.protocol(),
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=tls[0] if tls else None,
        ssl_keyfile=tls[1] if tls else None,
    )
    server = _Server(config)
    server.ready = ready
    server.port = listening.getsockname()[1]
    running = asyncio.get_running_loop().create_task(server.serve([listening]))
    try:
        await asyncio.shield(running)
    finally:
        server.should_exit = True
        await asyncio.gather(running, return_exceptions=True)
        listening.close()
        await sandbox.aclose()


def _check_certificate(certificate: Path, key: Path) -> None:
    """What uvicorn would fail on, as one line. Raises UsageError."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one, too
        why = error.strerror if not isinstance(error, ssl.SSLError) else "certificate and key do not belong together"
        raise UsageError(f"{certificate}, {key}: {why}", "name a PEM certificate and its key") from None


def _listen(host: str, port: int) -> socket.socket:
    if not _is_loopback(host):
        raise UsageError(f"the sandbox does not listen on {host}", "use 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(_why(error, port), "choose another with --port, or --port 0 for a free one") from None
    return listening


def _why(error: OSError | OverflowError, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} is in use"
    return f"port {port} cannot be used: {getattr(error, 'strerror', None) or 'it is no port'}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _peer(transport: asyncio.BaseTransport) -> Address:
    peer = transport.get_extra_info("peername") or ("", 0)
    return str(peer[0]), int(peer[1])


async def _until_gone(receive: Receive) -> None:
    """Wait for the client to hang up; it gets no answer."""
    try:
        async with asyncio.timeout(_LONGEST_SILENCE):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
