from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from smoothx_tui.base.answers import Unknown
from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.locking import lock_request
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.reference import ProjectBooks, Reference
from smoothx_tui.procore.refusals import said

Make = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]
MARK = origin_id_for("7c1f0d1e-93a0-4f6e-9d0a-3a5b1c2d4e5f", "11111111-2222-4333-8444-555555555555")


@pytest.fixture
def items(
    claim: dict[str, Any], cost: dict[str, Any], head: dict[str, Any], reference: Reference, books: ProjectBooks
) -> dict[str, Item]:
    return {
        "claim": parse_claim(claim, reference, books),
        "direct": parse_direct_cost(cost, reference, books),
        "head": parse_head_claim(head, None, reference, books),
    }


@pytest.mark.parametrize("origin_id", [MARK, None], ids=["lock", "unlock"])
@pytest.mark.parametrize(
    ("kind", "path", "around", "nested"),
    [
        (
            "claim",
            "/rest/v1.1/requisitions/2201",
            {"project_id": 301, "commitment_id": 1801},
            "requisition",
        ),
        ("direct", "/rest/v1.1/projects/301/direct_costs/4401", {}, "direct_cost"),
        (
            "head",
            "/rest/v1.0/prime_contracts/5501/payment_applications/6601",
            {"project_id": 301},
            "payment_application",
        ),
    ],
)
def test_each_kind_is_locked_with_its_own_nesting(
    items: dict[str, Item], kind: str, path: str, around: Any, nested: str, origin_id: str | None
) -> None:
    assert lock_request(items[kind], origin_id) == (path, {**around, nested: {"origin_id": origin_id}})


async def test_a_refusal_keeps_procore_s_words(procore: Make, items: dict[str, Item]) -> None:
    refusal = httpx.Response(422, json={"errors": {"origin_id": ["has already been taken"]}})
    answer = await procore(lambda _: refusal).patch(*lock_request(items["direct"], MARK))
    assert (answer.ok, said(answer)) == (False, "origin_id: has already been taken")


async def test_an_unknown_outcome_is_for_the_caller(procore: Make, items: dict[str, Item]) -> None:
    with pytest.raises(Unknown):
        await procore(lambda _: httpx.Response(502)).patch(*lock_request(items["direct"], MARK))


@pytest.mark.parametrize("kind", ["claim", "head"])
def test_a_claim_of_no_contract_can_not_be_locked(items: dict[str, Item], kind: str) -> None:
    with pytest.raises(ServiceError, match="no contract"):
        lock_request(replace(items[kind], contract=None), MARK)
