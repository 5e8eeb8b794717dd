import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from smoothx_tui.base import http
from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.http import Call, Host, Tls
from smoothx_tui.base.requestlog import LogEntry, RequestLog

Make = Callable[[Callable[[httpx.Request], httpx.Response]], Host]
JSON = {"content-type": "application/json; charset=utf-8"}


async def test_a_json_answer(host: Make) -> None:
    service = host(lambda _: httpx.Response(200, headers={**JSON, "X-Request-Id": "r1"}, content=b'{"Total": 1.10}'))
    answer = await service.send(Call("GET", "/things", {"filters[id][]": "1,2"}))
    assert (answer.ok, str(answer.body["Total"]), answer.request_id) == (True, "1.10", "r1")


async def test_path_and_query_are_put_below_the_base(host: Make) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={})

    await host(handle).send(Call("GET", "/a?b=1", {"where": 'Name=="x & y"'}))
    assert seen == ["https://service.example/base/a?b=1&where=Name==%22x%20%26%20y%22"]


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (httpx.Response(200, html="<html>log in</html>"), "text/html instead of JSON"),
        (httpx.Response(200, headers=JSON, content=b'{"a":1,"a":2}'), "not JSON: member 'a' appears twice"),
        (httpx.Response(200, headers=JSON, content=b'{"a":NaN}'), "not JSON: NaN is not JSON"),
        (httpx.Response(200, headers=JSON, content=b'{"a":'), "not JSON: Expecting value"),
        (httpx.Response(200, headers=JSON, content=b"  "), "an empty answer"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), "a redirect, which is never followed"),
        (httpx.Response(200, headers=JSON, content=b'\x1b{"\x1b'), "not JSON"),
    ],
)
async def test_an_answer_that_can_not_be_read_says_why(host: Make, response: httpx.Response, problem: str) -> None:
    answer = await host(lambda _: response).send(Call("GET", "/"))
    assert not answer.ok
    assert answer.body is None
    assert answer.problem.startswith(problem)
    assert answer.problem.isprintable()


async def test_no_content_is_no_problem(host: Make) -> None:
    assert (await host(lambda _: httpx.Response(204)).send(Call("DELETE", "/"))).ok


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.LocalProtocolError]
)
async def test_what_never_left_is_told_as_not_sent(host: Make, error: type[httpx.TransportError]) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise error("Connection refused")

    with pytest.raises(NotSent, match="Service cannot be reached"):
        await host(handle).send(Call("PUT", "/"))


async def test_a_certificate_that_is_not_trusted_has_its_own_hint(host: Make) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")

    with pytest.raises(NotSent) as caught:
        await host(handle).send(Call("PUT", "/"))
    assert "certificate" in caught.value.hint


async def test_text_without_bytes_does_not_stop_a_request(host: Make) -> None:
    service = host(lambda _: httpx.Response(200, json={}))
    assert (await service.send(Call("GET", "/", {"where": "x\ud83d"}))).ok


@pytest.mark.parametrize(
    "error", [httpx.ReadError, httpx.WriteError, httpx.ReadTimeout, httpx.WriteTimeout, httpx.RemoteProtocolError]
)
async def test_what_broke_afterwards_is_told_as_unknown(host: Make, error: type[httpx.TransportError]) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        raise error("Bearer canary-1")

    with pytest.raises(Unknown) as caught:
        await host(handle).send(Call("PUT", "/"))
    assert "canary" not in caught.value.line()
    assert caught.value.__cause__ is None


async def test_a_body_over_the_limit_is_unknown(host: Make) -> None:
    big = httpx.Response(200, headers=JSON, content=b" " * (http.LARGEST_ANSWER + 1))
    with pytest.raises(Unknown, match="more than 8 MB"):
        await host(lambda _: big).send(Call("PUT", "/"))


async def test_a_packed_body_is_counted_unpacked(host: Make) -> None:
    packed = gzip.compress(b" " * (http.LARGEST_ANSWER + 1))
    big = httpx.Response(200, headers={**JSON, "content-encoding": "gzip"}, content=packed)
    with pytest.raises(Unknown, match="more than 8 MB"):
        await host(lambda _: big).send(Call("PUT", "/"))


class _Chunks(httpx.AsyncByteStream):
    def __init__(self, *chunks: bytes, forever: bool = False) -> None:
        self.chunks = chunks
        self.forever = forever

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        if self.forever:
            await asyncio.Event().wait()


async def test_a_body_cut_short_is_unknown_with_the_status_that_came(host: Make) -> None:
    cut = httpx.Response(200, headers={**JSON, "content-length": "50"}, stream=_Chunks(b'{"a"', b":1}"))
    with pytest.raises(Unknown, match="7 of 50 bytes") as caught:
        await host(lambda _: cut).send(Call("PUT", "/"))
    assert caught.value.status == 200


async def test_a_body_that_never_ends_is_given_up(host: Make) -> None:
    slow = httpx.Response(200, headers={**JSON, "x-request-id": "r2"}, stream=_Chunks(b"{", forever=True))
    with pytest.raises(Unknown, match="no complete answer") as caught:
        await host(lambda _: slow).send(Call("PUT", "/", seconds=0.01))
    assert (caught.value.status, caught.value.request_id) == (200, "r2")


async def test_the_log_has_every_call_and_no_secret(host: Make, log: RequestLog) -> None:
    told: list[LogEntry] = []
    stop = log.listen(told.append)

    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            raise httpx.ReadError("")
        return httpx.Response(200, headers={"X-Request-Id": "r\x1b3"}, json={})

    service = host(handle)
    await service.send(
        Call("GET", "/connect", {"code": "canary-1", "page": "2"}, headers={"Authorization": "Bearer canary-2"})
    )
    stop()
    with pytest.raises(Unknown):
        await service.send(Call("PUT", "/x", content=b"canary-3"))
    entries = list(log)
    assert [(e.service, e.method, e.status) for e in entries] == [("Service", "GET", 200), ("Service", "PUT", 0)]
    assert entries[0].path == "/base/connect?code=***&page=2"
    assert "canary" not in repr(entries)
    assert entries[1].note.startswith("the connection to Service broke")
    assert told == entries[:1]


async def test_a_call_shows_neither_headers_nor_body() -> None:
    shown = repr(Call("PUT", "/x", headers={"Authorization": "Bearer canary"}, content=b"canary"))
    assert "canary" not in shown


async def test_a_stopped_call_is_logged(host: Make, log: RequestLog) -> None:
    slow = httpx.Response(200, headers=JSON, stream=_Chunks(forever=True))
    task = asyncio.create_task(host(lambda _: slow).send(Call("GET", "/")))
    while not task.done() and not len(log):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [entry.note for entry in log] == ["stopped"]


@pytest.mark.parametrize(
    "address",
    [
        "https://[::1",
        "https://x:port",
        "http://api.example",
        "ftp://x",
        "api.example",
        "https://user@x",
        "https://x?a=1",
        "",
    ],
)
def test_an_address_that_is_not_spoken_to(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Host(address, name="Service", clock=SystemClock())


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/x", "http://localhost:1", "http://[::1]:8", "https://x.y"])
def test_an_address_that_is_spoken_to(address: str) -> None:
    assert Host(address, name="Service", clock=SystemClock()).base_url == address


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://service.example/base/a?page=2", "/a?page=2"),
        ("https://service.example/other", None),
        ("https://elsewhere.example/base/a", None),
        ("http://service.example/base/a", None),
        ("https://service.example:444/base/a", None),
        ("https://[", None),
    ],
)
def test_only_the_same_host_is_followed(host: Make, url: str, path: str | None) -> None:
    assert host(lambda _: httpx.Response(200)).path_of(url) == path


async def test_nobody_listening_is_not_sent() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    service = Host(f"http://127.0.0.1:{port}", name="Service", clock=SystemClock())
    with pytest.raises(NotSent):
        await service.send(Call("GET", "/"))
    await service.aclose()


async def test_a_server_that_hangs_up_is_unknown() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    service = Host(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", name="Service", clock=SystemClock())
    with pytest.raises(Unknown):
        await service.send(Call("PUT", "/", content=b"{}"))
    await service.aclose()
    server.close()
    await server.wait_closed()


async def test_a_certificate_file_that_is_none_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    with pytest.raises(ConfigurationError, match=r"ca\.pem"):
        await Tls(str(broken)).context()
    with pytest.raises(ConfigurationError, match="No such file"):
        await Tls(str(tmp_path / "absent.pem")).context()


async def test_certificates_are_checked_and_read_once() -> None:
    tls = Tls()
    first, second = await asyncio.gather(tls.context(), tls.context())
    assert first is second
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname
