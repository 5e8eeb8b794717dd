"""Every answer, on the default scenario, fits the description of Procore's API; so does every request."""

from typing import Any

from smoothx_tui.sandbox.scenario import default_scenario
from tests.judging import Description


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


async def test_every_answer_fits(start: Any, procore_description: Description) -> None:
    procore = start(default_scenario())
    await procore.sign_in()
    for path in _paths(procore.state):
        answer = await procore.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert procore_description.of_request(answer.request) == []
        assert procore_description.of_answer(answer.request, answer, answer.content) == []


async def test_tokens_locks_and_refusals_fit(start: Any, procore_description: Description) -> None:
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
        assert procore_description.of_answer(answer.request, answer, answer.content) == []
