"""Every answer, on the default scenario, fits the description of Procore's API; so does every request."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from smoothx_tui.base.http import Host
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.loading import load_items, load_reference
from smoothx_tui.procore.locking import lock
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox

_DESCRIPTION = Path(__file__).parents[4] / "shared" / "facts" / "procore_subset.json"


class _Request:
    """An httpx request as openapi-core wants it, below the host that the description names."""

    host_url = "https://api.procore.com"

    def __init__(self, request: httpx.Request) -> None:
        self.path = request.url.path.removeprefix("/procore")
        self.method = request.method.lower()
        self.content_type = request.headers.get("Content-Type", "")
        self.body = request.content or None
        query = ImmutableMultiDict(request.url.params.multi_items())
        self.parameters = RequestParameters(query=query, header=Headers(list(request.headers.items())))


class _Response:
    def __init__(self, response: httpx.Response) -> None:
        self.data = response.content
        self.status_code = response.status_code
        self.headers = Headers(list(response.headers.items()))
        self.content_type = response.headers.get("Content-Type", "").partition(";")[0]


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    if not _DESCRIPTION.exists():
        pytest.skip("the description of Procore's API is not beside this checkout")
    return OpenAPI.from_dict(json.loads(_DESCRIPTION.read_text()))


def _paths(state: Any) -> list[str]:
    """Every kind of read, on every project where it needs one."""
    company = state.company["id"]
    of_company = f"company_id={company}"
    found = ["/rest/v1.0/me", "/rest/v1.0/companies", f"/rest/v1.1/projects?{of_company}&per_page=300"]
    found += [f"/rest/v1.0/{name}?{of_company}" for name in ("vendors", "tax_codes", "line_item_types", "tax_types")]
    currency = f"/rest/v1.0/companies/{company}"
    found += [f"{currency}/currency_configuration", f"{currency}/currency_configuration/exchange_rates"]
    found += [f"/rest/v1.0/vendors/{number}?{of_company}" for number in list(state.lists["vendors"])[:3]]
    for project in state.lists["projects"]:
        own = f"project_id={project}&per_page=100"
        found += [f"/rest/v1.0/projects/{project}?{of_company}"]
        names = ("cost_codes", "sub_jobs", "work_order_contracts", "purchase_order_contracts", "prime_contracts")
        found += [f"/rest/v1.0/{name}?{own}" for name in (*names, "payment_applications")]
        below = f"/rest/v1.0/projects/{project}"
        found += [f"{below}/{name}" for name in ("vendors", "billing_periods")]
        found += [f"{below}/work_breakdown_structure/{name}" for name in ("segments", "wbs_codes?per_page=100")]
        found += [f"{currency}/projects/{project}/currency_configuration{end}" for end in ("", "/exchange_rates")]
        found += [f"/rest/v1.1/requisitions?{own}", f"/rest/v1.1/projects/{project}/direct_costs?per_page=100"]
        found += [f"/rest/v2.0/companies/{company}/projects/{project}/commitment_contracts"]
    return found + list(_details(state))


def _details(state: Any) -> list[str]:
    company = state.company["id"]
    items = state.items
    found = [
        f"/rest/v1.1/requisitions/{one['id']}?project_id={one['project_id']}&view=extended"
        for one in items["requisitions"]
    ]
    found += [f"/rest/v1.1/projects/{one['project_id']}/direct_costs/{one['id']}" for one in items["direct_costs"]]
    found += [
        f"/rest/v1.0/payment_applications/{one['id']}?project_id={one['project_id']}"
        for one in items["payment_applications"]
    ]
    for one in state.lists["prime_contracts"].values():
        own = f"project_id={one['project_id']}"
        found.append(f"/rest/v1.0/prime_contract/{one['id']}?{own}")
        found.append(f"/rest/v1.0/prime_contracts/{one['id']}/payment_applications?{own}")
    for one in list(state.lists["commitments"].values())[:6]:
        kind = "work_order_contracts" if one["commitment_type"] == "WorkOrderContract" else "purchase_order_contracts"
        found.append(f"/rest/v1.0/{kind}/{one['id']}?project_id={one['project_id']}")
        found.append(f"/rest/v2.0/companies/{company}/projects/{one['project_id']}/commitment_contracts/{one['id']}")
    return found


async def test_every_answer_fits(start: Any, description: OpenAPI) -> None:
    procore = start(default_scenario())
    await procore.sign_in()
    for path in _paths(procore.state):
        answer = await procore.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        description.validate_request(_Request(answer.request))
        description.validate_response(_Request(answer.request), _Response(answer))


async def test_tokens_locks_and_refusals_fit(start: Any, description: OpenAPI) -> None:
    procore = start()
    sign_in = {"grant_type": "client_credentials", "client_id": "sandbox"}
    answers = [
        await procore.client.post("/oauth/token", json={**sign_in, "client_secret": secret})
        for secret in ("sandbox", "no")
    ]
    await procore.sign_in()
    claim = {"project_id": 301, "commitment_id": 801, "requisition": {"origin_id": "xero:1"}}
    client = procore.client
    answers += [
        await client.patch("/rest/v1.1/requisitions/7001", json=claim),
        await client.patch("/rest/v1.1/requisitions/7001", json={**claim, "requisition": {"invoice_number": "no"}}),
        await client.patch("/rest/v1.1/projects/301/direct_costs/4402", json={"direct_cost": {"origin_id": "xero:2"}}),
        await client.patch(
            "/rest/v1.0/prime_contracts/901/payment_applications/6602",
            json={"project_id": 301, "payment_application": {"origin_id": "xero:3"}},
        ),
        await client.get("/rest/v1.1/requisitions/1?project_id=301"),
        await client.post("/oauth/revoke", json={"token": "x", "client_id": "sandbox", "client_secret": "sandbox"}),
        await client.get("/oauth/token/info"),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 200, 422, 200, 200, 404, 200, 200]
    for answer in answers:
        description.validate_response(_Request(answer.request), _Response(answer))


class _Recording(httpx.AsyncBaseTransport):
    """Passes requests on and keeps each with its answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.exchanges: list[tuple[httpx.Request, httpx.Response]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        content = await answer.aread()
        self.exchanges.append((request, httpx.Response(answer.status_code, headers=answer.headers, content=content)))
        return answer


async def test_our_own_client_asks_and_locks_as_described(description: OpenAPI) -> None:
    scenario = default_scenario()
    sandbox = Sandbox.from_scenario(scenario, speed=0)
    recording = _Recording(sandbox.transport())
    host = Host("http://127.0.0.1/procore", name="Procore", clock=sandbox.clock, transport=recording)
    tokens = ClientCredentials(host, "/oauth/token", "sandbox", Secret("sandbox"), clock=sandbox.clock)
    client = ProcoreClient(host, str(scenario.procore["company"]["id"]), tokens, sandbox.clock)
    loaded = await load_items(client, await load_reference(client))
    ready = [item for item in loaded.items if item.status == "approved" and not item.origin_id]
    for kind in Kind:
        item = next(item for item in ready if item.kind is kind)
        await lock(client, item, f"xero:7d1f0a52:{kind}")
    await host.aclose()
    assert {request.method for request, _ in recording.exchanges} == {"GET", "POST", "PATCH"}
    for request, answer in recording.exchanges:
        assert answer.status_code == 200
        description.validate_request(_Request(request))
        description.validate_response(_Request(request), _Response(answer))
