"""Xero's JSON to our types, tolerantly: null, missing and unknown values never stop the reading.

Business dates are the organisation's calendar days. Xero writes them as midnight UTC, so they are read from the text
form, or from the number as UTC, and never shifted into another time zone (facts: xero.md, wire basics).
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

from smoothx_tui.base.money import ZERO, NotAnAmount, amount
from smoothx_tui.xero.documents import Document, DocumentLine, DocumentType, Status, Tracking
from smoothx_tui.xero.organisation import (
    Account,
    Contact,
    ContactAddress,
    PaymentTerms,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

_WIRE_DATE: Final = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CLASSES: Final = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
_TERM_TYPES: Final = frozenset({"DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"})
_NO_ID: Final = "00000000-0000-0000-0000-000000000000"
_Row = TypeVar("_Row")


class LockDates(NamedTuple):
    """The organisation's two lock dates; each may be absent."""

    period: dt.date | None
    year: dt.date | None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; anything else in it, or no list at all, is passed over."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Text as it came; "" for null and for anything that is no text."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> Decimal | None:
    """An amount, quantity or rate; None where there is none."""
    try:
        return amount(value)
    except NotAnAmount:
        return None


def moment(value: Any) -> dt.datetime | None:
    """A time in either form Xero writes (`/Date(ms+0000)/` or ISO text), in UTC."""
    found = _WIRE_DATE.fullmatch(text(value))
    try:
        if found:
            return _EPOCH + dt.timedelta(milliseconds=int(found[1]))
        read = dt.datetime.fromisoformat(text(value))
    except (ValueError, OverflowError):
        return None
    return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)


def day(value: Any) -> dt.date | None:
    """A business date in either form; the zone of an ISO text is left aside, as the day is the organisation's own."""
    if _WIRE_DATE.fullmatch(text(value)):
        read = moment(value)
        return read.date() if read else None
    try:
        return dt.date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def document_id(value: Any) -> str:
    """A guid as text; "" for the all-zero id that Xero gives an element it refused."""
    found = text(value)
    return "" if found == _NO_ID else found


def parse_document(raw: dict[str, Any]) -> Document | None:
    """One invoice or bill; None where it has no id or is of a type that we neither write nor compare."""
    found_id, kind = document_id(raw.get("InvoiceID")), text(raw.get("Type"))
    if not found_id or kind not in set(DocumentType):
        return None
    status = text(raw.get("Status"))
    contact = raw["Contact"] if isinstance(raw.get("Contact"), dict) else {}
    return Document(
        id=found_id,
        type=DocumentType(kind),
        status=Status(status) if status in set(Status) else Status.UNKNOWN,
        number=text(raw.get("InvoiceNumber")),
        reference=text(raw.get("Reference")),
        contact_id=text(contact.get("ContactID")),
        contact_name=text(contact.get("Name")),
        date=day(raw.get("DateString")) or day(raw.get("Date")),
        due_date=day(raw.get("DueDateString")) or day(raw.get("DueDate")),
        line_amount_types=text(raw.get("LineAmountTypes")) or "Exclusive",
        currency=text(raw.get("CurrencyCode")),
        rate=number(raw.get("CurrencyRate")),
        url=text(raw.get("Url")),
        lines=tuple(_line(one) for one in objects(raw.get("LineItems"))),
        sub_total=number(raw.get("SubTotal")) or ZERO,
        total_tax=number(raw.get("TotalTax")) or ZERO,
        total=number(raw.get("Total")) or ZERO,
        amount_paid=number(raw.get("AmountPaid")) or ZERO,
        amount_credited=number(raw.get("AmountCredited")) or ZERO,
        updated_at=_stamp(raw.get("UpdatedDateUTC")) or _stamp(raw.get("UpdatedDateUTCString")),
        has_attachments=raw.get("HasAttachments") is True,
    )


def parse_documents(raw: Any) -> list[Document]:
    return [document for one in objects(raw) if (document := parse_document(one))]


def _line(raw: dict[str, Any]) -> DocumentLine:
    return DocumentLine(
        id=text(raw.get("LineItemID")),
        description=text(raw.get("Description")),
        quantity=number(raw.get("Quantity")),
        unit_amount=number(raw.get("UnitAmount")),
        line_amount=number(raw.get("LineAmount")),
        account_code=text(raw.get("AccountCode")),
        tax_type=text(raw.get("TaxType")),
        tax_amount=number(raw.get("TaxAmount")),
        tracking=tuple(
            Tracking(text(one.get("Name")), text(one.get("Option"))) for one in objects(raw.get("Tracking"))
        ),
    )


def _stamp(value: Any) -> str:
    """A time in one form, so that two answers of the same state compare equal; the raw text where it is no time."""
    read = moment(value)
    return read.isoformat(timespec="milliseconds") if read else text(value)


def parse_contacts(raw: Any) -> list[Contact]:
    return [_contact(one) for one in objects(raw) if text(one.get("ContactID"))]


def _contact(raw: dict[str, Any]) -> Contact:
    bills, sales = parse_terms(raw.get("PaymentTerms"))
    return Contact(
        id=text(raw.get("ContactID")),
        name=text(raw.get("Name")),
        number=text(raw.get("ContactNumber")),
        status=text(raw.get("ContactStatus")) or "ACTIVE",
        addresses=tuple(_address(one) for one in objects(raw.get("Addresses"))),
        bill_terms=bills,
        sales_terms=sales,
    )


def _address(raw: dict[str, Any]) -> ContactAddress:
    lines = (text(raw.get(f"AddressLine{number}")).strip() for number in range(1, 5))
    return ContactAddress(
        type=text(raw.get("AddressType")),
        line1=", ".join(line for line in lines if line),
        city=text(raw.get("City")),
        region=text(raw.get("Region")),
        postal_code=text(raw.get("PostalCode")),
        country=text(raw.get("Country")),
    )


def parse_terms(raw: Any) -> tuple[PaymentTerms | None, PaymentTerms | None]:
    """(terms for bills, terms for sales) of a contact or of the organisation."""
    holder = raw if isinstance(raw, dict) else {}
    return _terms(holder.get("Bills")), _terms(holder.get("Sales"))


def _terms(raw: Any) -> PaymentTerms | None:
    if not isinstance(raw, dict):
        return None
    days, kind = number(raw.get("Day")), text(raw.get("Type"))
    if days is None or days < 0 or days != int(days) or kind not in _TERM_TYPES:
        return None
    return PaymentTerms(int(days), kind)


def parse_accounts(raw: Any) -> dict[str, Account]:
    """Accounts by code. A bank account may have none; nothing can be posted to it by code, so it is left out."""
    accounts = (
        Account(
            code=text(one.get("Code")),
            name=text(one.get("Name")),
            status=text(one.get("Status")) or "ACTIVE",
            type=text(one.get("Type")),
            class_=text(one.get("Class")),
            tax_type=text(one.get("TaxType")),
            system_account=text(one.get("SystemAccount")),
        )
        for one in objects(raw)
    )
    return _by((account.code, account) for account in accounts)


def parse_tax_rates(raw: Any) -> dict[str, TaxRate]:
    rates = (
        TaxRate(
            tax_type=text(one.get("TaxType")),
            name=text(one.get("Name")),
            rate=number(one.get("EffectiveRate")) or ZERO,
            status=text(one.get("Status")) or "ACTIVE",
            applies_to=frozenset(name.upper() for name in _CLASSES if one.get(f"CanApplyTo{name}") is True),
        )
        for one in objects(raw)
    )
    return _by((rate.tax_type, rate) for rate in rates)


def _by(pairs: Iterable[tuple[str, _Row]]) -> dict[str, _Row]:
    return {key: value for key, value in pairs if key}


def parse_tracking(raw: Any) -> tuple[TrackingCategory, ...]:
    return tuple(
        TrackingCategory(
            id=text(one.get("TrackingCategoryID")),
            name=text(one.get("Name")),
            status=text(one.get("Status")) or "ACTIVE",
            options=tuple(
                TrackingOption(
                    id=text(option.get("TrackingOptionID")),
                    name=text(option.get("Name")),
                    status=text(option.get("Status")) or "ACTIVE",
                )
                for option in objects(one.get("Options"))
            ),
        )
        for one in objects(raw)
        if text(one.get("TrackingCategoryID"))
    )


def parse_lock_dates(raw: dict[str, Any]) -> LockDates:
    return LockDates(day(raw.get("PeriodLockDate")), day(raw.get("EndOfYearLockDate")))
