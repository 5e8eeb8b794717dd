"""Making and changing bills and sales invoices (facts/xero.md 4, 5, 6, 9 and 14)."""

import copy
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.sandbox.xero.answers import Invalid
from smoothx_tui.sandbox.xero.contact_rules import contact_of_document
from smoothx_tui.sandbox.xero.lines import LineContext, build_lines, reprice, totals
from smoothx_tui.sandbox.xero.reading import Exponent
from smoothx_tui.sandbox.xero.settled import PAID, change_settled
from smoothx_tui.sandbox.xero.state import XeroState, is_gone
from smoothx_tui.sandbox.xero.wire import lock_day

WRONG_STATE: Final = "Invoice not of valid status for modification"

_MICRO: Final = Decimal("0.000001")
_APPROVED: Final = ("AUTHORISED", "PAID")
_NEXT: Final = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
    "PAID": ("PAID",),
}
_PLAIN: Final = (
    "Date",
    "DueDate",
    "InvoiceNumber",
    "Url",
    "LineAmountTypes",
    "BrandingThemeID",
    "SentToContact",
)
_ODD_RATE: Final = Decimal(2)


@dataclass(slots=True)
class Outcome:
    """A document as it will be kept, its contact, and what the answer shows otherwise than what is kept."""

    invoice: dict[str, Any]
    contact: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    stamped: bool = True
    """Whether UpdatedDateUTC moves; not for a DueDate alone on a part-paid bill (facts/xero.md 12)."""


def new_invoice(state: XeroState, given: dict[str, Any], places: int) -> Outcome:
    """A new document. Raises Invalid; nothing is kept yet."""
    if "Type" not in given:
        raise Invalid("Invoice Type must be specified")
    status = given.get("Status", "DRAFT")
    if status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        raise Invalid("Invoice not of valid status for creation")
    if "Contact" not in given:
        raise Invalid("A Contact must be specified for this type of transaction")
    kind = given["Type"]
    invoice: dict[str, Any] = {
        "Type": kind,
        "InvoiceID": state.make_id(),
        "InvoiceNumber": "",
        "Reference": "",
        "Date": state.today(),
        "Status": status,
        "LineAmountTypes": "Exclusive",
        "SentToContact": False,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountPaid": cents(ZERO),
        "AmountCredited": cents(ZERO),
        "HasAttachments": False,
        "HasErrors": False,
    }
    if kind == "ACCREC" and not given.get("InvoiceNumber"):
        invoice["InvoiceNumber"] = _next_number(state)
    return _finished(state, invoice, {"LineItems": [], **given}, places)


def changed_invoice(state: XeroState, old: dict[str, Any], given: dict[str, Any], places: int) -> Outcome:
    """`old` with what is given. Raises Invalid; nothing is kept yet."""
    status = given.get("Status", old["Status"])
    if is_gone(old):
        raise Invalid(WRONG_STATE)
    settled = bool(old["AmountPaid"] or old["AmountCredited"] or old["Status"] == "PAID")
    if settled and status == "VOIDED":
        raise Invalid(PAID)
    silent = old["Status"] == "AUTHORISED" and not settled and "Status" not in given
    if status not in _NEXT[old["Status"]] or silent:
        raise Invalid(WRONG_STATE)
    _check_lock(state, old["Date"])
    if status in ("DELETED", "VOIDED"):
        return _removed(state, old, status)
    if given.get("Type", old["Type"]) != old["Type"]:
        raise Invalid("The Type of an invoice cannot be changed.")
    if settled:
        return _settled_change(state, old, given)
    if old["Status"] == "AUTHORISED" and given.get("CurrencyCode", old["CurrencyCode"]) != old["CurrencyCode"]:
        raise Invalid(WRONG_STATE)
    return _finished(state, copy.deepcopy(old), given, places)


def _removed(state: XeroState, old: dict[str, Any], status: str) -> Outcome:
    """The lines stay with their ids. A void's answer still tells the old AmountDue (recorded); a later read tells 0."""
    invoice = copy.deepcopy(old)
    invoice["Status"] = status
    shown = {}
    if status == "VOIDED":
        shown["AmountDue"] = invoice["AmountDue"]
        invoice["AmountDue"] = cents(ZERO)
    return Outcome(invoice, state.contacts[old["Contact"]["ContactID"]], shown)


def _settled_change(state: XeroState, old: dict[str, Any], given: dict[str, Any]) -> Outcome:
    """A bill with a payment or credit takes only what moves no money; a sales invoice nothing (facts/xero.md 5)."""
    if old["Type"] == "ACCREC":
        raise Invalid(PAID)
    invoice = copy.deepcopy(old)
    contact = contact_of_document(state, given["Contact"]) if "Contact" in given else None
    change_settled(state, invoice, given)
    if contact is not None:
        invoice["Contact"] = {"ContactID": contact["ContactID"], "Name": contact["Name"]}
    moved = {name for name, value in invoice.items() if value != old.get(name)}
    kept = contact or state.contacts[old["Contact"]["ContactID"]]
    return Outcome(invoice, kept, stamped=moved != {"DueDate"})


def _finished(state: XeroState, invoice: dict[str, Any], given: dict[str, Any], places: int) -> Outcome:
    """Put what is given into `invoice`, compute it, and check the whole."""
    problems: list[str] = []
    contact = _collect(problems, lambda: _contact(state, invoice, given))
    invoice.update({name: given[name] for name in _PLAIN if name in given})
    invoice["Status"] = given.get("Status", invoice["Status"])
    _side_members(invoice, given)
    warnings = _collect(problems, lambda: _currency(state, invoice, given)) or []
    context = LineContext(state, invoice["Type"], invoice["LineAmountTypes"], invoice["Status"] in _APPROVED, places)
    _collect(problems, lambda: _lines(invoice, given, context))
    problems += _document_problems(state, invoice)
    if problems:
        raise Invalid(*dict.fromkeys(problems))
    assert contact is not None
    return Outcome(invoice, contact, {}, warnings)


def _collect(problems: list[str], step: Any) -> Any:
    """Run one step; what it finds wrong joins the other problems, as Xero reports several at once."""
    try:
        return step()
    except Invalid as invalid:
        problems.extend(invalid.messages)
        return None


def _contact(state: XeroState, invoice: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    known = {name: invoice["Contact"][name] for name in ("ContactID",) if "Contact" in invoice}
    contact = contact_of_document(state, given.get("Contact", known))
    flag = "IsSupplier" if invoice["Type"] == "ACCPAY" else "IsCustomer"
    if not contact.get(flag):
        contact = {**contact, flag: True}
    invoice["Contact"] = {"ContactID": contact["ContactID"], "Name": contact["Name"]}
    return contact


def _side_members(invoice: dict[str, Any], given: dict[str, Any]) -> None:
    sale = invoice["Type"] == "ACCREC"
    if sale and "Reference" in given:
        invoice["Reference"] = given["Reference"]
    planned = "ExpectedPaymentDate" if sale else "PlannedPaymentDate"
    if planned in given:
        invoice[planned] = given[planned]
    if invoice["Status"] not in _APPROVED:
        invoice["SentToContact"] = False


def _currency(state: XeroState, invoice: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Sets code and rate; returns warnings. The rate is the one given, else the day's."""
    code = given.get("CurrencyCode", invoice.get("CurrencyCode", state.base_currency))
    if not state.currency_enabled(code):
        raise Invalid(f"Organisation is not subscribed to currency {code}")
    same = code == invoice.get("CurrencyCode")
    invoice["CurrencyCode"] = code
    if code == state.base_currency:
        invoice["CurrencyRate"] = Decimal(1)
        return []
    day_rate, rate = state.rates.get(code), given.get("CurrencyRate")
    if rate is None:
        rate = invoice["CurrencyRate"] if same and "CurrencyRate" in invoice else day_rate
    if rate is None:
        raise Invalid(f"No exchange rate is available for {code}.")
    if isinstance(rate, Exponent) or rate.quantize(_MICRO, ROUND_HALF_UP) <= 0:
        raise Invalid("The CurrencyRate must be greater than zero.")
    invoice["CurrencyRate"] = rate.quantize(_MICRO, ROUND_HALF_UP)
    odd = day_rate is not None and not day_rate / _ODD_RATE <= rate <= day_rate * _ODD_RATE
    return [f"The CurrencyRate {rate:f} differs from the day's rate {day_rate:f}."] if odd else []


def _lines(invoice: dict[str, Any], given: dict[str, Any], context: LineContext) -> None:
    if "LineItems" in given:
        known = {line["LineItemID"]: line for line in invoice.get("LineItems", ())}
        invoice["LineItems"] = build_lines(given["LineItems"], known, context)
    elif "LineAmountTypes" in given and invoice["LineItems"]:
        sent = [_as_sent(line) for line in invoice["LineItems"]]
        invoice["LineItems"] = build_lines(sent, {line["LineItemID"]: line for line in sent}, context)
    else:
        _recheck_kept(invoice, context)
    invoice.update(totals(invoice["LineItems"], invoice["LineAmountTypes"]))
    invoice["AmountDue"] = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]
    discounted = [line for line in invoice["LineItems"] if "DiscountRate" in line or "DiscountAmount" in line]
    invoice["IsDiscounted"] = bool(discounted)


def _recheck_kept(invoice: dict[str, Any], context: LineContext) -> None:
    """Lines that are not sent: cut to the call's places, and complete enough where the document gets approved."""
    for line in invoice["LineItems"]:
        reprice(line, context)
        if context.approved and not line.get("AccountCode") and line["LineAmount"]:
            raise Invalid("Account code must be specified")


def _as_sent(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in ("LineAmount", "TaxAmount", "AccountID")}


def _document_problems(state: XeroState, invoice: dict[str, Any]) -> list[str]:
    problems = []
    number, status = invoice["InvoiceNumber"], invoice["Status"]
    if len(number) > 255:
        problems.append("The Invoice Number cannot be more than 255 characters long.")
    taken = state.sales_invoice(number) if invoice["Type"] == "ACCREC" and number else None
    if taken is not None and taken["InvoiceID"] != invoice["InvoiceID"]:
        problems.append("Invoice # must be unique.")
    if "xero" in (invoice.get("Url") or "").lower():
        problems.append("The Url must not contain the word xero.")
    if status != "DRAFT" and "DueDate" not in invoice:
        problems.append("The document DueDate field must be specified.")
    if invoice.get("Total", ZERO) < 0:
        problems.append("The document total must not be negative.")
    if status in _APPROVED:
        problems += _lock_problem(state, invoice["Date"])
    return problems


def _lock_problem(state: XeroState, day: str) -> list[str]:
    lock = state.lock()
    if lock is None or day > lock.day:
        return []
    return [f"The document date cannot be before the {lock.kind} lock date, currently set at {lock_day(lock.day)}"]


def _check_lock(state: XeroState, day: str) -> None:
    problem = _lock_problem(state, day)
    if problem:
        raise Invalid(*problem)


def _next_number(state: XeroState) -> str:
    """Xero numbers sales invoices itself where none is given."""
    taken = [one["InvoiceNumber"] for one in state.invoices.values() if one["Type"] == "ACCREC"]
    numbers = [int(one[4:]) for one in taken if one.startswith("INV-") and one[4:].isdecimal()]
    return f"INV-{max(numbers, default=0) + 1:04d}"
