"""What Xero demands of a contact (facts/xero.md 7 and 14)."""

import copy
import re
from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Invalid
from smoothx_tui.sandbox.xero.state import XeroState

_LENGTHS: Final = {
    "Name": 255,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "ContactNumber": 50,
    "AccountNumber": 50,
    "CompanyNumber": 50,
    "TaxNumber": 50,
}
_ADDRESS_LENGTHS: Final = {
    **dict.fromkeys(("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"), 500),
    "City": 255,
    "Region": 255,
    "PostalCode": 50,
    "Country": 50,
    "AttentionTo": 255,
}
_PHONE_LENGTHS: Final = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
_MAX_PERSONS: Final = 5
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_ARCHIVED: Final = (
    "The specified contact details matched an archived contact."
    " Archived contacts cannot currently be edited via the API."
)
_ARCHIVED_ON_DOCUMENT: Final = (
    "The contact with the specified contact details has been archived. The contact must be un-archived before creating"
    " new invoices or credit notes."
)
_ADDRESS_KINDS: Final = ("STREET", "POBOX")
_PHONE_KINDS: Final = ("DEFAULT", "DDI", "FAX", "MOBILE")
_BLANK_PHONE: Final = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


def new_contact(state: XeroState, given: dict[str, Any]) -> dict[str, Any]:
    """A contact as it will be kept. Raises Invalid; nothing is kept yet."""
    _check(state, given, None)
    if not given.get("Name"):
        raise Invalid("The Contact Name must be specified.")
    blank: dict[str, Any] = {
        "ContactID": state.make_id(),
        "ContactStatus": "ACTIVE",
        "EmailAddress": "",
        "BankAccountDetails": "",
        "Addresses": [{"AddressType": kind} for kind in _ADDRESS_KINDS],
        "Phones": [{"PhoneType": kind, **_BLANK_PHONE} for kind in _PHONE_KINDS],
        "ContactGroups": [],
        "ContactPersons": [],
        "IsSupplier": False,
        "IsCustomer": False,
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
    return _merged(blank, {**given, "ContactID": blank["ContactID"]})


def changed_contact(state: XeroState, old: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """`old` with what is given. Raises Invalid; nothing is kept yet."""
    if old.get("ContactStatus") != "ACTIVE":
        raise Invalid(_ARCHIVED)
    _check(state, given, old)
    return _merged(copy.deepcopy(old), given)


def matched(state: XeroState, given: dict[str, Any]) -> dict[str, Any] | None:
    """The contact that a POST means: by id, else number, else name. Raises Invalid for an archived one of that name.

    An unknown id is no match, and the contact is then made under an id of Xero's own.
    """
    if "ContactID" in given and given["ContactID"] in state.contacts:
        return state.contacts[given["ContactID"]]
    by_number = state.contact_by("ContactNumber", given["ContactNumber"]) if given.get("ContactNumber") else None
    return by_number or state.contact_named(given.get("Name", ""))


def contact_of_document(state: XeroState, given: dict[str, Any]) -> dict[str, Any]:
    """The contact a document names, made or changed on the way as the service does. Raises Invalid.

    Nothing is kept yet: the caller keeps the contact together with the document.
    """
    others = {name: value for name, value in given.items() if name != "ContactID"}
    if "ContactID" in given:
        known = state.contacts.get(given["ContactID"])
        if known is None:
            raise Invalid("The Contact could not be found.")
        return _usable(known) if not others else changed_contact(state, _usable(known), others)
    if not given.get("Name") and not given.get("ContactNumber"):
        raise Invalid("A Contact must be specified for this type of transaction")
    known = matched(state, given)
    if known is None and given.get("Name"):
        known = state.contact_named(given["Name"], status="ARCHIVED")
    if known is None:
        return new_contact(state, given)
    return changed_contact(state, _usable(known), given) if set(given) - {"Name", "ContactNumber"} else _usable(known)


def _usable(contact: dict[str, Any]) -> dict[str, Any]:
    if contact.get("ContactStatus") != "ACTIVE":
        raise Invalid(_ARCHIVED_ON_DOCUMENT)
    return contact


def _check(state: XeroState, given: dict[str, Any], old: dict[str, Any] | None) -> None:
    problems = [*_name_problems(given), *_length_problems(given), *_taken(state, given, old)]
    email = given.get("EmailAddress")
    if email and not _EMAIL.match(email):
        problems.append("Email address must be valid.")
    if len(given.get("ContactPersons", ())) > _MAX_PERSONS:
        problems.append(f"A contact can have at most {_MAX_PERSONS} contact persons.")
    if problems:
        raise Invalid(*problems)


def _name_problems(given: dict[str, Any]) -> list[str]:
    name = given.get("Name")
    if name is None:
        return []
    if not name.strip():
        return ["The Contact Name must be specified."]
    if "<" in name or ">" in name:
        return ["The Contact Name must not contain angle brackets."]
    if name != " ".join(name.split(" ")).strip() or "  " in name:
        return ["The Contact Name must not have leading, trailing or repeated blanks."]
    return []


def _length_problems(given: dict[str, Any]) -> list[str]:
    problems = _too_long(given, _LENGTHS, "The Contact")
    for address in given.get("Addresses", ()):
        problems += _too_long(address, _ADDRESS_LENGTHS, "The Address")
        country = address.get("Country", "")
        if any(not (letter.isalpha() or letter in " .'-") for letter in country):
            problems.append("The Country of an address may hold letters only.")
    for phone in given.get("Phones", ()):
        problems += _too_long(phone, _PHONE_LENGTHS, "The Phone")
    return problems


def _too_long(found: dict[str, Any], lengths: dict[str, int], what: str) -> list[str]:
    return [
        f"{what} {member} cannot be more than {longest} characters long."
        for member, longest in lengths.items()
        if len(found.get(member, "")) > longest
    ]


def _taken(state: XeroState, given: dict[str, Any], old: dict[str, Any] | None) -> list[str]:
    own = old["ContactID"] if old else None
    problems = []
    name = given.get("Name", "")
    same = state.contact_named(name) if name else None
    if same is not None and same["ContactID"] != own:
        problems.append(
            f"The contact name {name} is already assigned to another contact. The contact name must be unique across"
            " all active contacts."
        )
    texts = {
        "ContactNumber": "Another contact has this contact number. Please enter a different contact number.",
        "AccountNumber": "The Account Number already exists. Please enter a different Account Number.",
    }
    for member, text in texts.items():
        found = state.contact_by(member, given[member]) if given.get(member) else None
        if found is not None and found["ContactID"] != own:
            problems.append(text)
    return problems


def _merged(contact: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Addresses and telephones are merged by their kind, contact persons are replaced whole."""
    for member, value in given.items():
        if member == "Addresses":
            contact[member] = _by_kind(contact.get(member, []), value, "AddressType", {})
        elif member == "Phones":
            contact[member] = _by_kind(contact.get(member, []), value, "PhoneType", _BLANK_PHONE)
        elif member != "ContactID":
            contact[member] = copy.deepcopy(value)
    return contact


def _by_kind(
    old: list[dict[str, Any]], given: list[dict[str, Any]], kind: str, blank: dict[str, str]
) -> list[dict[str, Any]]:
    kept = {one[kind]: one for one in old}
    for one in given:
        if kind in one:
            kept[one[kind]] = {kind: one[kind], **blank, **one}
    return list(kept.values())
