import asyncio
import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, SignInNeeded
from smoothx_tui.base.http import Call, Host
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials, FixedToken, send_authorised

Make = Callable[[Callable[[httpx.Request], httpx.Response]], Host]


class Issuer:
    """Gives tokens t1, t2, ... and keeps the requests."""

    def __init__(self, **more: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.body: dict[str, Any] = {"expires_in": 1800, "token_type": "bearer"} | more

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json={"access_token": f"t{len(self.requests)}"} | self.body)


def credentials(host: Host, clock: Clock, **more: Any) -> ClientCredentials:
    return ClientCredentials(host, "/connect/token", "me", Secret("s3cret"), clock=clock, **more)


async def test_a_token_is_kept_until_shortly_before_its_end(host: Make, clock: Any) -> None:
    issuer = Issuer()
    tokens = credentials(host(issuer), clock)
    assert (await tokens.token()).reveal() == "t1"
    clock.seconds = 1800 - 121
    assert (await tokens.token()).reveal() == "t1"
    clock.seconds = 1800 - 119
    assert (await tokens.token()).reveal() == "t2"


async def test_the_form_that_is_sent(host: Make, clock: Any) -> None:
    issuer = Issuer()
    await credentials(host(issuer), clock, scope="a b").token()
    form = parse_qs(issuer.requests[0].content.decode())
    assert form == {
        "grant_type": ["client_credentials"],
        "scope": ["a b"],
        "client_id": ["me"],
        "client_secret": ["s3cret"],
    }


async def test_id_and_secret_in_the_header(host: Make, clock: Any) -> None:
    issuer = Issuer()
    await credentials(host(issuer), clock, basic=True).token()
    sent = issuer.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent) == b"me:s3cret"
    assert b"s3cret" not in issuer.requests[0].content


async def test_many_callers_cause_one_request(host: Make, clock: Any) -> None:
    issuer = Issuer()
    tokens = credentials(host(issuer), clock)
    first = await asyncio.gather(*(tokens.token() for _ in range(5)))
    again = await asyncio.gather(*(tokens.refresh(first[0]) for _ in range(5)))
    assert {token.reveal() for token in first} == {"t1"}
    assert {token.reveal() for token in again} == {"t2"}
    assert len(issuer.requests) == 2


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refused_sign_in_is_told_without_the_secret(
    host: Make, clock: Any, log: RequestLog, status: int
) -> None:
    tokens = credentials(host(lambda _: httpx.Response(status, json={"error": "invalid_client"})), clock)
    with pytest.raises(SignInNeeded, match="invalid_client") as caught:
        await tokens.token()
    assert "s3cret" not in caught.value.line() + repr(list(log)) + repr(vars(tokens))


async def test_a_scope_that_is_not_granted_says_so(host: Make, clock: Any) -> None:
    tokens = credentials(host(lambda _: httpx.Response(400, json={"error": "invalid_scope"})), clock)
    with pytest.raises(SignInNeeded) as caught:
        await tokens.token()
    assert "scopes" in caught.value.hint


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, html="<html>proxy</html>"),
        httpx.Response(403, html="<html>proxy</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"access_token": None}),
        httpx.Response(200, json={"access_token": "a\nb"}),
        httpx.Response(200, json={"access_token": "ä"}),
        httpx.Response(502, text="bad gateway"),
    ],
)
async def test_an_answer_without_a_token_is_no_sign_in_problem(
    host: Make, clock: Any, response: httpx.Response
) -> None:
    with pytest.raises(ConnectionFailed, match="sign-in gave no token"):
        await credentials(host(lambda _: response), clock).token()


@pytest.mark.parametrize("life", [None, "soon", True, [], 5])
async def test_a_token_of_unknown_or_tiny_life_is_still_used(host: Make, clock: Any, life: Any) -> None:
    issuer = Issuer(expires_in=life)
    tokens = credentials(host(issuer), clock)
    await tokens.token()
    clock.seconds = 30
    assert (await tokens.token()).reveal() == "t1"


async def test_a_temporary_failure_is_tried_again(host: Make, clock: Any) -> None:
    answers: list[httpx.Response | Exception] = [
        httpx.Response(503),
        httpx.ReadError("gone"),
        httpx.Response(200, json={"access_token": "t"}),
    ]

    def handle(_: httpx.Request) -> httpx.Response:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert (await credentials(host(handle), clock).token()).reveal() == "t"
    assert clock.slept == [1.0, 2.0]


async def test_after_a_401_the_same_bytes_go_again_with_a_new_token(host: Make, clock: Any) -> None:
    seen: list[tuple[str, bytes, str]] = []

    def service(request: httpx.Request) -> httpx.Response:
        token = request.headers["authorization"]
        seen.append((token, request.content, request.headers["idempotency-key"]))
        return httpx.Response(401 if token == "Bearer t1" else 200, json={})

    call = Call("PUT", "/x", headers={"Idempotency-Key": "k"}, content=b"{}")
    answer = await send_authorised(host(service), credentials(host(Issuer()), clock), call)
    assert answer.status == 200
    assert seen == [("Bearer t1", b"{}", "k"), ("Bearer t2", b"{}", "k")]


async def test_a_second_401_is_the_answer(host: Make, clock: Any) -> None:
    issuer = Issuer()
    tokens = credentials(host(issuer), clock)
    answer = await send_authorised(host(lambda _: httpx.Response(401, json={})), tokens, Call("GET", "/"))
    assert answer.status == 401
    assert len(issuer.requests) == 2


async def test_a_401_that_no_token_mends_is_not_tried_again(host: Make, clock: Any) -> None:
    issuer = Issuer()
    refuse = host(lambda _: httpx.Response(401, json={}))
    await send_authorised(refuse, credentials(host(issuer), clock), Call("GET", "/"), renewable=lambda _: False)
    assert len(issuer.requests) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError(""), httpx.ReadError("")])
async def test_without_a_token_nothing_was_sent(host: Make, clock: Any, failure: httpx.TransportError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    reached: list[httpx.Request] = []
    with pytest.raises(NotSent) as caught:
        await send_authorised(
            host(lambda r: reached.append(r) or httpx.Response(200)),  # type: ignore[func-returns-value]
            credentials(host(fail), clock),
            Call("PUT", "/"),
        )
    assert not isinstance(caught.value, Unknown)
    assert not reached


async def test_a_given_token_can_not_be_renewed() -> None:
    tokens = FixedToken(Secret("t"), "Xero")
    assert (await tokens.token()).reveal() == "t"
    with pytest.raises(SignInNeeded):
        await tokens.refresh(Secret("t"))
