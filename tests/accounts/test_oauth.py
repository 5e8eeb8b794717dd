"""The exchanges: what is sent, and every answer that is no token, as one clean line."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from smoothx_tui.accounts.exchange import Exchange, SignInPlace, open_exchange
from smoothx_tui.accounts.oauth import Client, GrantRefused
from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.errors import ConnectionFailed, SmoothxError
from smoothx_tui.base.secret import Secret

PLACE = SignInPlace(
    "Xero",
    "https://identity.example",
    "/connect/token",
    "https://login.example/authorize?ui=1",
    "/connect/revocation",
    basic=True,
)
GOOD = {"access_token": "a-new", "refresh_token": "r-new", "expires_in": 1800, "scope": "s t", "token_type": "Bearer"}
Answering = Callable[[httpx.Request], httpx.Response]


def exchange(answering: Answering, client: Client) -> Exchange:
    return open_exchange(PLACE, client, SystemClock(), transport=httpx.MockTransport(answering))


async def test_a_consent_is_asked_for_with_pkce_and_state() -> None:
    made = exchange(lambda _: httpx.Response(500), Client("id"))
    consent = made.oauth.consent(PLACE.authorize, "http://localhost:1/callback", "a b", pkce=True)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(consent.url).query).items()}
    assert asked.pop("code_challenge")
    assert consent.verifier is not None
    assert 43 <= len(consent.verifier.reveal()) <= 128
    assert asked == {
        "ui": "1",
        "response_type": "code",
        "client_id": "id",
        "redirect_uri": "http://localhost:1/callback",
        "scope": "a b",
        "state": consent.state,
        "code_challenge_method": "S256",
    }
    assert consent.state not in repr(consent)
    assert made.oauth.consent(PLACE.authorize, "http://localhost:1/callback", "", pkce=False).state != consent.state


@pytest.mark.parametrize("secret", [None, Secret("s3cret")])
async def test_what_is_sent(secret: Secret | None) -> None:
    seen: list[tuple[dict[str, str], str]] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append((dict(parse_qsl(request.content.decode())), request.headers.get("authorization", "")))
        return httpx.Response(200, json=GOOD)

    made = exchange(answering, Client("id", secret, basic=True))
    given = await made.oauth.refresh(Secret("r-old"))
    assert (given.access, given.refresh, given.seconds, given.scope) == (Secret("a-new"), Secret("r-new"), 1800, "s t")
    consent = made.oauth.consent(PLACE.authorize, "http://localhost:1/callback", "", pkce=True)
    await made.oauth.trade(Secret("c0de"), consent)
    own = {"client_id": "id"} if secret is None else {}
    assert consent.verifier is not None
    assert [form for form, _ in seen] == [
        {"grant_type": "refresh_token", "refresh_token": "r-old", **own},
        {
            "grant_type": "authorization_code",
            "code": "c0de",
            "redirect_uri": "http://localhost:1/callback",
            "code_verifier": consent.verifier.reveal(),
            **own,
        },
    ]
    assert {bool(header) for _, header in seen} == {secret is not None}
    told = [(entry.method, entry.path, entry.status) for entry in made.requests]
    assert told == [("POST", "/connect/token", 200)] * 2
    await made.aclose()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, html="<h1>Sign in to the hotel's network canary</h1>"), "text/html instead of JSON"),
        (httpx.Response(403, html="<p>canary"), "text/html instead of JSON"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/canary"}), "a redirect"),
        (httpx.Response(502, html="<h1>canary</h1>"), "is not available: status 502"),
        (httpx.Response(429), "is not available: status 429"),
        (httpx.Response(200, json=["canary"]), "gave no token"),
        (httpx.Response(200, json={"token": "canary"}), "gave no token"),
        (httpx.Response(200, json={**GOOD, "access_token": "canary\n"}), "gave no token"),
        (httpx.Response(200, json={**GOOD, "refresh_token": 7}), "gave no token"),
        (
            httpx.Response(200, content=b'{"access_token": "canary"', headers={"content-type": "application/json"}),
            "JSON",
        ),
        (httpx.Response(200), "gave no token"),
        (httpx.Response(200, content=b"x" * 9_000_000), "more than 8 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.status_code),
)
async def test_what_is_no_token_is_a_failed_connection(answer: httpx.Response, said: str) -> None:
    made = exchange(lambda _: answer, Client("id"))
    with pytest.raises(ConnectionFailed) as caught:
        await made.oauth.refresh(Secret("r-old"))
    assert said in caught.value.message
    assert "canary" not in caught.value.line()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("invalid_grant", "smoothx-tui connect xero"),
        ("invalid_client", "check the client id"),
        ("invalid_scope", "docs/accounts.md"),
        ("\x1b[2J", "smoothx-tui connect xero"),
    ],
)
async def test_a_refusal_is_told_by_its_word_alone(word: str, hint: str) -> None:
    body = {"error": word, "error_description": "the token canary is not good"}
    made = exchange(lambda _: httpx.Response(400, json=body), Client("id"))
    with pytest.raises(GrantRefused) as caught:
        await made.oauth.refresh(Secret("r-old"))
    assert hint in caught.value.hint
    assert not re.search(r"canary|\x1b", caught.value.line())


async def test_no_network_is_one_line() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno -2] Name or service not known", request=request)

    with pytest.raises(SmoothxError, match="Name or service not known"):
        await exchange(answering, Client("id")).oauth.refresh(Secret("r-old"))


async def test_revoking() -> None:
    seen: list[dict[str, str]] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(dict(parse_qsl(request.content.decode())))
        return httpx.Response(200)

    await exchange(answering, Client("id")).oauth.revoke(Secret("r-old"))
    assert seen == [{"token": "r-old", "token_type_hint": "refresh_token", "client_id": "id"}]
    refusing = exchange(lambda _: httpx.Response(400, json={"error": "invalid_client"}), Client("id"))
    with pytest.raises(GrantRefused, match="invalid_client"):
        await refusing.oauth.revoke(Secret("r-old"))
