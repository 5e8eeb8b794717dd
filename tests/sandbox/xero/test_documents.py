"""Making bills and sales invoices: what is kept, what is computed, what is refused."""

from decimal import Decimal
from typing import Any

import pytest

Document = Any


async def test_a_new_bill_is_a_draft_with_the_accounts_tax(books: Any) -> None:
    bill = await books.make(Url="https://app.procore.com/1/project/direct_costs/2", Reference="ours")
    assert (bill["Status"], bill["SubTotal"], bill["TotalTax"], bill["Total"]) == ("DRAFT", 100, 10, 110)
    assert bill["AmountDue"] == 110
    assert (bill["DateString"], bill["Date"]) == ("2026-06-30T00:00:00", "/Date(1782777600000+0000)/")
    assert bill["LineItems"][0]["TaxType"] == "INPUT"
    assert bill["Reference"] == "", "a bill has no reference"
    assert bill["Url"].endswith("direct_costs/2")
    assert bill["Contact"]["Name"] == "Borex Steel"
    assert await books.read(bill) == {**bill, "Contact": (await books.read(bill))["Contact"]}


async def test_the_envelope_and_the_rate_headers(books: Any) -> None:
    answer = await books.call("GET", "/Organisation")
    assert set(answer.json()) == {"Id", "Status", "ProviderName", "DateTimeUTC", "Organisations"}
    assert answer.headers["X-MinLimit-Remaining"] == "59"
    assert answer.headers["X-DayLimit-Remaining"] == "4999"
    assert answer.headers["X-AppMinLimit-Remaining"] == "9999"
    assert "PeriodLockDate" not in answer.json()["Organisations"][0]


@pytest.mark.parametrize(
    ("amount_types", "quantity", "unit", "expected"),
    [
        ("Exclusive", "1", "0.05", ("0.05", "0.01", "0.06")),
        ("Exclusive", "3", "33.335", ("100.01", "10.00", "110.01")),
        ("Inclusive", "1", "110", ("100.00", "10.00", "110.00")),
        ("Inclusive", "1", "0.05", ("0.05", "0.00", "0.05")),
        ("NoTax", "1", "99.99", ("99.99", "0.00", "99.99")),
        ("Exclusive", "8.2", "152.5", ("1250.50", "125.05", "1375.55")),
    ],
)
async def test_arithmetic(books: Any, amount_types: str, quantity: str, unit: str, expected: Any) -> None:
    line = {"Description": "x", "Quantity": float(quantity), "UnitAmount": float(unit), "AccountCode": "310"}
    bill = await books.make(LineAmountTypes=amount_types, LineItems=[line])
    assert tuple(f"{bill[name]:.2f}" for name in ("SubTotal", "TotalTax", "Total")) == expected


async def test_tax_is_rounded_per_line_and_then_summed(books: Any) -> None:
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 0.05, "AccountCode": "310"}
    bill = await books.make(LineItems=[line] * 3)
    assert (bill["SubTotal"], bill["TotalTax"]) == (Decimal("0.15"), Decimal("0.03"))


async def test_unit_amounts_are_cut_to_two_places_without_unitdp(books: Any, bill: Any) -> None:
    line = {"Description": "x", "Quantity": 1000, "UnitAmount": 0.1234, "AccountCode": "310"}
    cut = await books.one("PUT", "/Invoices", {"Invoices": [bill(LineItems=[line])]})
    assert (cut["LineItems"][0]["UnitAmount"], cut["SubTotal"]) == (Decimal("0.12"), 120)
    kept = await books.make(LineItems=[line])
    assert (kept["LineItems"][0]["UnitAmount"], kept["SubTotal"]) == (Decimal("0.1234"), Decimal("123.40"))
    shown = await books.one("GET", f"/Invoices/{kept['InvoiceID']}")
    assert shown["LineItems"][0]["UnitAmount"] == Decimal("0.12"), "shown cut, kept whole"
    assert (await books.read(kept))["LineItems"][0]["UnitAmount"] == Decimal("0.1234")


async def test_a_write_without_unitdp_cuts_lines_that_it_does_not_touch(books: Any) -> None:
    line = {"Description": "x", "Quantity": 1000, "UnitAmount": 0.1234, "AccountCode": "310"}
    made = await books.make(LineItems=[line])
    cut = await books.one("POST", f"/Invoices/{made['InvoiceID']}", {"InvoiceNumber": "BX-2"})
    assert cut["SubTotal"] == 120


async def test_a_line_amount_is_checked_or_makes_the_unit_amount(books: Any, bill: Any) -> None:
    line = {"Description": "x", "Quantity": 3, "UnitAmount": 33.33, "AccountCode": "310"}
    problems = await books.refused("PUT", "/Invoices", {"Invoices": [bill(LineItems=[{**line, "LineAmount": 100}])]})
    assert problems == ["The line total 100.00 does not match the expected line total 99.99"]
    del line["UnitAmount"]
    made = await books.make(LineItems=[{**line, "LineAmount": 100}])
    assert (made["LineItems"][0]["UnitAmount"], made["LineItems"][0]["LineAmount"]) == (Decimal("33.3333"), 100)


async def test_a_description_alone_is_a_line(books: Any) -> None:
    lines = [
        {"Description": "Only words"},
        {"Description": "Footings", "Quantity": 1, "UnitAmount": 5, "AccountCode": "310"},
    ]
    made = await books.make(LineItems=lines, Status="AUTHORISED")
    assert made["SubTotal"] == 5


BAD_DOCUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"Type": None}, "Invoice Type must be specified"),
    ({"Contact": None}, "A Contact must be specified for this type of transaction"),
    ({"Contact": {}}, "A Contact must be specified for this type of transaction"),
    ({"LineItems": []}, "One or more line items must be specified"),
    ({"LineItems": None}, "One or more line items must be specified"),
    ({"Status": "PAID"}, "Invoice not of valid status for creation"),
    ({"Status": "VOIDED"}, "Invoice not of valid status for creation"),
    ({"Status": "AUTHORISED", "DueDate": None}, "The document DueDate field must be specified."),
    ({"Status": "SUBMITTED", "DueDate": None}, "The document DueDate field must be specified."),
    ({"CurrencyCode": "NZD"}, "Organisation is not subscribed to currency NZD"),
    ({"Url": "https://go.xero.com/x"}, "The Url must not contain the word xero."),
    ({"InvoiceNumber": "n" * 256}, "The Invoice Number cannot be more than 255 characters long."),
]


@pytest.mark.parametrize(("members", "message"), BAD_DOCUMENTS)
async def test_a_bad_document_is_refused(books: Any, bill: Any, members: Any, message: str) -> None:
    assert message in await books.refused("PUT", "/Invoices", {"Invoices": [bill(**members)]})
    assert not books.sandbox.xero.invoices


BAD_LINES: list[tuple[dict[str, Any], str]] = [
    ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
    ({"AccountCode": "800"}, "Account code '800' is not a valid code for this document."),
    ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
    (
        {"AccountCode": "399"},
        "Account code '399' has been archived, or has been deleted. Each line item must reference a valid account.",
    ),
    ({"AccountCode": ""}, "Account code must be specified"),
    (
        {"TaxType": "GST on Income"},
        "The TaxType code GST on Income does not exist or cannot be used for this type of transaction.",
    ),
    ({"TaxType": "OUTPUT"}, "The TaxType code OUTPUT does not exist or cannot be used for this type of transaction."),
    ({"TaxType": "TAX001"}, "The TaxType code TAX001 does not exist or cannot be used for this type of transaction."),
    ({"Quantity": -1}, "The quantity value '-1.0000' is invalid. Quantity must not be less than zero."),
    ({"Description": ""}, "Description needs to be at least 1 char long"),
    ({"Description": "d" * 4001}, "Description must not exceed 4000 characters"),
    ({"DiscountRate": 10}, "Discounts can only be applied to ACCREC invoices."),
    ({"ItemCode": "BOLT"}, "Item code 'BOLT' is not valid"),
    ({"UnitAmount": 99_999_999_999}, "The line total is too large."),
]


@pytest.mark.parametrize(("members", "message"), BAD_LINES)
async def test_a_bad_line_is_refused(books: Any, bill: Any, members: Any, message: str) -> None:
    line = {"Description": "Footings", "Quantity": 1, "UnitAmount": 100, "AccountCode": "310", **members}
    body = {"Invoices": [bill(LineItems=[line], Status="AUTHORISED")]}
    assert message in await books.refused("PUT", "/Invoices", body)


async def test_tax_that_does_not_fit_the_account(books: Any, sale: Any) -> None:
    line = {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310", "TaxType": "OUTPUT"}
    problems = await books.refused("PUT", "/Invoices", {"Invoices": [sale(LineItems=[line])]})
    assert problems == ["The TaxType code 'OUTPUT' cannot be used with account code '310'."]


async def test_several_problems_are_told_at_once(books: Any, bill: Any) -> None:
    body = {"Invoices": [bill(Status="AUTHORISED", DueDate=None, CurrencyCode="NZD")]}
    assert len(await books.refused("PUT", "/Invoices", body)) == 2


async def test_negative_lines_are_fine_and_a_negative_total_is_not(books: Any, bill: Any) -> None:
    work = {"Description": "Work", "Quantity": 1, "UnitAmount": 1000, "AccountCode": "310"}
    retention = {"Description": "Retention", "Quantity": 1, "UnitAmount": -100, "AccountCode": "877"}
    made = await books.make(LineItems=[work, retention])
    assert (made["SubTotal"], made["TotalTax"]) == (900, 100)
    problems = await books.refused("PUT", "/Invoices", {"Invoices": [bill(LineItems=[retention])]})
    assert problems == ["The document total must not be negative."]


async def test_an_exponent_is_misread(books: Any) -> None:
    body = (
        '{"Type":"ACCPAY","Contact":{"ContactID":"22222222-0000-4000-8000-000000000001"},'
        '"LineItems":[{"Description":"x","Quantity":1,"UnitAmount":2.9104E-05,"AccountCode":"310"}]}'
    )
    problems = await books.refused("PUT", "/Invoices", content=body, headers={"Content-Type": "application/json"})
    assert problems == ["Account must be valid."]


async def test_sales_numbers_are_unique_and_bills_are_not(books: Any, sale: Any) -> None:
    await books.make()
    await books.make()
    first = await books.one("PUT", "/Invoices", {"Invoices": [sale()]})
    problems = await books.refused("PUT", "/Invoices", {"Invoices": [sale(InvoiceNumber="pc-3")]})
    assert problems == ["Invoice # must be unique."]
    await books.act(f"/xero/invoices/{first['InvoiceID']}/delete")
    assert (await books.one("PUT", "/Invoices", {"Invoices": [sale()]}))["InvoiceNumber"] == "PC-3"


async def test_a_sale_without_a_number_gets_one(books: Any, sale: Any) -> None:
    numbers = [
        (await books.one("PUT", "/Invoices", {"Invoices": [sale(InvoiceNumber=None)]}))["InvoiceNumber"]
        for _ in range(2)
    ]
    assert numbers == ["INV-0001", "INV-0002"]


async def test_discounts_on_sales(books: Any, sale: Any) -> None:
    line = {"Description": "x", "Quantity": 2, "UnitAmount": 50, "AccountCode": "200", "DiscountRate": 10}
    made = await books.one("PUT", "/Invoices", {"Invoices": [sale(LineItems=[line])]})
    assert (made["LineItems"][0]["LineAmount"], made["IsDiscounted"]) == (90, True)


async def test_the_currency_rate_is_the_one_given_or_the_days(books: Any, bill: Any) -> None:
    assert (await books.make(CurrencyCode="USD"))["CurrencyRate"] == Decimal("0.6512")
    given = await books.make(CurrencyCode="USD", CurrencyRate=0.7123456789)
    assert given["CurrencyRate"] == Decimal("0.712346"), "six decimals"
    assert (await books.make(CurrencyRate=3))["CurrencyRate"] == 1, "the base currency has no rate"
    data = await books.good("PUT", "/Invoices", {"Invoices": [bill(CurrencyCode="USD", CurrencyRate=1.5356)]})
    assert "CurrencyRate" in data["Invoices"][0]["Warnings"][0]["Message"], "an odd rate warns and is taken"


async def test_a_document_with_a_new_contact_makes_it(books: Any) -> None:
    made = await books.make(Contact={"Name": "New Supplier"})
    again = await books.make(Contact={"Name": "new supplier"})
    assert made["Contact"]["ContactID"] == again["Contact"]["ContactID"]
    contact = await books.one("GET", f"/Contacts/{made['Contact']['ContactID']}")
    assert (contact["IsSupplier"], contact["IsCustomer"]) == (True, False)


async def test_an_archived_contact_takes_no_document(books: Any, bill: Any) -> None:
    for contact in ({"ContactID": "22222222-0000-4000-8000-000000000003"}, {"Name": "Left Town Ltd"}):
        (problem,) = await books.refused("PUT", "/Invoices", {"Invoices": [bill(Contact=contact)]})
        assert problem.startswith("The contact with the specified contact details has been archived.")


async def test_a_refused_document_leaves_no_new_contact(books: Any, bill: Any) -> None:
    await books.refused("PUT", "/Invoices", {"Invoices": [bill(Contact={"Name": "New"}, CurrencyCode="NZD")]})
    assert books.sandbox.xero.contact_named("New") is None
