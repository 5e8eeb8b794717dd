"""The payload, member by member, with the fine points of planning.md."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.planning.terms import due
from smoothx_tui.procore.items import (
    Certificate,
    Contract,
    Currency,
    Kind,
    Project,
    TaxCode,
)
from smoothx_tui.settings.mapping import Terms, TermsType
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Status
from smoothx_tui.xero.organisation import PaymentTerms
from tests.planning.payloads import lines_of, payload_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

CLAIM, DIRECT, HEAD = Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM
GST = (TaxCode("88", "GST@10%", Decimal("0.1")),)


def test_a_bill_whole(make: "Make") -> None:
    plan = make.plan()
    assert plan.body == (
        '{"Invoices":[{"Type":"ACCPAY","Contact":{"ContactID":"c0000000-0000-4000-8000-000000000001"},'
        '"InvoiceNumber":"HC-0045",'
        '"Url":"https://app.procore.com/webclients/host/companies/1/projects/21/tools/invoicing/requisitions/1801/77",'
        '"Date":"2026-06-30","DueDate":"2026-07-30","LineAmountTypes":"Exclusive","CurrencyCode":"AUD",'
        '"Status":"DRAFT","LineItems":[{"Description":"03-300 - Work 1","Quantity":1,"UnitAmount":1000.00,'
        '"AccountCode":"310","TaxType":"INPUT","Tracking":[{"Name":"Project","Option":"2235 - Quay St"}]}]}]}'
    )


def test_a_sales_invoice_whole(make: "Make") -> None:
    plan = make.plan(make.item(HEAD))
    assert plan.body == (
        '{"Invoices":[{"Type":"ACCREC","Contact":{"ContactID":"c0000000-0000-4000-8000-000000000002"},'
        '"InvoiceNumber":"HC-0045","Reference":"SC-01 - Slabs",'
        '"Url":"https://app.procore.com/webclients/host/companies/1/projects/21/tools/invoicing/payment-applications'
        '/1801/77","Date":"2026-06-30","DueDate":"2026-07-20","LineAmountTypes":"Exclusive","CurrencyCode":"AUD",'
        '"Status":"DRAFT","LineItems":[{"Description":"03-300 - Work 1","Quantity":1,"UnitAmount":1000.00,'
        '"AccountCode":"200","Tracking":[{"Name":"Project","Option":"2235 - Quay St"}]}]}]}'
    )


@pytest.mark.parametrize("text", ["500.0", "500", "500.00", "5E+2"])
def test_an_amount_is_written_with_two_places_however_procore_wrote_it(make: "Make", text: str) -> None:
    assert '"UnitAmount":500.00,' in make.plan(make.item(lines=(make.line(1, text),))).body


# Numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "changes", "number"),
    [
        (CLAIM, {"number": "  HC-1 "}, "HC-1"),
        (CLAIM, {"number": ""}, "SC-01-2"),
        (CLAIM, {"number": "", "contract": None}, "2"),
        (CLAIM, {"number": "", "contract": Contract("1801"), "claim_number": ""}, "1801-77"),
        (DIRECT, {"number": ""}, "DC-77"),
        (HEAD, {"number": ""}, "INV-SC-01-2"),
        (HEAD, {"number": "PC-03"}, "INV-PC-03"),
    ],
)
def test_numbers(make: "Make", codes: "Codes", kind: Kind, changes: dict[str, Any], number: str) -> None:
    """A built number is a note; the prefix is for sales invoices only, and on a built number too."""
    plan = make.plan(make.item(kind, **changes), mapping=make.mapping(sale={"number_prefix": "INV-"}))
    assert payload_of(plan)["InvoiceNumber"] == number
    assert ("number_built" in codes(plan)) is (not changes["number"].strip())


def test_a_sales_number_of_another_live_invoice_blocks_and_of_an_ended_one_is_a_note(
    make: "Make", codes: "Codes"
) -> None:
    item = make.item(HEAD)
    other = replace(make.document(item), url="", number="hc-0045 ")
    assert "number_taken" in codes(make.plan(item, books=make.books([other])), Level.BLOCKER)
    ended = make.plan(item, books=make.books([replace(other, status=Status.VOIDED)]))
    assert ended.action is Action.CREATE
    assert "number_was_used" in codes(ended, Level.NOTE)
    assert make.plan(make.item(DIRECT), books=make.books([other])).action is Action.CREATE


def test_a_bill_like_one_that_stands_is_a_danger(make: "Make", codes: "Codes") -> None:
    document = replace(make.document(), url="")
    assert "duplicate_suspected" in codes(make.plan(books=make.books([document])), Level.DANGER)
    for other in (
        replace(document, number="x"),
        replace(document, sub_total=Decimal(1)),
        replace(document, contact_id="x"),
        replace(document, status=Status.DELETED),
    ):
        assert not make.plan(books=make.books([other])).dangers


# Dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "terms", "expected"),
    [
        ("2026-06-30", (30, "DAYSAFTERBILLDATE"), "2026-07-30"),
        ("2026-06-10", (7, "DAYSAFTERBILLMONTH"), "2026-07-07"),
        ("2026-06-10", (20, "OFCURRENTMONTH"), "2026-06-20"),
        ("2026-06-25", (20, "OFCURRENTMONTH"), "2026-06-25"),
        ("2026-06-10", (31, "OFCURRENTMONTH"), "2026-06-30"),
        ("2026-01-31", (31, "OFFOLLOWINGMONTH"), "2026-02-28"),
        ("2026-12-31", (20, "OFFOLLOWINGMONTH"), "2027-01-20"),
        ("2026-06-10", (0, "OFCURRENTMONTH"), "2026-06-10"),
        ("9999-12-31", (1, "DAYSAFTERBILLDATE"), None),
        ("9999-12-31", (1, "OFFOLLOWINGMONTH"), None),
    ],
)
def test_the_four_terms(day: str, terms: tuple[int, str], expected: str | None) -> None:
    found = due(dt.date.fromisoformat(day), Terms(terms[0], TermsType(terms[1])))
    assert (found.isoformat() if found else None) == expected


def test_terms_of_the_contact_then_of_the_mapping_then_of_the_organisation(make: "Make") -> None:
    from smoothx_tui.xero.organisation import Contacts

    own = Contacts.of([make.contact(bill_terms=PaymentTerms(7, "DAYSAFTERBILLDATE"))])
    theirs = PaymentTerms(14, "DAYSAFTERBILLDATE")
    without = make.mapping(bill={"terms": None})
    assert payload_of(make.plan(books=make.books(contacts=own, bill_terms=theirs)))["DueDate"] == "2026-07-07"
    assert payload_of(make.plan(books=make.books(bill_terms=theirs)))["DueDate"] == "2026-07-30"
    assert payload_of(make.plan(mapping=without, books=make.books(bill_terms=theirs)))["DueDate"] == "2026-07-14"
    odd = PaymentTerms(14, "ATFULLMOON")
    assert "DueDate" not in payload_of(make.plan(mapping=without, books=make.books(bill_terms=odd)))


def test_without_terms_a_draft_has_no_due_date_and_other_statuses_are_blocked(make: "Make", codes: "Codes") -> None:
    without = make.mapping(bill={"terms": None})
    draft = make.plan(mapping=without)
    assert draft.action is Action.CREATE
    assert "DueDate" not in payload_of(draft)
    other = make.plan(settings=Settings(sync_as_draft=False), mapping=without)
    assert "no_terms" in codes(other, Level.BLOCKER)


def test_procores_due_date_comes_before_terms(make: "Make") -> None:
    assert payload_of(make.plan(make.item(due_date=dt.date(2026, 8, 9))))["DueDate"] == "2026-08-09"


def test_an_item_without_a_date_is_blocked(make: "Make", codes: "Codes") -> None:
    plan = make.plan(make.item(date=None))
    assert codes(plan, Level.BLOCKER) == {"no_date"}
    assert "Date" not in payload_of(plan)


def test_a_linked_document_keeps_its_date_unless_procores_changed_since_our_last_write(
    make: "Make", codes: "Codes"
) -> None:
    item = make.item()
    document = replace(make.document(item), date=dt.date(2026, 7, 1), due_date=dt.date(2026, 7, 31))
    books = make.books([document])
    kept = make.plan(item, books=books, link=make.link(item, document))
    assert kept.action is Action.UNCHANGED
    assert "date_kept" in codes(kept, Level.NOTE)
    assert make.plan(item, books=books).action is Action.UNCHANGED
    changed = make.plan(item, books=books, link=make.link(item, document, item_date=dt.date(2026, 6, 29)))
    assert changed.action is Action.UPDATE
    assert payload_of(changed)["Date"] == "2026-06-30"


# Currency ----------------------------------------------------------------------------------------------------------

FOREIGN = Settings(multi_currency=True, accounting_currency_rate=False)


@pytest.mark.parametrize(
    ("currency", "rate"),
    [
        (Currency("USD", "AUD", project_rate=Decimal("1.5332")), "0.652231"),
        (Currency("USD", "AUD", project_rate=Decimal("1.5332"), company_rate=Decimal("0.7")), "0.652231"),
        (Currency("USD", "AUD", company_rate=Decimal("0.6512")), "0.651200"),
        (Currency("USD", "AUD"), None),
        (Currency("USD", "AUD", project_rate=Decimal(0), company_rate=Decimal("0.7")), None),
        (Currency("USD", "AUD", company_rate=Decimal(0)), None),
        (Currency("USD", "AUD", project_rate=Decimal("NaN")), None),
        (Currency("USD", "AUD", project_rate=Decimal("1E+300")), None),
        (Currency("USD", "AUD", company_rate=Decimal("1E-9")), None),
        (Currency("USD", "NZD", project_rate=Decimal("1.5")), None),
    ],
)
def test_rates(make: "Make", codes: "Codes", currency: Currency, rate: str | None) -> None:
    """The project's rate is inverted; the company's is sent as it is; none, or none that can be used: blocked."""
    plan = make.plan(make.item(currency=currency), FOREIGN)
    assert payload_of(plan).get("CurrencyRate") == (Decimal(rate) if rate else None)
    assert bool(codes(plan, Level.BLOCKER) & {"no_rate", "rate_base"}) is (rate is None)


def test_the_preview_shows_both_rates_and_the_total_both_ways(make: "Make", codes: "Codes") -> None:
    currency = Currency("USD", "AUD", item_rate=Decimal("1.6"), project_rate=Decimal("1.5332"))
    plan = make.plan(make.item(currency=currency), FOREIGN)
    told = next(reason for reason in plan.reasons if reason.rule == "document_rate")
    assert (told.before, told.after) == ("1.5332", "0.652231")
    assert "USD 1,000.00 is AUD 1,533.20 in Procore, AUD 1,533.20 in Xero" in told.text
    assert "item_rate" in codes(plan, Level.NOTE)


def test_a_foreign_item_without_multi_currency_is_a_danger_that_says_what_would_be_booked(make: "Make") -> None:
    plan = make.plan(make.item(currency=Currency("USD", "AUD")))
    assert [danger.text for danger in plan.dangers] == ["USD 1,000.00 would be booked as AUD 1,000.00"]


def test_a_currency_that_is_not_enabled_is_blocked(make: "Make", codes: "Codes") -> None:
    plan = make.plan(make.item(currency=Currency("EUR", "AUD")), Settings(multi_currency=True))
    assert codes(plan, Level.BLOCKER) == {"currency_not_enabled"}


# Checks ------------------------------------------------------------------------------------------------------------


def test_a_negative_total_wants_a_credit_note(make: "Make", codes: "Codes") -> None:
    plan = make.plan(make.item(lines=(make.line(1, "10.00"), make.line(2, "-30.00"))))
    assert codes(plan, Level.BLOCKER) == {"negative_total"}
    assert "credit note" in plan.summary
    assert make.plan(make.item(lines=(make.line(1, "10.00"), make.line(2, "-10.00")))).action is Action.CREATE


def test_certificate_identities_that_do_not_hold_are_notes(make: "Make", codes: "Codes") -> None:
    good = Certificate(*map(Decimal, ("100000", "5000", "105000", "34500", "3450", "31050", "18000", "13050", "73950")))
    assert not make.plan(make.item(certificate=good)).findings
    bad = replace(good, payment_due=Decimal(13051), balance_to_finish=Decimal("NaN"), net_change=Decimal("9E+999"))
    plan = make.plan(make.item(certificate=bad))
    assert plan.action is Action.CREATE
    assert [finding.code for finding in plan.findings] == ["certificate"]


@pytest.mark.parametrize(("url", "code"), [("", "no_url"), ("https://xero.example/1", "url_refused")])
def test_nothing_is_sent_without_a_page_that_marks_it(make: "Make", codes: "Codes", url: str, code: str) -> None:
    assert codes(make.plan(make.item(url=url)), Level.BLOCKER) == {code}


def test_500_lines(make: "Make") -> None:
    plan = make.plan(make.item(lines=tuple(make.line(number, "1.10") for number in range(1, 501))))
    assert len(lines_of(plan)) == 500
    assert plan.totals is not None
    assert plan.totals.xero == Decimal("550.00")


def test_a_project_without_a_name_or_number_is_blocked(make: "Make", codes: "Codes") -> None:
    assert codes(make.plan(make.item(project=Project("21", " "))), Level.BLOCKER) == {"option_empty"}


def test_the_bytes_are_json_that_reads_back_the_same(make: "Make") -> None:
    plan = make.plan()
    assert jsontext.loads(plan.body) == {"Invoices": [plan.payload]}
