import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.xero import parse
from smoothx_tui.xero.documents import DocumentType, Status, Tracking
from smoothx_tui.xero.organisation import PaymentTerms

ID = "11111111-2222-4333-8444-555555555555"
BILL: dict[str, Any] = {
    "Type": "ACCPAY",
    "InvoiceID": ID,
    "InvoiceNumber": "HC-0045",
    "Reference": "",
    "Url": "https://app.procore.com/1/project/direct_costs/2",
    "Contact": {"ContactID": "c1", "Name": "Harbour Concrete"},
    "DateString": "2026-06-30T00:00:00",
    "Date": "/Date(1782777600000+0000)/",
    "DueDate": "/Date(1785369600000)/",
    "Status": "AUTHORISED",
    "LineAmountTypes": "Exclusive",
    "LineItems": [
        {
            "LineItemID": "l1",
            "Description": "Footings",
            "Quantity": Decimal("1.0000"),
            "UnitAmount": Decimal("100.1250"),
            "LineAmount": Decimal("100.13"),
            "AccountCode": "310",
            "TaxType": "INPUT",
            "TaxAmount": Decimal("10.01"),
            "Tracking": [{"Name": "Project", "Option": "2235 - Quay St", "TrackingCategoryID": "t", "Options": []}],
        },
        {"Description": "only words"},
    ],
    "SubTotal": Decimal("100.13"),
    "TotalTax": Decimal("10.01"),
    "Total": Decimal("110.14"),
    "AmountPaid": Decimal("0.00"),
    "AmountCredited": 0,
    "CurrencyCode": "USD",
    "CurrencyRate": Decimal("0.651200"),
    "UpdatedDateUTC": "/Date(1782950400123+0000)/",
}


def test_a_bill() -> None:
    document = parse.parse_document(BILL)
    assert document is not None
    assert (document.id, document.type, document.status) == (ID, DocumentType.BILL, Status.AUTHORISED)
    assert (document.date, document.due_date) == (dt.date(2026, 6, 30), dt.date(2026, 7, 30))
    assert (document.contact_id, document.currency, document.rate) == ("c1", "USD", Decimal("0.651200"))
    assert (document.sub_total, document.total_tax, document.total) == (
        Decimal("100.13"),
        Decimal("10.01"),
        Decimal("110.14"),
    )
    first, second = document.lines
    assert first.unit_amount == Decimal("100.1250")
    assert first.tracking == (Tracking("Project", "2235 - Quay St"),)
    assert (second.description, second.quantity, second.account_code) == ("only words", None, "")
    assert not document.settled


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("/Date(1782777600000+0000)/", dt.date(2026, 6, 30)),
        ("/Date(1782777600000+1300)/", dt.date(2026, 6, 30)),
        ("/Date(1782777600000)/", dt.date(2026, 6, 30)),
        ("/Date(-86400000)/", dt.date(1969, 12, 31)),
        ("2026-06-30T00:00:00", dt.date(2026, 6, 30)),
        ("2026-06-30T23:59:59+13:00", dt.date(2026, 6, 30)),
        ("2026-06-30", dt.date(2026, 6, 30)),
        ("/Date(999999999999999)/", None),
        ("30/06/2026", None),
        (None, None),
        (5, None),
    ],
)
def test_business_dates_are_never_shifted(value: Any, day: dt.date | None) -> None:
    assert parse.day(value) == day


def test_one_moment_in_its_forms_compares_equal() -> None:
    forms = ["/Date(1782950400000+0000)/", "/Date(1782950400000)/", "2026-07-02T00:00:00Z", "2026-07-02T00:00:00"]
    stamps = {parse.parse_document(BILL | {"UpdatedDateUTC": form}).updated_at for form in forms}  # type: ignore[union-attr]
    assert len(stamps) == 1


def test_an_unknown_status_is_never_taken_for_one_that_may_be_changed() -> None:
    document = parse.parse_document(BILL | {"Status": "REVERSED"})
    assert document is not None
    assert document.status is Status.UNKNOWN
    assert document.settled
    assert not document.ended
    assert document.status.words


@pytest.mark.parametrize(
    "member", [{"Type": "ACCPAYCREDIT"}, {"InvoiceID": None}, {"InvoiceID": "00000000-0000-0000-0000-000000000000"}]
)
def test_what_is_no_document_of_ours_is_left_out(member: dict[str, Any]) -> None:
    assert parse.parse_document(BILL | member) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*BILL, "Name", "Options"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(BILL)), anything))
def test_no_member_of_a_document_stops_the_reading(members: dict[str, Any]) -> None:
    document = parse.parse_document(BILL | members)
    assert document is None or document.type in set(DocumentType)


@given(anything)
def test_no_list_stops_the_reading(raw: Any) -> None:
    parse.parse_documents(raw)
    parse.parse_contacts(raw)
    parse.parse_accounts(raw)
    parse.parse_tax_rates(raw)
    parse.parse_tracking(raw)
    parse.parse_terms(raw)


def test_accounts_by_code() -> None:
    accounts = parse.parse_accounts(
        [
            {"Code": "310", "Name": "Costs", "Class": "EXPENSE", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
            {"Code": "800", "SystemAccount": "CREDITORS", "Status": "ARCHIVED", "Class": "NEWCLASS"},
            {"Name": "a bank account without code"},
        ]
    )
    assert list(accounts) == ["310", "800"]
    assert accounts["310"].active
    assert (accounts["800"].active, accounts["800"].system_account) == (False, "CREDITORS")


def test_tax_rates_with_what_they_may_be_used_for() -> None:
    rates = parse.parse_tax_rates(
        [
            {
                "TaxType": "INPUT",
                "EffectiveRate": Decimal("10.0000"),
                "CanApplyToExpenses": True,
                "CanApplyToAssets": None,
            }
        ]
    )
    assert rates["INPUT"].rate == 10
    assert rates["INPUT"].applies_to == {"EXPENSES"}


def test_contacts_with_addresses_and_terms() -> None:
    (contact,) = parse.parse_contacts(
        [
            {
                "ContactID": "c1",
                "Name": "Borex Steel",
                "ContactNumber": "598134320001101",
                "ContactStatus": "ARCHIVED",
                "Addresses": [
                    {"AddressType": "POBOX", "AddressLine1": "Level 2", "AddressLine2": "1 Quay St", "City": "Sydney"},
                    {"AddressType": "STREET"},
                ],
                "PaymentTerms": {
                    "Bills": {"Day": 30, "Type": "DAYSAFTERBILLDATE"},
                    "Sales": {"Day": 20, "Type": "NEWTYPE"},
                },
            },
            {"Name": "without id"},
        ]
    )
    assert not contact.active
    assert contact.number == "598134320001101"
    assert contact.addresses[0].line1 == "Level 2, 1 Quay St"
    assert contact.addresses[1].empty
    assert contact.bill_terms == PaymentTerms(30, "DAYSAFTERBILLDATE")
    assert contact.sales_terms is None


def test_tracking_and_lock_dates() -> None:
    (category,) = parse.parse_tracking(
        [
            {
                "TrackingCategoryID": "t1",
                "Name": "Project",
                "Options": [{"TrackingOptionID": "o1", "Name": "2235", "Status": "ARCHIVED"}],
            }
        ]
    )
    assert category.options[0].status == "ARCHIVED"
    locks = parse.parse_lock_dates({"PeriodLockDate": "/Date(1780185600000+0000)/"})
    assert locks == (dt.date(2026, 5, 31), None)
