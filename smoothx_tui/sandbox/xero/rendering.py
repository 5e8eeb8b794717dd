"""Objects as answers have them. The state itself is never handed out."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from smoothx_tui.sandbox.xero.state import XeroState
from smoothx_tui.sandbox.xero.tracking import shown_tracking
from smoothx_tui.sandbox.xero.wire import ZERO_ID, dates_out, updated_out

_CENT: Final = Decimal("0.01")
_FOUR: Final = Decimal("0.0001")
_NESTED: Final = ("Payments", "CreditNotes", "Prepayments", "Overpayments")
_MEMBERS: Final = (
    "Type",
    "InvoiceID",
    "InvoiceNumber",
    "Reference",
    "Url",
    *_NESTED,
    "AmountDue",
    "AmountPaid",
    "AmountCredited",
    "SentToContact",
    "CurrencyRate",
    "HasErrors",
    "IsDiscounted",
    "HasAttachments",
    "Contact",
    "Date",
    "DueDate",
    "BrandingThemeID",
    "Status",
    "LineAmountTypes",
    "LineItems",
    "SubTotal",
    "TotalTax",
    "Total",
    "UpdatedDateUTC",
    "CurrencyCode",
)
_SUMMARY_DROPS: Final = (*_NESTED, "LineItems", "HasAttachments")


def shown_invoice(
    state: XeroState, invoice: dict[str, Any], places: int, *, lines: bool = True, summary: bool = False
) -> dict[str, Any]:
    """An invoice of a list (`lines` only where it is paged) or of a write."""
    kept: dict[str, Any] = {name: invoice[name] for name in _MEMBERS if name in invoice}
    kept.update((name, value) for name, value in invoice.items() if name not in kept)
    kept = {name: value for name, value in kept.items() if value is not None}
    if summary:
        kept = {name: value for name, value in kept.items() if name not in _SUMMARY_DROPS}
    else:
        kept["LineItems"] = [_line(state, line, places) for line in invoice["LineItems"]] if lines else []
        for name in _NESTED:
            kept[name] = [dates_out(one) for one in invoice.get(name, ())]
        kept["HasAttachments"] = bool(state.files.attachments.get(invoice["InvoiceID"]))
    kept["Contact"] = brief_contact(state, invoice)
    return dates_out(kept)


def single_invoice(state: XeroState, invoice: dict[str, Any], places: int) -> dict[str, Any]:
    """An invoice read by its id: its contact is told in full."""
    out = shown_invoice(state, invoice, places)
    contact = state.contacts.get(invoice["Contact"]["ContactID"])
    if contact is not None:
        out["Contact"] = shown_contact(contact)
    return out


def brief_contact(state: XeroState, invoice: dict[str, Any]) -> dict[str, Any]:
    """A document's contact in a list: id and name, the rest empty."""
    contact_id = invoice["Contact"]["ContactID"]
    known = state.contacts.get(contact_id)
    name = known["Name"] if known else invoice["Contact"].get("Name", "")
    empty: dict[str, Any] = {"Addresses": [], "Phones": [], "ContactGroups": [], "ContactPersons": []}
    return {"ContactID": contact_id, "Name": name, **empty, "HasValidationErrors": False}


def shown_contact(contact: dict[str, Any]) -> dict[str, Any]:
    """A contact, with all that is known."""
    out = {name: value for name, value in contact.items() if name != "UpdatedDateUTC" and value is not None}
    return {**out, **updated_out(contact["UpdatedDateUTC"])}


def shown_account(account: dict[str, Any]) -> dict[str, Any]:
    """An account."""
    out = {name: value for name, value in account.items() if name != "UpdatedDateUTC" and value is not None}
    return {**out, **updated_out(account.get("UpdatedDateUTC", ""))}


def echoed_invoice(given: dict[str, Any], known_id: str | None, messages: tuple[str, ...]) -> dict[str, Any]:
    """A refused element: what was sent, the refused Status included, and the zero id for a new document."""
    contact = given.get("Contact", {})
    echo = dates_out({name: value for name, value in given.items() if name not in ("Contact", "LineItems")})
    return {
        **echo,
        "InvoiceID": known_id or ZERO_ID,
        "Contact": {"ContactID": ZERO_ID, **contact, "HasValidationErrors": False},
        "LineItems": [_echoed_line(line) for line in given.get("LineItems", ())],
        "HasErrors": True,
        "ValidationErrors": [{"Message": message} for message in messages],
    }


def echoed_contact(given: dict[str, Any], known_id: str | None, messages: tuple[str, ...]) -> dict[str, Any]:
    """A refused contact."""
    return {
        **given,
        "ContactID": known_id or ZERO_ID,
        "HasValidationErrors": True,
        "ValidationErrors": [{"Message": message} for message in messages],
    }


def _echoed_line(line: dict[str, Any]) -> dict[str, Any]:
    tracking = line.get("Tracking")
    return {**line, "Tracking": tracking if _is_list_of_objects(tracking) else []}


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _line(state: XeroState, line: dict[str, Any], places: int) -> dict[str, Any]:
    unit = line["UnitAmount"].quantize(_FOUR if places == 4 else _CENT, ROUND_HALF_UP)
    out = {name: value for name, value in line.items() if value is not None}
    return {**out, "UnitAmount": unit, "Tracking": shown_tracking(line.get("Tracking", []), state)}
