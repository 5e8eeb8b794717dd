import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from smoothx_tui.base.answers import Unknown
from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.locking import lock, read_lock, unlock
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.reference import ProjectBooks, Reference

Make = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]
MARK = origin_id_for("7c1f0d1e-93a0-4f6e-9d0a-3a5b1c2d4e5f", "11111111-2222-4333-8444-555555555555")


class Fake:
    """One item's lock; `deaf` answers 200 and changes nothing."""

    def __init__(self, origin_id: str | None = None, *, deaf: bool = False) -> None:
        self.origin_id = origin_id
        self.deaf = deaf
        self.patches: list[tuple[str, Any]] = []
        self.answer: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            body = json.loads(request.content)
            self.patches.append((request.url.path, body))
            if self.answer:
                return self.answer
            if not self.deaf:
                self.origin_id = next(one["origin_id"] for one in body.values() if isinstance(one, dict))
        return httpx.Response(200, json={"origin_id": self.origin_id, "updated_at": "2026-07-01T00:00:00Z"})


@pytest.fixture
def items(
    claim: dict[str, Any], cost: dict[str, Any], head: dict[str, Any], reference: Reference, books: ProjectBooks
) -> dict[str, Item]:
    return {
        "claim": parse_claim(claim, reference, books),
        "direct": parse_direct_cost(cost, reference, books),
        "head": parse_head_claim(head, None, reference, books),
    }


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        (
            "claim",
            "/rest/v1.1/requisitions/2201",
            {"project_id": 301, "commitment_id": 1801, "requisition": {"origin_id": MARK}},
        ),
        ("direct", "/rest/v1.1/projects/301/direct_costs/4401", {"direct_cost": {"origin_id": MARK}}),
        (
            "head",
            "/rest/v1.0/prime_contracts/5501/payment_applications/6601",
            {"project_id": 301, "payment_application": {"origin_id": MARK}},
        ),
    ],
)
async def test_each_kind_is_locked_with_its_own_nesting(
    procore: Make, items: dict[str, Item], kind: str, path: str, body: Any
) -> None:
    fake = Fake()
    report = await lock(procore(fake), items[kind], MARK)
    assert fake.patches == [(path, body)]
    assert (report.before.origin_id, report.after.origin_id, report.refused) == ("", MARK, "")


@pytest.mark.parametrize("found", ["ERP-7", MARK])
async def test_an_item_that_is_locked_is_left_as_it_is(procore: Make, items: dict[str, Item], found: str) -> None:
    fake = Fake(found)
    report = await lock(procore(fake), items["claim"], MARK)
    assert (report.answer, report.after.origin_id, fake.patches) == (None, found, [])


async def test_a_lock_that_did_not_take_is_seen(procore: Make, items: dict[str, Item]) -> None:
    report = await lock(procore(Fake(deaf=True)), items["claim"], MARK)
    assert report.answer
    assert report.answer.ok
    assert report.after.origin_id == ""


async def test_a_refusal_keeps_procore_s_words(procore: Make, items: dict[str, Item]) -> None:
    fake = Fake()
    fake.answer = httpx.Response(422, json={"errors": {"origin_id": ["has already been taken"]}})
    report = await lock(procore(fake), items["direct"], MARK)
    assert report.refused == "origin_id: has already been taken"
    assert report.after.origin_id == ""


async def test_an_unknown_outcome_is_for_the_caller(procore: Make, items: dict[str, Item]) -> None:
    fake = Fake()
    fake.answer = httpx.Response(502)
    with pytest.raises(Unknown):
        await lock(procore(fake), items["direct"], MARK)


async def test_only_our_own_lock_is_cleared(procore: Make, items: dict[str, Item]) -> None:
    ours, other = Fake(MARK.upper().replace("XERO", "xero")), Fake("ERP-7")
    assert (await unlock(procore(ours), items["head"], MARK)).after.origin_id == ""
    assert ours.patches[0][1]["payment_application"] == {"origin_id": None}
    assert (await unlock(procore(other), items["head"], MARK)).after.origin_id == "ERP-7"
    assert other.patches == []


@pytest.mark.parametrize("kind", ["claim", "head"])
async def test_a_claim_of_no_contract_can_not_be_locked(procore: Make, items: dict[str, Item], kind: str) -> None:
    fake = Fake()
    with pytest.raises(ServiceError, match="no contract"):
        await lock(procore(fake), replace(items[kind], contract=None), MARK)
    assert fake.patches == []


async def test_null_as_text_is_no_lock(procore: Make, items: dict[str, Item]) -> None:
    assert (await read_lock(procore(Fake("null")), items["claim"])).origin_id == ""
