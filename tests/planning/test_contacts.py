"""Contacts, their addresses, and the first steps that make them."""

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.planning.plan import Action, Level, Plan, Step
from smoothx_tui.procore.items import Address, Company, Kind
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.organisation import Contact, ContactAddress, Contacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

FULL = Company(
    "1101",
    "Harbour  Concrete ",
    "accounts@harbour.example",
    "+61 2 5550 0000",
    "51 824 753 556",
    Address("1 Wharf Rd", "Sydney", "NSW", "2000", "Australia"),
)
BOTH = Settings(address_postal_and_street=True)


def _with(make: "Make", *contacts: Contact, company: Company | None = None, **changes: Any) -> Plan:
    item = make.item(company=company) if company else make.item()
    return make.plan(item, books=make.books(contacts=Contacts.of(contacts)), **changes)


def _member(plan: Plan) -> dict[str, str]:
    assert plan.payload is not None
    member: dict[str, str] = plan.payload["Contact"]
    return member


def test_mapped_then_by_number_then_by_name(make: "Make") -> None:
    named = make.contact(id="n", number="", name="harbour concrete")
    numbered = make.contact(id="num", number="1101", name="Else")
    mapped = make.contact(id="m", number="", name="Other")
    mapping = make.mapping(contacts=MappingProxyType({"1101": "m"}))
    assert _member(_with(make, named, numbered, mapped, mapping=mapping)) == {"ContactID": "m"}
    assert _member(_with(make, named, numbered, mapped)) == {"ContactID": "num"}
    assert _member(_with(make, named, mapped)) == {"ContactID": "n"}


def test_a_contact_that_is_not_there_is_made_first_and_named_by_its_number(make: "Make") -> None:
    plan = _with(make, company=FULL)
    assert plan.action is Action.CREATE
    assert _member(plan) == {"ContactNumber": "1101"}
    step = plan.first[0]
    assert step.step is Step.CREATE_CONTACT
    assert step.body == {
        "Name": "Harbour Concrete",
        "ContactNumber": "1101",
        "EmailAddress": "accounts@harbour.example",
        "TaxNumber": "51 824 753 556",
        "Addresses": [
            {
                "AddressType": "POBOX",
                "AddressLine1": "1 Wharf Rd",
                "City": "Sydney",
                "Region": "NSW",
                "PostalCode": "2000",
                "Country": "Australia",
            }
        ],
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "+61 2 5550 0000"}],
    }
    assert _with(make, company=FULL).first == plan.first


def test_what_xero_would_refuse_of_a_new_contact_is_left_out_with_a_note(make: "Make", codes: "Codes") -> None:
    company = replace(
        FULL,
        email="münz@harbour.example",
        phone="1" * 51,
        tax_number="2" * 51,
        address=Address("s" * 501, "Sydney", "", "", "N. 1"),
    )
    plan = _with(make, company=company)
    assert plan.action is Action.CREATE
    assert plan.first[0].body == {
        "Name": "Harbour Concrete",
        "ContactNumber": "1101",
        "Addresses": [{"AddressType": "POBOX", "City": "Sydney"}],
    }
    assert codes(plan, Level.NOTE) == {"contact_detail_left_out"}
    assert len(plan.findings) == 5


@pytest.mark.parametrize(
    ("company", "code"),
    [
        (replace(FULL, name="<b>Harbour</b>"), "contact_name"),
        (replace(FULL, name="x" * 256), "contact_name"),
        (replace(FULL, name=" "), "contact_name"),
        (replace(FULL, name="\x00"), "contact_name"),
        (replace(FULL, id="1" * 51), "contact_number"),
    ],
)
def test_names_that_xero_refuses_are_blocked(make: "Make", codes: "Codes", company: Company, code: str) -> None:
    plan = _with(make, company=company)
    assert codes(plan, Level.BLOCKER) == {code}
    assert "mapping.contacts" in next(finding.fix for finding in plan.findings if finding.code == code)


def test_archived_contacts_are_blocked_with_both_ways_out(make: "Make", codes: "Codes") -> None:
    gone = make.contact(status="ARCHIVED")
    for contact in (gone, replace(gone, number="")):
        plan = _with(make, contact)
        assert codes(plan, Level.BLOCKER) == {"contact_archived"}
        assert "restore it in Xero, or map another" in plan.findings[0].fix
    live = make.contact(id="live", number="")
    assert _member(_with(make, replace(gone, number=""), live)) == {"ContactID": "live"}


def test_unknown_and_ambiguous_contacts_are_blocked(make: "Make", codes: "Codes") -> None:
    mapping = make.mapping(contacts=MappingProxyType({"1101": "nowhere"}))
    assert codes(_with(make, make.contact(), mapping=mapping), Level.BLOCKER) == {"contact_unknown"}
    twins = (make.contact(id="a", number=""), make.contact(id="b", number=""))
    assert codes(_with(make, *twins), Level.BLOCKER) == {"contact_ambiguous"}


def test_an_expense_of_an_employee_without_a_company_needs_a_mapped_contact(make: "Make", codes: "Codes") -> None:
    item = make.item(Kind.DIRECT_COST, direct_cost_type="expense", company=None, employee="Jo Bloggs\x1b")
    plan = make.plan(item)
    assert codes(plan, Level.BLOCKER) == {"no_company"}
    assert 'mapping.contacts."employee:Jo Bloggs<U+001B>"' in plan.findings[0].fix
    mapping = make.mapping(contacts=MappingProxyType({"employee:Jo Bloggs\x1b": make.contact_id}))
    assert make.plan(item, mapping=mapping).action is Action.CREATE


def test_an_existing_contact_is_touched_only_where_an_address_is_empty(make: "Make", codes: "Codes") -> None:
    postal, street = make.contact().addresses
    for kept, filled in ((postal, "STREET"), (street, "POBOX")):
        empty = ContactAddress(filled)
        plan = _with(make, make.contact(addresses=(kept, empty)), company=FULL, settings=BOTH)
        assert [step.step for step in plan.first] == [Step.UPDATE_CONTACT]
        body = plan.first[0].body
        assert set(body) == {"ContactID", "Addresses"}
        assert [address["AddressType"] for address in body["Addresses"]] == [filled]
        assert _with(make, make.contact(addresses=(kept, empty)), company=FULL).first == ()


def test_an_address_that_differs_is_a_note_and_never_overwritten(make: "Make", codes: "Codes") -> None:
    postal, street = make.contact().addresses
    plan = _with(make, make.contact(addresses=(postal, replace(street, city="Perth"))), company=FULL, settings=BOTH)
    assert plan.first == ()
    assert codes(plan, Level.NOTE) == {"address_differs"}
    assert not _with(make, make.contact(), company=FULL, settings=BOTH).findings


def test_a_company_without_an_address_fills_nothing(make: "Make") -> None:
    company = replace(FULL, address=Address())
    assert _with(make, make.contact(addresses=()), company=company, settings=BOTH).first == ()
    assert "Addresses" not in _with(make, company=company, settings=BOTH).first[0].body


def test_what_is_previewed_of_a_new_contacts_document_is_what_is_sent(make: "Make") -> None:
    """The payload names the contact by its number, which needs no id, so its bytes can stay as they were approved."""
    plan = _with(make, company=FULL)
    why = dict(plan.why)
    assert '"Contact":{"ContactNumber":"1101"}' in plan.body
    assert plan.first[0].body["ContactNumber"] == "1101"
    assert why["Contact.ContactNumber"] == "the contact that the first step creates, identified by Procore's company id"
    assert any("it is created first" in reason.text for reason in plan.reasons)
