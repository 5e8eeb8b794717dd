"""Xero's own SDK, unmodified, with the sandbox as its server."""

import asyncio
import datetime as dt
import gc
import threading
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xero_python.accounting import (
    AccountingApi,
    Address,
    Contact,
    Contacts,
    Currency,
    CurrencyCode,
    HistoryRecord,
    HistoryRecords,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    LineItemTracking,
    TrackingCategory,
    TrackingOption,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException
from xero_python.identity import IdentityApi

from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.sandbox.server import Sandbox, serve

TENANT = "11111111-1111-4111-8111-111111111111"
BOREX = "22222222-0000-4000-8000-000000000001"
OWNER = "22222222-0000-4000-8000-000000000002"
PROJECT = "33333333-0000-4000-8000-000000000001"


class Served:
    """A sandbox on a port, served by a thread: the SDK is not asynchronous."""

    def __init__(self, scenario: Scenario) -> None:
        self.sandbox = Sandbox.from_scenario(scenario)
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._listening.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    @property
    def xero(self) -> str:
        return f"http://127.0.0.1:{self.port}/xero"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(serve(self.sandbox, port=0, ready=self._ready))
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _ready(self, port: int) -> None:
        self.port = port
        self._listening.set()


class Sdk:
    """The SDK, signed in by client credentials."""

    def __init__(self, served: Served) -> None:
        self.token: dict[str, Any] = {}
        oauth = OAuth2Token(client_id="sandbox", client_secret="sandbox")
        self.client = ApiClient(Configuration(oauth2_token=oauth), pool_threads=1)
        self.client.oauth2_token_getter(lambda: self.token)
        self.client.oauth2_token_saver(self._save)
        self.tokens = TokenApi(self.client, "sandbox", "sandbox")
        self.tokens.client_credentials_token_url = f"{served.xero}/connect/token"
        self.tokens.refresh_token_url = f"{served.xero}/connect/token"
        self.tokens.revoke_token_url = f"{served.xero}/connect/revocation"
        self._save(self.tokens.get_client_credentials_token(app_store_billing=False))
        self.identity = IdentityApi(self.client, base_url=served.xero)
        self.accounting = AccountingApi(self.client, base_url=f"{served.xero}/api.xro/2.0")

    def _save(self, token: dict[str, Any]) -> None:
        self.token = {**token, "scope": token["scope"].split()}


@pytest.fixture
def served(small: Scenario) -> Iterator[Served]:
    running = Served(small)
    yield running
    running.close()


@pytest.fixture
def sdk(served: Served) -> Iterator[Sdk]:
    opened = Sdk(served)
    yield opened
    opened.client.rest_client.pool_manager.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK leaves the answer to a revocation unread
        gc.collect()


def _line(**members: Any) -> LineItem:
    return LineItem(**{"description": "Footings", "quantity": 2, "unit_amount": 50.25, "account_code": "310"} | members)


def _bill(**members: Any) -> Invoice:
    usual = {
        "type": "ACCPAY",
        "contact": Contact(contact_id=BOREX),
        "line_items": [_line()],
        "date": dt.date(2026, 6, 30),
        "due_date": dt.date(2026, 7, 30),
        "line_amount_types": LineAmountTypes.EXCLUSIVE,
        "invoice_number": "BX-1",
        "status": "DRAFT",
    }
    return Invoice(**usual | members)


def _make(sdk: Sdk, invoice: Invoice) -> Invoice:
    return sdk.accounting.create_invoices(
        TENANT, Invoices(invoices=[invoice]), summarize_errors=True, unitdp=4
    ).invoices[0]


def test_connections_and_settings(sdk: Sdk) -> None:
    (connection,) = sdk.identity.get_connections()
    assert (connection.tenant_id, connection.tenant_type) == (TENANT, "ORGANISATION")
    (organisation,) = sdk.accounting.get_organisations(TENANT).organisations
    assert (organisation.name, organisation.base_currency) == ("Small Builder Pty Ltd", CurrencyCode.AUD)
    accounts = sdk.accounting.get_accounts(TENANT, where='Status=="ACTIVE"').accounts
    assert "310" in [one.code for one in accounts]
    account = sdk.accounting.get_account(TENANT, accounts[0].account_id).accounts[0]
    assert account.name == accounts[0].name
    rates = sdk.accounting.get_tax_rates(TENANT).tax_rates
    assert {one.tax_type: one.effective_rate for one in rates}["INPUT"] == Decimal(10)
    sdk.accounting.create_currency(TENANT, Currency(code=CurrencyCode.NZD, description="New Zealand Dollar"))
    assert CurrencyCode.NZD in [one.code for one in sdk.accounting.get_currencies(TENANT).currencies]
    sdk.identity.delete_connection(connection.id)
    assert sdk.identity.get_connections() == []


def test_tracking(sdk: Sdk) -> None:
    made = sdk.accounting.create_tracking_category(TENANT, TrackingCategory(name="Cost code")).tracking_categories[0]
    category = made.tracking_category_id
    option = sdk.accounting.create_tracking_options(TENANT, category, TrackingOption(name="03-300")).options[0]
    renamed = TrackingOption(name="03-301")
    option_id = option.tracking_option_id
    changed = sdk.accounting.update_tracking_options(TENANT, category, option_id, renamed).options[0]
    assert changed.name == "03-301"
    sdk.accounting.delete_tracking_options(TENANT, category, option_id)
    sdk.accounting.update_tracking_category(TENANT, category, TrackingCategory(name="Codes"))
    listed = sdk.accounting.get_tracking_categories(TENANT).tracking_categories
    assert [one.name for one in listed] == ["Codes", "Project"]
    sdk.accounting.delete_tracking_category(TENANT, category)


def test_contacts(sdk: Sdk) -> None:
    address = Address(address_type="POBOX", address_line1="PO Box 1", city="Sydney", country="Australia")
    new = Contact(name="Dunn Plumbing", contact_number="1102", addresses=[address], email_address="a@example.invalid")
    made = sdk.accounting.create_contacts(TENANT, Contacts(contacts=[new])).contacts[0]
    change = Contacts(
        contacts=[Contact(contact_id=made.contact_id, name="Dunn Plumbing Pty", has_validation_errors=False)]
    )
    assert sdk.accounting.update_contact(TENANT, made.contact_id, change).contacts[0].name == "Dunn Plumbing Pty"
    assert sdk.accounting.get_contact_by_contact_number(TENANT, "1102").contacts[0].contact_id == made.contact_id
    found = sdk.accounting.get_contacts(TENANT, where='Name=="Dunn Plumbing Pty"', include_archived=False).contacts
    assert [one.contact_id for one in found] == [made.contact_id]
    by_id = sdk.accounting.get_contacts(TENANT, i_ds=[made.contact_id, BOREX], page=1, page_size=1)
    assert (len(by_id.contacts), by_id.pagination.item_count) == (1, 2)
    with pytest.raises(AccountingBadRequestException) as refused:
        sdk.accounting.create_contacts(TENANT, Contacts(contacts=[Contact(name="Borex Steel")]), summarize_errors=True)
    assert "already assigned" in refused.value.error_data["Elements"][0]["ValidationErrors"][0]["Message"]


def test_a_bill_from_draft_to_void(sdk: Sdk) -> None:
    tracking = LineItemTracking(tracking_category_id=PROJECT, name="Project", option="2235 - Quay St")
    made = _make(sdk, _bill(line_items=[_line(tracking=[tracking])], has_attachments=False))
    assert (made.status, made.total, made.sub_total) == ("DRAFT", Decimal("110.55"), Decimal("100.50"))
    assert (made.date, made.due_date) == (dt.date(2026, 6, 30), dt.date(2026, 7, 30))
    assert made.line_items[0].tracking[0].option == "2235 - Quay St"
    line = _line(line_item_id=made.line_items[0].line_item_id, unit_amount=10)
    change = Invoices(invoices=[Invoice(line_items=[line, _line(description="More")], status="AUTHORISED")])
    changed = sdk.accounting.update_invoice(TENANT, made.invoice_id, change, unitdp=4).invoices[0]
    assert changed.line_items[0].line_item_id == made.line_items[0].line_item_id
    assert (changed.status, changed.sub_total) == ("AUTHORISED", Decimal("120.50"))
    voided = sdk.accounting.update_invoice(
        TENANT, made.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")])
    ).invoices[0]
    assert voided.status == "VOIDED"
    read = sdk.accounting.get_invoice(TENANT, made.invoice_id, unitdp=4).invoices[0]
    assert (read.status, read.amount_due) == ("VOIDED", Decimal(0))
    with pytest.raises(AccountingBadRequestException):
        sdk.accounting.update_invoice(TENANT, made.invoice_id, Invoices(invoices=[Invoice(status="DRAFT")]))


def test_a_sale_that_is_deleted_and_a_batch(sdk: Sdk) -> None:
    sale = _bill(type="ACCREC", contact=Contact(contact_id=OWNER), line_items=[_line(account_code="200")])
    sale.invoice_number = "PC-1"
    made = _make(sdk, sale)
    with pytest.raises(AccountingBadRequestException) as refused:
        _make(sdk, sale)
    assert refused.value.error_data["Elements"][0]["ValidationErrors"][0]["Message"] == "Invoice # must be unique."
    batch = sdk.accounting.create_invoices(TENANT, Invoices(invoices=[sale, _bill()]), summarize_errors=False).invoices
    assert [one.status_attribute_string for one in batch] == ["ERROR", "OK"]
    assert batch[0].invoice_id == "00000000-0000-0000-0000-000000000000"
    same = Invoices(
        invoices=[Invoice(invoice_id=made.invoice_id, reference="SC-9", type="ACCREC", contact=sale.contact)]
    )
    changed = sdk.accounting.update_or_create_invoices(TENANT, same, summarize_errors=True).invoices[0]
    assert (changed.invoice_id, changed.reference) == (made.invoice_id, "SC-9")
    deleted = sdk.accounting.update_invoice(
        TENANT, made.invoice_id, Invoices(invoices=[Invoice(status="DELETED")])
    ).invoices[0]
    assert deleted.status == "DELETED"


def test_lists_and_filters(sdk: Sdk) -> None:
    first = _make(sdk, _bill())
    _make(sdk, _bill(invoice_number="BX-2", status="AUTHORISED", currency_code=CurrencyCode.USD))
    page = sdk.accounting.get_invoices(
        TENANT,
        if_modified_since=dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
        where='Type=="ACCPAY"',
        order="InvoiceNumber DESC",
        statuses=["DRAFT", "AUTHORISED"],
        contact_i_ds=[BOREX],
        page=1,
        page_size=10,
        include_archived=False,
        created_by_my_app=True,
        summary_only=False,
        unitdp=4,
    )
    assert [one.invoice_number for one in page.invoices] == ["BX-2", "BX-1"]
    assert page.pagination.item_count == 2
    by_id = sdk.accounting.get_invoices(TENANT, i_ds=[first.invoice_id], invoice_numbers=["BX-1"]).invoices
    assert [one.invoice_id for one in by_id] == [first.invoice_id]
    found = sdk.accounting.get_invoices(TENANT, search_term="bx-2", summary_only=True, page=1).invoices
    assert found[0].currency_rate == Decimal("0.6512")


def test_an_idempotency_key(sdk: Sdk) -> None:
    body = Invoices(invoices=[_bill()])
    ids = {
        sdk.accounting.create_invoices(TENANT, body, idempotency_key="once").invoices[0].invoice_id for _ in range(2)
    }
    assert len(ids) == 1


def test_attachments_and_history(sdk: Sdk, tmp_path: Path) -> None:
    made = _make(sdk, _bill())
    content = b"%PDF-1.4 claim"
    sdk.accounting.create_invoice_attachment_by_file_name(TENANT, made.invoice_id, "claim.pdf", content)
    sdk.accounting.update_invoice_attachment_by_file_name(TENANT, made.invoice_id, "claim.pdf", content + b"2")
    (attachment,) = sdk.accounting.get_invoice_attachments(TENANT, made.invoice_id).attachments
    assert (attachment.file_name, attachment.content_length) == ("claim.pdf", len(content) + 1)
    path = sdk.accounting.get_invoice_attachment_by_id(
        TENANT, made.invoice_id, attachment.attachment_id, attachment.mime_type
    )
    assert Path(path).read_bytes() == content + b"2"
    Path(path).unlink()
    note = HistoryRecords(history_records=[HistoryRecord(details="Checked by Ann")])
    sdk.accounting.create_invoice_history(TENANT, made.invoice_id, note)
    records = sdk.accounting.get_invoice_history(TENANT, made.invoice_id).history_records
    assert "Checked by Ann" in [one.details for one in records]


def test_refresh_and_revocation(sdk: Sdk, served: Served) -> None:
    sandbox = served.sandbox
    code = sandbox.tokens.xero.new_code("http://localhost/", "offline_access accounting.invoices accounting.settings")
    grant = sandbox.tokens.xero.for_code(code, "http://localhost/")
    token = sdk.tokens.refresh_token(grant.refresh_token, ["offline_access"])
    assert token["refresh_token"] != grant.refresh_token
    again = sdk.tokens.refresh_token(grant.refresh_token, ["offline_access"])
    assert again["expires_in"] == 1800
    assert sdk.tokens.revoke_token(again["refresh_token"]) == 200
