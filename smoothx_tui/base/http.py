"""One HTTP host: its connections, its time-outs, its log, and answers read with care.

No redirects are followed, TLS is always verified, plain http is for loopback alone. An answer is read to at most
8 MB and parsed as strict JSON; a file is read to what its reader allows, and is only bytes. httpx is loaded with this
module, so import it where the first request is made.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import httpx

from smoothx_tui.base.answers import REQUEST_ID_HEADERS, Answer, NotSent, TooLarge, Unknown
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.base.requestlog import LogEntry, RequestLog, loggable
from smoothx_tui.base.text import clean

__all__ = ["Answer", "Call", "Fetched", "Host", "LogEntry", "NotSent", "RequestLog", "Tls", "TooLarge", "Unknown"]

_Read = TypeVar("_Read")
LARGEST_ANSWER: Final = 8 * 1024 * 1024
_CONNECT_SECONDS: Final = 10.0
_SILENCE_SECONDS: Final = 45.0
# A connection that stood idle may be closed at the other end just as a write goes out; under a minute that is rare.
_LIMITS: Final = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0)
_NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make. `path` is below the host's base URL and may have a query; `seconds` bounds all of it."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    seconds: float = 90.0

    @property
    def target(self) -> str:
        """Path and query, encoded."""
        if not self.params:
            return self.path
        # "=" and "," may stand in a value as they are (RFC 3986); filters and lists of ids are half as long for it.
        query = urlencode(self.params, quote_via=quote, safe="=,", errors="replace")
        return self.path + ("&" if "?" in self.path else "?") + query

    def with_headers(self, headers: Mapping[str, str]) -> "Call":
        return replace(self, headers={**self.headers, **headers})


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to a request for a file. `content` is b"" unless `status` is 200."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


class Tls:
    """The trusted certificates, read once, off the event loop (reading them costs tens of milliseconds).

    `ca_file` adds the certificate of a private authority.
    """

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()

    async def context(self) -> ssl.SSLContext:
        """Raises ConfigurationError where `ca_file` cannot be read."""
        async with self._lock:
            if self._context is None:
                self._context = await asyncio.to_thread(self._read)
        return self._context

    def _read(self) -> ssl.SSLContext:
        context = httpx.create_ssl_context()
        context.load_default_certs()
        if self._ca_file:
            try:
                context.load_verify_locations(self._ca_file)
            except (OSError, ssl.SSLError) as error:
                why = clean(getattr(error, "strerror", None) or "there is no certificate in it")
                raise ConfigurationError(f"{clean(self._ca_file)}: {why}", "name a PEM file") from None
        return context


class Host:
    """Connections to one service. `name` is what people call it; `transport` replaces the network (in process)."""

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        clock: Clock,
        log: RequestLog | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: Tls | None = None,
    ) -> None:
        parts = _parts(base_url)
        self.base_url: Final = base_url.rstrip("/")
        self.name: Final = name
        self._clock = clock
        self._log = log
        self._transport = transport
        self._tls = tls or Tls()
        self._client: httpx.AsyncClient | None = None
        self._loopback = parts is not None and _is_loopback(parts.hostname or "")
        if parts is None or not parts.hostname or parts.username or parts.query:
            raise ConfigurationError(f"{clean(base_url)} is not an address of {name}", "use https://host/path")
        if parts.scheme == "http" and not self._loopback and transport is None:
            raise ConfigurationError(f"{clean(base_url)}: {name} is called over https only", "use https://host/path")

    async def aclose(self) -> None:
        """Close the connections; the next call opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    def path_of(self, url: str) -> str | None:
        """What `url` is below the base URL, with its query; None where it belongs to another host."""
        try:
            wanted, found = urlsplit(self.base_url), urlsplit(url)
        except ValueError:
            return None
        if (found.scheme, found.netloc.lower()) != (wanted.scheme, wanted.netloc.lower()):
            return None
        if not found.path.startswith(wanted.path + "/"):
            return None
        return found.path[len(wanted.path) :] + (f"?{found.query}" if found.query else "")

    async def send(self, call: Call) -> Answer:
        """Make one call and read the whole answer, whatever its status. Raises NotSent or Unknown."""
        url = self.base_url + call.target
        client = self._client or await self._open()
        with self._logged(call.method, loggable(url)) as told:
            request = client.build_request(call.method, url, headers=dict(call.headers), content=call.content)
            answer = await self._exchange(client, request, call.seconds, self._read_answer)
            told.status, told.request_id, told.note = answer.status, answer.request_id, answer.problem
        return answer

    async def fetch(self, url: str, headers: Mapping[str, str], most: int, seconds: float = 300.0) -> Fetched:
        """One GET for a file at any address that the caller trusts, up to `most` bytes. A redirect is an answer.

        Raises NotSent, Unknown, TooLarge; ConfigurationError for plain http to another machine. The query is not
        logged: it may hold what opens the file.
        """
        parts = _parts(url)
        if parts is None or not parts.hostname or parts.username:
            raise NotSent(f"{self.name} names an address that cannot be used")
        if parts.scheme == "http" and not _is_loopback(parts.hostname) and self._transport is None:
            raise NotSent(f"{clean(parts.hostname)}: files are fetched over https only")
        client = self._client or await self._open()
        wanted = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}

        async def read(response: httpx.Response) -> Fetched:
            content = await _bytes_of(response, self.name, most) if response.status_code == 200 else b""
            found = {key.lower(): value for key, value in response.headers.items()}
            return Fetched(response.status_code, found, content)

        with self._logged("GET", f"{clean(parts.hostname)}{loggable(parts.path)}") as told:
            fetched = await self._exchange(client, client.build_request("GET", url, headers=wanted), seconds, read)
            told.status = fetched.status
        return fetched

    @contextmanager
    def _logged(self, method: str, place: str) -> Iterator["_Told"]:
        """Log one request with how it ended, and turn httpx's errors before anything left into NotSent."""
        told, started = _Told(), self._clock.monotonic()
        try:
            yield told
        except (NotSent, Unknown, TooLarge) as error:
            told.status, told.request_id = getattr(error, "status", 0), getattr(error, "request_id", "")
            told.note = error.message
            raise
        except _NEVER_LEFT as error:
            told.note = f"{self.name} cannot be reached: {_why(error)}"
            raise NotSent(told.note, _what_to_do(error)) from None
        except asyncio.CancelledError:
            told.note = "stopped"
            raise
        finally:
            if self._log is not None:
                ms = round((self._clock.monotonic() - started) * 1000)
                entry = (self.name, method, place, told.status, ms, told.request_id, told.note)
                self._log.add(LogEntry(self._clock.now(), *entry))

    async def _open(self) -> httpx.AsyncClient:
        transport = self._transport
        if transport is None and self.base_url.startswith("http:"):
            # Loopback without TLS: a context without certificates costs nothing and still trusts nobody.
            transport = httpx.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), limits=_LIMITS)
        context = await self._tls.context() if transport is None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=transport,
                verify=context,
                limits=_LIMITS,
                timeout=httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS, pool=None),
                follow_redirects=False,
                trust_env=not self._loopback,
                headers={"User-Agent": "smoothx-tui", "Accept": "application/json"},
            )
        return self._client

    async def _read_answer(self, response: httpx.Response) -> Answer:
        return await _whole(response, self.name, _request_id(response))

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        request: httpx.Request,
        seconds: float,
        read: Callable[[httpx.Response], Awaitable[_Read]],
    ) -> _Read:
        status, request_id = 0, ""
        try:
            async with asyncio.timeout(seconds):
                response = await client.send(request, stream=True)
                try:
                    status = response.status_code
                    request_id = _request_id(response)
                    return await read(response)
                finally:
                    await response.aclose()
        except _NEVER_LEFT:
            raise
        except TimeoutError:
            what = f"{self.name} gave no complete answer within {seconds:.0f} s"
            raise Unknown(what, status=status, request_id=request_id) from None
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            what = f"the connection to {self.name} broke before the answer was complete: {_why(error)}"
            raise Unknown(what, status=status, request_id=request_id) from None


@dataclass(slots=True)
class _Told:
    """What the log says of a request."""

    status: int = 0
    request_id: str = ""
    note: str = ""


async def _bytes_of(response: httpx.Response, name: str, most: int) -> bytes:
    """The body as bytes. Raises TooLarge as soon as that is known, Unknown where it was cut short."""
    promised = response.headers.get("content-length", "")
    length = int(promised) if promised.isascii() and promised.isdigit() and len(promised) < 16 else None
    if length is not None and length > most:
        raise TooLarge(f"the file has {length:,} bytes, more than {most:,}")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > most:
            raise TooLarge(f"the file has more than {most:,} bytes")
        chunks.append(chunk)
    if length is not None and "content-encoding" not in response.headers and size < length:
        raise Unknown(f"{name} sent {size} of {length} bytes", status=response.status_code)
    return b"".join(chunks)


async def _whole(response: httpx.Response, name: str, request_id: str) -> Answer:
    """Read the body under the size cap. Raises Unknown where it is too large or cut short."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST_ANSWER:
            what = f"{name} sent an answer of more than 8 MB"
            raise Unknown(what, status=response.status_code, request_id=request_id)
        chunks.append(chunk)
    headers = {key.lower(): clean(value) for key, value in response.headers.items()}
    promised = headers.get("content-length", "")
    if "content-encoding" not in headers and promised.isdigit() and size < int(promised):
        what = f"{name} sent {size} of {promised} bytes"
        raise Unknown(what, status=response.status_code, request_id=request_id)
    body, problem = _read_json(b"".join(chunks), headers.get("content-type", ""), response.status_code)
    return Answer(response.status_code, headers, body, problem)


def _read_json(data: bytes, content_type: str, status: int) -> tuple[Any, str]:
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if 300 <= status < 400:
        return None, "a redirect, which is never followed"
    if not data.strip():
        return None, "" if status == 204 else "an empty answer"
    if "json" not in kind and kind:
        return None, f"{kind[:60]} instead of JSON"
    try:
        return loads(data), ""
    except BadJson as error:
        return None, f"not JSON: {clean(str(error))[:120]}"


def _request_id(response: httpx.Response) -> str:
    found = next((response.headers[name] for name in REQUEST_ID_HEADERS if name in response.headers), "")
    return clean(found)[:80]


def _what_to_do(error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "check the clock of this machine, and name the certificate of your own authority if a proxy has one"
    return "check the network, then try again"


def _why(error: Exception) -> str:
    """Words for a failure. An httpx message is only shown where it can hold no header and so no token."""
    if isinstance(error, httpx.ConnectError):
        return clean(str(error))[:200] or "no connection"
    words = {
        httpx.ConnectTimeout: "no connection in time",
        httpx.PoolTimeout: "no free connection in time",
        httpx.ProxyError: "the proxy refused",
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "the request could not be sent in time",
        httpx.RemoteProtocolError: "closed at the other end",
        httpx.DecodingError: "the body could not be unpacked",
    }
    return next((text for kind, text in words.items() if isinstance(error, kind)), type(error).__name__)


def _parts(address: str) -> SplitResult | None:
    """The parts of an address of a service; None where it is none."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _is_loopback(hostname: str) -> bool:
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False
