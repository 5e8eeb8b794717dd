"""Tokens, consent, connections, scopes and the limits."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://localhost:8123/callback"
CONSENT = {
    "response_type": "code",
    "client_id": "sandbox",
    "redirect_uri": REDIRECT,
    "scope": "offline_access accounting.invoices accounting.settings.read",
    "state": "s 1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


async def _consent(books: Any, **changes: Any) -> dict[str, str]:
    answer = await books.client.get("/xero/identity/connect/authorize", params={**CONSENT, **changes})
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def _token(books: Any, expect: Any = 200, auth: Any = None, **form: Any) -> Any:
    answer = await books.client.post("/xero/connect/token", data=form, auth=auth)
    assert answer.status_code == expect, answer.text
    return answer.json()


async def _by_code(books: Any, **changes: Any) -> Any:
    code = (await _consent(books, **changes))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "client_id": "sandbox"}
    return await _token(books, **form, code_verifier=VERIFIER)


async def test_a_code_with_proof_key(books: Any) -> None:
    answer = await _consent(books)
    assert answer["state"] == "s 1"
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "client_id": "sandbox"}
    wrong = {**form, "code": answer["code"], "code_verifier": "w" * 64}
    assert await _token(books, 400, **wrong) == {"error": "invalid_grant"}
    assert await _token(books, 400, **{**wrong, "code_verifier": VERIFIER}) == {"error": "invalid_grant"}, "single use"
    token = await _by_code(books)
    assert (token["expires_in"], token["token_type"]) == (1800, "Bearer")
    assert "refresh_token" in token


async def test_a_code_lives_five_minutes_and_belongs_to_its_address(books: Any) -> None:
    form = {"grant_type": "authorization_code", "client_id": "sandbox", "code_verifier": VERIFIER}
    code = (await _consent(books))["code"]
    books.clock.advance(301)
    await _token(books, 400, **form, code=code, redirect_uri=REDIRECT)
    code = (await _consent(books))["code"]
    await _token(books, 400, **form, code=code, redirect_uri=REDIRECT + "/other")


async def test_without_offline_access_there_is_no_refresh_token(books: Any) -> None:
    assert "refresh_token" not in await _by_code(books, scope="accounting.invoices")


@pytest.mark.parametrize(
    "redirect_uri", ["http://127.0.0.1:8123/callback", "http://example.invalid/", "localhost", "", "ftp://localhost/"]
)
async def test_a_redirect_address_that_is_refused(books: Any, redirect_uri: str) -> None:
    params = {**CONSENT, "redirect_uri": redirect_uri}
    answer = await books.client.get("/xero/identity/connect/authorize", params=params)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_consent_that_is_refused(books: Any, changes: dict[str, str], error: str) -> None:
    assert (await _consent(books, **changes))["error"] == error


async def test_refresh_tokens_rotate_with_half_an_hour_of_grace(books: Any) -> None:
    first = await _by_code(books)
    form = {"grant_type": "refresh_token", "client_id": "sandbox"}
    second = await _token(books, **form, refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    books.clock.advance(1799)
    await _token(books, **form, refresh_token=first["refresh_token"])
    books.clock.advance(2)
    assert await _token(books, 400, **form, refresh_token=first["refresh_token"]) == {"error": "invalid_grant"}
    await _token(books, **form, refresh_token=second["refresh_token"])


async def test_the_client_may_sign_in_either_way(books: Any) -> None:
    await _token(books, grant_type="client_credentials", auth=("sandbox", "sandbox"))
    for wrong in (("sandbox", "wrong"), ("other", "sandbox")):
        assert await _token(books, 400, grant_type="client_credentials", auth=wrong) == {"error": "invalid_client"}
    refused = await _token(books, 400, grant_type="client_credentials", client_id="sandbox")
    assert refused == {"error": "unauthorized_client"}
    assert (await _token(books, 400, grant_type="password", auth=("sandbox", "sandbox")))["error"]
    broken = await books.client.post("/xero/connect/token", headers={"Authorization": "Basic ???"})
    assert broken.json() == {"error": "invalid_client"}


async def test_connections(books: Any) -> None:
    for path in ("/xero/connections", "/xero/Connections", "/xero/CONNECTIONS"):
        (found,) = (await books.client.get(path)).json()
        assert found["tenantId"] == books.sandbox.xero.tenant
    assert (await books.client.get(f"/xero/connections?authEventId={found['id']}")).json() == []
    assert (await books.client.delete(f"/xero/connections/{found['tenantId']}")).status_code == 404
    assert (await books.client.delete(f"/xero/Connections/{found['id']}")).status_code == 204
    assert (await books.client.get("/xero/connections")).json() == []
    refused = await books.call("GET", "/Organisation")
    assert (refused.status_code, refused.json()["Detail"]) == (403, "AuthenticationUnsuccessful")
    await _by_code(books)
    await books.good("GET", "/Organisation")


async def test_revoking_ends_the_connection(books: Any) -> None:
    token = await _by_code(books)
    form = {"token": token["refresh_token"], "client_id": "sandbox", "client_secret": "sandbox"}
    answer = await books.client.post("/xero/connect/revocation", data=form)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await books.client.post("/xero/connect/revocation", data=form)).status_code == 200
    refresh = {"grant_type": "refresh_token", "client_id": "sandbox", "refresh_token": token["refresh_token"]}
    await _token(books, 400, **refresh)


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic abc"])
async def test_a_call_without_a_token(books: Any, header: str | None) -> None:
    books.client.headers.pop("Authorization")
    answer = await books.call("GET", "/Organisation", headers={"Authorization": header} if header else {})
    data = answer.json()
    assert (answer.status_code, data["Title"], data["Status"]) == (401, "Unauthorized", 401)
    assert "X-MinLimit-Remaining" in answer.headers
    assert (await books.client.get("/xero/connections")).status_code == 401


async def test_an_expired_token(books: Any) -> None:
    books.clock.advance(1801)
    detail = (await books.call("GET", "/Organisation")).json()["Detail"]
    assert detail == "TokenExpired: token expired at 07/03/2026 09:30:00"


async def test_scopes(books: Any, bill: Any) -> None:
    token = await _by_code(books)
    books.client.headers["Authorization"] = f"Bearer {token['access_token']}"
    await books.good("GET", "/Organisation")
    await books.good("PUT", "/Invoices", bill())
    for method, path in (("PUT", "/Currencies"), ("GET", "/Contacts")):
        answer = await books.call(method, path, {"Code": "NZD"})
        assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")


async def test_the_tenant(books: Any) -> None:
    wrong = await books.call("GET", "/Organisation", headers={"xero-tenant-id": "other"})
    assert wrong.status_code == 403
    books.client.headers.pop("xero-tenant-id")
    await books.good("GET", "/Organisation"), "a custom connection needs none"
    token = await _by_code(books)
    books.client.headers["Authorization"] = f"Bearer {token['access_token']}"
    assert (await books.call("GET", "/Organisation")).status_code == 403


class TestLimits:
    @pytest.fixture
    async def limited(self, start: Callable[..., Any], open_books: Callable[..., Any]) -> Any:
        books = open_books(start(real_limits=True))
        await books.sign_in()
        books.clock.advance(43)
        return books

    async def test_sixty_a_minute(self, limited: Any) -> None:
        for left in range(59, -1, -1):
            answer = await limited.call("GET", "/Organisation")
            assert (answer.status_code, answer.headers["X-MinLimit-Remaining"]) == (200, str(left))
        refused = await limited.call("GET", "/Organisation")
        assert (refused.status_code, refused.content) == (429, b"")
        assert "content-type" not in refused.headers
        assert refused.headers["X-Rate-Limit-Problem"] == "minute"
        wait = int(refused.headers["Retry-After"])
        assert wait == 60
        limited.clock.advance(59.9)
        assert (await limited.call("GET", "/Organisation")).status_code == 429
        limited.clock.advance(0.1)
        await limited.good("GET", "/Organisation")

    async def test_a_refused_call_has_no_key(self, limited: Any, bill: Any) -> None:
        for _ in range(60):
            await limited.call("GET", "/Organisation")
        key = {"Idempotency-Key": "k"}
        assert (await limited.call("PUT", "/Invoices", bill(), headers=key)).status_code == 429
        limited.clock.advance(61)
        await limited.good("PUT", "/Invoices", bill(), headers=key)

    async def test_replays_count(self, limited: Any, bill: Any) -> None:
        for left in ("59", "58"):
            answer = await limited.call("PUT", "/Invoices", bill(), headers={"Idempotency-Key": "k"})
            assert answer.headers["X-MinLimit-Remaining"] == left

    async def test_a_day(self, start: Callable[..., Any], open_books: Callable[..., Any]) -> None:
        books = open_books(start(real_limits=True, calls_a_day=3))
        await books.sign_in()
        for _ in range(3):
            await books.good("GET", "/Organisation")
        answer = await books.call("GET", "/Organisation")
        assert answer.status_code == 429
        assert answer.headers["X-Rate-Limit-Problem"] == "day"
        assert int(answer.headers["Retry-After"]) > 3600

    async def test_five_at_once(self, start: Callable[..., Any], open_books: Callable[..., Any]) -> None:
        books = open_books(start(real_limits=True, latency=1))
        await books.sign_in()
        calls = {asyncio.create_task(books.call("GET", "/Organisation")) for _ in range(7)}
        refused: set[Any] = set()
        while len(refused) < 2:
            done, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            refused |= done
        assert [(one.result().status_code, "Retry-After" in one.result().headers) for one in refused] == [
            *((429, False), (429, False))
        ]
        books.clock.advance(1)
        assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200] * 5
        freed = asyncio.create_task(books.call("GET", "/Organisation"))
        await asyncio.wait({freed}, timeout=0)
        books.clock.advance(1)
        while not freed.done():
            books.clock.advance(1)
            await asyncio.sleep(0)
        assert freed.result().status_code == 200
