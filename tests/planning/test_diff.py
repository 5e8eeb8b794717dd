"""The difference between a plan and the document, three ways, and what counts as one."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.planning.drift import differences, owned_fields_hash
from smoothx_tui.planning.plan import Action, Change, Plan
from smoothx_tui.procore.items import Kind
from smoothx_tui.xero.documents import Document, Tracking
from smoothx_tui.xero.organisation import Contacts

if TYPE_CHECKING:
    from tests.planning.conftest import Make


def _payload(make: "Make", **changes: Any) -> dict[str, Any]:
    payload = make.plan(make.item(**changes)).payload
    assert payload is not None
    return payload


def _paths(plan: Plan) -> list[str]:
    return [change.path for change in plan.diff]


@pytest.mark.parametrize("kind", Kind)
def test_what_xero_answers_to_a_payload_is_no_difference(make: "Make", kind: Kind) -> None:
    plan = make.plan(make.item(kind))
    assert plan.payload is not None
    document = make.document_of(plan.payload, make.document_id)
    assert differences(plan.payload, document, make.organisation()) == []
    read_back = jsontext.loads(jsontext.dumps(plan.payload))
    assert differences(read_back, document, make.organisation()) == []


def test_what_does_not_count(make: "Make") -> None:
    document = make.document()
    line = document.lines[0]
    other = replace(
        document,
        rate=Decimal("1.000000"),
        url=document.url.replace("app.procore.com", "us02.procore.com") + "?tab=1",
        reference="read-only on a bill",
        lines=(replace(line, tax_amount=Decimal("100.00"), description=line.description + "\r\n"),),
    )
    assert differences(_payload(make), other, make.organisation()) == []


def test_an_accounts_default_tax_is_no_difference(make: "Make") -> None:
    document = make.document()
    silent = replace(document, lines=(replace(document.lines[0], tax_type=""),))
    assert differences(_payload(make), silent, make.organisation()) == []
    untaxed = _payload(make, lines=(make.line(),))
    assert differences(untaxed, document, make.organisation()) == []


@pytest.mark.parametrize(
    ("changes", "path", "xero", "planned"),
    [
        ({"number": "HC-9"}, "InvoiceNumber", "HC-9", "HC-0045"),
        ({"date": dt.date(2026, 6, 1)}, "Date", "2026-06-01", "2026-06-30"),
        ({"due_date": None}, "DueDate", None, "2026-07-30"),
        ({"line_amount_types": "Inclusive"}, "LineAmountTypes", "Inclusive", "Exclusive"),
        ({"currency": "USD"}, "CurrencyCode", "USD", "AUD"),
        ({"url": ""}, "Url", None, ""),
        (
            {"contact_id": "x", "contact_name": "Other\x1b"},
            "Contact",
            "Other<U+001B>",
            "Harbour Concrete (c0000000-0000-4000-8000-000000000001)",
        ),
    ],
)
def test_a_head_member_that_differs(
    make: "Make", changes: dict[str, Any], path: str, xero: str | None, planned: str
) -> None:
    payload = _payload(make)
    found = differences(payload, replace(make.document(), **changes), make.organisation())
    assert found == [Change(path, xero, planned or payload["Url"])]


@pytest.mark.parametrize(
    ("changes", "member", "xero"),
    [
        ({"description": "Typed over"}, "Description", "Typed over"),
        ({"quantity": Decimal(2)}, "Quantity", "2.00"),
        ({"unit_amount": Decimal("999.9999")}, "UnitAmount", "999.9999"),
        ({"account_code": "311"}, "AccountCode", "311"),
        ({"tax_type": "BASEXCLUDED"}, "TaxType", "BASEXCLUDED"),
        ({"tracking": ()}, "Tracking", None),
        ({"tracking": (Tracking("Project", "2241 - Depot"),)}, "Tracking", "Project: 2241 - Depot"),
        ({"quantity": None, "line_amount": Decimal("900.00")}, "LineAmount", "900.00"),
    ],
)
def test_a_line_member_that_differs(make: "Make", changes: dict[str, Any], member: str, xero: str | None) -> None:
    document = make.document()
    edited = replace(document, lines=(replace(document.lines[0], **changes),))
    found = differences(_payload(make), edited, make.organisation())
    assert [(change.path, change.xero) for change in found] == [(f"LineItems[0].{member}", xero)]


def test_lines_that_come_and_go(make: "Make") -> None:
    two = (make.line(1), make.line(2, "50.00"))
    document = make.document(make.item(lines=two))
    fewer = make.plan(make.item(lines=two[:1]), books=make.books([document]))
    assert fewer.diff == (Change("LineItems[1]", "03-300 - Work 2  50.00  310", None),)
    more = make.plan(make.item(lines=(*two, make.line(3, "7.00"))), books=make.books([document]))
    assert more.diff == (Change("LineItems[2]", None, "03-300 - Work 3  7.00  310"),)
    assert more.payload is not None
    ids = [line.get("LineItemID") for line in more.payload["LineItems"]]
    assert ids == [document.lines[0].id, document.lines[1].id, None]


def test_reading_back_an_update_with_a_new_line(make: "Make") -> None:
    document = make.document()
    plan = make.plan(make.item(lines=(make.line(), make.line(2, "7.00"))), books=make.books([document]))
    assert plan.payload is not None
    answered = make.document_of(plan.payload, document.id)
    assert differences(plan.payload, answered, make.organisation()) == []
    dropped = replace(answered, lines=(answered.lines[0], replace(answered.lines[1], tracking=())))
    assert differences(plan.payload, dropped, make.organisation()) != []


def test_a_line_is_found_again_by_the_id_that_the_ledger_kept(make: "Make") -> None:
    item = make.item(lines=(make.line(1), make.line(2, "50.00")))
    document = make.document(item)
    first, second = document.lines
    retyped = replace(document, lines=(replace(second, description="B"), replace(first, description="A")))
    plan = make.plan(item, books=make.books([retyped]), link=make.link(item, document))
    assert plan.payload is not None
    assert [line["LineItemID"] for line in plan.payload["LineItems"]] == [first.id, second.id]
    assert all(change.edited_in_xero for change in plan.diff)


def test_without_kept_ids_lines_are_matched_by_place_and_description(make: "Make") -> None:
    item = make.item(lines=(make.line(1), make.line(2, "50.00")))
    document = make.document(item)
    swapped = replace(document, lines=document.lines[::-1])
    plan = make.plan(item, books=make.books([swapped]))
    assert plan.action is Action.UNCHANGED
    assert plan.payload is not None
    assert [line["LineItemID"] for line in plan.payload["LineItems"]] == [line.id for line in document.lines]


def test_what_a_person_edited_since_our_last_write_is_told_from_what_procore_changed(make: "Make") -> None:
    item = make.item()
    document = make.document(item)
    link = make.link(item, document)
    edited = replace(document, lines=(replace(document.lines[0], account_code="311"),))
    changed = replace(item, lines=(replace(item.lines[0], amount=Decimal("1100.00")),))
    plan = make.plan(changed, books=make.books([edited]), link=link)
    assert plan.action is Action.UPDATE
    assert {(change.path, change.edited_in_xero) for change in plan.diff} == {
        ("LineItems[0].UnitAmount", False),
        ("LineItems[0].AccountCode", True),
    }
    assert [danger.code for danger in plan.dangers] == ["overwrites_bookkeeper"]
    assert "LineItems[0].AccountCode" in plan.dangers[0].text


def test_lines_that_a_person_added_or_deleted(make: "Make") -> None:
    item = make.item(lines=(make.line(1), make.line(2, "50.00")))
    document = make.document(item)
    link = make.link(item, document)
    extra = replace(document.lines[0], id="e0000000-0000-4000-8000-0000000000ff", description="Freight")
    plan = make.plan(item, books=make.books([replace(document, lines=(document.lines[0], extra))]), link=link)
    assert {change.path.partition(".")[0] for change in plan.diff} == {"LineItems[1]"}
    assert all(change.edited_in_xero for change in plan.diff)


@pytest.mark.parametrize("sent", ["", "{", "[]", '{"Invoices":[]}', '{"LineItems":3}', '{"LineItems":[1]}'])
def test_a_last_write_that_is_not_known_makes_nobody_an_editor(make: "Make", sent: str) -> None:
    document = make.document()
    plan = make.plan(make.item(lines=(make.line(1, "1.00"),)), books=make.books([document]), link=make.link(sent=sent))
    assert plan.action is Action.UPDATE
    assert not any(change.edited_in_xero for change in plan.diff)


def test_a_renamed_option_is_the_same_option(make: "Make") -> None:
    document = make.document()
    plan = make.plan(settings=make.settings(sync_project_number=False), books=make.books([document]))
    assert plan.action is Action.UNCHANGED


def test_another_company_whose_contact_is_to_be_made_is_a_difference(make: "Make") -> None:
    plan = make.plan(books=make.books([make.document()], contacts=Contacts()))
    assert plan.action is Action.UPDATE
    assert _paths(plan) == ["Contact"]
    assert plan.diff[0].planned == "Harbour Concrete"


def test_the_hash_of_owned_fields_moves_with_an_edit_and_not_with_a_read(make: "Make") -> None:
    document = make.document()
    same = replace(
        document, updated_at="later", total=Decimal(5), lines=(replace(document.lines[0], quantity=Decimal("1.0")),)
    )
    assert owned_fields_hash(same) == owned_fields_hash(document)
    edits: list[Document] = [
        replace(document, number="x"),
        replace(document, amount_paid=Decimal(1)),
        replace(document, lines=()),
        replace(document, contact_id="\ud800"),
    ]
    assert len({owned_fields_hash(edited) for edited in [document, *edits]}) == 5


def test_a_difference_in_a_few_words(make: "Make") -> None:
    item = make.item(lines=(make.line(1, "1.00"), make.line(2, "2.00")))
    document = replace(make.document(), url="", due_date=dt.date(2026, 8, 1))
    books, link = make.books([document]), make.link(document=document, sent="")
    assert make.plan(item, books=books, link=link).summary == "total, Url (none in Xero), DueDate, 2 lines"
    held = make.plan(item, make.settings(update_draft=False), books=books, link=link)
    assert held.summary == "held by update_draft: total, Url (none in Xero), DueDate, 2 lines"


def test_a_line_that_only_xero_has_is_a_danger_where_our_last_write_is_not_known(make: "Make") -> None:
    """After a lost ledger nobody can tell who added it."""
    item, document = make.item(), make.document()
    freight = replace(document.lines[0], id="e0000000-0000-4000-8000-0000000000ff", description="Freight")
    plan = make.plan(item, books=make.books([replace(document, lines=(*document.lines, freight))]))
    assert [danger.code for danger in plan.dangers] == ["overwrites_bookkeeper"]
    assert "Freight  1000.00  310" in plan.summary
    known = make.link(make.item(lines=(*item.lines, make.line(2))))
    assert not make.plan(
        item, books=make.books([make.document(make.item(lines=(*item.lines, make.line(2))))]), link=known
    ).dangers
