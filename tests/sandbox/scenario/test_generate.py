"""More items: deterministic, unlike each other, and served like any other."""

from collections import Counter
from typing import Any

import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.procore import ProcoreState
from smoothx_tui.sandbox.scenario import Scenario, default_scenario, scenario_from

_KINDS = ("requisitions", "direct_costs", "payment_applications")


@pytest.fixture(scope="module")
def base() -> Scenario:
    return default_scenario()


@pytest.fixture(scope="module")
def many(base: Scenario) -> Scenario:
    return more_items(base, 1200, seed=7)


def _all(scenario: Scenario) -> list[dict[str, Any]]:
    return [item for kind in _KINDS for item in scenario.procore[kind]]


def test_so_many_more_and_none_less(base: Scenario, many: Scenario) -> None:
    assert len(_all(many)) == len(_all(base)) + 1200
    ids = {item["id"] for item in _all(many)}
    assert len(ids) == len(_all(many))
    assert {item["id"] for item in _all(base)} < ids


def test_the_same_seed_gives_the_same(base: Scenario, many: Scenario) -> None:
    assert more_items(base, 1200, seed=7).to_json() == many.to_json()
    assert more_items(base, 50, seed=8).to_json() != more_items(base, 50, seed=7).to_json()


def test_the_given_scenario_is_not_changed(base: Scenario) -> None:
    assert base == default_scenario()
    assert more_items(base, 0, seed=1).to_json() == base.to_json()


def test_most_are_pending_and_some_synced_with_their_document(base: Scenario, many: Scenario) -> None:
    documents = {row["InvoiceID"]: row for row in many.xero["Invoices"]}
    assert len(documents) == len(many.xero["Invoices"])
    made = [item for item in _all(many) if item["id"] >= 600_000_000_000_000]
    synced = [item for item in made if item.get("origin_id")]
    assert 0.02 * len(made) < len(synced) < 0.1 * len(made)
    for item in synced:
        document = documents[item["origin_id"].rpartition(":")[2]]
        assert document["Url"].endswith(f"/{item['id']}")
        assert document["InvoiceNumber"] == item["invoice_number"]
    assert len(documents) == len(base.xero["Invoices"]) + len(synced)


def test_every_kind_and_numbers_of_their_own(many: Scenario) -> None:
    made = [item for item in _all(many) if item["id"] >= 600_000_000_000_000]
    assert not [number for number, times in Counter(item["invoice_number"] for item in made).items() if times > 1]
    for kind in _KINDS:
        assert [item for item in many.procore[kind] if item["id"] >= 600_000_000_000_000]
    claims = [(item["commitment_id"], item["number"]) for item in many.procore["requisitions"]]
    assert len(claims) == len(set(claims))


def test_it_is_a_scenario_like_any_other(many: Scenario) -> None:
    again = scenario_from(many.to_data(), "generated")
    assert again.to_json() == many.to_json()
    clock = SandboxClock(many.clock, speed=0)
    assert ProcoreState.from_scenario(many, clock).dump() == ProcoreState.from_scenario(again, clock).dump()


@pytest.mark.parametrize("number", [-1, 100_001])
def test_a_number_out_of_range(base: Scenario, number: int) -> None:
    with pytest.raises(ConfigurationError, match="not between 0 and 100,000"):
        more_items(base, number, seed=1)


def test_a_scenario_with_nothing_to_imitate() -> None:
    empty = scenario_from({"clock": "2026-07-03T09:00:00Z"}, "empty")
    with pytest.raises(ConfigurationError, match="no approved item"):
        more_items(empty, 5, seed=1)
