"""The contact of a document: mapped, or found by number or name, or made in a first step."""

from typing import Any, Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.plan import FirstStep, Step
from smoothx_tui.planning.traits import always, reads, unseen
from smoothx_tui.planning.wording import name_to_send, plain_id
from smoothx_tui.procore.items import Address, Company, Item
from smoothx_tui.settings.mapping import Mapping
from smoothx_tui.xero.organisation import Contact, ContactAddress, Contacts

LONGEST_NAME: Final = 255
LONGEST_NUMBER: Final = 50
EMPLOYEE: Final = "employee:"
"""A row of `mapping.contacts` that begins with this maps an employee's expenses."""


def contact(draft: Draft) -> None:
    """Mapped company first; else ContactNumber = Procore company id; else the exact name of an active contact; else
    the first step makes it.
    """
    company = draft.item.company
    if company is None:
        _no_company(draft)
        return
    row = f'mapping.contacts."{clean(company.id)}"'
    contacts = draft.books.organisation.contacts
    if mapped := draft.mapping.contacts.get(company.id):
        _mapped(draft, mapped, row)
    elif (found := contacts.by_number.get(company.id)) is not None:
        _take(draft, found, f"ContactNumber is Procore's company id {clean(company.id)}", row)
    else:
        _by_name(draft, company, row)


def contact_key(item: Item, mapping: Mapping, contacts: Contacts) -> str:
    """Whose document an item's would be, by the same rules but without judging: two items of one key have one contact.

    A ContactID, else the company's name, else what is known of an employee.
    """
    company = item.company
    if company is None:
        employee = EMPLOYEE + item.employee
        return mapping.contacts.get(employee, employee)
    if mapped := mapping.contacts.get(company.id):
        return mapped
    if (numbered := contacts.by_number.get(company.id)) is not None:
        return numbered.id
    name = name_to_send(company.name).casefold()
    active = [found for found in contacts.by_name.get(name, ()) if found.active]
    return active[0].id if len(active) == 1 else f"name:{name}"


def _no_company(draft: Draft) -> None:
    employee = draft.item.employee
    if not employee:
        text = "Procore names no company" if draft.bill else "the head contract names no client"
        draft.block("no_company", text, "set the vendor in Procore" if draft.bill else "set the client in Procore")
        return
    row = f'mapping.contacts."{EMPLOYEE}{clean(employee)}"'
    if mapped := draft.mapping.contacts.get(EMPLOYEE + employee):
        _mapped(draft, mapped, row)
        return
    draft.block(
        "no_company",
        f"an expense of {clean(employee)}, an employee, without a company",
        f"map a contact: {row} = a Xero ContactID, or set the vendor in Procore",
        "mapping.contacts",
    )


def _mapped(draft: Draft, contact_id: str, row: str) -> None:
    found = draft.books.organisation.contacts.by_id.get(contact_id)
    if found is None:
        text = f"Xero has no contact {clean(contact_id)}, which {row} names"
        draft.block("contact_unknown", text, f"correct {row}", row)
        return
    _take(draft, found, row, row)


def _take(draft: Draft, found: Contact, why: str, row: str) -> None:
    if not found.active:
        text = f"contact {clean(found.name)} is archived in Xero"
        draft.block("contact_archived", text, f"restore it in Xero, or map another in {row}", row)
        return
    if not plain_id(found.id):
        draft.block(
            "contact_unknown", f"Xero's id of contact {clean(found.name)} cannot be used", f"correct {row}", row
        )
        return
    draft.contact = found
    draft.contact_member = {"ContactID": found.id}
    draft.because("Contact.ContactID", why)


def _by_name(draft: Draft, company: Company, row: str) -> None:
    name = draft.outgoing_name("contact name", company.name)
    named = draft.books.organisation.contacts.by_name.get(name.casefold(), ()) if name else ()
    active = [found for found in named if found.active]
    if len(active) > 1:
        text = f"{len(active)} contacts in Xero are named {clean(name)}"
        draft.block("contact_ambiguous", text, f"map one in {row}", row)
    elif active:
        _take(draft, active[0], f"the active contact of that name, {clean(name)}", row)
    elif named:
        _take(draft, named[0], "", row)
    elif _name_fits(draft, name, row) and _number_fits(draft, company, row):
        draft.contact_member = {"ContactNumber": company.id}
        draft.because(
            "Contact.ContactNumber", "the contact that the first step creates, identified by Procore's company id"
        )
        draft.contact_body = {"name": name}
        draft.reason(f"no contact for {clean(name)}: it is created first", row)


def _name_fits(draft: Draft, name: str, row: str) -> bool:
    if name and len(name) <= LONGEST_NAME and "<" not in name and ">" not in name:
        return True
    if not name:
        text = "the company has no name in Procore"
    elif len(name) > LONGEST_NAME:
        text = f"the company's name has {len(name)} characters; Xero takes {LONGEST_NAME}"
    else:
        text = f"the company's name {clean(name)} has angle brackets, which Xero refuses"
    draft.block("contact_name", text, f"correct the name in Procore, or map a contact in {row}", row)
    return False


def _number_fits(draft: Draft, company: Company, row: str) -> bool:
    if company.id and company.id.isprintable() and len(company.id) <= LONGEST_NUMBER:
        return True
    draft.block("contact_number", "the company's id does not fit a ContactNumber", f"map a contact in {row}", row)
    return False


@unseen(address_postal_and_street=always)
@reads(address_postal_and_street=lambda traits: traits.ready and traits.address)
def contact_step(draft: Draft) -> None:
    """The first step that makes the contact, or fills an empty address of an existing one."""
    company = draft.item.company
    if company is None:
        return
    both = draft.settings.address_postal_and_street
    if draft.contact_body is not None:
        body = _new_contact(draft, company, str(draft.contact_body["name"]), both=both)
        draft.contact_body = body
        draft.first_step(FirstStep(Step.CREATE_CONTACT, body), at_front=True)
    elif draft.contact is not None and both and company.address != Address():
        _fill_addresses(draft, draft.contact, company)


def _new_contact(draft: Draft, company: Company, name: str, *, both: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"Name": name, "ContactNumber": company.id}
    if email := _fitting(draft, "e-mail address", company.email, LONGEST_NAME):
        if email.isascii() and "@" in email:
            body["EmailAddress"] = email
        else:
            draft.note("contact_detail_left_out", f"Xero would refuse the e-mail address {clean(email)}: left out")
    if tax_number := _fitting(draft, "tax number", company.tax_number, LONGEST_NUMBER):
        body["TaxNumber"] = tax_number
    address = address_members(draft, company.address)
    if address:
        types = ("POBOX", "STREET") if both else ("POBOX",)
        body["Addresses"] = [{"AddressType": kind, **address} for kind in types]
    if phone := _fitting(draft, "phone number", company.phone, LONGEST_NUMBER):
        body["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": phone}]
    return body


def address_members(draft: Draft, address: Address) -> dict[str, str]:
    """Procore's address in Xero's members; what Xero would refuse is left out with a note. {} where it is blank."""
    members = {
        "AddressLine1": _fitting(draft, "street", address.street, 500),
        "City": _fitting(draft, "city", address.city, 255),
        "Region": _fitting(draft, "region", address.region, 255),
        "PostalCode": _fitting(draft, "postal code", address.postal_code, 50),
        "Country": _country(draft, address.country),
    }
    return {name: text for name, text in members.items() if text}


def _country(draft: Draft, country: str) -> str:
    text = _fitting(draft, "country", country, 50)
    if text and not (text.isascii() and text.replace(" ", "").isalpha()):
        draft.note("contact_detail_left_out", f"Xero takes only letters in a country: {clean(text)} is left out")
        return ""
    return text


def _fitting(draft: Draft, what: str, text: str, longest: int) -> str:
    if not text:
        return ""
    text = draft.outgoing_name(what, text)
    if len(text) <= longest:
        return text
    draft.note("contact_detail_left_out", f"the {what} has {len(text)} characters, Xero takes {longest}: left out")
    return ""


def _fill_addresses(draft: Draft, found: Contact, company: Company) -> None:
    members = address_members(draft, company.address)
    if not members:
        return
    there = {address.type: address for address in found.addresses}
    empty = [kind for kind in ("POBOX", "STREET") if kind not in there or there[kind].empty]
    for kind in ("POBOX", "STREET"):
        if kind not in empty and _differs(there[kind], members):
            which = "postal" if kind == "POBOX" else "street"
            text = f"the {which} address of {clean(found.name)} differs in Xero and is left as it is"
            draft.note("address_differs", text)
    if empty:
        body = {"ContactID": found.id, "Addresses": [{"AddressType": kind, **members} for kind in empty]}
        draft.first_step(FirstStep(Step.UPDATE_CONTACT, body), at_front=True)
        which = " and ".join("postal" if kind == "POBOX" else "street" for kind in empty)
        draft.reason(f"the empty {which} address of {clean(found.name)} is filled first", "address_postal_and_street")


def _differs(there: ContactAddress, members: dict[str, str]) -> bool:
    held = {
        "AddressLine1": there.line1,
        "City": there.city,
        "Region": there.region,
        "PostalCode": there.postal_code,
        "Country": there.country,
    }
    return any(" ".join(held[name].split()).casefold() != text.casefold() for name, text in members.items())
