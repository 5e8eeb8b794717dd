import copy
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import ConnectionFailed, ServiceError, UsageError
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.procore.loading import RawDetail, is_gone, load_item
from smoothx_tui.procore.reference import ProjectBooks, Reference
from tests.procore.everything import load_items

Make = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]
CLAIMS, COSTS, HEADS = (
    "/rest/v1.1/requisitions",
    "/rest/v1.1/projects/301/direct_costs",
    "/rest/v1.0/payment_applications",
)


class Fake:
    """Serves lists and details from `answers`; what is not there is a 404."""

    def __init__(self, claim: dict[str, Any], cost: dict[str, Any], head: dict[str, Any]) -> None:
        earlier = copy.deepcopy(head) | {"id": 6600, "number": 2}
        earlier["g703"][0]["materials_presently_stored"] = "100.00"
        self.answers: dict[str, Any] = {
            CLAIMS: [_row(claim, "items")],
            f"{CLAIMS}/2201": claim,
            COSTS: [_row(cost, "line_items") | {"vendor": "Lifting Co"}],
            f"{COSTS}/4401": cost,
            HEADS: [_row(head, "g703"), _row(earlier, "g703")],
            f"{HEADS}/6601": head,
            f"{HEADS}/6600": earlier,
            "/rest/v1.0/prime_contracts/5501/payment_applications": [_row(head, "g703"), _row(earlier, "g703")],
        }
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.get(request.url.path)
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(404, html="<html>") if answer is None else httpx.Response(200, json=_plain(answer))

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]


def _row(raw: dict[str, Any], lines: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != lines}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value


@pytest.fixture
def fake(claim: dict[str, Any], cost: dict[str, Any], head: dict[str, Any]) -> Fake:
    return Fake(claim, cost, head)


def by_key(items: tuple[Item, ...]) -> dict[str, Item]:
    return {item.key: item for item in items}


async def test_every_item_with_its_lines(procore: Make, fake: Fake, reference: Reference) -> None:
    told: list[tuple[str, int, int]] = []
    loaded = await load_items(procore(fake), reference, lambda *step: told.append(step))
    items = by_key(loaded.items)
    assert list(items) == ["claim:2201", "direct:4401", "head:6601", "head:6600"]
    assert not [item.problems for item in loaded.items if item.problems]
    assert items["head:6601"].lines[0].amount == Decimal("50800.00")
    assert items["head:6600"].lines[0].amount == Decimal("50100.00")
    assert loaded.complete_lists == {("301", kind) for kind in Kind}
    assert told[-1] == ("items", 4, 4)
    assert {step[0] for step in told} == {"lists", "items"}


async def test_a_claim_is_asked_for_with_its_lines(procore: Make, fake: Fake, reference: Reference) -> None:
    await load_items(procore(fake), reference)
    (detail,) = [request for request in fake.requests if request.url.path == f"{CLAIMS}/2201"]
    assert dict(detail.url.params) == {"project_id": "301", "view": "extended"}


async def test_what_did_not_change_is_not_fetched_again(procore: Make, fake: Fake, reference: Reference) -> None:
    kept: dict[str, RawDetail] = {}
    first = await load_items(procore(fake), reference, details=kept)
    fake.requests.clear()
    fake.answers[CLAIMS][0]["updated_at"] = "2026-07-01T00:00:00Z"
    again = await load_items(procore(fake), reference, details=kept)
    assert sorted(fake.paths) == sorted([CLAIMS, COSTS, HEADS, f"{CLAIMS}/2201", "/rest/v1.0/vendors/1102"])
    assert by_key(again.items) == by_key(first.items)


async def test_a_cut_keeps_what_was_fetched(procore: Make, fake: Fake, reference: Reference) -> None:
    kept: dict[str, RawDetail] = {}
    fake.answers[f"{COSTS}/4401"] = httpx.Response(502)
    with pytest.raises(ConnectionFailed):
        await load_items(procore(fake), reference, details=kept)
    assert "claim:2201" in kept
    assert "direct:4401" not in kept


async def test_a_refused_list_is_a_problem_and_proves_nothing(procore: Make, fake: Fake, reference: Reference) -> None:
    fake.answers[COSTS] = httpx.Response(403, json={"errors": "no permission"})
    loaded = await load_items(procore(fake), reference)
    assert ("301", Kind.DIRECT_COST) not in loaded.complete_lists
    (problem,) = loaded.problems
    assert (problem.project, problem.what) == ("301", "direct costs")
    assert "no permission" in problem.text
    assert len(loaded.items) == 3


async def test_refused_details_are_the_item_s_problem(procore: Make, fake: Fake, reference: Reference) -> None:
    fake.answers[f"{CLAIMS}/2201"] = httpx.Response(403, json={"errors": "private"})
    item = by_key((await load_items(procore(fake), reference)).items)["claim:2201"]
    (problem,) = item.problems
    assert "private" in problem.text
    assert item.number == "HC-0045"


async def test_a_head_claim_whose_predecessor_is_hidden_is_not_guessed(
    procore: Make, fake: Fake, reference: Reference
) -> None:
    fake.answers[f"{HEADS}/6600"] = httpx.Response(403, json={"errors": "private"})
    item = by_key((await load_items(procore(fake), reference)).items)["head:6601"]
    assert [problem.path for problem in item.problems] == ["number"]


async def test_a_deleted_row_is_gone_and_not_asked_for(procore: Make, fake: Fake, reference: Reference) -> None:
    fake.answers[COSTS][0]["deleted_at"] = "2026-07-01T00:00:00Z"
    item = by_key((await load_items(procore(fake), reference)).items)["direct:4401"]
    assert (item.gone, item.problems) == (True, ())
    assert f"{COSTS}/4401" not in fake.paths


async def test_a_company_that_left_the_directory_is_read_by_its_id(
    procore: Make, fake: Fake, reference: Reference
) -> None:
    fake.answers["/rest/v1.0/vendors/1102"] = {"id": 1102, "name": "Lifting Co", "email_address": "l@lift.example"}
    company = by_key((await load_items(procore(fake), reference)).items)["direct:4401"].company
    assert company is not None
    assert company.email == "l@lift.example"


@pytest.mark.parametrize("key", ["claim:2201", "direct:4401", "head:6601"])
@pytest.mark.parametrize("project", ["301", ""])
async def test_one_item_is_the_same_item(
    procore: Make, fake: Fake, reference: Reference, key: str, project: str
) -> None:
    whole = by_key((await load_items(procore(fake), reference)).items)
    assert await load_item(procore(fake), reference, key, project) == whole[key]


async def test_an_item_is_looked_for_in_every_project(
    procore: Make, fake: Fake, reference: Reference, books: ProjectBooks
) -> None:
    other = replace(books, project=replace(books.project, id="300"))
    wider = replace(reference, projects={"300": other, **reference.projects})
    assert (await load_item(procore(fake), wider, "direct:4401")).project.id == "301"
    with pytest.raises(ServiceError) as caught:
        await load_item(procore(fake), wider, "direct:1")
    assert caught.value.status == 404


@pytest.mark.parametrize("key", ["claim", "claim:", "bill:1", "claim:1/2", "claim:٣"])
async def test_a_key_that_names_nothing(procore: Make, fake: Fake, reference: Reference, key: str) -> None:
    with pytest.raises(UsageError):
        await load_item(procore(fake), reference, key)
    assert not fake.requests


async def test_gone_needs_a_404_and_a_list_that_answers(procore: Make, fake: Fake) -> None:
    client = procore(fake)
    assert await is_gone(client, Kind.DIRECT_COST, "301", "99")
    assert not await is_gone(client, Kind.DIRECT_COST, "301", "4401")
    fake.answers[COSTS] = httpx.Response(403, json={})
    assert not await is_gone(client, Kind.DIRECT_COST, "301", "99")
    fake.answers[f"{COSTS}/99"] = httpx.Response(403, json={})
    assert not await is_gone(client, Kind.DIRECT_COST, "301", "99")


async def test_gone_is_also_what_says_so_itself(procore: Make, fake: Fake) -> None:
    fake.answers[f"{COSTS}/4401"]["deleted_at"] = "2026-07-01T00:00:00Z"
    assert await is_gone(procore(fake), Kind.DIRECT_COST, "301", "4401")
