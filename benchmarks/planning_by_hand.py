"""The same payload by code written for nothing else: no reasons, no findings, no why, no incremental anything.

It makes the look-ups that the payload needs, obeys the settings that shape it, and refuses what can not be sent.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from smoothx_tui.planning.books import Books
from smoothx_tui.procore.items import Item, ItemLine, Kind
from smoothx_tui.settings.mapping import Mapping, Side, Terms, TermsType
from smoothx_tui.settings.schema import Settings, SyncStatus

CENT, ONE, ZERO = Decimal("0.01"), Decimal(1), Decimal(0)
NO_ROWS: MappingProxyType[str, str] = MappingProxyType({})


class Refused(Exception):  # noqa: N818 - as the product's own
    """Not to be sent."""


def payload_by_hand(item: Item, settings: Settings, mapping: Mapping, books: Books) -> dict[str, Any]:
    """The request's object for an item that Xero does not have yet. Raises Refused."""
    if item.status != "approved" or item.gone or item.origin_id:
        raise Refused(item.status)
    company = item.company
    if company is None or company.id in settings.ignore_contacts:
        raise Refused("contact")
    contact = books.organisation.contacts.by_number.get(company.id)
    if contact is None or not contact.active:
        raise Refused("contact")
    bill = item.kind is not Kind.HEAD_CONTRACT_CLAIM
    lines = _lines(item, settings, mapping, books, bill=bill)
    if not lines:
        raise Refused("no lines")
    return _document(item, settings, mapping, books, lines, contact.id, bill=bill)


def _lines(item: Item, settings: Settings, mapping: Mapping, books: Books, *, bill: bool) -> list[dict[str, Any]]:
    side, project = mapping.bill if bill else mapping.sale, item.project
    lines: list[dict[str, Any]] = []
    held: dict[tuple[str, str], Decimal] = {}
    given: dict[tuple[str, str], Decimal] = {}
    named = f"{project.number} - {project.name}" if settings.sync_project_number and project.number else project.name
    options = books.categories[mapping.project_tracking_category.casefold()].by_name
    for line in item.lines:
        if line.cost_type is not None and line.cost_type.id in settings.ignore_cost_types:
            continue
        if bill and any(tax.id in settings.ignore_tax_codes for tax in line.tax_codes):
            continue
        option = named
        if line.sub_job is not None and not settings.sub_job_as_project:
            option = f"{project.number}-{line.sub_job.code} - {line.sub_job.name}"
        known = options.get(option.casefold())
        option = known.name if known is not None else option
        tax_type = _tax_type(line, side, books) if bill else ""
        if line.amount:
            lines.append(_line(item, line, side, books, tax_type, option))
        if line.retained:
            held[tax_type, option] = held.get((tax_type, option), ZERO) - line.retained
        if line.released:
            given[tax_type, option] = given.get((tax_type, option), ZERO) + line.released
    lines += _retention(held, side.retention_retained, "Retention retained this period")
    return lines + _retention(given, side.retention_released, "Retention released this period")


def _tax_type(line: ItemLine, side: Side, books: Books) -> str:
    if not line.tax_codes:
        return ""
    tax_type = side.tax_codes[line.tax_codes[0].id]
    if books.organisation.tax_rates[tax_type].status != "ACTIVE":
        raise Refused(tax_type)
    return tax_type


def _line(item: Item, line: ItemLine, side: Side, books: Books, tax_type: str, option: str) -> dict[str, Any]:
    kind, code = line.cost_type, line.cost_code
    rows = side.projects.get(item.project.id, NO_ROWS)
    full, typed = code.full_code if code else "", f"{code.full_code}.{kind.code}" if code and kind else ""
    account = rows.get(typed) or rows.get(full) or side.cost_codes.get(typed) or side.cost_codes.get(full)
    account = account or side.default_account
    if not books.organisation.accounts[account].active:
        raise Refused(account)
    amount = line.amount.quantize(CENT, ROUND_HALF_UP)
    quantity, unit = ONE, amount
    if line.quantity and line.unit_cost and (line.quantity * line.unit_cost).quantize(CENT) == amount:
        quantity, unit = line.quantity, line.unit_cost
    row: dict[str, Any] = {
        "Description": f"{full} - {line.description}",
        "Quantity": quantity,
        "UnitAmount": unit,
        "AccountCode": account,
    }
    if tax_type:
        row["TaxType"] = tax_type
    row["Tracking"] = [{"Name": "Project", "Option": option}]
    return row


def _retention(groups: dict[tuple[str, str], Decimal], account: str, text: str) -> list[dict[str, Any]]:
    lines = []
    for (tax_type, option), amount in groups.items():
        row: dict[str, Any] = {"Description": text, "Quantity": ONE, "UnitAmount": amount.quantize(CENT)}
        row["AccountCode"] = account
        if tax_type:
            row["TaxType"] = tax_type
        row["Tracking"] = [{"Name": "Project", "Option": option}]
        lines.append(row)
    return lines


def _document(
    item: Item,
    settings: Settings,
    mapping: Mapping,
    books: Books,
    lines: list[dict[str, Any]],
    contact: str,
    *,
    bill: bool,
) -> dict[str, Any]:
    side, locked_to, day = mapping.bill if bill else mapping.sale, books.organisation.locked_to, item.date
    assert day is not None
    if locked_to is not None and day <= locked_to:
        if not settings.sync_prior_locked_period:
            raise Refused("locked")
        day = (locked_to.replace(day=1) + timedelta(days=32)).replace(day=1)
    status = "DRAFT"
    if bill and not settings.sync_as_draft:
        status = "SUBMITTED" if settings.sync_status is SyncStatus.AWAITING_APPROVAL else "AUTHORISED"
    number = (side.number_prefix if not bill else "") + item.number
    taken = books.bill_numbers.get((contact, number)) if bill else books.sales_numbers_folded.get(number.casefold())
    if taken:
        raise Refused("taken")
    assert side.terms is not None
    payload: dict[str, Any] = {
        "Type": "ACCPAY" if bill else "ACCREC",
        "Contact": {"ContactID": contact},
        "InvoiceNumber": number,
    }
    if not bill and item.contract is not None:
        payload["Reference"] = f"{item.contract.number} - {item.contract.title}"
    payload |= {
        "Url": item.url,
        "Date": day.isoformat(),
        "DueDate": max(day, item.due_date or _due(day, side.terms)).isoformat(),
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": item.currency.code if settings.multi_currency else books.organisation.base_currency,
        "Status": status,
        "LineItems": lines,
    }
    return payload


def _due(day: date, terms: Terms) -> date:
    if terms.type is TermsType.DAYS_AFTER_BILL_DATE:
        return day + timedelta(days=terms.day)
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.replace(day=min(terms.day, 28))
