"""How the code of a consent gets here: a browser's redirect to this machine (or through an SSH tunnel), or a paste.

The listener is on loopback alone, answers one address, and takes a code only with the state that was asked with: what
another page sends is refused and the waiting goes on.
"""

import asyncio
import errno
import hmac
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from smoothx_tui.base.errors import ConfigurationError, SignInNeeded, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean

CALLBACK: Final = "/callback"
DEFAULT_PORT: Final = 8976
_LONGEST: Final = 16 * 1024
_REQUEST_SECONDS: Final = 10.0
_LOOPBACK: Final = ("127.0.0.1", "::1")
_PAGE: Final = "<!DOCTYPE html><meta charset=utf-8><title>smoothx</title><p>{}</p>"


class NotOurs(ValueError):  # noqa: N818 - reads as what is the case
    """An address that does not answer the consent that was asked for. Its text can be shown."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait. `port` is the redirect's; `listen` on it. `paste`: the address comes from this file descriptor."""

    port: int = DEFAULT_PORT
    listen: bool = True
    paste: int | None = None
    seconds: float = 600.0


def redirect_uri(port: int) -> str:
    """The address to register with the app. Xero takes the name localhost and refuses 127.0.0.1 (facts: xero.md)."""
    return f"http://localhost:{port}{CALLBACK}"


def way_back(waiting: Waiting) -> str:
    """How the browser's answer gets here, for whoever is to consent."""
    paste = "paste here the address that the browser ends at (it is not shown)"
    if not waiting.listen:
        return f"then {paste}"
    tunnel = f"ssh -L {waiting.port}:localhost:{waiting.port}"
    ways = f"{paste}, or log in with {tunnel}" if waiting.paste is not None else f"log in with {tunnel}, or use --paste"
    there = f"waiting {waiting.seconds:.0f} s for the browser at {redirect_uri(waiting.port)}"
    return f"{there}\nif the browser is on another machine: {ways}"


def code_of(address: str, state: str) -> Secret:
    """The code in a redirect's address. Raises NotOurs, or SignInNeeded where the person or the service said no."""
    try:
        found = parse_qs(urlsplit(address.strip()).query, keep_blank_values=True)
    except ValueError:
        raise NotOurs("that is not an address") from None
    given = found.get("state", [""])[-1]
    if not hmac.compare_digest(given.encode("utf-8", "replace"), state.encode()):
        raise NotOurs("its state is not the one that was sent" if found else "there is no code in it")
    if error := found.get("error", [""])[-1]:
        said = clean(error)[:60]
        hint = "consent to all that is asked for" if said == "access_denied" else "check the app's settings"
        raise SignInNeeded(f"the consent was not given: {said}", f"{hint}, then connect again")
    code = found.get("code", [""])[-1]
    if not code:
        raise NotOurs("there is no code in it")
    return Secret(code)


async def wait_for_code(state: str, waiting: Waiting, ready: Callable[[], None] = lambda: None) -> Secret:
    """The code, by whichever way is first. Raises SignInNeeded, UsageError, ConfigurationError.

    `ready` is called once the answer can come: a browser with an old consent is back at once, and a port that somebody
    has is found before anybody is sent to a browser.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Secret] = loop.create_future()
    async with AsyncExitStack() as stack:
        if waiting.listen:
            await stack.enter_async_context(_listening(waiting.port, state, found))
        if waiting.paste is not None:
            await stack.enter_async_context(_pasted(waiting.paste, state, found))
        ready()
        try:
            async with asyncio.timeout(waiting.seconds):
                return await found
        except TimeoutError:
            raise SignInNeeded(
                f"no consent came within {waiting.seconds:.0f} s", "connect again, and open the address in a browser"
            ) from None


@asynccontextmanager
async def _listening(port: int, state: str, found: "asyncio.Future[Secret]") -> AsyncIterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_answered(head, state, found))
                await writer.drain()
        writer.close()

    servers: list[asyncio.Server] = []
    try:
        for host in _LOOPBACK:
            servers += await _servers(serve, host, port)
        yield
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()


async def _servers(serve: object, host: str, port: int) -> list[asyncio.Server]:
    """None where the machine has no such address. A port that somebody else has on either would get our code."""
    try:
        return [await asyncio.start_server(serve, host, port, limit=_LONGEST)]  # type: ignore[arg-type]
    except OSError as error:
        if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            return []
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise ConfigurationError(
            f"port {port} on this machine {why}", "choose one with --port that the app has too, or use --paste"
        ) from None


def _answered(head: bytes, state: str, found: "asyncio.Future[Secret]") -> bytes:
    method, _, rest = head.partition(b"\r\n")[0].decode("ascii", "replace").partition(" ")
    target = rest.partition(" ")[0]
    if method != "GET" or urlsplit(target).path != CALLBACK:
        return _http(404, "Nothing is here.")
    try:
        code = code_of(target, state)
    except NotOurs:
        return _http(400, "This does not belong to the sign-in that is under way. Open the address that was printed.")
    except SignInNeeded as error:
        if not found.done():
            found.set_exception(error)
        return _http(200, "The consent was not given. The terminal says more; this page can be closed.")
    if not found.done():
        found.set_result(code)
    return _http(200, "Signed in. Go on in the terminal; this page can be closed.")


def _http(status: int, text: str) -> bytes:
    words = {200: "OK", 400: "Bad Request", 404: "Not Found"}[status]
    body = _PAGE.format(text).encode()
    head = (
        f"HTTP/1.1 {status} {words}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


@asynccontextmanager
async def _pasted(descriptor: int, state: str, found: "asyncio.Future[Secret]") -> AsyncIterator[None]:
    """Read one line; on a terminal without echo. A wrong one ends the waiting: it is a person's slip, not an attack."""
    loop = asyncio.get_running_loop()
    data = bytearray()

    def ended() -> None:
        line = bytes(data).partition(b"\n")[0].decode("utf-8", "replace")
        if found.done():
            return
        try:
            found.set_result(code_of(line, state))
        except NotOurs as error:
            found.set_exception(UsageError(f"the pasted address does not fit: {error}", "paste the whole of it"))
        except SignInNeeded as error:
            found.set_exception(error)

    def readable() -> None:
        piece = os.read(descriptor, 4096)
        data.extend(piece)
        if not piece or b"\n" in piece or len(data) > _LONGEST:
            loop.remove_reader(descriptor)
            ended()

    if not _can_wait(descriptor):
        data.extend(_whole(descriptor))
        ended()
        yield
        return
    with _without_echo(descriptor):
        loop.add_reader(descriptor, readable)
        try:
            yield
        finally:
            loop.remove_reader(descriptor)


def _can_wait(descriptor: int) -> bool:
    """Whether the event loop can wait for it: not for a plain file, which is always readable, nor for /dev/null."""
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)


def _whole(descriptor: int) -> bytes:
    """What is there, up to the longest line; nothing where it is not open."""
    data = b""
    with suppress(OSError):
        while len(data) <= _LONGEST and (piece := os.read(descriptor, 4096)):
            data += piece
    return data


class _without_echo:  # noqa: N801 - used as a statement
    """On a terminal, what is typed is not shown, and the line may be longer than a line editor holds."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before: list[object] | None = None

    def __enter__(self) -> None:
        import termios

        if not os.isatty(self._descriptor):
            return
        self._before = termios.tcgetattr(self._descriptor)
        quiet = termios.tcgetattr(self._descriptor)
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, quiet)

    def __exit__(self, *_: object) -> None:
        import termios

        if self._before is not None:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)  # type: ignore[arg-type]
