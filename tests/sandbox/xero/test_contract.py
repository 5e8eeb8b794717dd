"""Xero's own description of its API judges the sandbox's answers (and the requests of these tests)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from tests.judging import Description, Judged

Judge = Callable[[Sandbox], Judged]


@pytest.fixture
def judged(xero_description: Description) -> Judge:
    """A sandbox's transport, judged."""

    def judge(sandbox: Sandbox) -> Judged:
        return Judged(sandbox.transport(), xero_description, described=_described, request_fits=_fits)

    return judge


def _described(request: httpx.Request, response: httpx.Response) -> bool:
    if "json" not in response.headers.get("content-type", ""):
        return False
    return response.status_code == 200 or (response.status_code == 400 and request.method != "GET")


def _fits(request: httpx.Request, response: httpx.Response) -> bool:
    """What was refused need not; of raw bytes openapi-core wants text."""
    return response.status_code == 200 and request.headers.get("content-type") != "application/octet-stream"


async def test_every_answer_fits_the_description(
    start: Callable[..., Any], open_books: Callable[..., Any], judged: Judge, bill: Any, sale: Any
) -> None:
    sandbox = start()
    transport = judged(sandbox)
    books = open_books(sandbox, transport)
    await books.sign_in()
    await _settings(books)
    await _contacts(books)
    await _documents(books, bill, sale)
    await _papers(books, bill)
    await books.client.aclose()
    assert transport.violations == []
    assert transport.seen.total() > 35


async def test_the_default_scenario_fits_the_description(open_books: Any, judged: Judge) -> None:
    sandbox = Sandbox.from_scenario(default_scenario(), speed=0)
    transport = judged(sandbox)
    books = open_books(sandbox, transport)
    await books.sign_in()
    for path in ("/Organisation", "/Accounts", "/TaxRates", "/Currencies", "/TrackingCategories", "/Contacts"):
        await books.good("GET", path)
    await books.good("GET", "/Invoices?page=1&pageSize=1000&unitdp=4")
    await books.good("GET", "/Invoices?page=1&summaryOnly=true")
    await books.client.aclose()
    assert transport.violations == []


async def _settings(books: Any) -> None:
    for path in ("/Organisation", "/Accounts", "/TaxRates", "/TaxRates/INPUT", "/Currencies", "/TrackingCategories"):
        await books.good("GET", path)
    account = (await books.good("GET", "/Accounts"))["Accounts"][0]
    await books.good("GET", f"/Accounts/{account['AccountID']}")
    await books.good("PUT", "/Currencies", {"Code": "NZD"})
    category = await books.one("PUT", "/TrackingCategories", {"Name": "Cost code"})
    path = f"/TrackingCategories/{category['TrackingCategoryID']}"
    option = await books.one("PUT", f"{path}/Options", {"Name": "03-300"})
    await books.good("POST", f"{path}/Options/{option['TrackingOptionID']}", {"Status": "ARCHIVED"})
    await books.good("DELETE", f"{path}/Options/{option['TrackingOptionID']}")
    await books.good("GET", path)
    await books.good("POST", path, {"Name": "Codes"})
    await books.good("DELETE", path)


async def _contacts(books: Any) -> None:
    address = {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "City": "Sydney", "Country": "Australia"}
    made = await books.one("PUT", "/Contacts", {"Contacts": [{"Name": "Dunn Plumbing", "Addresses": [address]}]})
    await books.good("POST", f"/Contacts/{made['ContactID']}", {"Contacts": [{"EmailAddress": "a@example.invalid"}]})
    await books.good("GET", f"/Contacts/{made['ContactID']}")
    await books.good("GET", '/Contacts?where=Name=="Dunn Plumbing"&page=1&includeArchived=true')
    await books.refused("PUT", "/Contacts", {"Contacts": [{"Name": "Borex Steel"}]})
    await books.good("PUT", "/Contacts?summarizeErrors=false", {"Contacts": [{"Name": "Borex Steel"}]})


async def _documents(books: Any, bill: Any, sale: Any) -> None:
    made = await books.make(Status="AUTHORISED", CurrencyCode="USD", CurrencyRate=2)
    await books.act(f"/xero/invoices/{made['InvoiceID']}/pay", {"amount": 10})
    await books.act(f"/xero/invoices/{made['InvoiceID']}/credit", {"amount": 5})
    await books.read(made)
    await books.good("POST", f"/Invoices/{made['InvoiceID']}", {"InvoiceNumber": "BX-9"})
    await books.refused("POST", f"/Invoices/{made['InvoiceID']}", {"InvoiceID": made["InvoiceID"], "Status": "VOIDED"})
    batch = {"Invoices": [sale(), sale(), bill(Status="DRAFT"), bill(LineItems=[])]}
    await books.good("PUT", "/Invoices?summarizeErrors=false&unitdp=4", batch)
    await books.call("PUT", "/Invoices", batch)
    await books.good("POST", "/Invoices?summarizeErrors=false", {"Invoices": [sale(Reference="again")]})
    await books.good("GET", "/Invoices")
    await books.good("GET", f"/Invoices?IDs={made['InvoiceID']}&page=1&unitdp=4")
    await books.good("GET", '/Invoices?where=Type=="ACCPAY" AND Status=="DRAFT"&order=Date DESC&page=1&pageSize=2')
    await books.call("GET", "/Invoices?where=Nonsense")
    await books.call("PUT", "/Invoices", {"Invoices": [{"Type": "NO_TYPE"}]})
    voided = await books.make(Status="AUTHORISED")
    await books.good("POST", f"/Invoices/{voided['InvoiceID']}", {"Status": "VOIDED"})


async def _papers(books: Any, bill: Any) -> None:
    made = await books.make()
    path = f"/Invoices/{made['InvoiceID']}"
    header = {"Content-Type": "application/octet-stream"}
    await books.good("PUT", f"{path}/Attachments/claim.pdf", content=b"%PDF", headers=header)
    await books.good("GET", f"{path}/Attachments")
    await books.good("PUT", f"{path}/History", {"HistoryRecords": [{"Details": "Checked"}]})
    await books.good("GET", f"{path}/History")
