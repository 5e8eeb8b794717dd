"""The endpoint /Contacts (facts/xero.md 7)."""

from collections.abc import Callable
from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Answer, Invalid, bad_query, envelope, good, not_found, validation
from smoothx_tui.sandbox.xero.contact_rules import changed_contact, matched, new_contact
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.members import CONTACT
from smoothx_tui.sandbox.xero.query import Where, names, ordered, page_of
from smoothx_tui.sandbox.xero.rendering import echoed_contact, shown_contact
from smoothx_tui.sandbox.xero.sifting import modified_since
from smoothx_tui.sandbox.xero.wire import as_guid, comma_list, read_flag

Contact = dict[str, Any]

_MEMBERS: Final = names(
    "ContactID ContactNumber AccountNumber ContactStatus Name FirstName LastName EmailAddress TaxNumber"
    " IsSupplier IsCustomer UpdatedDateUTC DefaultCurrency"
)
_SEARCHED: Final = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")


def list_contacts(call: Call) -> Answer:
    """GET /Contacts; archived ones only where they are asked for."""
    query = call.query
    found = modified_since(call, call.state.contacts.values())
    if not read_flag(query.get("includearchived")):
        found = [one for one in found if one.get("ContactStatus") != "ARCHIVED"]
    if "ids" in query:
        ids = [as_guid(one) for one in comma_list(query["ids"])]
        if None in ids:
            raise bad_query("IDs holds something that is no guid")
        found = [one for one in found if one["ContactID"] in ids]
    if query.get("where"):
        test = Where(query["where"], _MEMBERS).test
        found = [one for one in found if test(one)]
    if query.get("searchterm"):
        term = query["searchterm"].casefold()
        found = [one for one in found if any(term in str(one.get(name, "")).casefold() for name in _SEARCHED)]
    found = ordered(found, query.get("order") or "UpdatedDateUTC ASC", _MEMBERS)
    paging = None
    if "page" in query:
        page, paging = page_of(found, query["page"], query.get("pagesize"))
        found = list(page)
    shown = [shown_contact(one) for one in found]
    return good(envelope(call.state.clock.now(), "Contacts", shown, paging))


def get_contact(call: Call) -> Answer:
    """GET /Contacts/{id or contact number}; archived ones too."""
    return good(envelope(call.state.clock.now(), "Contacts", [shown_contact(_find(call))]))


def create_contacts(call: Call) -> Answer:
    """PUT /Contacts: a known name or number is refused."""
    return _write(call, lambda _given: None)


def save_contacts(call: Call) -> Answer:
    """POST /Contacts: changes those that it can match by id, number or name."""
    return _write(call, lambda given: matched(call.state, given))


def save_contact(call: Call) -> Answer:
    """POST /Contacts/{id}."""
    contact = _find(call)
    return _write(call, lambda _given: contact)


def _find(call: Call) -> Contact:
    wanted = call.params["id"]
    contact = call.state.contacts.get(as_guid(wanted) or "") or call.state.contact_by("ContactNumber", wanted)
    if contact is None:
        raise not_found()
    return contact


def _write(call: Call, match: Callable[[dict[str, Any]], Contact | None]) -> Answer:
    state = call.state
    summarize = read_flag(call.query.get("summarizeerrors"), default=True)
    good_ones, bad_ones, everything = [], [], []
    for given in call.elements("Contacts", CONTACT):
        known = match(given)
        try:
            contact = new_contact(state, given) if known is None else changed_contact(state, known, given)
        except Invalid as invalid:
            echo = echoed_contact(given, known["ContactID"] if known else None, invalid.messages)
            bad_ones.append(echo)
            everything.append({**echo, "StatusAttributeString": "ERROR"})
            continue
        state.put_contact(contact)
        good_ones.append(shown_contact(contact))
        everything.append({**good_ones[-1], "StatusAttributeString": "OK"})
    if summarize and bad_ones:
        return validation(bad_ones)
    return good(envelope(state.clock.now(), "Contacts", good_ones if summarize else everything))
