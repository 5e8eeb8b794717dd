"""Every action, and the order of the rules that decide it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.procore.items import ItemProblem, Kind
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Status

if TYPE_CHECKING:
    from tests.planning.conftest import Make

CLAIM, DIRECT, HEAD = Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM
UPDATES = Settings(update_draft=True, update_awaiting_approval=True, update_approved=True)


def _updates_without(make: "Make", switch: str) -> Settings:
    on = dict.fromkeys(("update_draft", "update_awaiting_approval", "update_approved"), True)
    return make.settings(**{**on, switch: False})


@pytest.mark.parametrize("kind", Kind)
def test_an_approved_item_without_a_link_is_created(make: "Make", kind: Kind) -> None:
    plan = make.plan(make.item(kind))
    assert plan.action is Action.CREATE
    assert plan.request is not None
    assert (plan.request.method, plan.request.path) == ("PUT", "/Invoices?summarizeErrors=false&unitdp=4")
    assert plan.then == ("lock",)
    assert plan.payload is not None
    assert plan.payload["Type"] == ("ACCREC" if kind is HEAD else "ACCPAY")


@pytest.mark.parametrize(
    "status", ["draft", "under_review", "revise_and_resubmit", "pending_owner_approval", "", "odd\x1b"]
)
@pytest.mark.parametrize("kind", Kind)
def test_other_statuses_are_not_ready(make: "Make", kind: Kind, status: str) -> None:
    plan = make.plan(make.item(kind, status=status))
    assert plan.action is Action.NOT_READY
    assert plan.payload is None
    assert plan.request is None
    assert "\x1b" not in plan.summary


def test_approved_as_noted_is_ready_for_claims_where_the_mapping_says_so(make: "Make") -> None:
    claim = make.item(CLAIM, status="approved_as_noted")
    assert make.plan(claim).action is Action.CREATE
    assert make.plan(claim, mapping=make.mapping(approved_as_noted=False)).action is Action.NOT_READY
    assert make.plan(make.item(DIRECT, status="approved_as_noted")).action is Action.NOT_READY


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("invoice", Action.CREATE),
        ("expense", Action.CREATE),
        ("payroll", Action.NOT_READY),
        ("subcontractor_invoice", Action.NOT_READY),
        ("", Action.NOT_READY),
    ],
)
def test_direct_cost_types(make: "Make", kind: str, action: Action) -> None:
    assert make.plan(make.item(DIRECT, direct_cost_type=kind)).action is action


def test_payroll_is_refused_even_where_the_mapping_names_it(make: "Make") -> None:
    mapping = make.mapping(direct_cost_types=("invoice", "payroll"))
    assert make.plan(make.item(DIRECT, direct_cost_type="payroll"), mapping=mapping).action is Action.NOT_READY


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.AUTHORISED, Status.PAID])
@pytest.mark.parametrize("kind", Kind)
def test_a_document_that_holds_exactly_this_is_unchanged(make: "Make", kind: Kind, status: Status) -> None:
    item = make.item(kind)
    plan = make.plan(item, books=make.books([make.document(item, status)]))
    assert plan.action is Action.UNCHANGED
    assert plan.request is None
    assert not plan.first
    assert not plan.then


@pytest.mark.parametrize(
    ("status", "switch"),
    [
        (Status.DRAFT, "update_draft"),
        (Status.SUBMITTED, "update_awaiting_approval"),
        (Status.AUTHORISED, "update_approved"),
    ],
)
@pytest.mark.parametrize("kind", Kind)
def test_a_difference_updates_where_the_switch_is_on_and_is_held_where_it_is_off(
    make: "Make", kind: Kind, status: Status, switch: str
) -> None:
    item = make.item(kind)
    books = make.books([make.document(item, status)])
    changed = make.item(kind, lines=(make.line(1, "1200.00", tax_codes=item.lines[0].tax_codes),))
    on = make.plan(changed, UPDATES, books=books)
    assert on.action is Action.UPDATE
    assert on.request is not None
    assert (on.request.method, on.request.path) == ("POST", f"/Invoices/{make.document_id}?unitdp=4")
    assert on.payload is not None
    assert on.payload["Status"] == status.value
    off = make.plan(changed, _updates_without(make, switch), books=books)
    assert off.action is Action.HELD
    assert off.reasons[-1].setting == switch
    assert f"held by {switch}" in off.summary
    assert off.payload == on.payload
    assert off.request is None


@pytest.mark.parametrize("paid", ["PAID", "part"])
def test_a_paid_or_part_paid_document_is_held_whatever_the_switches(make: "Make", paid: str) -> None:
    status = Status.PAID if paid == "PAID" else Status.AUTHORISED
    document = replace(make.document(status=status), amount_paid=Decimal("10.00"))
    changed = make.item(lines=(make.line(1, "1200.00"),))
    plan = make.plan(changed, UPDATES, books=make.books([document]))
    assert plan.action is Action.HELD
    assert plan.summary.startswith("paid or credited: ")


@pytest.mark.parametrize("status", [Status.DELETED, Status.VOIDED])
def test_a_document_deleted_in_xero_is_made_again_only_with_resync_deleted(make: "Make", status: Status) -> None:
    books = make.books([make.document(status=status)])
    held = make.plan(books=books)
    assert held.action is Action.HELD
    assert held.reasons[-1].setting == "resync_deleted"
    again = make.plan(settings=Settings(resync_deleted=True), books=books)
    assert again.action is Action.RECREATE
    assert again.payload is not None
    assert "InvoiceID" not in again.payload
    assert again.request is not None
    assert again.request.method == "PUT"


@pytest.mark.parametrize(
    ("status", "action", "last"),
    [
        (Status.DRAFT, Action.DELETE, "DELETED"),
        (Status.SUBMITTED, Action.DELETE, "DELETED"),
        (Status.AUTHORISED, Action.VOID, "VOIDED"),
        (Status.PAID, Action.BLOCKED, ""),
        (Status.DELETED, Action.ORPHANED, ""),
        (Status.VOIDED, Action.ORPHANED, ""),
    ],
)
@pytest.mark.parametrize("kind", [CLAIM, DIRECT])
def test_gone_in_procore_with_delete_matching(
    make: "Make", kind: Kind, status: Status, action: Action, last: str
) -> None:
    document = make.document(make.item(kind), status)
    item = gone_item(make.item(kind).key, document)
    plan = make.plan(item, Settings(delete_matching=True), books=make.books([document]))
    assert plan.action is action
    assert plan.payload is None
    assert (plan.request is not None) is bool(last)
    if last:
        assert plan.effect == {"InvoiceID": make.document_id, "Status": last}
        assert plan.body == f'{{"Invoices":[{{"InvoiceID":"{make.document_id}","Status":"{last}"}}]}}'
    assert bool(plan.dangers) is (action is Action.VOID)
    off = make.plan(item, books=make.books([document]))
    assert off.action is Action.ORPHANED
    assert off.request is None


def test_a_gone_head_contract_claim_is_orphaned_never_deleted(make: "Make") -> None:
    document = make.document(make.item(HEAD))
    item = gone_item(make.item(HEAD).key, document)
    assert make.plan(item, Settings(delete_matching=True), books=make.books([document])).action is Action.ORPHANED


def test_a_gone_item_whose_document_is_dated_in_the_locked_period_is_blocked(make: "Make") -> None:
    document = make.document()
    books = make.books([document], period_lock=dt.date(2026, 6, 30))
    plan = make.plan(gone_item("claim:77", document), Settings(delete_matching=True), books=books)
    assert plan.action is Action.BLOCKED
    assert plan.request is None


def test_a_gone_item_that_was_never_synced_is_skipped(make: "Make") -> None:
    assert make.plan(make.item(gone=True)).action is Action.SKIPPED


def test_order_gone_comes_before_not_ready(make: "Make") -> None:
    books = make.books([make.document()])
    assert make.plan(make.item(gone=True, status="draft"), books=books).action is Action.ORPHANED


def test_order_not_ready_comes_before_an_ignored_contact(make: "Make") -> None:
    settings = Settings(ignore_contacts=frozenset({"1101"}))
    assert make.plan(make.item(status="draft"), settings).action is Action.NOT_READY


def test_order_an_ignored_contact_comes_before_locked_elsewhere(make: "Make") -> None:
    settings = Settings(ignore_contacts=frozenset({"1101"}))
    assert make.plan(make.item(origin_id="sage-1"), settings).action is Action.SKIPPED


def test_order_locked_elsewhere_comes_before_no_line_left(make: "Make") -> None:
    assert make.plan(make.item(origin_id="sage-1", lines=())).action is Action.LOCKED_ELSEWHERE


def test_order_no_line_left_comes_before_gaps(make: "Make") -> None:
    assert make.plan(make.item(lines=(), date=None)).action is Action.SKIPPED


def test_order_gaps_come_before_a_deleted_document(make: "Make") -> None:
    document = make.document(status=Status.DELETED)
    mapping = make.mapping(bill={"default_account": ""})
    assert make.plan(mapping=mapping, books=make.books([document])).action is Action.BLOCKED


def test_order_held_by_status_comes_before_the_locked_period(make: "Make") -> None:
    document = make.document()
    books = make.books([document], period_lock=dt.date(2026, 6, 30))
    changed = make.item(lines=(make.line(1, "1200.00"),))
    assert make.plan(changed, Settings(update_draft=False), books=books).action is Action.HELD
    assert make.plan(changed, books=books).action is Action.BLOCKED


def test_a_blocked_plan_shows_its_payload_and_has_no_request(make: "Make") -> None:
    plan = make.plan(books=make.books(period_lock=dt.date(2026, 6, 30)))
    assert plan.action is Action.BLOCKED
    assert plan.payload is not None
    assert plan.request is None
    assert not plan.first
    assert not plan.then


def test_what_could_not_be_read_blocks_and_is_named(make: "Make") -> None:
    problem = ItemProblem("items[0].taxes", "is no list\x1b")
    plan = make.plan(make.item(problems=(problem,)))
    assert plan.action is Action.BLOCKED
    assert "items[0].taxes: is no list<U+001B>" in plan.summary
    unread = make.plan(make.item(problems=(problem,), lines=()))
    assert unread.action is Action.BLOCKED
    assert unread.payload is None


def test_nothing_moved_this_period_is_skipped(make: "Make") -> None:
    plan = make.plan(make.item(lines=(make.line(1, "0.00"), make.line(2, "-0.00"))))
    assert plan.action is Action.SKIPPED
    assert plan.payload is None
    assert plan.left_out == ()


def test_less_than_a_cent_is_skipped_and_explained(make: "Make") -> None:
    plan = make.plan(make.item(lines=(make.line(1, "0.004"),)))
    assert plan.action is Action.SKIPPED
    assert [entry.amount for entry in plan.left_out] == [Decimal("0.004")]


def test_every_blocker_has_a_fix_and_every_rule_that_spoke_is_named(make: "Make") -> None:
    plan = make.plan(make.item(date=None, company=None, url=""), mapping=make.mapping(bill={"default_account": ""}))
    blockers = [finding for finding in plan.findings if finding.level is Level.BLOCKER]
    assert {finding.code for finding in blockers} == {"no_date", "no_company", "no_url", "no_account"}
    assert all(finding.fix for finding in blockers)
    assert {"document_date", "contact", "document_url", "line_account", "mapping_gaps"} <= {
        reason.rule for reason in plan.reasons
    }
