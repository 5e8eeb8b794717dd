"""A project manager's deeds."""

from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.sandbox.procore.admin import procore_admin_routes


async def test_approving_and_sending_back(procore: Any) -> None:
    assert (await procore.act("/items/claim:7002/approve"))["status"] == "approved"
    assert (await procore.act("/items/claim:7002/approve", {"status": "approved_as_noted"}))["updated_at"]
    assert (await procore.act("/items/claim:7002/send-back"))["status"] == "revise_and_resubmit"
    rows = await procore.get("/rest/v1.1/requisitions", project_id=301, **{"filters[status]": "revise_and_resubmit"})
    assert [row["id"] for row in rows] == [7002]
    await procore.act("/items/head:6601/send-back", {"status": "approved_as_noted"}, expect=422)


async def test_editing_number_date_and_amount(procore: Any) -> None:
    procore.clock.advance(5)
    await procore.act("/items/claim:7001/edit", {"invoice_number": "N", "date": "2026-06-29", "amount": "250.00"})
    claim = await procore.get("/rest/v1.1/requisitions/7001", project_id=301)
    assert (claim["invoice_number"], claim["billing_date"]) == ("N", "2026-06-29")
    assert claim["summary"]["current_payment_due"] == "240.00"
    assert claim["updated_at"] == "2026-07-03T09:00:05Z"
    await procore.act("/items/direct:4401/unlock")
    await procore.act("/items/direct:4401/edit", {"amount": 99, "line": 2, "members": {"terms": "Net 7"}, "date": None})
    cost = await procore.get("/rest/v1.1/projects/301/direct_costs/4401")
    assert (cost["grand_total"], cost["terms"], cost["direct_cost_date"]) == ("1349.50", "Net 7", None)


async def test_a_locked_item_is_left_alone(procore: Any) -> None:
    for deed in ("edit", "delete", "approve", "send-back"):
        answer = await procore.act(f"/items/direct:4401/{deed}", {}, expect=409)
        assert "synced with ERP" in answer["error"]
    await procore.act("/items/direct:4401/unlock")
    await procore.act("/items/direct:4401/delete")
    assert (await procore.client.get("/rest/v1.1/projects/301/direct_costs/4401")).status_code == 404


async def test_another_integration_locks(procore: Any) -> None:
    await procore.act("/items/claim:7001/lock", {"origin_id": "ledgerworks:1"}, expect=422)
    await procore.act("/items/claim:7001/lock", {"origin_id": 5}, expect=422)
    await procore.act("/items/claim:7001/lock", {"origin_id": "ledgerworks:2"})
    claim = await procore.get("/rest/v1.1/requisitions/7001", project_id=301)
    assert claim["origin_id"] == "ledgerworks:2"


async def test_adding_an_item_completes_it(procore: Any) -> None:
    new = {"kind": "claim", "commitment_id": 802, "invoice_number": "NEW", "items": [{"work_completed_this_period": 5}]}
    added = await procore.act("/items", {**new, "project_id": 301})
    claim = await procore.get(f"/rest/v1.1/requisitions/{added['id']}", project_id=301, view="extended")
    assert claim["vendor_name"] == "Vero Pty Ltd"
    assert claim["items"][0]["work_completed_this_period"] == "5"
    with_id = await procore.act("/items", {"kind": "direct", "id": 9999, "project_id": 301, "vendor_id": 1})
    assert with_id["id"] == 9999


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "kind"),
        ({"kind": "claim", "project_id": 301, "commitment_id": 5}, "commitment_id"),
        ({"kind": "direct", "project_id": 301, "id": 4401}, "taken"),
        ({"kind": "direct", "project_id": 301, "line_items": [{"amount": "much"}]}, "amount"),
        ({"kind": "direct", "project_id": 301, "direct_cost_date": "June"}, "direct_cost_date"),
    ],
)
async def test_a_bad_item_is_refused_by_name(procore: Any, body: Any, said: str) -> None:
    assert said in (await procore.act("/items", body, expect=422))["error"]


async def test_renaming_shows_everywhere(procore: Any) -> None:
    await procore.act("/vendors/1", {"name": "Vero Renamed"})
    await procore.act("/projects/301", {"name": "Quay Two"})
    assert (await procore.get("/rest/v1.1/requisitions/7001", project_id=301))["vendor_name"] == "Vero Renamed"
    cost = await procore.get("/rest/v1.1/projects/301/direct_costs/4401")
    assert (cost["vendor"]["name"], cost["project"]["name"]) == ("Vero Renamed", "Quay Two")
    await procore.act("/vendors/77", {"name": "x"}, expect=404)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/items/claim:1/approve", {}, 404),
        ("/items/nothing/approve", {}, 404),
        ("/items/claim:x/approve", {}, 404),
        ("/items/claim:7001/edit", {"amount": "1", "line": 5}, 422),
        ("/items/claim:7001/edit", {"amount": "lots"}, 422),
        ("/items/claim:7001/edit", {"date": "soon"}, 422),
        ("/items/claim:7001/edit", {"date": 5}, 422),
        ("/projects/301/revoke", {"how": "loudly"}, 422),
        ("/projects/9/revoke", {}, 404),
        ("/items", [1], 400),
    ],
)
async def test_what_can_not_be_done(procore: Any, path: str, body: Any, status: int) -> None:
    before = procore.state.dump()
    assert "error" in await procore.act(path, body, expect=status)
    assert procore.state.dump() == before


async def test_a_body_that_is_not_json(procore: Any) -> None:
    answer = await procore.client.post("https://api.procore.com/admin/procore/items", content=b"{")
    assert answer.status_code == 400


def test_the_handbook_names_every_deed(start: Any) -> None:
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    for route in procore_admin_routes(start().state):
        assert f"`{route.path.replace(':procore_id', '')}`" in text, route.path
