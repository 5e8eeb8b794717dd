"""The documents of a scenario: references checked, lines and totals computed as Xero computes them.

Arithmetic of facts/xero.md 6: a line is quantity x unit amount, half up to two places; tax is per line, rounded, then
summed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.sandbox.scenario_check import Known, Place, write_instant
from smoothx_tui.sandbox.scenario_forms import fill, iso_date, iso_instant, made_id

_STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Books:
    """What a document may refer to."""

    accounts: Known
    taxes: Known
    currencies: Known
    categories: Known
    contacts: Known
    clock: datetime
    rates: dict[str, Decimal]
    base: str


def read_invoices(place: Place, data: dict[str, Any], books: Books) -> None:
    """Check and complete `data["Invoices"]` in place. Raises ConfigurationError."""
    known = Known("xero.Invoices")
    for at, found in place.objects(data, "Invoices"):
        named = Place(at.source, at.path, str(found.get("InvoiceNumber") or found.get("InvoiceID") or ""))
        _complete(named, found, books)
        known.add(named, "InvoiceID", named.required(found, "InvoiceID", str), found)


def _complete(place: Place, found: dict[str, Any], books: Books) -> None:
    kind = _one_of(place, found, "Type", ("ACCPAY", "ACCREC"), None)
    status = _one_of(place, found, "Status", _STATUSES, "DRAFT")
    _one_of(place, found, "LineAmountTypes", _AMOUNT_TYPES, "Exclusive")
    contact = _contact(place, found, books)
    contact["IsSupplier" if kind == "ACCPAY" else "IsCustomer"] = True
    for member in ("Date", "DueDate", "FullyPaidOnDate", "ExpectedPaymentDate", "PlannedPaymentDate"):
        iso_date(place, found, member)
    iso_instant(place, found, "UpdatedDateUTC")
    number = place.member(found, "InvoiceNumber", str, "")
    defaults = {
        "InvoiceID": made_id("Invoice", kind, number, place.path),
        "InvoiceNumber": number,
        "Reference": "",
        "Date": books.clock.date().isoformat(),
        "UpdatedDateUTC": write_instant(books.clock),
        "HasAttachments": False,
        "HasErrors": False,
        "IsDiscounted": False,
        "SentToContact": False,
        "LineItems": [],
    }
    fill(found, defaults)
    _currency(place, found, books)
    for line_place, line in place.objects(found, "LineItems"):
        _line(line_place, line, found, books)
    _totals(place, found, status)


def _one_of(place: Place, found: dict[str, Any], member: str, allowed: tuple[str, ...], default: str | None) -> str:
    value = place.member(found, member, str, default)
    if value is None:
        place.fail(member, "is missing")
    if value not in allowed:
        place.fail(member, f"{value!r} is none of {', '.join(allowed)}")
    found[member] = value
    return str(value)


def _contact(place: Place, found: dict[str, Any], books: Books) -> dict[str, Any]:
    given = place.required(found, "Contact", dict)
    if given.get("ContactID") is None and isinstance(given.get("Name"), str):
        same = (one for one in books.contacts.objects.values() if one["Name"] == given["Name"])
        contact = next(same, None)
        if contact is None:
            place.fail("Contact.Name", f"names {given['Name']}, which is not in xero.Contacts")
    else:
        contact = books.contacts.need(place, "Contact.ContactID", given.get("ContactID"))
    given["ContactID"] = contact["ContactID"]
    given.setdefault("Name", contact["Name"])
    return contact


def _currency(place: Place, found: dict[str, Any], books: Books) -> None:
    code = place.member(found, "CurrencyCode", str, books.base)
    books.currencies.need(place, "CurrencyCode", code)
    found["CurrencyCode"] = code
    default = Decimal(1) if code == books.base else books.rates.get(code)
    if found.get("CurrencyRate") is None and default is None:
        place.fail("CurrencyRate", f"is missing, and rates has no {code}")
    found["CurrencyRate"] = place.amount(found, "CurrencyRate", default)


def _line(place: Place, line: dict[str, Any], found: dict[str, Any], books: Books) -> None:
    fill(line, {"LineItemID": made_id("LineItem", found["InvoiceID"], place.path), "Description": "", "Tracking": []})
    line["Quantity"] = place.amount(line, "Quantity", Decimal(1))
    line["UnitAmount"] = place.amount(line, "UnitAmount", ZERO)
    default_tax = "NONE"
    if line.get("AccountCode") is not None:
        account = books.accounts.need(place, "AccountCode", line["AccountCode"])
        line.setdefault("AccountID", account["AccountID"])
        default_tax = account["TaxType"]
    fill(line, {"TaxType": default_tax})
    rate = books.taxes.need(place, "TaxType", line["TaxType"])["EffectiveRate"]
    line["LineAmount"] = place.amount(line, "LineAmount", cents(line["Quantity"] * line["UnitAmount"]))
    line["TaxAmount"] = place.amount(line, "TaxAmount", _tax(line["LineAmount"], rate, found["LineAmountTypes"]))
    for at, entry in place.objects(line, "Tracking"):
        _tracking(at, entry, books)


def _tax(amount: Decimal, percent: Decimal, amount_types: str) -> Decimal:
    if amount_types == "NoTax":
        return cents(ZERO)
    share = percent / _HUNDRED
    return cents(amount * share if amount_types == "Exclusive" else amount * share / (1 + share))


def _tracking(place: Place, entry: dict[str, Any], books: Books) -> None:
    known = _find(books.categories.objects.values(), entry, "TrackingCategoryID", "Name")
    if known is None:
        place.fail("Name", f"names {entry.get('Name')}, which is not in xero.TrackingCategories")
    chosen = {"TrackingOptionID": entry.get("TrackingOptionID"), "Name": entry.get("Option")}
    option = _find(known["Options"], chosen, "TrackingOptionID", "Name")
    if option is None:
        place.fail("Option", f"names {entry.get('Option')}, which is not an option of {known['Name']}")
    entry.update(Name=known["Name"], Option=option["Name"], TrackingCategoryID=known["TrackingCategoryID"])
    entry["TrackingOptionID"] = option["TrackingOptionID"]


def _find(choices: Any, wanted: dict[str, Any], *members: str) -> dict[str, Any] | None:
    for member in members:
        if wanted.get(member) is not None:
            return next((one for one in choices if one[member] == wanted[member]), None)
    return None


def _totals(place: Place, found: dict[str, Any], status: str) -> None:
    lines: list[dict[str, Any]] = found["LineItems"]
    tax = sum((line["TaxAmount"] for line in lines), ZERO)
    amounts = sum((line["LineAmount"] for line in lines), ZERO)
    net = amounts - tax if found["LineAmountTypes"] == "Inclusive" else amounts
    found["SubTotal"] = place.amount(found, "SubTotal", cents(net))
    found["TotalTax"] = place.amount(found, "TotalTax", cents(tax))
    found["Total"] = place.amount(found, "Total", found["SubTotal"] + found["TotalTax"])
    paid = found["Total"] if status == "PAID" and not found.get("AmountCredited") else ZERO
    found["AmountPaid"] = place.amount(found, "AmountPaid", cents(paid))
    found["AmountCredited"] = place.amount(found, "AmountCredited", cents(ZERO))
    due = ZERO if status == "VOIDED" else found["Total"] - found["AmountPaid"] - found["AmountCredited"]
    found["AmountDue"] = place.amount(found, "AmountDue", cents(due))
    if found["AmountPaid"] and not found.get("Payments"):
        found["Payments"] = list(_payment(found))
    fill(found, {"Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []})


def _payment(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {
        "PaymentID": made_id("Payment", found["InvoiceID"]),
        "Date": found["Date"],
        "Amount": found["AmountPaid"],
        "CurrencyRate": found["CurrencyRate"],
        "HasAccount": False,
        "HasValidationErrors": False,
    }
