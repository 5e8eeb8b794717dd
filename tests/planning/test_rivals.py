"""Pending items that want one number: bills that may be one bill, and rivals that the settings silence."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Company, CostType, Item, Kind, TaxCode
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

HEAD, DIRECT = Kind.HEAD_CONTRACT_CLAIM, Kind.DIRECT_COST


def _planner(make: "Make", items: list[Item], **changes: Any) -> Planner:
    return Planner(items, changes.get("mapping") or make.mapping(), changes.get("books") or make.books())


def test_two_pending_bills_that_may_be_one_are_both_a_danger_and_name_each_other(make: "Make", codes: "Codes") -> None:
    items = [make.item(id="1"), make.item(DIRECT, id="2", number="hc-0045 "), make.item(id="3", number="other")]
    plans = _planner(make, items).plans(Settings())
    for key, other in (("claim:1", "direct:2"), ("direct:2", "claim:1")):
        assert plans[key].action is Action.CREATE
        assert codes(plans[key], Level.DANGER) == {"duplicate_suspected"}
        assert plans[key].summary == f"{other} is pending with the same contact, number and total"
    assert not plans["claim:3"].findings


@pytest.mark.parametrize(
    "other",
    [
        {"status": "draft"},
        {"gone": True},
        {"origin_id": "sage:1"},
        {"number": "another"},
        {"lines": ()},
        {"company": Company("9", "Somebody else")},
    ],
)
def test_a_bill_that_differs_or_will_not_be_sent_is_no_danger(make: "Make", other: dict[str, Any]) -> None:
    items = [make.item(id="1"), make.item(id="2", **other)]
    assert not _planner(make, items).plan_of("claim:1", Settings()).dangers


def test_another_total_is_another_bill_as_the_settings_have_it(make: "Make") -> None:
    extra = make.line(2, "50.00", cost_type=CostType("19", "M"), tax_codes=(TaxCode("89"),))
    items = [make.item(id="1"), make.item(id="2", lines=(*make.item().lines, extra))]
    planner = _planner(make, items)
    ignoring = ({"ignore_cost_types": frozenset({"19"})}, {"ignore_tax_codes": frozenset({"89"})})
    assert not planner.plan_of("claim:1", Settings()).dangers
    for changes in ignoring:
        assert planner.plan_of("claim:1", make.settings(**changes)).dangers
        assert planner.plan_of("claim:2", make.settings(**changes)).dangers


def test_two_companies_with_one_contact_are_one_supplier(make: "Make") -> None:
    items = [make.item(id="1"), make.item(id="2", company=Company("9", "Harbour Concrete (old)"))]
    mapping = make.mapping(contacts=MappingProxyType({"9": make.contact_id}))
    assert _planner(make, items, mapping=mapping).plan_of("claim:2", Settings()).dangers
    unknown = [make.item(id=item_id, company=Company(item_id, "New Ltd")) for item_id in "12"]
    assert _planner(make, unknown).plan_of("claim:1", Settings()).dangers
    staff = [make.item(DIRECT, id=item_id, company=None, employee="Jo") for item_id in "12"]
    assert "duplicate_suspected" in {f.code for f in _planner(make, staff).plan_of("direct:1", Settings()).findings}


def test_a_bill_whose_document_stands_is_no_pending_one(make: "Make") -> None:
    items = [make.item(id="1"), make.item(id="2")]
    standing = make.document(items[0])
    plan = _planner(make, items, books=make.books([standing])).plan_of("claim:2", Settings())
    assert [danger.text for danger in plan.dangers] == [
        f"bill HC-0045 (Draft, {make.document_id}) has the same contact, number and total"
    ]
    ended = replace(standing, status=Status.VOIDED)
    planner = _planner(make, items, books=make.books([ended]))
    assert not planner.plan_of("claim:2", Settings()).dangers
    assert planner.plan_of("claim:2", Settings(resync_deleted=True)).dangers


def test_a_rival_whose_lines_are_all_ignored_wants_no_number(make: "Make") -> None:
    lines = (make.line(cost_type=CostType("19", "M")), make.line(2, "0.00"))
    items = [make.item(HEAD, id="1"), make.item(HEAD, id="2", lines=lines)]
    planner = _planner(make, items)
    ignoring = Settings(ignore_cost_types=frozenset({"19"}))
    assert planner.plan_of("head:1", Settings()).action is Action.BLOCKED
    assert planner.plan_of("head:1", ignoring).action is Action.CREATE
    assert planner.plan_of("head:2", ignoring).action is Action.SKIPPED
    assert list(planner.touched(Settings(), ignoring)) == ["head:1", "head:2"]
    # Two lines, one of which is left: it still wants the number.
    kept = [items[0], make.item(HEAD, id="2", lines=(*lines, make.line(3)))]
    assert _planner(make, kept).plan_of("head:1", ignoring).action is Action.BLOCKED


def test_the_fix_of_a_suspected_duplicate_can_be_typed_as_it_stands(make: "Make") -> None:
    document = replace(make.document(), url="", number="hc-0045")
    (danger,) = make.plan(books=make.books([document])).dangers
    assert danger.fix == f"if it is the same bill: smoothx-tui link claim:77 {make.document_id}"
    assert not make.plan(make.item(lines=(make.line(1, "2.00"),)), books=make.books([document])).dangers


def test_rivals_with_odd_amounts_are_compared_without_an_exception(make: "Make") -> None:
    odd = make.line(1, "NaN")
    items = [make.item(id="1", lines=(odd,)), make.item(id="2", lines=(odd,)), make.item(id="3")]
    plans = _planner(make, items).plans(Settings())
    assert plans["claim:1"].action is Action.BLOCKED
    assert plans["claim:3"].totals is not None
    assert plans["claim:3"].totals.xero == Decimal("1000.00")
