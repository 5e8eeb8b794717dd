"""One definition of a real difference between a payload and a document, for previews and for reading back.

What does not count: how numbers and dates are written, an account's default tax, the order of members and of tracking
entries, read-only members, and members that the payload leaves to Xero (rate, due date, tax type).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from smoothx_tui.base import jsontext
from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.base.text import clean
from smoothx_tui.planning.matching import normal
from smoothx_tui.planning.plan import Change
from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.xero.documents import Document, DocumentLine
from smoothx_tui.xero.organisation import Organisation

_NOTHING: Final[Mapping[tuple[str, str], str]] = {}


@dataclass(frozen=True, slots=True)
class Delta:
    """One difference. `line_id` and `position` say which line ("" and -1 for the head); `member` is "" for a whole
    line that comes (`xero` None) or goes (`planned` None).
    """

    member: str
    xero: str | None
    planned: str | None
    line_id: str = ""
    position: int = -1

    @property
    def path(self) -> str:
        if self.position < 0:
            return self.member
        return f"LineItems[{self.position}].{self.member}" if self.member else f"LineItems[{self.position}]"


def differences(payload: Mapping[str, Any], document: Document, organisation: Organisation) -> list[Change]:
    """What of the fields we own stands differently in Xero; [] where the document is what the payload says.

    `payload` may come from a plan or from JSON; its lines are found by LineItemID, else by their place.
    """
    return [Change(d.path, d.xero, d.planned) for d in deltas(payload, document, organisation)]


def deltas(
    payload: Mapping[str, Any],
    document: Document,
    organisation: Organisation,
    renamed: Mapping[tuple[str, str], str] = _NOTHING,
) -> list[Delta]:
    """The same with the lines named. `renamed`: (category, new option name) -> the name the option still has."""
    return [*_head(payload, document, organisation), *_lines(payload, document, organisation, renamed)]


def owned_fields_hash(document: Document) -> str:
    """SHA-256 over what a person could change of the fields we own, and over the status and what is paid."""
    owned = [
        [document.type.value, document.status.value, document.contact_id, document.number, document.reference],
        [document.url, _day(document.date), _day(document.due_date), document.line_amount_types, document.currency],
        [_plain(document.amount_paid), _plain(document.amount_credited)],
        [
            [
                line.id,
                normal(line.description),
                _plain(line.quantity),
                _plain(line.unit_amount),
                line.account_code,
                line.tax_type,
                sorted([entry.category, entry.option] for entry in line.tracking),
            ]
            for line in document.lines
        ],
    ]
    return hashlib.sha256(jsontext.dumps(owned).encode("utf-8", "surrogatepass")).hexdigest()


def _head(payload: Mapping[str, Any], document: Document, organisation: Organisation) -> list[Delta]:
    found: list[Delta] = []

    def compare(member: str, standing: str, planned: Any) -> None:
        if planned is not None and standing.strip() != str(planned).strip():
            found.append(Delta(member, clean(standing) or None, clean(str(planned))))

    compare("Type", document.type.value, payload.get("Type"))
    contact = payload.get("Contact") or {}
    planned_contact = contact.get("ContactID")
    if planned_contact is None and (number := contact.get("ContactNumber")):
        # Made by the first step: known by its number once the organisation has been read again.
        made = organisation.contacts.by_number.get(number)
        planned_contact = made.id if made is not None else None
    if planned_contact is not None and planned_contact != document.contact_id:
        found.append(Delta("Contact", clean(document.contact_name), _contact_text(planned_contact, organisation)))
    compare("InvoiceNumber", document.number, payload.get("InvoiceNumber"))
    compare("Reference", document.reference, payload.get("Reference"))
    if not _same_page(document.url, payload.get("Url")):
        compare("Url", document.url, payload.get("Url"))
    compare("Date", _day(document.date), payload.get("Date"))
    compare("DueDate", _day(document.due_date), payload.get("DueDate"))
    compare("LineAmountTypes", document.line_amount_types, payload.get("LineAmountTypes"))
    compare("CurrencyCode", document.currency or organisation.base_currency, payload.get("CurrencyCode"))
    rate = _number(payload.get("CurrencyRate"))
    if rate is not None and document.rate != rate:
        found.append(Delta("CurrencyRate", _plain(document.rate) or None, _plain(rate)))
    compare("Status", document.status.value, payload.get("Status"))
    return found


def _contact_text(contact_id: str, organisation: Organisation) -> str:
    known = organisation.contacts.by_id.get(contact_id)
    return clean(f"{known.name} ({contact_id})" if known is not None else contact_id)


def _same_page(standing: str, planned: object) -> bool:
    if not standing or not isinstance(planned, str):
        return False
    return standing == planned or ((named := item_named_by(planned)) is not None and item_named_by(standing) == named)


def _lines(
    payload: Mapping[str, Any],
    document: Document,
    organisation: Organisation,
    renamed: Mapping[tuple[str, str], str],
) -> list[Delta]:
    planned = payload.get("LineItems") or []
    pairs = _paired(planned, document.lines)
    free = [line for line in document.lines if all(line is not standing for standing in pairs)]
    found: list[Delta] = []
    for position, (line, standing) in enumerate(zip(planned, pairs, strict=True)):
        if standing is not None:
            found.extend(_line(line, standing, position, organisation, renamed))
            continue
        # A new line: Xero has given it an id of its own, if it is there already.
        same = next((other for other in free if not _line(line, other, position, organisation, renamed)), None)
        if same is not None:
            free.remove(same)
        else:
            found.append(Delta("", None, line_text(line), "", position))
    places = {id(line): position for position, line in enumerate(document.lines)}
    found.extend(Delta("", _standing_text(line), None, line.id, places[id(line)]) for line in free)
    return found


def _paired(planned: Sequence[Mapping[str, Any]], standing: Sequence[DocumentLine]) -> list[DocumentLine | None]:
    """The line of the document that each planned line names by its id, or has by its place where none has an id."""
    if not any(line.get("LineItemID") for line in planned):
        return [standing[position] if position < len(standing) else None for position in range(len(planned))]
    by_id = {line.id: line for line in standing}
    return [by_id.get(line.get("LineItemID", "")) for line in planned]


def _line(
    line: Mapping[str, Any],
    standing: DocumentLine,
    position: int,
    organisation: Organisation,
    renamed: Mapping[tuple[str, str], str],
) -> list[Delta]:
    found: list[Delta] = []

    def differ(member: str, xero: str, planned: str) -> None:
        found.append(Delta(member, clean(xero) or None, clean(planned) or None, standing.id, position))

    description = str(line.get("Description", ""))
    if normal(standing.description) != normal(description):
        differ("Description", standing.description, description)
    _amounts(line, standing, differ)
    account = str(line.get("AccountCode", ""))
    if account and standing.account_code != account:
        differ("AccountCode", standing.account_code, account)
    tax_type = str(line.get("TaxType", ""))
    if tax_type and (standing.tax_type or _default_tax(standing.account_code, organisation)) != tax_type:
        differ("TaxType", standing.tax_type, tax_type)
    there = {(entry.category, entry.option) for entry in standing.tracking}
    wanted = {(entry["Name"], entry["Option"]) for entry in line.get("Tracking") or ()}
    if there != wanted and there != {(name, renamed.get((name, option), option)) for name, option in wanted}:
        differ("Tracking", _tracking_text(there), _tracking_text(wanted))
    return found


def _amounts(line: Mapping[str, Any], standing: DocumentLine, differ: Any) -> None:
    quantity, unit_amount = _number(line.get("Quantity")), _number(line.get("UnitAmount"))
    if quantity is None or unit_amount is None:
        return
    if standing.quantity is None or standing.unit_amount is None:
        # Xero answered without the factors: only their product can be compared.
        amount = cents(quantity * unit_amount)
        if (standing.line_amount or ZERO) != amount:
            differ("LineAmount", _plain(standing.line_amount), _plain(amount))
        return
    if standing.quantity != quantity:
        differ("Quantity", _plain(standing.quantity), _plain(quantity))
    if standing.unit_amount != unit_amount:
        differ("UnitAmount", _plain(standing.unit_amount), _plain(unit_amount))


def _default_tax(account_code: str, organisation: Organisation) -> str:
    account = organisation.accounts.get(account_code)
    return account.tax_type if account is not None else ""


def line_text(line: Mapping[str, Any]) -> str:
    """A planned line in one text: description, amount, account."""
    quantity, unit_amount = _number(line.get("Quantity")) or ZERO, _number(line.get("UnitAmount")) or ZERO
    parts = [line.get("Description", ""), _plain(cents(quantity * unit_amount)), line.get("AccountCode", "")]
    return clean("  ".join(str(part) for part in parts if part))


def _standing_text(line: DocumentLine) -> str:
    amount = line.line_amount
    if amount is None and line.quantity is not None and line.unit_amount is not None:
        amount = cents(line.quantity * line.unit_amount)
    return clean("  ".join(part for part in (line.description, _plain(amount), line.account_code) if part))


def _tracking_text(entries: set[tuple[str, str]]) -> str:
    return "; ".join(f"{category}: {option}" for category, option in sorted(entries))


def _number(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _plain(value: Decimal | None) -> str:
    if value is None:
        return ""
    if not value.is_finite():
        return str(value)
    rounded = cents(value) if abs(value) < 10**15 else value
    return f"{rounded if rounded == value else value.normalize():f}"


def _day(value: Any) -> str:
    return value.isoformat() if value is not None else ""
