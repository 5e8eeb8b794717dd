"""Whatever is sent, the answer is one of Procore's: never a fault of ours (the client of these tests raises those)."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothx_tui.sandbox.procore.routes import ENTRIES
from smoothx_tui.sandbox.procore.writes import STATUSES

_NASTY = st.sampled_from(
    ["", "0", "-1", "301", "100", "9" * 30, "9" * 5000, "²", "٣", "true", "null", "a...b", "2026-06-30...x", "..."]
) | st.text(max_size=8)
_NAMES = (
    "company_id",
    "project_id",
    "page",
    "per_page",
    "view",
    "sort",
    "sub_job_id",
    "filters[updated_at]",
    "filters[created_at]",
    "filters[status]",
    "filters[id][]",
    "filters[is_last]",
    "filters[search]",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["9" * 5000, "xero:1", 301, 801]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_MEMBERS = ("origin_id", "origin_data", "status", "invoice_number", "billing_date", "vendor_id", "description", "terms")
_SETTINGS = settings(max_examples=60)


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.method == "GET"], ids=lambda entry: entry.path)
async def test_every_read_survives_nothing_at_all(procore: Any, entry: Any) -> None:
    path = entry.path
    for name in ("id", "project_id", "company_id", "prime_contract_id"):
        path = path.replace(f"{{{name}:procore_id}}", "301" if name == "project_id" else "100")
    for query in ("", "?page=2&per_page=1&company_id=100&project_id=301"):
        answer = await procore.client.get(path + query)
        assert answer.status_code in {200, 400, 403, 404}


@_SETTINGS
@given(query=st.dictionaries(st.sampled_from(_NAMES), _NASTY, max_size=5), place=st.integers(0, len(ENTRIES) - 1))
def test_any_query(start: Any, query: dict[str, str], place: int) -> None:
    async def ask() -> int:
        procore = start()
        await procore.sign_in()
        path = ENTRIES[place].path
        for name in ("id", "project_id", "company_id", "prime_contract_id"):
            path = path.replace(f"{{{name}:procore_id}}", "301" if name == "project_id" else "100")
        return int(
            (await procore.client.get(path, params={"company_id": "100", "project_id": "301", **query})).status_code
        )

    assert asyncio.run(ask()) in {200, 400, 403, 404}


@_SETTINGS
@given(
    members=st.dictionaries(st.sampled_from(_MEMBERS), _JSON, max_size=4),
    around=st.dictionaries(st.sampled_from(["project_id", "commitment_id", "requisition"]), _JSON, max_size=2),
)
def test_any_patch(start: Any, members: dict[str, Any], around: dict[str, Any]) -> None:
    async def send() -> None:
        procore = start()
        await procore.sign_in()
        body = {"project_id": 301, "commitment_id": 801, "requisition": members, **around}
        answers = [
            await procore.client.patch("/rest/v1.1/requisitions/7001", json=body),
            await procore.client.patch("/rest/v1.1/projects/301/direct_costs/4402", json={"direct_cost": members}),
        ]
        assert all(answer.status_code in {200, 400, 404, 409, 422} for answer in answers)
        claim = await procore.get("/rest/v1.1/requisitions/7001", project_id=301, view="extended")
        assert claim["status"] in STATUSES["requisitions"]
        assert claim["origin_id"] is None or isinstance(claim["origin_id"], str)

    asyncio.run(send())


@_SETTINGS
@given(
    body=st.dictionaries(st.sampled_from(["members", "amount", "line", "date", "invoice_number"]), _JSON, max_size=3)
)
def test_any_deed(start: Any, body: dict[str, Any]) -> None:
    async def act() -> None:
        procore = start()
        await procore.sign_in()
        url = "https://api.procore.com/admin/procore/items/claim:7001/edit"
        assert (await procore.client.post(url, json=body)).status_code in {200, 422}
        await procore.get("/rest/v1.1/requisitions/7001", project_id=301, view="extended")

    asyncio.run(act())


@pytest.mark.parametrize("path", ["/rest/v1.1/requisitions/" + "9" * 30, "/rest/v1.1/requisitions/7001/x"])
async def test_an_id_that_is_none_is_a_wrong_path(procore: Any, path: str) -> None:
    answer = await procore.client.get(path, params={"project_id": 301})
    assert answer.status_code == 404
    assert "html" in answer.headers["Content-Type"]
