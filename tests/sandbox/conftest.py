"""A small organisation for each test, and a signed-in client of it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from smoothx_tui.base.jsontext import loads
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.scenario import Scenario, scenario_from
from smoothx_tui.sandbox.server import Sandbox

SIGN_IN = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}

TENANT = "11111111-1111-4111-8111-111111111111"
BOREX = "22222222-0000-4000-8000-000000000001"
OWNER = "22222222-0000-4000-8000-000000000002"
GONE = "22222222-0000-4000-8000-000000000003"
PROJECT = "33333333-0000-4000-8000-000000000001"
QUAY = "33333333-0000-4000-8000-000000000002"
DEPOT = "33333333-0000-4000-8000-000000000003"

_ALL = {f"CanApplyTo{name}": True for name in ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")}

BOOKS: dict[str, Any] = {
    "clock": "2026-07-03T09:00:00Z",
    "procore": {"company": {"id": 100, "name": "Small Builder"}},
    "rates": {"USD": "0.6512"},
    "xero": {
        "Organisation": {"OrganisationID": TENANT, "Name": "Small Builder Pty Ltd", "BaseCurrency": "AUD"},
        "Accounts": [
            {"Code": "090", "Name": "Bank", "Type": "BANK"},
            {"Code": "200", "Name": "Contract income", "Type": "REVENUE", "TaxType": "OUTPUT"},
            {"Code": "310", "Name": "Subcontractors", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
            {"Code": "311", "Name": "Concrete", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
            {"Code": "399", "Name": "Old costs", "Type": "EXPENSE", "TaxType": "INPUT", "Status": "ARCHIVED"},
            {"Code": "800", "Name": "Accounts Payable", "Type": "CURRLIAB", "SystemAccount": "CREDITORS"},
            {"Code": "860", "Name": "Rounding", "Type": "CURRLIAB", "SystemAccount": "ROUNDING"},
            {"Code": "877", "Name": "Retention", "Type": "CURRLIAB", "TaxType": "BASEXCLUDED"},
        ],
        "TaxRates": [
            {"TaxType": "INPUT", "Name": "GST on Expenses", "EffectiveRate": 10, **_ALL, "CanApplyToRevenue": False},
            {"TaxType": "OUTPUT", "Name": "GST on Income", "EffectiveRate": 10, **_ALL, "CanApplyToExpenses": False},
            {"TaxType": "BASEXCLUDED", "Name": "BAS Excluded", "EffectiveRate": 0, **_ALL},
            {"TaxType": "NONE", "Name": "No tax", "EffectiveRate": 0, **_ALL},
            {"TaxType": "TAX001", "Name": "Gone", "EffectiveRate": 5, "Status": "DELETED", **_ALL},
        ],
        "Currencies": [{"Code": "AUD"}, {"Code": "USD"}],
        "TrackingCategories": [
            {
                "TrackingCategoryID": PROJECT,
                "Name": "Project",
                "Options": [
                    {"TrackingOptionID": QUAY, "Name": "2235 - Quay St"},
                    {"TrackingOptionID": DEPOT, "Name": "2241 - Depot"},
                    {"Name": "Old yard", "Status": "ARCHIVED"},
                ],
            }
        ],
        "Contacts": [
            {"ContactID": BOREX, "Name": "Borex Steel", "ContactNumber": "1101"},
            {"ContactID": OWNER, "Name": "Quay Owner Trust"},
            {"ContactID": GONE, "Name": "Left Town Ltd", "ContactStatus": "ARCHIVED"},
        ],
    },
}


class Books:
    """A sandbox and a client that is signed in to its Xero. Amounts in answers are Decimal."""

    def __init__(self, sandbox: Sandbox, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.sandbox = sandbox
        headers = {"Accept": "application/json"}
        used = transport or sandbox.transport()
        self.client = httpx.AsyncClient(transport=used, base_url="https://api.xero.com", headers=headers)

    @property
    def clock(self) -> SandboxClock:
        assert isinstance(self.sandbox.clock, SandboxClock)
        return self.sandbox.clock

    async def sign_in(self) -> None:
        answer = await self.client.post("/xero/connect/token", data=SIGN_IN)
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.client.headers["xero-tenant-id"] = self.sandbox.xero.tenant

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Any call below /api.xro/2.0."""
        options = {"json": body} if body is not None else {}
        return await self.client.request(method, f"/xero/api.xro/2.0{path}", **options, **more)

    async def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of an answer that has to be 200."""
        answer = await self.call(method, path, body, **more)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return loads(answer.content)

    async def one(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """The only object of a good answer's list."""
        data = await self.good(method, path, body, **more)
        (found,) = next(value for value in data.values() if isinstance(value, list))
        assert isinstance(found, dict)
        return found

    async def refused(self, method: str, path: str, body: Any = None, **more: Any) -> list[str]:
        """The messages of a 400 that names one element."""
        answer = await self.call(method, path, body, **more)
        data = answer.json()
        assert (answer.status_code, data["ErrorNumber"]) == (400, 10), answer.text
        (element,) = data["Elements"]
        return [error["Message"] for error in element["ValidationErrors"]]

    async def make(self, **members: Any) -> dict[str, Any]:
        """A new document from `a_bill`, by PUT."""
        return await self.one("PUT", "/Invoices?unitdp=4", {"Invoices": [a_bill(**members)]})

    async def read(self, invoice: dict[str, Any]) -> dict[str, Any]:
        """The document as it is now."""
        return await self.one("GET", f"/Invoices/{invoice['InvoiceID']}?unitdp=4")

    async def act(self, path: str, body: Any = None, expect: int = 200) -> Any:
        """A deed of the bookkeeper or of the sandbox's keeper."""
        answer = await self.client.post(f"/admin{path}", json={} if body is None else body)
        assert answer.status_code == expect, (answer.status_code, answer.text)
        return loads(answer.content)


def a_bill(**members: Any) -> dict[str, Any]:
    """A good bill of 100.00 and tax; a member of None is left out."""
    line = {"Description": "Footings", "Quantity": 1, "UnitAmount": 100, "AccountCode": "310"}
    bill = {
        "Type": "ACCPAY",
        "Contact": {"ContactID": BOREX},
        "InvoiceNumber": "BX-1",
        "Date": "2026-06-30",
        "DueDate": "2026-07-30",
        "LineItems": [line],
        **members,
    }
    return {name: value for name, value in bill.items() if value is not None}


def a_sale(**members: Any) -> dict[str, Any]:
    """A good sales invoice of 100.00 and tax."""
    line = {"Description": "Claim 3", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    return a_bill(
        **{"Type": "ACCREC", "Contact": {"ContactID": OWNER}, "InvoiceNumber": "PC-3", "LineItems": [line]} | members
    )


@pytest.fixture
def small() -> Scenario:
    """The small organisation as a scenario."""
    return scenario_from(BOOKS, "small")


@pytest.fixture
def start(small: Scenario) -> Callable[..., Sandbox]:
    """Makes a sandbox of it; its clock stands still unless told otherwise."""

    def make(**options: Any) -> Sandbox:
        return Sandbox.from_scenario(small, **{"speed": 0.0} | options)

    return make


@pytest.fixture
async def books(start: Callable[..., Sandbox]) -> AsyncIterator[Books]:
    """A signed-in client of a fresh sandbox."""
    opened = Books(start())
    await opened.sign_in()
    yield opened
    await opened.client.aclose()
    await opened.sandbox.aclose()


@pytest.fixture
def bill() -> Callable[..., dict[str, Any]]:
    return a_bill


@pytest.fixture
def sale() -> Callable[..., dict[str, Any]]:
    return a_sale


@pytest.fixture
def open_books() -> Callable[..., Books]:
    """Makes a client of a sandbox that a test has started its own way; it still has to sign in."""
    return Books
