"""Many elements in one call, in both modes, and what the idempotency key covers."""

from decimal import Decimal
from typing import Any, ClassVar

import pytest

ZERO = "00000000-0000-0000-0000-000000000000"


async def test_good_ones_are_kept_although_the_answer_is_about_the_bad_ones(books: Any, bill: Any) -> None:
    body = {"Invoices": [bill(InvoiceNumber="good"), bill(InvoiceNumber="bad", LineItems=[])]}
    answer = await books.call("PUT", "/Invoices", body)
    assert answer.status_code == 400
    (element,) = answer.json()["Elements"]
    assert (element["InvoiceNumber"], element["InvoiceID"]) == ("bad", ZERO)
    assert [one["InvoiceNumber"] for one in books.sandbox.xero.invoices.values()] == ["good"]


@pytest.mark.parametrize("false", ["false", "False"])
async def test_every_element_has_its_own_result(books: Any, bill: Any, false: str) -> None:
    elements = [
        bill(InvoiceNumber="1"),
        bill(InvoiceNumber="2", Status="PAID"),
        bill(CurrencyCode="USD", CurrencyRate=9),
    ]
    data = await books.good("PUT", f"/Invoices?summarizeErrors={false}&unitdp=4", {"Invoices": elements})
    good, bad, odd = data["Invoices"]
    assert (good["StatusAttributeString"], good["HasErrors"]) == ("OK", False)
    assert (bad["StatusAttributeString"], bad["HasErrors"], bad["InvoiceID"]) == ("ERROR", True, ZERO)
    assert bad["Status"] == "PAID", "the refused status is echoed"
    assert bad["ValidationErrors"] == [{"Message": "Invoice not of valid status for creation"}]
    assert (odd["StatusAttributeString"], len(odd["Warnings"])) == ("WARNING", 1)


async def test_without_summarize_errors_there_is_no_status_attribute(books: Any, bill: Any) -> None:
    data = await books.good("PUT", "/Invoices?SummarizeErrors=true", {"Invoices": [bill()]})
    assert "StatusAttributeString" not in data["Invoices"][0]


async def test_one_number_twice_in_a_batch(books: Any, sale: Any) -> None:
    data = await books.good("PUT", "/Invoices?summarizeErrors=false", {"Invoices": [sale(), sale()]})
    assert [one["StatusAttributeString"] for one in data["Invoices"]] == ["OK", "ERROR"]


UNREADABLE: list[tuple[dict[str, Any], str]] = [
    ({"LineAmountTypes": "NO_TAX"}, "LineAmountType"),
    ({"Type": "ACCPAYCREDIT"}, "InvoiceType"),
    ({"Status": "Draft"}, "InvoiceStatus"),
    ({"Contact": {"ContactID": "42"}}, "Guid"),
    ({"Date": "30/06/2026"}, "DateTime"),
    ({"Date": 20260630}, "DateTime"),
    ({"LineItems": {}}, "List"),
    ({"LineItems": [{"Quantity": "1"}]}, "Decimal"),
    ({"LineItems": [{"Quantity": 1e300}]}, "Decimal"),
    ({"LineItems": ["x"]}, "Object"),
    ({"CurrencyCode": "DOLLARS"}, "CurrencyCode"),
    ({"SentToContact": "yes"}, "Boolean"),
    ({"InvoiceNumber": 7}, "String"),
]


@pytest.mark.parametrize(("members", "word"), UNREADABLE)
async def test_one_unreadable_element_ends_the_whole_request(books: Any, bill: Any, members: Any, word: str) -> None:
    body = {"Invoices": [bill(), bill(**members)]}
    answer = await books.call("PUT", "/Invoices?summarizeErrors=false", body)
    data = answer.json()
    assert (answer.status_code, data["ErrorNumber"], data["Type"]) == (400, 14, "PostDataInvalidException")
    assert word in data["Message"]
    assert "Invoices[1]" in data["Message"]
    assert "Elements" not in data
    assert not books.sandbox.xero.invoices


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b'{"Invoices":7}', b'{"Invoices":[]}', b'{"Invoices":[7]}', b'{"a":NaN}', b"\xff"],
)
async def test_a_body_that_is_no_list_of_objects(books: Any, content: bytes) -> None:
    answer = await books.call("POST", "/Invoices", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)


async def test_a_bare_object_and_unknown_members_are_taken(books: Any, bill: Any) -> None:
    made = await books.one("PUT", "/Invoices", bill(HasErrors=False, HasAttachments=False, Colour="red", Total=5))
    assert (made["Total"], "Colour" in made) == (110, False)


class TestPost:
    """POST changes what it can match and makes the rest."""

    async def test_a_sale_is_matched_by_its_number(self, books: Any, sale: Any) -> None:
        made = await books.one("POST", "/Invoices", {"Invoices": [sale()]})
        again = await books.one("POST", "/Invoices", {"Invoices": [sale(Reference="changed")]})
        assert (again["InvoiceID"], again["Reference"]) == (made["InvoiceID"], "changed")

    async def test_a_bill_is_not(self, books: Any, bill: Any) -> None:
        made = await books.one("POST", "/Invoices", {"Invoices": [bill()]})
        assert (await books.one("POST", "/Invoices", {"Invoices": [bill()]}))["InvoiceID"] != made["InvoiceID"]

    async def test_an_id_decides(self, books: Any, bill: Any) -> None:
        made = await books.make()
        body = bill(InvoiceID=made["InvoiceID"].upper(), InvoiceNumber="BX-2")
        assert (await books.one("POST", "/Invoices", {"Invoices": [body]}))["InvoiceID"] == made["InvoiceID"]

    async def test_an_unknown_id_does_not_become_the_documents(self, books: Any, bill: Any) -> None:
        wanted = "99999999-0000-4000-8000-000000000000"
        made = await books.one("POST", "/Invoices", {"Invoices": [bill(InvoiceID=wanted)]})
        assert made["InvoiceID"] != wanted


class TestIdempotencyKey:
    KEY: ClassVar = {"Idempotency-Key": "one"}

    async def test_the_first_answer_is_replayed(self, books: Any, bill: Any) -> None:
        first = await books.call("PUT", "/Invoices", bill(), headers=self.KEY)
        second = await books.call("PUT", "/Invoices", bill(), headers=self.KEY)
        assert first.content == second.content
        assert len(books.sandbox.xero.invoices) == 1

    async def test_for_about_six_minutes_from_the_first_use(self, books: Any, bill: Any) -> None:
        for wait, documents in ((0, 1), (200, 1), (159, 1), (2, 2)):
            books.clock.advance(wait)
            await books.good("PUT", "/Invoices", bill(), headers=self.KEY)
            assert len(books.sandbox.xero.invoices) == documents

    async def test_errors_are_replayed_too(self, books: Any, bill: Any) -> None:
        for _ in range(2):
            answer = await books.call("PUT", "/Invoices", bill(CurrencyCode="NZD"), headers=self.KEY)
            assert answer.status_code == 400
            await books.act("/xero/currencies/NZD")
            books.sandbox.xero.rates["NZD"] = Decimal("1.08")
        await books.good("PUT", "/Invoices", bill(CurrencyCode="NZD"), headers={"Idempotency-Key": "two"})

    async def test_another_request_under_the_key(self, books: Any, bill: Any) -> None:
        await books.call("PUT", "/Invoices", bill(), headers=self.KEY)
        for method, path, body in (
            ("PUT", "/Invoices", bill(InvoiceNumber="BX-2")),
            ("PUT", "/Invoices?unitdp=4", bill()),
            ("POST", "/Invoices", bill()),
        ):
            answer = await books.call(method, path, body, headers=self.KEY)
            assert answer.status_code == 400
            assert "is used with a different request" in answer.text
        assert len(books.sandbox.xero.invoices) == 1

    async def test_a_read_does_not_look_at_it(self, books: Any) -> None:
        for path in ("/Invoices", "/Contacts"):
            await books.good("GET", path, headers=self.KEY)

    async def test_a_key_has_128_characters_at_most(self, books: Any, bill: Any) -> None:
        answer = await books.call("PUT", "/Invoices", bill(), headers={"Idempotency-Key": "k" * 129})
        assert answer.status_code == 400

    async def test_a_500_of_the_fault_plan_is_kept_under_it(self, books: Any, bill: Any) -> None:
        await books.act("/faults", [{"what": "server_error", "method": "PUT", "times": 1}])
        for _ in range(2):
            answer = await books.call("PUT", "/Invoices", bill(), headers=self.KEY)
            assert (answer.status_code, answer.json()["Title"]) == (500, "An error occurred")
        assert not books.sandbox.xero.invoices
        await books.act("/faults", [{"what": "server_error", "effect": "after", "times": 1}])
        headers = {"Idempotency-Key": "two"}
        assert (await books.call("PUT", "/Invoices", bill(), headers=headers)).status_code == 500
        assert (await books.call("PUT", "/Invoices", bill(), headers=headers)).status_code == 500
        assert len(books.sandbox.xero.invoices) == 1
