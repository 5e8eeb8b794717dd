"""What may become of a document, and what may still change on it."""

from decimal import Decimal
from typing import Any

import pytest

WRONG = "Invoice not of valid status for modification"
PAID = "This document cannot be edited as it has a payment or credit note allocated to it."

STEPS = [
    ("DRAFT", "DRAFT", True),
    ("DRAFT", "SUBMITTED", True),
    ("DRAFT", "AUTHORISED", True),
    ("DRAFT", "DELETED", True),
    ("DRAFT", "VOIDED", False),
    ("DRAFT", "PAID", False),
    ("SUBMITTED", "DRAFT", True),
    ("SUBMITTED", "AUTHORISED", True),
    ("SUBMITTED", "DELETED", True),
    ("SUBMITTED", "VOIDED", False),
    ("AUTHORISED", "AUTHORISED", True),
    ("AUTHORISED", "VOIDED", True),
    ("AUTHORISED", "DRAFT", False),
    ("AUTHORISED", "SUBMITTED", False),
    ("AUTHORISED", "DELETED", False),
    ("AUTHORISED", "PAID", False),
    ("DELETED", "DRAFT", False),
    ("DELETED", "DELETED", False),
    ("VOIDED", "AUTHORISED", False),
    ("VOIDED", "VOIDED", False),
]


async def _in(books: Any, status: str) -> dict[str, Any]:
    first = {"DELETED": "DRAFT", "VOIDED": "AUTHORISED"}.get(status, status)
    made: dict[str, Any] = await books.make(Status=first)
    return made if first == status else await _step(books, made, status)


async def _step(books: Any, invoice: dict[str, Any], status: str) -> dict[str, Any]:
    found: dict[str, Any] = await books.one("POST", f"/Invoices/{invoice['InvoiceID']}", {"Status": status})
    return found


@pytest.mark.parametrize(("before", "after", "allowed"), STEPS)
async def test_steps(books: Any, before: str, after: str, allowed: bool) -> None:
    invoice = await _in(books, before)
    path = f"/Invoices/{invoice['InvoiceID']}"
    if allowed:
        assert (await books.one("POST", path, {"Status": after}))["Status"] == after
    else:
        assert await books.refused("POST", path, {"Status": after}) == [WRONG]
        assert (await books.read(invoice))["Status"] == before


async def test_a_void_keeps_lines_and_its_answer_shows_the_old_amount_due(books: Any) -> None:
    made = await books.make(Status="AUTHORISED")
    answer = await _step(books, made, "VOIDED")
    assert answer["AmountDue"] == 110
    now = await books.read(made)
    assert (now["AmountDue"], now["Status"]) == (0, "VOIDED")
    assert now["LineItems"] == made["LineItems"]


async def test_an_approved_document_says_so_when_it_is_changed(books: Any) -> None:
    made = await books.make(Status="AUTHORISED")
    path = f"/Invoices/{made['InvoiceID']}"
    assert await books.refused("POST", path, {"InvoiceNumber": "BX-2"}) == [WRONG]
    changed = await books.one("POST", path, {"InvoiceNumber": "BX-2", "Status": "AUTHORISED", "DueDate": "2026-08-01"})
    assert (changed["InvoiceNumber"], changed["DueDateString"]) == ("BX-2", "2026-08-01T00:00:00")
    assert await books.refused("POST", path, {"Status": "AUTHORISED", "CurrencyCode": "USD"}) == [WRONG]


async def test_lines_are_kept_changed_added_and_removed_by_their_ids(books: Any) -> None:
    line = {"Description": "a", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310"}
    made = await books.make(LineItems=[line, {**line, "Description": "b"}])
    first, second = (one["LineItemID"] for one in made["LineItems"])
    lines = [{**line, "LineItemID": second, "UnitAmount": 7}, {**line, "Description": "c"}]
    changed = await books.one("POST", f"/Invoices/{made['InvoiceID']}?unitdp=4", {"LineItems": lines})
    kept, new = changed["LineItems"]
    assert (kept["LineItemID"], kept["UnitAmount"], kept["Description"]) == (second, 7, "a")
    assert new["LineItemID"] not in (first, second)
    assert changed["Total"] == Decimal("8.80")
    replaced = await books.one("POST", f"/Invoices/{made['InvoiceID']}", {"LineItems": [line]})
    assert replaced["LineItems"][0]["LineItemID"] not in (first, second, new["LineItemID"])


async def test_what_is_not_sent_stays(books: Any) -> None:
    made = await books.make(Url="https://app.procore.com/1")
    changed = await books.one("POST", f"/Invoices/{made['InvoiceID']}?unitdp=4", {"DueDate": "2026-08-01"})
    assert changed["LineItems"] == made["LineItems"]
    assert (changed["Url"], changed["InvoiceNumber"]) == (made["Url"], made["InvoiceNumber"])


async def test_payments_come_and_go(books: Any) -> None:
    made = await books.make(Status="AUTHORISED")
    path = f"/xero/invoices/{made['InvoiceID']}"
    await books.act(f"{path}/pay", {"amount": "10.00"})
    part = await books.read(made)
    assert (part["Status"], part["AmountPaid"], part["AmountDue"]) == ("AUTHORISED", 10, 100)
    assert part["Payments"][0]["Amount"] == 10
    await books.act(f"{path}/credit", {"amount": 20})
    await books.act(f"{path}/pay")
    paid = await books.read(made)
    assert (paid["Status"], paid["AmountPaid"], paid["AmountCredited"], paid["AmountDue"]) == ("PAID", 90, 20, 0)
    assert "FullyPaidOnDate" in paid
    await books.act(f"{path}/unpay")
    assert (await books.read(made))["Status"] == "AUTHORISED"
    await books.act(f"{path}/pay", {"amount": 1000}, expect=409)


@pytest.mark.parametrize("whole", [True, False])
async def test_a_bill_with_a_payment_takes_what_moves_no_money(books: Any, whole: bool) -> None:
    made = await books.make(Status="AUTHORISED")
    await books.act(f"/xero/invoices/{made['InvoiceID']}/pay", {} if whole else {"amount": 1})
    path = f"/Invoices/{made['InvoiceID']}?unitdp=4"
    (line,) = made["LineItems"]
    option = {"Name": "Project", "Option": "2235 - Quay St"}
    allowed = {"LineItemID": line["LineItemID"], "Description": "New words", "AccountCode": "311", "Tracking": [option]}
    changed = await books.one("POST", path, {"DueDate": "2026-09-01", "InvoiceNumber": "BX-7", "LineItems": [allowed]})
    assert changed["LineItems"][0]["AccountCode"] == "311"
    assert changed["LineItems"][0]["Tracking"][0]["Option"] == "2235 - Quay St"
    assert changed["Total"] == 110
    for body in (
        {"Date": "2026-06-01"},
        {"CurrencyCode": "USD"},
        {"LineItems": [{**allowed, "UnitAmount": 5}]},
        {"LineItems": [{"Description": "new", "Quantity": 1, "UnitAmount": 1, "AccountCode": "310"}]},
        {"LineItems": [allowed, {"Description": "more"}]},
        {"Status": "VOIDED"},
    ):
        assert await books.refused("POST", path, body) == [PAID], body


async def test_a_due_date_alone_on_a_part_paid_bill_is_missed_by_if_modified_since(books: Any) -> None:
    made = await books.make(Status="AUTHORISED")
    await books.act(f"/xero/invoices/{made['InvoiceID']}/pay", {"amount": 1})
    paid = await books.read(made)
    books.clock.advance(60)
    changed = await books.one("POST", f"/Invoices/{made['InvoiceID']}", {"DueDate": "2026-12-01"})
    assert (changed["DueDateString"], changed["UpdatedDateUTC"]) == ("2026-12-01T00:00:00", paid["UpdatedDateUTC"])
    changed = await books.one("POST", f"/Invoices/{made['InvoiceID']}", {"InvoiceNumber": "BX-8"})
    assert changed["UpdatedDateUTC"] != paid["UpdatedDateUTC"]


async def test_a_sale_with_a_payment_takes_nothing(books: Any, sale: Any) -> None:
    made = await books.one("PUT", "/Invoices", {"Invoices": [sale(Status="AUTHORISED")]})
    await books.act(f"/xero/invoices/{made['InvoiceID']}/pay", {"amount": 1})
    assert await books.refused("POST", f"/Invoices/{made['InvoiceID']}", {"DueDate": "2026-09-01"}) == [PAID]


async def test_the_type_of_a_document_stays(books: Any) -> None:
    made = await books.make()
    assert await books.refused("POST", f"/Invoices/{made['InvoiceID']}", {"Type": "ACCREC"})


async def test_an_unknown_document_is_a_page(books: Any) -> None:
    for method in ("GET", "POST"):
        answer = await books.call(method, "/Invoices/99999999-0000-4000-8000-000000000000", {})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


class TestLocked:
    """Dates on or before the later lock date."""

    PERIOD = "The document date cannot be before the period lock date, currently set at 30-Jun-2026"

    async def test_approved_documents_are_refused_and_drafts_are_not(self, books: Any, bill: Any) -> None:
        await books.act("/xero/lock", {"PeriodLockDate": "2026-06-30"})
        assert await books.refused("PUT", "/Invoices", {"Invoices": [bill(Status="AUTHORISED")]}) == [self.PERIOD]
        for status in ("DRAFT", "SUBMITTED"):
            await books.make(Status=status)
        await books.make(Status="AUTHORISED", Date="2026-07-01")
        organisation = await books.one("GET", "/Organisation")
        assert organisation["PeriodLockDate"] == "/Date(1782777600000+0000)/"

    async def test_the_later_of_the_two_dates_binds(self, books: Any, bill: Any) -> None:
        await books.act("/xero/lock", {"PeriodLockDate": "2026-05-31", "EndOfYearLockDate": "2026-06-30"})
        (problem,) = await books.refused("PUT", "/Invoices", {"Invoices": [bill(Status="AUTHORISED")]})
        assert problem == self.PERIOD.replace("period", "end of year")
        await books.act("/xero/lock", {"EndOfYearLockDate": None})
        await books.make(Status="AUTHORISED")

    async def test_nothing_changes_on_a_locked_document(self, books: Any) -> None:
        draft, approved = await books.make(), await books.make(Status="AUTHORISED")
        await books.act("/xero/lock", {"PeriodLockDate": "2026-06-30"})
        for invoice, body in (
            (draft, {"Status": "AUTHORISED"}),
            (draft, {"Date": "2026-07-01"}),
            (draft, {"Status": "DELETED"}),
            (approved, {"Status": "VOIDED"}),
            (approved, {"Status": "AUTHORISED", "DueDate": "2026-09-01"}),
        ):
            path = f"/Invoices/{invoice['InvoiceID']}"
            assert await books.refused("POST", path, body) == [self.PERIOD]
            data = await books.good(
                "POST", "/Invoices?summarizeErrors=false", {**body, "InvoiceID": invoice["InvoiceID"]}
            )
            (element,) = data["Invoices"]
            assert (element["StatusAttributeString"], element["HasErrors"]) == ("ERROR", True)
            assert element["InvoiceID"] == invoice["InvoiceID"]
            assert (await books.read(invoice))["UpdatedDateUTC"] == invoice["UpdatedDateUTC"]

    async def test_an_approved_document_does_not_move_into_the_lock(self, books: Any) -> None:
        made = await books.make(Status="AUTHORISED", Date="2026-07-01")
        await books.act("/xero/lock", {"PeriodLockDate": "2026-06-30"})
        body = {"Status": "AUTHORISED", "Date": "2026-06-30"}
        assert await books.refused("POST", f"/Invoices/{made['InvoiceID']}", body) == [self.PERIOD]
