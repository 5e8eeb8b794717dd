"""Sign-in, the company header, permissions, limits and the shapes of refusals."""

from typing import Any

import pytest

ME = "/rest/v1.0/me"
PROJECTS = "/rest/v1.1/projects?company_id=100"
CLIENT = {"client_id": "sandbox", "client_secret": "sandbox"}
REDIRECT = "http://localhost:8976/callback"


async def test_a_token_by_form_lives_ninety_minutes(procore: Any) -> None:
    answer = await procore.client.post("/oauth/token", data={"grant_type": "client_credentials", **CLIENT})
    token = answer.json()
    assert token["expires_in"] == 5400
    assert "refresh_token" not in token
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await procore.client.get(ME, headers=headers)).status_code == 200
    assert (await procore.client.get("/oauth/token/info", headers=headers)).json()["expires_in_seconds"] == 5400
    procore.clock.advance(5401)
    late = await procore.client.get(ME, headers=headers)
    assert late.status_code == 401
    assert late.json()["error_description"] == "The access token expired"
    assert (await procore.client.get("/oauth/token/info", headers=headers)).status_code == 401


async def test_a_code_gives_a_refresh_token_that_works_once(procore: Any) -> None:
    query = {"response_type": "code", "client_id": "sandbox", "redirect_uri": REDIRECT, "state": "s1"}
    sent = await procore.client.get("/oauth/authorize", params=query)
    assert sent.status_code == 302
    back = sent.next_request.url.params
    assert back["state"] == "s1"
    body = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": REDIRECT, **CLIENT}
    first = (await procore.client.post("/oauth/token", json=body)).json()
    assert (await procore.client.post("/oauth/token", json=body)).json()["error"] == "invalid_grant"
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], **CLIENT}
    second = await procore.client.post("/oauth/token", json=renew)
    assert second.json()["refresh_token"] != first["refresh_token"]
    again = await procore.client.post("/oauth/token", json=renew)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


async def test_revoking_always_answers_200(procore: Any) -> None:
    token = procore.client.headers["Authorization"].removeprefix("Bearer ")
    for value in ("unknown", token, token):
        assert (await procore.client.post("/oauth/revoke", json={"token": value, **CLIENT})).status_code == 200
    assert (await procore.client.get(ME)).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "no"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "password", **CLIENT}, 400, "unsupported_grant_type"),
        (CLIENT, 400, "invalid_request"),
        ([], 401, "invalid_client"),
    ],
)
async def test_token_requests_that_are_refused(procore: Any, body: Any, status: int, error: str) -> None:
    answer = await procore.client.post("/oauth/token", json=body)
    assert answer.status_code == status
    assert answer.json()["error"] == error


async def test_client_by_basic_header(procore: Any) -> None:
    body = {"grant_type": "client_credentials"}
    good = await procore.client.post("/oauth/token", data=body, auth=("sandbox", "sandbox"))
    assert good.status_code == 200
    bad = await procore.client.post("/oauth/token", data=body, headers={"Authorization": "Basic %%%"})
    assert bad.status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"client_id": "stranger"}, 401),
        ({"client_id": "sandbox", "response_type": "token", "redirect_uri": REDIRECT}, 400),
        ({"client_id": "sandbox", "response_type": "code", "redirect_uri": "file:///etc"}, 400),
    ],
)
async def test_authorize_refuses(procore: Any, query: dict[str, str], status: int) -> None:
    assert (await procore.client.get("/oauth/authorize", params=query)).status_code == status


@pytest.mark.parametrize(("company", "status"), [(None, 400), ("x", 400), ("999", 403)])
async def test_every_call_needs_the_company(procore: Any, company: str | None, status: int) -> None:
    del procore.client.headers["Procore-Company-Id"]
    headers = {"Procore-Company-Id": company} if company else {}
    answer = await procore.client.get(PROJECTS, headers=headers)
    assert answer.status_code == status
    listed = await procore.client.get("/rest/v1.0/companies", headers=headers)
    assert listed.status_code == status, "a service account needs it there too"
    person = procore.tokens.procore
    access = person.for_code(person.new_code(REDIRECT), REDIRECT).access_token
    headers["Authorization"] = f"Bearer {access}"
    assert (await procore.client.get("/rest/v1.0/companies", headers=headers)).status_code == 200
    assert (await procore.client.get("/rest/v1.0/me", headers=headers)).status_code == 200
    assert (await procore.client.get(PROJECTS, headers=headers)).status_code == status


async def test_another_company_in_the_query_is_forbidden(procore: Any) -> None:
    assert (await procore.client.get("/rest/v1.1/projects?company_id=999")).status_code == 403
    assert (await procore.client.get("/rest/v1.1/projects")).status_code == 400
    assert (await procore.client.get("/rest/v1.1/projects?company_id=me")).status_code == 400


@pytest.mark.parametrize("authorization", ["", "Bearer unknown", "Basic c2FuZGJveDpzYW5kYm94"])
async def test_without_a_good_token(procore: Any, authorization: str) -> None:
    answer = await procore.client.get(PROJECTS, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token"
    assert "X-Rate-Limit-Remaining" in answer.headers


@pytest.mark.parametrize("path", ["/rest/v1.0/nothing", "/rest/v1.1/requisitions/abc", "/other", "/oauth/nothing"])
async def test_a_wrong_path_is_a_page_of_html(procore: Any, path: str) -> None:
    answer = await procore.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_wrong_method_is_a_wrong_path(procore: Any) -> None:
    answer = await procore.client.put("/rest/v1.1/requisitions/7001", json={})
    assert answer.status_code == 404
    assert "html" in answer.headers["Content-Type"]


@pytest.mark.parametrize(("version", "shape"), [("v1.0", "errors"), ("v1.1", "message")])
async def test_not_found_goes_by_the_version(procore: Any, version: str, shape: str) -> None:
    name = "payment_applications" if version == "v1.0" else "requisitions"
    answer = await procore.client.get(f"/rest/{version}/{name}/1?project_id=301")
    assert answer.status_code == 404
    assert isinstance(answer.json()[shape], str)


@pytest.mark.parametrize(
    ("how", "listed", "items", "rows"),
    [("forbidden", True, 403, None), ("not_found", False, 404, None), ("empty", True, 404, [])],
)
async def test_lost_permission(procore: Any, how: str, listed: bool, items: int, rows: Any) -> None:
    await procore.act("/projects/301/revoke", {"how": how})
    projects = [row["id"] for row in await procore.get(PROJECTS)]
    assert (301 in projects) is listed
    claim = await procore.client.get("/rest/v1.1/requisitions/7001?project_id=301")
    assert claim.status_code == items
    answer = await procore.client.get("/rest/v1.1/requisitions?project_id=301")
    assert answer.status_code == (200 if rows == [] else items)
    await procore.act("/projects/301/restore")
    assert (await procore.client.get("/rest/v1.1/requisitions/7001?project_id=301")).status_code == 200


async def test_limits_are_only_told_unless_they_are_real(procore: Any) -> None:
    for _ in range(40):
        answer = await procore.client.get(ME)
    assert answer.status_code == 200
    assert int(answer.headers["X-Rate-Limit-Remaining"]) == int(answer.headers["X-Rate-Limit-Limit"]) - 1


async def test_full_ten_seconds_refuse_until_the_next(start: Any) -> None:
    procore = start(enforced=True)
    await procore.sign_in()
    answers = [await procore.client.get(ME) for _ in range(26)]
    assert [answer.status_code for answer in answers] == [200] * 25 + [429]
    assert answers[0].headers["X-Rate-Limit-Remaining"] == "24"
    refused = answers[-1]
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    assert "Retry-After" not in refused.headers
    assert int(refused.headers["X-Rate-Limit-Reset"]) == int(procore.clock.now().timestamp()) + 10
    procore.clock.advance(10)
    assert (await procore.client.get(ME)).status_code == 200


async def test_a_full_hour_says_when_to_come_back(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smoothx_tui.sandbox.procore.gate.CALLS_AN_HOUR", 5)
    procore = start(enforced=True)
    await procore.sign_in()
    answers = [await procore.client.get(ME) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "3600"
    assert answers[-1].headers["X-Rate-Limit-Limit"] == "5"
    procore.clock.advance(3600)
    assert (await procore.client.get(ME)).status_code == 200
