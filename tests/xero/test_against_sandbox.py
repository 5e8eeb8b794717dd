"""The client against the sandbox, in this process."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Unknown
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.sandbox.faults import fault_plan_from
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.documents import DocumentType, Status
from smoothx_tui.xero.lookup import SoughtBill
from smoothx_tui.xero.refusals import read_written
from tests.judging import Description, Judged

Connect = Callable[..., XeroClient]


def sandbox_with(**options: Any) -> Sandbox:
    """A second of its clock is a millisecond here, so that waits cost nothing."""
    return Sandbox.from_scenario(default_scenario(), speed=1000, **options)


async def _bill(client: XeroClient, **more: Any) -> bytes:
    organisation = await client.organisation()
    contact = next(one for one in organisation.contacts.all if one.active)
    line = {"Description": "Footings", "Quantity": 1, "UnitAmount": 100, "AccountCode": "310", "TaxType": "INPUT"}
    bill = {
        "Type": "ACCPAY",
        "Contact": {"ContactID": contact.id},
        "InvoiceNumber": "N-1",
        "Date": "2026-07-01",
        "DueDate": "2026-07-31",
        "Status": "DRAFT",
        "LineItems": [line],
    }
    return jsontext.dumps({"Invoices": [bill | more]}).encode()


async def test_the_organisation_and_its_documents(connect: Connect) -> None:
    sandbox = sandbox_with()
    client = connect(sandbox)
    organisation = await client.organisation()
    assert organisation.base_currency == "AUD"
    assert organisation.accounts["310"].active
    assert organisation.locked_to is not None
    assert any(not contact.active for contact in organisation.contacts.all)
    documents = await client.documents()
    assert {document.id for document in documents} == {one["InvoiceID"] for one in sandbox.scenario.xero["Invoices"]}
    assert {document.type for document in documents} == set(DocumentType)
    assert {document.status for document in documents} == set(Status) - {Status.UNKNOWN}
    (connection,) = await client.connections()
    assert connection.tenant_id == client.tenant_id
    assert (await client.lock_dates()).period == organisation.period_lock


async def test_every_look_up_finds_what_the_list_has(connect: Connect) -> None:
    client = connect(sandbox_with())
    documents = await client.documents()
    by_id = await client.documents_by_ids(document.id for document in documents)
    assert {document.id: document for document in by_id} == {document.id: document for document in documents}
    sales = [document for document in documents if document.type is DocumentType.SALES_INVOICE]
    assert {d.id for d in await client.sales_by_numbers(d.number for d in sales)} == {d.id for d in sales}
    bills = [document for document in documents if document.type is DocumentType.BILL]
    sought = [SoughtBill(d.contact_id, d.number, d.total) for d in bills]
    assert {d.id for d in await client.bills_like(sought)} == {d.id for d in bills}


async def test_a_bill_is_written_and_read_back_the_same(connect: Connect) -> None:
    client = connect(sandbox_with())
    body = await _bill(client)
    answer = await client.write("PUT", "/Invoices?summarizeErrors=false&unitdp=4", body, "key-1")
    (written,) = read_written(answer.body)
    assert written.errors == ()
    (read,) = await client.documents_by_ids([written.id])
    assert read == written.document
    repeated = await client.write("PUT", "/Invoices?summarizeErrors=false&unitdp=4", body, "key-1")
    assert read_written(repeated.body)[0].id == written.id


async def test_a_refused_bill_says_why(connect: Connect) -> None:
    client = connect(sandbox_with())
    body = await _bill(client, LineItems=[])
    batch = await client.write("PUT", "/Invoices?summarizeErrors=false", body, "key-1")
    alone = await client.write("PUT", "/Invoices", body, "key-2")
    for answer, status in ((batch, 200), (alone, 400)):
        (element,) = read_written(answer.body)
        assert (answer.status, element.id) == (status, "")
        assert element.errors


async def test_requests_and_answers_fit_xero_s_description(connect: Connect, xero_description: Description) -> None:
    sandbox = sandbox_with()
    transport = Judged(sandbox.transport(), xero_description, described=lambda _, response: response.status_code == 200)
    client = connect(sandbox, transport)
    organisation = await client.organisation()
    documents = await client.documents()
    await client.documents_by_ids([document.id for document in documents])
    await client.sales_by_numbers([document.number for document in documents])
    await client.bills_like([SoughtBill(d.contact_id, d.number) for d in documents])
    await client.write("PUT", "/Invoices?summarizeErrors=false&unitdp=4", await _bill(client), "key-1")
    option = jsontext.dumps({"Name": "9999 - Contract"}).encode()
    await client.write("PUT", f"/TrackingCategories/{organisation.tracking[0].id}/Options", option, "key-2")
    contact = jsontext.dumps({"Contacts": [{"Name": "Sample Quarry", "ContactNumber": "99"}]}).encode()
    await client.write("PUT", "/Contacts?summarizeErrors=false", contact, "key-3")
    assert transport.violations == []
    assert len(transport.seen) >= 9


@pytest.mark.parametrize("what", ["drop", "bad_gateway", "truncated", "wrong_json", "unauthorized", "rate_limited"])
async def test_reading_survives_what_happens_now_and_then(connect: Connect, what: str) -> None:
    clean = await connect(sandbox_with()).organisation()
    plan = fault_plan_from([{"what": what, "method": "GET", "every": 3}])
    assert await connect(sandbox_with(faults=plan)).organisation() == clean


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("drop", 0),
        ("timeout", 0),
        ("bad_gateway", 0),
        ("redirect", 0),
        ("truncated", 1),
        ("wrong_json", 1),
        ("oversized", 1),
    ],
)
async def test_a_write_whose_answer_is_lost_is_unknown_whether_it_happened_or_not(
    connect: Connect, what: str, made: int
) -> None:
    plan = fault_plan_from([{"what": what, "side": "xero", "method": "PUT"}])
    sandbox = sandbox_with(faults=plan)
    client = connect(sandbox)
    with pytest.raises(Unknown):
        await client.write("PUT", "/Invoices", await _bill(client), "key-1")
    assert len(await client.search({"searchTerm": "N-1"})) >= made
    assert sum(document.number == "N-1" for document in await client.documents()) == made


async def test_the_real_limits_are_kept(connect: Connect, log: RequestLog) -> None:
    sandbox = Sandbox.from_scenario(default_scenario(), speed=5000, real_limits=True)
    client = connect(sandbox)
    for _ in range(25):
        await client.organisation()
    refused = sum(entry.status == 429 for entry in log)
    assert refused <= 5
    assert len(log) > 150


async def test_only_what_changed_since_is_read(connect: Connect) -> None:
    client = connect(sandbox_with())
    documents = await client.documents()
    latest = max(datetime.fromisoformat(document.updated_at) for document in documents)
    changed = await client.documents(modified_since=latest)
    assert changed
    assert {document.id for document in changed} < {document.id for document in documents}


async def test_two_reads_of_one_state_are_equal(connect: Connect) -> None:
    client = connect(sandbox_with())
    first, second = await client.organisation(), await client.organisation()
    assert replace(first, contacts=second.contacts) == second
    assert first.contacts.all == second.contacts.all
