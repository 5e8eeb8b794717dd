"""The endpoint /Invoices (facts/xero.md 4, 5, 10, 12)."""

from collections.abc import Callable
from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Answer, Invalid, bad_query, envelope, good, not_found, validation
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.invoice_rules import Outcome, changed_invoice, new_invoice
from smoothx_tui.sandbox.xero.members import INVOICE
from smoothx_tui.sandbox.xero.query import Where, names, ordered, page_of
from smoothx_tui.sandbox.xero.rendering import echoed_invoice, shown_invoice, single_invoice
from smoothx_tui.sandbox.xero.sifting import modified_since
from smoothx_tui.sandbox.xero.state import XeroState
from smoothx_tui.sandbox.xero.wire import as_guid, comma_list, read_flag

Invoice = dict[str, Any]

_MEMBERS: Final = names(
    "Type Status InvoiceID InvoiceNumber Reference Date DueDate SubTotal TotalTax Total AmountDue"
    " AmountPaid AmountCredited CurrencyCode CurrencyRate UpdatedDateUTC FullyPaidOnDate ExpectedPaymentDate"
    " SentToContact LineAmountTypes Contact.ContactID Contact.Name Contact.ContactNumber"
)


def list_invoices(call: Call) -> Answer:
    """GET /Invoices."""
    query, state = call.query, call.state
    found = modified_since(call, _named(call))
    found = _filtered(call, found)
    found = ordered(found, query.get("order") or "UpdatedDateUTC ASC", _MEMBERS)
    if "page" not in query:
        shown = [shown_invoice(state, one, call.places, lines=False) for one in found]
        return good(envelope(state.clock.now(), "Invoices", shown))
    page, paging = page_of(found, query["page"], query.get("pagesize"))
    summary = read_flag(query.get("summaryonly"))
    shown = [shown_invoice(state, one, call.places, summary=summary) for one in page]
    return good(envelope(state.clock.now(), "Invoices", shown, paging))


def get_invoice(call: Call) -> Answer:
    """GET /Invoices/{id or number}."""
    invoice = find(call)
    return good(envelope(call.state.clock.now(), "Invoices", [single_invoice(call.state, invoice, call.places)]))


def create_invoices(call: Call) -> Answer:
    """PUT /Invoices: new documents only. An InvoiceID that is sent has no say."""
    return _write(call, lambda _given: None)


def save_invoices(call: Call) -> Answer:
    """POST /Invoices: changes the documents that it can match, makes the others.

    Matching: by InvoiceID; a sales invoice also by its number. A bill is never matched by number (not proven), and an
    unknown InvoiceID makes a document under another id.
    """
    state = call.state

    def match(given: dict[str, Any]) -> Invoice | None:
        if given.get("InvoiceID") in state.invoices:
            return state.invoices[given["InvoiceID"]]
        number = given.get("InvoiceNumber")
        return state.sales_invoice(number) if number and given.get("Type") == "ACCREC" else None

    return _write(call, match)


def save_invoice(call: Call) -> Answer:
    """POST /Invoices/{id}: changes one document."""
    invoice = find(call)
    return _write(call, lambda _given: invoice)


def find(call: Call) -> Invoice:
    """The document that the path names, by guid or by number. Raises Refused (404)."""
    wanted = call.params["id"]
    guid = as_guid(wanted)
    if guid in call.state.invoices:
        return call.state.invoices[guid]
    numbered = list(call.state.numbered(wanted)) if guid is None else []
    if not numbered:
        raise not_found()
    return numbered[-1]


def commit(state: XeroState, outcome: Outcome) -> None:
    """Keep a document and the contact that came with it."""
    contact = outcome.contact
    known = state.contacts.get(contact["ContactID"])
    flags = {"IsSupplier": contact.get("IsSupplier"), "IsCustomer": contact.get("IsCustomer")}
    if known is None or {**known, **flags} != contact:
        state.put_contact(contact)
    else:
        known.update(flags)
    if outcome.stamped:
        state.touch(outcome.invoice)
    else:
        state.put_invoice(outcome.invoice)


def _write(call: Call, match: Callable[[dict[str, Any]], Invoice | None]) -> Answer:
    """Each element stands alone: good ones are kept even where the answer is a 400 about the bad ones (seen)."""
    given = call.elements("Invoices", INVOICE)
    summarize = read_flag(call.query.get("summarizeerrors"), default=True)
    good_ones, bad_ones, everything = [], [], []
    for element in given:
        known = match(element)
        known_id = known["InvoiceID"] if known else None
        try:
            shown = _save(call, element, known)
            good_ones.append(shown)
            everything.append({**shown, "StatusAttributeString": "WARNING" if "Warnings" in shown else "OK"})
        except Invalid as invalid:
            echo = echoed_invoice(element, known_id, invalid.messages)
            bad_ones.append(echo)
            everything.append({**echo, "StatusAttributeString": "ERROR"})
    if summarize and bad_ones:
        return validation(bad_ones)
    return good(envelope(call.state.clock.now(), "Invoices", good_ones if summarize else everything))


def _save(call: Call, element: dict[str, Any], known: Invoice | None) -> dict[str, Any]:
    state = call.state
    if known is None:
        outcome = new_invoice(state, element, call.places)
        state.own.add(outcome.invoice["InvoiceID"])
    else:
        outcome = changed_invoice(state, known, element, call.places)
    commit(state, outcome)
    invoice = outcome.invoice
    verb = "Created" if known is None else "Edited"
    state.files.note(invoice["InvoiceID"], state.now_text(), verb, f"{invoice['Status']} {invoice['InvoiceNumber']}")
    shown = {**shown_invoice(state, invoice, call.places), **outcome.shown}
    if outcome.warnings:
        shown["Warnings"] = [{"Message": warning} for warning in outcome.warnings]
    return shown


def _named(call: Call) -> list[Invoice]:
    """The documents that the comma lists name; all where there is none."""
    query, state = call.query, call.state
    if "ids" in query:
        wanted = dict.fromkeys(_guids("IDs", query["ids"]))
        found = [state.invoices[one] for one in wanted if one in state.invoices]
    elif "invoicenumbers" in query:
        numbers = dict.fromkeys(comma_list(query["invoicenumbers"]))
        found = [one for number in numbers for one in state.numbered(number)]
    else:
        found = list(state.invoices.values())
    if "invoicenumbers" in query and "ids" in query:
        folded = {number.casefold() for number in comma_list(query["invoicenumbers"])}
        found = [one for one in found if one["InvoiceNumber"].casefold() in folded]
    return found


def _filtered(call: Call, found: list[Invoice]) -> list[Invoice]:
    query, state = call.query, call.state
    if "contactids" in query:
        contacts = set(_guids("ContactIDs", query["contactids"]))
        found = [one for one in found if one["Contact"]["ContactID"] in contacts]
    if "statuses" in query:
        statuses = {status.upper() for status in comma_list(query["statuses"])}
        found = [one for one in found if one["Status"] in statuses]
    if query.get("where"):
        test = Where(query["where"], _MEMBERS).test
        found = [one for one in found if test(_view(state, one))]
    if read_flag(query.get("createdbymyapp")):
        found = [one for one in found if one["InvoiceID"] in state.own]
    if query.get("searchterm"):
        term = query["searchterm"].casefold()
        found = [one for one in found if term in f"{one['InvoiceNumber']}\n{one.get('Reference', '')}".casefold()]
    return found


def _view(state: XeroState, invoice: Invoice) -> Invoice:
    """With the contact as it is today, for `Contact.Name` and the like."""
    contact = state.contacts.get(invoice["Contact"]["ContactID"])
    return {**invoice, "Contact": contact} if contact else invoice


def _guids(name: str, shown: str) -> list[str]:
    found = [as_guid(one) for one in comma_list(shown)]
    if None in found:
        raise bad_query(f"{name} holds something that is no guid")
    return [one for one in found if one is not None]
