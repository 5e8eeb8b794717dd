"""Locks by origin_id, edits through the API, and what a client must not trust."""

from typing import Any

import pytest

CLAIM = "/rest/v1.1/requisitions/7001"
COST = "/rest/v1.1/projects/301/direct_costs/4402"
HEAD = "/rest/v1.0/prime_contracts/901/payment_applications/6602"


def _claim(**members: Any) -> dict[str, Any]:
    return {"project_id": 301, "commitment_id": 801, "requisition": members}


_WAYS = [
    (CLAIM, _claim),
    (COST, lambda **members: {"direct_cost": members}),
    (HEAD, lambda **members: {"project_id": 301, "payment_application": members}),
]


@pytest.mark.parametrize(("path", "body"), _WAYS)
async def test_a_lock_is_set_refuses_edits_and_is_cleared(procore: Any, path: str, body: Any) -> None:
    locked = await procore.client.patch(path, json=body(origin_id="xero:7d1f0a52:abc", origin_data="bill"))
    assert locked.status_code == 200
    assert locked.json()["origin_id"] == "xero:7d1f0a52:abc"
    again = await procore.client.patch(path, json=body(origin_id="xero:7d1f0a52:abc"))
    assert again.status_code == 200
    assert (await procore.client.patch(path, json=body(invoice_number="X"))).status_code == 422
    assert (await procore.client.patch(path, json=body(origin_id="xero:7d1f0a52:other"))).status_code == 422
    freed = await procore.client.patch(path, json=body(origin_id=None))
    assert freed.json()["origin_id"] is None
    edited = await procore.client.patch(path, json=body(invoice_number="X"))
    assert edited.json()["invoice_number"] == "X"


@pytest.mark.parametrize("value", ["", "null"])
async def test_blank_and_the_text_null_do_not_lock(procore: Any, value: str) -> None:
    for path in (CLAIM, "/rest/v1.1/requisitions/7003"):
        assert (await procore.client.patch(path, json=_claim(origin_id=value))).status_code == 200
    assert (await procore.client.patch(CLAIM, json=_claim(invoice_number="Y"))).status_code == 200


async def test_the_value_is_unique_in_the_company(procore: Any) -> None:
    await procore.client.patch(CLAIM, json=_claim(origin_id="xero:1"))
    other = await procore.client.patch("/rest/v1.1/requisitions/7003", json=_claim(origin_id="xero:1"))
    assert other.status_code == 422
    assert other.json() == {"errors": {"origin_id": ["has already been taken"]}}
    cost = await procore.client.patch(COST, json={"direct_cost": {"origin_id": "xero:1"}})
    assert cost.status_code == 409
    assert isinstance(cost.json()["errors"], str)
    await procore.client.patch(CLAIM, json=_claim(origin_id=None))
    assert (await procore.client.patch(COST, json={"direct_cost": {"origin_id": "xero:1"}})).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CLAIM, {"project_id": 301, "commitment_id": 801, "origin_id": "xero:1"}),
        (CLAIM, {"project_id": 301, "commitment_id": 801, "payment_application": {"origin_id": "xero:1"}}),
        (CLAIM, {"project_id": 301, "commitment_id": 801, "requisition": "xero:1"}),
        (COST, {"origin_id": "xero:1"}),
        (HEAD, {"project_id": 301, "origin_id": "xero:1"}),
    ],
)
async def test_a_wrongly_nested_body_is_taken_and_changes_nothing(procore: Any, path: str, body: Any) -> None:
    before = procore.state.dump()
    answer = await procore.client.patch(path, json=body)
    assert answer.status_code == 200
    assert answer.json()["origin_id"] is None
    assert procore.state.dump() == before


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (CLAIM, {"commitment_id": 801, "requisition": {"origin_id": "x"}}, 400),
        (CLAIM, {"project_id": 301, "requisition": {"origin_id": "x"}}, 400),
        (CLAIM, {"project_id": 301, "commitment_id": 802, "requisition": {"origin_id": "x"}}, 404),
        (CLAIM, {"project_id": 302, "commitment_id": 801, "requisition": {"origin_id": "x"}}, 404),
        (HEAD, {"payment_application": {"origin_id": "x"}}, 400),
        (HEAD.replace("901", "902"), {"project_id": 301, "payment_application": {"origin_id": "x"}}, 404),
        (COST.replace("4402", "9"), {"direct_cost": {"origin_id": "x"}}, 404),
        (COST, {"direct_cost": {"origin_id": 12}}, 422),
        (COST, {"direct_cost": {"status": "paid"}}, 422),
        (COST, {"direct_cost": {"vendor_id": 77}}, 422),
        (COST, {"direct_cost": {"description": 1}}, 422),
        (COST, [1], 400),
    ],
)
async def test_what_is_refused(procore: Any, path: str, body: Any, status: int) -> None:
    before = procore.state.dump()
    assert (await procore.client.patch(path, json=body)).status_code == status
    assert procore.state.dump() == before


async def test_a_body_that_is_not_json_is_refused(procore: Any) -> None:
    answer = await procore.client.patch(COST, content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_a_badly_formatted_date_is_stored_as_null(procore: Any) -> None:
    answer = await procore.client.patch(COST, json={"direct_cost": {"direct_cost_date": "30/06/2026"}})
    assert answer.status_code == 200
    assert answer.json()["direct_cost_date"] is None


async def test_updated_at_moves_with_a_change_and_only_then(procore: Any) -> None:
    procore.clock.advance(60)
    same = await procore.client.patch(CLAIM, json=_claim(invoice_number="V-1"))
    assert same.json()["updated_at"] == "2026-06-01T00:00:00Z"
    changed = await procore.client.patch(CLAIM, json=_claim(invoice_number="V-1b"))
    assert changed.json()["updated_at"] == "2026-07-03T09:01:00Z"
    rows = await procore.get(
        "/rest/v1.1/requisitions", project_id=301, **{"filters[updated_at]": "2026-07-03T09:00:30Z..."}
    )
    assert [row["id"] for row in rows] == [7001]


async def test_deleting_is_final_and_not_for_a_locked_item(procore: Any) -> None:
    locked = await procore.client.delete("/rest/v1.1/projects/301/direct_costs/4401")
    assert locked.status_code == 422
    for path in (COST, f"{CLAIM}?project_id=301", "/rest/v1.0/payment_applications/6602?project_id=301"):
        assert (await procore.client.delete(path)).status_code == 200
        assert (await procore.client.get(path)).status_code == 404
    rows = await procore.get("/rest/v1.1/requisitions", project_id=301)
    assert 7001 not in [row["id"] for row in rows]
