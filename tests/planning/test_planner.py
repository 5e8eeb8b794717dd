"""All items at once: what a changed setting, item, link or document re-plans, and what it leaves alone."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from smoothx_tui.planning.link import Link
from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Currency, Item, Kind, Project, SubJob
from smoothx_tui.settings.schema import Settings, SyncStatus
from smoothx_tui.xero.documents import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothx_tui.planning.books import Books
    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

HEAD = Kind.HEAD_CONTRACT_CLAIM


def _items(make: "Make") -> list[Item]:
    line = make.line()
    return [
        make.item(id="1", number="A"),
        make.item(Kind.DIRECT_COST, id="2", number="B"),
        make.item(HEAD, id="3", number="C"),
        make.item(id="4", number="D", currency=Currency("USD", "AUD")),
        make.item(id="5", number="E", lines=(replace(line, sub_job=SubJob("501", "01", "Carpark")),)),
        make.item(id="6", number="F", status="draft"),
    ]


def _planner(make: "Make", items: list[Item] | None = None, books: "Books | None" = None) -> Planner:
    return Planner(items or _items(make), make.mapping(), books or make.books())


def _linked(planner: Planner, links: dict[str, Link]) -> Planner:
    return planner.following(planner.items.values(), planner.books, links)


def _read(planner: Planner, books: "Books") -> Planner:
    return planner.following(planner.items.values(), books, planner.links)


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        (Settings(sync_as_draft=False), ["claim:1", "direct:2", "claim:4", "claim:5"]),
        (Settings(sync_status=SyncStatus.AWAITING_PAYMENT), ["claim:1", "direct:2", "claim:4", "claim:5"]),
        (Settings(multi_currency=True), ["claim:4"]),
        (Settings(sub_job_as_project=False), ["claim:5"]),
        (Settings(update_draft=False), []),
        (Settings(delete_matching=True), []),
        (Settings(sync_prior_locked_period=True), []),
        (Settings(erp_locking=False), ["claim:1", "direct:2", "head:3", "claim:4", "claim:5"]),
        (Settings(ignore_contacts=frozenset({"1102"})), ["head:3"]),
        (Settings(ignore_contacts=frozenset({"nobody"})), []),
        (Settings(ignore_cost_types=frozenset({"77"})), []),
        (Settings(ignore_tax_codes=frozenset({"88"})), ["claim:1", "direct:2", "claim:4"]),
    ],
)
def test_a_changed_setting_replans_only_what_it_can_touch(make: "Make", changed: Settings, touched: list[str]) -> None:
    planner = _planner(make)
    before = planner.plans(Settings())
    assert planner.planned == 6
    after = planner.plans(changed)
    assert list(planner.touched(Settings(), changed)) == touched
    assert planner.planned == 6 + len(touched)
    assert [key for key in before if after[key] is not before[key]] == touched
    assert dict(after) == dict(_planner(make).plans(changed))


def test_planning_is_lazy_and_remembers_the_two_settings_that_are_compared(make: "Make") -> None:
    planner = _planner(make)
    assert planner.planned == 0
    plan = planner.plan_of("claim:1", Settings())
    assert planner.plan_of("claim:1", Settings(multi_currency=True)) is plan
    planner.plan_of("claim:1", Settings(sync_as_draft=False))
    assert planner.plan_of("claim:1", Settings()) is plan
    assert planner.planned == 2
    with pytest.raises(KeyError):
        planner.plan_of("claim:99", Settings())


def test_a_replaced_item_replans_itself_alone(make: "Make") -> None:
    planner = _planner(make)
    before = planner.plans(Settings())
    changed = make.item(id="1", number="A2")
    others = [item for key, item in planner.items.items() if key not in ("claim:1", "direct:2")]
    after = planner.following([changed, *others, make.item(id="7", number="G")], planner.books, planner.links)
    plans = after.plans(Settings())
    assert list(plans) == ["claim:1", "head:3", "claim:4", "claim:5", "claim:6", "claim:7"]
    assert after.planned == 2
    assert plans["claim:1"].number == "A2"
    assert plans["head:3"] is before["head:3"]


def test_a_new_link_replans_its_item(make: "Make") -> None:
    document = replace(make.document(), url="")
    planner = Planner(_items(make), make.mapping(), make.books([document]))
    before = planner.plans(Settings())
    following = _linked(planner, {"claim:1": Link("claim:1", document.id)})
    after = following.plans(Settings())
    assert [key for key in after if after[key] is not before[key]] == ["claim:1"]
    assert after["claim:1"].document is not None
    again = _linked(following, {}).plans(Settings())
    assert dict(again) == dict(before)


def test_a_link_that_names_an_option_replans_the_projects_other_items(make: "Make") -> None:
    items = [make.item(id="1", number="A"), make.item(id="2", number="B", project=Project("22", "Depot", "2241"))]
    planner = Planner(items, make.mapping(), make.books())
    before = planner.plans(Settings())
    after = _linked(planner, {"direct:9": Link("direct:9", "x", option_ids=(("21", "o1"),))}).plans(Settings())
    assert after["claim:1"] is not before["claim:1"]
    assert after["claim:2"] is before["claim:2"]


def test_a_document_that_came_replans_only_items_that_can_meet_it(make: "Make") -> None:
    books = make.books()
    planner = Planner(_items(make), make.mapping(), books)
    before = planner.plans(Settings())
    document = make.document(make.item(id="1", number="A"))
    after = _read(planner, replace(books, documents={document.id: document})).plans(Settings())
    assert [key for key in after if after[key] is not before[key]] == ["claim:1"]
    assert after["claim:1"].action is Action.UNCHANGED
    other_books = make.books([document], name="Another")
    everything = _read(planner, other_books).plans(Settings())
    assert all(everything[key] is not before[key] for key in before)


def test_a_document_with_an_items_number_replans_that_item(make: "Make", codes: "Codes") -> None:
    books = make.books()
    planner = Planner(_items(make), make.mapping(), books)
    planner.plans(Settings())
    bill = replace(make.document(make.item(id="1", number="A")), id="x", url="")
    sale = replace(make.document(make.item(HEAD, id="3", number="C")), id="y", url="")
    after = _read(planner, replace(books, documents={"x": bill, "y": sale})).plans(Settings())
    assert "duplicate_suspected" in codes(after["claim:1"])
    assert "number_taken" in codes(after["head:3"])


def test_two_pending_items_with_one_sales_number_are_both_blocked_and_name_each_other(
    make: "Make", codes: "Codes"
) -> None:
    items = [make.item(HEAD, id="1"), make.item(HEAD, id="2", number="hc-0045"), make.item(id="3")]
    plans = _planner(make, items).plans(Settings())
    assert codes(plans["head:1"], Level.BLOCKER) == codes(plans["head:2"], Level.BLOCKER) == {"number_wanted_twice"}
    assert "head:2" in plans["head:1"].summary
    assert "head:1" in plans["head:2"].summary
    assert plans["claim:3"].action is Action.CREATE


@pytest.mark.parametrize(
    "other",
    [
        {"status": "draft"},
        {"gone": True},
        {"origin_id": "sage:1"},
        {"lines": ()},
        {"number": "another"},
    ],
)
def test_an_item_that_will_not_be_sent_claims_no_number(make: "Make", other: dict[str, object]) -> None:
    items = [make.item(HEAD, id="1"), make.item(HEAD, id="2", **other)]
    assert _planner(make, items).plan_of("head:1", Settings()).action is Action.CREATE


def test_an_ignored_or_ended_rival_wants_the_number_only_where_the_settings_let_it(make: "Make") -> None:
    company = replace(make.item(HEAD).company or pytest.fail("no client"), id="9")
    items = [make.item(HEAD, id="1"), make.item(HEAD, id="2", company=company)]
    planner = _planner(make, items)
    assert planner.plan_of("head:1", Settings()).action is Action.BLOCKED
    assert planner.plan_of("head:1", Settings(ignore_contacts=frozenset({"9"}))).action is Action.CREATE
    ended = replace(make.document(make.item(HEAD, id="2")), status=Status.VOIDED)
    planner = _planner(make, [make.item(HEAD, id="1"), make.item(HEAD, id="2")], make.books([ended]))
    assert planner.plan_of("head:1", Settings()).action is Action.CREATE
    assert planner.plan_of("head:1", Settings(resync_deleted=True)).action is Action.BLOCKED


def test_projects_of_one_name_do_not_take_each_others_option(make: "Make") -> None:
    from smoothx_tui.xero.organisation import TrackingCategory, TrackingOption

    tracking = (TrackingCategory("t1", "Project", options=(TrackingOption("o", "Depot"),)),)
    items = [make.item(id=str(n), project=Project(str(n), "Depot", f"22{n}"), number=str(n)) for n in (1, 2)]
    plans = _planner(make, items, make.books(tracking=tracking)).plans(Settings())
    assert {step.step.value for plan in plans.values() for step in plan.first} == {"create_tracking_option"}
    alone = _planner(make, items[:1], make.books(tracking=tracking)).plans(Settings())
    assert {step.step.value for plan in alone.values() for step in plan.first} == {"rename_tracking_option"}


def test_equal_first_steps_of_several_items_are_equal(make: "Make") -> None:
    from smoothx_tui.xero.organisation import Contacts

    items = [make.item(id="1"), make.item(id="2", number="B", lines=(make.line(1, "9.00"),))]
    plans = _planner(make, items, make.books(contacts=Contacts())).plans(Settings())
    assert plans["claim:1"].first == plans["claim:2"].first
    assert plans["claim:2"].totals is not None
    assert plans["claim:2"].totals.xero == Decimal("9.00")


def test_an_outline_says_what_a_row_shows_and_keeps_no_plan(make: "Make") -> None:
    planner = _planner(make)
    for settings in (Settings(), Settings(multi_currency=True)):
        for key in planner.items:
            outline, plan = planner.outline_of(key, settings), _planner(make).plan_of(key, settings)
            assert outline == plan.outline
            assert (outline.summary, outline.sendable) == (plan.summary, plan.sendable)
            assert (outline.has_payload, outline.has_dangers) == (plan.payload is not None, bool(plan.dangers))
    assert planner.planned == 7
    planner.outline_of("claim:1", Settings())
    assert planner.planned == 7
    planner.plan_of("claim:1", Settings())
    assert planner.planned == 8
