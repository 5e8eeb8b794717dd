"""Contacts and tracking: names, limits, what is refused, what is dropped in silence."""

from typing import Any

import pytest

BOREX = "22222222-0000-4000-8000-000000000001"
LEFT = "22222222-0000-4000-8000-000000000003"
PROJECT = "33333333-0000-4000-8000-000000000001"
QUAY = "33333333-0000-4000-8000-000000000002"
TAKEN = (
    "The contact name borex steel is already assigned to another contact. The contact name must be unique across all"
    " active contacts."
)
ARCHIVED = (
    "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the"
    " API."
)
OPTIONS = f"/TrackingCategories/{PROJECT}/Options"


class TestContacts:
    async def test_put_makes_and_refuses_what_is_taken(self, books: Any) -> None:
        made = await books.one("PUT", "/Contacts", {"Contacts": [{"Name": "Dunn Plumbing", "ContactNumber": "1102"}]})
        assert [one["AddressType"] for one in made["Addresses"]] == ["STREET", "POBOX"]
        assert (made["ContactStatus"], made["IsSupplier"]) == ("ACTIVE", False)
        assert await books.refused("PUT", "/Contacts", {"Contacts": [{"Name": "borex steel"}]}) == [TAKEN]
        problems = await books.refused("PUT", "/Contacts", {"Contacts": [{"Name": "Other", "ContactNumber": "1102"}]})
        assert problems == ["Another contact has this contact number. Please enter a different contact number."]
        await books.good("PUT", "/Contacts", {"Contacts": [{"Name": "Left Town Ltd"}]})

    async def test_post_matches_by_id_number_and_name(self, books: Any) -> None:
        for key in ({"ContactID": BOREX}, {"ContactNumber": "1101", "Name": "Borex Steel"}, {"Name": "borex steel"}):
            changed = await books.one("POST", "/Contacts", {"Contacts": [{**key, "TaxNumber": "51824753556"}]})
            assert changed["ContactID"] == BOREX
        assert (await books.one("POST", "/Contacts", {"Contacts": [{"Name": "Unknown"}]}))["ContactID"] != BOREX

    async def test_addresses_are_merged_by_kind(self, books: Any) -> None:
        for kind, line in (("POBOX", "PO Box 1"), ("STREET", "1 Quay St")):
            body = {"Contacts": [{"Addresses": [{"AddressType": kind, "AddressLine1": line}]}]}
            changed = await books.one("POST", f"/Contacts/{BOREX}", body)
        assert {one["AddressType"]: one["AddressLine1"] for one in changed["Addresses"]} == {
            "POBOX": "PO Box 1",
            "STREET": "1 Quay St",
        }

    async def test_persons_are_replaced_whole(self, books: Any) -> None:
        persons = [{"FirstName": name, "EmailAddress": f"{name}@example.invalid"} for name in "abcdef"]
        await books.one("POST", f"/Contacts/{BOREX}", {"ContactPersons": persons[:2]})
        changed = await books.one("POST", f"/Contacts/{BOREX}", {"ContactPersons": persons[:1]})
        assert len(changed["ContactPersons"]) == 1
        assert await books.refused("POST", f"/Contacts/{BOREX}", {"ContactPersons": persons})

    @pytest.mark.parametrize(
        "members",
        [
            {"Name": ""},
            {"Name": " x"},
            {"Name": "x "},
            {"Name": "x  y"},
            {"Name": "a <b>"},
            {"Name": "n" * 256},
            {"Name": "x", "EmailAddress": "nowhere"},
            {"Name": "x", "ContactNumber": "9" * 51},
            {"Name": "x", "Addresses": [{"AddressType": "POBOX", "Country": "A1"}]},
            {"Name": "x", "Addresses": [{"AddressType": "POBOX", "AddressLine1": "a" * 501}]},
            {"Name": "x", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "1" * 51}]},
            {"EmailAddress": "a@example.invalid"},
        ],
    )
    async def test_bad_contacts(self, books: Any, members: dict[str, Any]) -> None:
        assert await books.refused("PUT", "/Contacts", {"Contacts": [members]})

    async def test_a_delivery_address_can_not_be_read(self, books: Any) -> None:
        answer = await books.call("PUT", "/Contacts", {"Name": "x", "Addresses": [{"AddressType": "DELIVERY"}]})
        assert answer.json()["ErrorNumber"] == 14

    async def test_archived_contacts(self, books: Any) -> None:
        assert await books.refused("POST", f"/Contacts/{LEFT}", {"EmailAddress": ""}) == [ARCHIVED]
        names = [one["Name"] for one in (await books.good("GET", "/Contacts"))["Contacts"]]
        assert "Left Town Ltd" not in names
        data = await books.good("GET", f"/Contacts?includeArchived=True&IDs={LEFT}")
        assert data["Contacts"][0]["ContactStatus"] == "ARCHIVED"
        await books.one("POST", f"/Contacts/{BOREX}", {"ContactStatus": "ARCHIVED"})
        assert await books.refused("POST", f"/Contacts/{BOREX}", {"ContactStatus": "ACTIVE"}) == [ARCHIVED]
        await books.act(f"/xero/contacts/{BOREX}/restore")
        await books.one("POST", f"/Contacts/{BOREX}", {"TaxNumber": "1"})

    async def test_look_ups(self, books: Any) -> None:
        for query in ('where=Name=="Borex Steel"', 'where=ContactNumber=="1101"', "searchTerm=BOREX", f"IDs={BOREX}"):
            (found,) = (await books.good("GET", f"/Contacts?{query}"))["Contacts"]
            assert found["ContactID"] == BOREX
        assert (await books.one("GET", "/Contacts/1101"))["ContactID"] == BOREX
        assert (await books.call("GET", "/Contacts/nobody")).status_code == 404
        paged = await books.good("GET", "/Contacts?page=1&pageSize=1&order=Name")
        assert paged["pagination"]["itemCount"] == 2

    async def test_other_members_in_a_document_change_the_contact(self, books: Any) -> None:
        await books.one("POST", f"/Contacts/{BOREX}", {"ContactPersons": [{"FirstName": "Ann"}]})
        await books.make(Contact={"ContactID": BOREX})
        assert (await books.one("GET", f"/Contacts/{BOREX}"))["ContactPersons"]
        await books.make(Contact={"ContactID": BOREX, "Name": "Borex Steel Pty", "ContactPersons": []})
        changed = await books.one("GET", f"/Contacts/{BOREX}")
        assert (changed["Name"], changed["ContactPersons"]) == ("Borex Steel Pty", [])

    async def test_being_used_is_no_change_of_the_contact(self, books: Any) -> None:
        before = await books.one("GET", f"/Contacts/{BOREX}")
        books.clock.advance(60)
        await books.make()
        after = await books.one("GET", f"/Contacts/{BOREX}")
        assert (after["IsSupplier"], after["UpdatedDateUTC"]) == (True, before["UpdatedDateUTC"])


class TestTracking:
    @pytest.mark.parametrize(
        "entry",
        [
            {"Name": "Project", "Option": "2235 - Quay St"},
            {"TrackingCategoryID": PROJECT, "TrackingOptionID": QUAY},
            {"TrackingCategoryID": PROJECT.upper(), "Option": "2235 - Quay St"},
        ],
    )
    async def test_good_entries_are_shown_by_name(self, books: Any, entry: dict[str, str]) -> None:
        line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310", "Tracking": [entry]}
        made = await books.make(LineItems=[line])
        assert made["LineItems"][0]["Tracking"] == [
            {"Name": "Project", "Option": "2235 - Quay St", "TrackingCategoryID": PROJECT, "Options": []}
        ]

    @pytest.mark.parametrize(
        "entry",
        [
            {"Name": "Project", "Option": "2235 - Key St"},
            {"Name": "Project", "Option": "Old yard"},
            {"Name": "Region", "Option": "North"},
            {"TrackingCategoryID": PROJECT},
            {"TrackingCategoryID": 7, "TrackingOptionID": []},
            "2235 - Quay St",
            None,
            {},
        ],
    )
    async def test_anything_else_is_dropped_in_silence(self, books: Any, entry: Any) -> None:
        line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310", "Tracking": [entry]}
        assert (await books.make(LineItems=[line]))["LineItems"][0]["Tracking"] == []

    async def test_no_list_is_a_500_and_three_are_too_many(self, books: Any, bill: Any) -> None:
        line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310"}
        body = bill(LineItems=[{**line, "Tracking": {"Name": "Project", "Option": "2235 - Quay St"}}])
        answer = await books.call("PUT", "/Invoices", body)
        assert (answer.status_code, answer.json()["Status"]) == (500, 500)
        assert await books.refused("PUT", "/Invoices", bill(LineItems=[{**line, "Tracking": [{}, {}, {}]}]))

    async def test_a_renamed_option_is_renamed_on_documents(self, books: Any) -> None:
        option = {"Name": "Project", "Option": "2235 - Quay St"}
        line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310", "Tracking": [option]}
        made = await books.make(LineItems=[line])
        await books.good("POST", f"{OPTIONS}/{QUAY}", {"Name": "Quay St"})
        assert (await books.read(made))["LineItems"][0]["Tracking"][0]["Option"] == "Quay St"
        assert await books.refused("DELETE", f"{OPTIONS}/{QUAY}")
        assert (await books.one("POST", f"{OPTIONS}/{QUAY}", {"Status": "ARCHIVED"}))["IsArchived"] is True

    async def test_new_options(self, books: Any) -> None:
        data = await books.good("PUT", OPTIONS, {"Name": "2250 - Bridge"})
        assert (list(data)[-1], data["Options"][0]["Status"]) == ("Options", "ACTIVE")
        assert await books.refused("PUT", OPTIONS, {"Name": "2250 - bridge"})
        assert await books.refused("PUT", OPTIONS, {"Name": "n" * 101})
        assert await books.refused("PUT", OPTIONS, {})
        assert (await books.call("PUT", OPTIONS, {"Name": "trailing "})).status_code == 500
        unknown = "/TrackingCategories/99999999-0000-4000-8000-000000000000/Options"
        assert (await books.call("PUT", unknown, {"Name": "x"})).status_code == 500

    async def test_a_hundred_options_are_the_end(self, books: Any) -> None:
        await books.good("PUT", OPTIONS, {"Options": [{"Name": f"option {number}"} for number in range(98)]})
        assert await books.refused("PUT", OPTIONS, {"Name": "one too many"})

    async def test_two_categories_are_the_end(self, books: Any) -> None:
        second = await books.one("PUT", "/TrackingCategories", {"Name": "Cost code"})
        assert await books.refused("PUT", "/TrackingCategories", {"Name": "Third"})
        path = f"/TrackingCategories/{second['TrackingCategoryID']}"
        await books.good("POST", path, {"Status": "ARCHIVED"})
        await books.good("PUT", "/TrackingCategories", {"Name": "Third"})
        assert await books.refused("POST", path, {"Status": "ACTIVE"})
        listed = (await books.good("GET", "/TrackingCategories"))["TrackingCategories"]
        assert [one["Name"] for one in listed] == ["Project", "Third"]
        assert [one["Name"] for one in listed[0]["Options"]] == ["2235 - Quay St", "2241 - Depot"]
        whole = (await books.good("GET", "/TrackingCategories?includeArchived=true"))["TrackingCategories"]
        assert len(whole) == 3


class TestPapers:
    async def test_attachments(self, books: Any) -> None:
        made = await books.make()
        path = f"/Invoices/{made['InvoiceID']}/Attachments"
        header = {"Content-Type": "application/pdf"}
        first = await books.one("PUT", f"{path}/claim.pdf", content=b"one", headers=header)
        again = await books.one("POST", f"{path}/CLAIM.pdf", content=b"second", headers=header)
        assert (again["AttachmentID"], again["ContentLength"]) == (first["AttachmentID"], 6)
        for name in ("claim.pdf", first["AttachmentID"]):
            got = await books.call("GET", f"{path}/{name}")
            assert (got.content, got.headers["content-type"]) == (b"second", "application/pdf")
        assert (await books.read(made))["HasAttachments"] is True
        assert await books.refused("PUT", f"{path}/a%3Cb.pdf", content=b"x", headers=header)
        assert await books.refused("PUT", f"{path}/b.pdf?IncludeOnline=true", content=b"x", headers=header)
        assert await books.refused("PUT", f"{path}/c.pdf", content=b"", headers=header)
        for number in range(9):
            await books.good("PUT", f"{path}/{number}.pdf", content=b"x", headers=header)
        assert await books.refused("PUT", f"{path}/eleven.pdf", content=b"x", headers=header)
        assert (await books.call("GET", f"{path}/none.pdf")).status_code == 404

    async def test_history(self, books: Any) -> None:
        made = await books.make()
        path = f"/Invoices/{made['InvoiceID']}/History"
        await books.good("PUT", path, {"HistoryRecords": [{"Details": "Checked by Ann"}]})
        records = (await books.good("GET", path))["HistoryRecords"]
        assert [(one["Changes"], one["Details"]) for one in records] == [
            ("Note", "Checked by Ann"),
            ("Created", "DRAFT BX-1"),
        ]
        assert await books.refused("PUT", path, {"HistoryRecords": [{"Details": "x" * 2501}]})
        assert await books.refused("PUT", path, {"HistoryRecords": [{}]})


class TestSettings:
    async def test_currencies(self, books: Any) -> None:
        await books.good("PUT", "/Currencies", {"Code": "NZD", "Description": "New Zealand Dollar"})
        codes = [one["Code"] for one in (await books.good("GET", "/Currencies"))["Currencies"]]
        assert codes == ["AUD", "NZD", "USD"]
        assert await books.refused("PUT", "/Currencies", {"Code": "NZD"})
        assert await books.refused("PUT", "/Currencies", {})

    async def test_accounts_and_tax_rates(self, books: Any) -> None:
        active = await books.good("GET", '/Accounts?where=Status=="ACTIVE" AND Class=="EXPENSE"&order=Code DESC')
        assert [one["Code"] for one in active["Accounts"]] == ["311", "310"]
        account = await books.one("GET", f"/Accounts/{active['Accounts'][0]['AccountID']}")
        assert account["Name"] == "Concrete"
        assert (await books.call("GET", "/Accounts/nothing")).status_code == 404
        rate = await books.one("GET", "/TaxRates/INPUT")
        assert (rate["EffectiveRate"], rate["CanApplyToRevenue"]) == (10, False)
        for_sales = await books.good("GET", '/TaxRates?where=CanApplyToRevenue==true AND Status=="ACTIVE"')
        assert "INPUT" not in [one["TaxType"] for one in for_sales["TaxRates"]]
        assert (await books.call("GET", "/TaxRates/NOPE")).status_code == 404

    async def test_an_archived_account(self, books: Any, bill: Any) -> None:
        await books.act("/xero/accounts/310/archive")
        (problem,) = await books.refused("PUT", "/Invoices", bill())
        assert "has been archived" in problem
        await books.act("/xero/accounts/310/restore")
        await books.make()
