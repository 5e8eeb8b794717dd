"""Lists and single reads: filters, order, pages, what is shown where."""

from typing import Any

import pytest


@pytest.fixture
async def filled(books: Any, sale: Any) -> Any:
    """Five bills a second apart, one of them approved, and a sales invoice."""
    for number in range(1, 6):
        books.clock.advance(1)
        status = "AUTHORISED" if number == 3 else "DRAFT"
        await books.make(InvoiceNumber=f"BX-{number}", Date=f"2026-06-{number:02d}", Status=status)
    books.clock.advance(1)
    await books.good("PUT", "/Invoices", {"Invoices": [sale(Reference="SC-9 Red fish")]})
    return books


async def _numbers(books: Any, query: str) -> list[str]:
    data = await books.good("GET", f"/Invoices?{query}")
    return [one["InvoiceNumber"] for one in data["Invoices"]]


WHERE = [
    ('Type=="ACCREC"', ["PC-3"]),
    ('Type=="ACCPAY" AND Status=="AUTHORISED"', ["BX-3"]),
    ('Type=="ACCPAY"&&Status=="AUTHORISED"', ["BX-3"]),
    ('InvoiceNumber=="BX-2" OR InvoiceNumber=="BX-4"', ["BX-2", "BX-4"]),
    ('(InvoiceNumber=="BX-2" OR InvoiceNumber=="BX-4") AND Date>DateTime(2026,06,03)', ["BX-4"]),
    ("Date >= DateTime(2026, 06, 02) AND Date < DateTime(2026, 06, 04)", ["BX-2", "BX-3"]),
    ('Contact.ContactID==Guid("22222222-0000-4000-8000-000000000002")', ["PC-3"]),
    ('Contact.Name=="Borex Steel" AND Total==110.00 AND InvoiceNumber=="BX-1"', ["BX-1"]),
    ('Contact.ContactNumber=="1101" AND Date==DateTime(2026,6,5)', ["BX-5"]),
    ("Total>=110 AND AmountPaid==0 AND Reference!=null AND SentToContact==true", []),
    ('Reference.Contains("Red")', ["PC-3"]),
    ('InvoiceNumber.StartsWith("PC") OR InvoiceNumber.EndsWith("5")', ["BX-5", "PC-3"]),
    ('InvoiceNumber=="a \\" b"', []),
]


@pytest.mark.parametrize(("where", "expected"), WHERE)
async def test_where(filled: Any, where: str, expected: list[str]) -> None:
    data = await filled.good("GET", "/Invoices", params={"where": where})
    assert [one["InvoiceNumber"] for one in data["Invoices"]] == expected


BAD_WHERE = [
    "Nonsense",
    'Colour=="red"',
    'InvoiceID=="22222222-0000-4000-8000-000000000002"',
    'InvoiceID==Guid("x")',
    'Date=="2026-06-30"',
    "Date==DateTime(2026)",
    "Date==DateTime(2026,13,1)",
    'Total=="x" AND',
    'Total>"x"',
    "(" * 60 + 'Type=="x"' + ")" * 60,
    'Type=="x" Status=="y"',
    "Type=='x'",
    "Total>null",
    "Type.Contains(1)",
]


@pytest.mark.parametrize("where", BAD_WHERE)
async def test_a_where_that_xero_could_not_read(filled: Any, where: str) -> None:
    answer = await filled.call("GET", "/Invoices", params={"where": where})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16), answer.text


async def test_comma_lists(filled: Any) -> None:
    first, second, *_ = filled.sandbox.xero.invoices
    assert await _numbers(filled, f"IDs={first},{second}") == ["BX-1", "BX-2"]
    assert await _numbers(filled, f"IDs={second.upper()}%2C%20{first}") == ["BX-1", "BX-2"]
    assert await _numbers(filled, "InvoiceNumbers=BX-4,pc-3") == ["BX-4", "PC-3"]
    assert await _numbers(filled, f"IDs={first}&InvoiceNumbers=BX-4") == []
    assert await _numbers(filled, "Statuses=AUTHORISED,PAID") == ["BX-3"]
    assert await _numbers(filled, "ContactIDs=22222222-0000-4000-8000-000000000002") == ["PC-3"]
    assert (await filled.call("GET", "/Invoices?IDs=7")).status_code == 400


async def test_order(filled: Any) -> None:
    assert await _numbers(filled, "order=Date DESC&Statuses=DRAFT&where=Type==%22ACCPAY%22") == [
        *("BX-5", "BX-4", "BX-2", "BX-1")
    ]
    assert (await _numbers(filled, "order=Type DESC, InvoiceNumber"))[0] == "PC-3"
    for bad in ("Colour", "Date UP", "Date ASC now", "Date Date", ","):
        assert (await filled.call("GET", f"/Invoices?order={bad}")).status_code == 400


async def test_pages(filled: Any) -> None:
    data = await filled.good("GET", "/Invoices?page=2&pageSize=4")
    assert data["pagination"] == {"page": 2, "pageSize": 4, "pageCount": 2, "itemCount": 6}
    assert [one["InvoiceNumber"] for one in data["Invoices"]] == ["BX-5", "PC-3"]
    assert data["Invoices"][0]["LineItems"], "lines only on pages"
    assert (await filled.good("GET", "/Invoices?page=0&pageSize=9999"))["pagination"]["pageSize"] == 1000
    assert (await filled.call("GET", "/Invoices?page=first")).status_code == 400
    whole = await filled.good("GET", "/Invoices")
    assert "pagination" not in whole
    assert not whole["Invoices"][0]["LineItems"]


async def test_a_summary_drops_lines_and_payments(filled: Any) -> None:
    data = await filled.good("GET", "/Invoices?page=1&summaryOnly=True")
    assert not {"LineItems", "Payments", "HasAttachments"} & set(data["Invoices"][0])


@pytest.mark.parametrize(
    "since",
    ["2026-07-03T09:00:04", "2026-07-03T09:00:04Z", "2026-07-03T19:00:04+10:00", "Fri, 03 Jul 2026 09:00:04 GMT"],
)
async def test_if_modified_since(filled: Any, since: str) -> None:
    data = await filled.good("GET", "/Invoices", headers={"If-Modified-Since": since})
    assert [one["InvoiceNumber"] for one in data["Invoices"]] == ["BX-4", "BX-5", "PC-3"]
    bad = await filled.call("GET", "/Invoices", headers={"If-Modified-Since": "yesterday"})
    assert bad.status_code == 412


async def test_search_and_created_by_my_app(filled: Any) -> None:
    assert await _numbers(filled, "searchTerm=red FISH") == ["PC-3"]
    filled.sandbox.xero.own.clear()
    assert await _numbers(filled, "createdByMyApp=true") == []


async def test_one_by_id_or_number(filled: Any) -> None:
    found = await filled.one("GET", "/Invoices/pc-3")
    assert found["Contact"]["Addresses"], "a single read tells the whole contact"
    same = await filled.one("GET", f"/Invoices/{found['InvoiceID'].upper()}")
    assert same == found


async def test_a_get_with_a_body(books: Any) -> None:
    await books.good("GET", "/Organisation", {})


async def test_dates_come_in_in_every_form(books: Any) -> None:
    for form in ("2026-06-30", "2026-06-30T00:00:00", "/Date(1782777600000)/", "/Date(1782777600000+0000)/"):
        assert (await books.make(Date=form))["DateString"] == "2026-06-30T00:00:00"


async def test_without_asking_for_json_the_answer_is_xml(books: Any) -> None:
    answer = await books.call("GET", "/TrackingCategories", headers={"Accept": "*/*"})
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<TrackingCategory>" in answer.text
    refused = await books.call("POST", "/Invoices", {"Type": "ACCPAY"}, headers={"Accept": "*/*"})
    assert refused.text.endswith("</ApiException>")


async def test_what_is_not_emulated_says_so(books: Any) -> None:
    answer = await books.call("DELETE", "/Contacts")
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (501, 20)
    assert (await books.call("GET", "/Payments")).status_code == 404
