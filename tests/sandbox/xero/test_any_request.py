"""Whatever comes in, an answer of Xero's goes out: never a traceback, never a 500 of the sandbox's own."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.sandbox.xero.members import CONTACT, INVOICE, LINE

ODD_TEXTS = (
    "",
    " ",
    "x",
    "é\u202e\x1b[31m",
    "0",
    "-1",
    "1e9",
    "null",
    "2026-02-30",
    "/Date(99999999999999999)/",
    "\ud800",
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([0.1, -0.0, 1e-9, 1e300, 12.345678901234567]),
    st.sampled_from(ODD_TEXTS),
    st.sampled_from(
        ["ACCPAY", "ACCREC", "DRAFT", "AUTHORISED", "2026-06-30", "310", "200", "INPUT", "AUD", "USD", "NoTax"]
    ),
)


def _object(members: Any) -> Any:
    return st.dictionaries(st.sampled_from([*members, "Unknown"]), st.deferred(lambda: values), max_size=6)


values: Any = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.lists(_object(LINE), max_size=3),
    _object(CONTACT),
)
MEMBERS = (*INVOICE, *CONTACT, "Options", "Code", "Details")
documents = st.fixed_dictionaries(
    {},
    optional={name: st.one_of(values, scalars) for name in MEMBERS},
)
bodies = st.one_of(
    documents,
    documents.map(lambda one: {"Invoices": [one]}),
    documents.map(lambda one: {"Contacts": [one, one]}),
    values,
)
PATHS = (
    "/Invoices",
    "/Contacts",
    "/Currencies",
    "/TrackingCategories",
    "/TrackingCategories/{category}",
    "/TrackingCategories/{category}/Options",
    "/Invoices/{invoice}",
    "/Contacts/{contact}",
    "/Invoices/{invoice}/History",
    "/Invoices/{invoice}/Attachments/a.txt",
)
QUERIES = [
    "page",
    "pageSize",
    "where",
    "order",
    "IDs",
    "Statuses",
    "unitdp",
    "summarizeErrors",
    "searchTerm",
    "summaryOnly",
]


PARTS = (
    *("Type", "Status", "Total", "Date", "InvoiceID", "Contact.Name", "AND", "OR", "(", ")", ".Contains("),
    *("==", "!=", ">", "<=", '"x"', "1", "true", "null", "DateTime(2026,6,30)", "Guid(1)"),
    'Guid("22222222-0000-4000-8000-000000000001")',
)


class _Client:
    """One sandbox for all examples: what earlier ones left behind must not matter either."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.sandbox = Sandbox.from_scenario(default_scenario(), speed=0)
        tenant = {"Accept": "application/json", "xero-tenant-id": self.sandbox.xero.tenant}
        self.client = httpx.AsyncClient(transport=self.sandbox.transport(), base_url="http://sandbox", headers=tenant)
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
        token = self.call("POST", "/xero/connect/token", data=form).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.ids = {
            "invoice": next(iter(self.sandbox.xero.invoices)),
            "contact": next(iter(self.sandbox.xero.contacts)),
            "category": self.sandbox.xero.categories[0]["TrackingCategoryID"],
        }

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.runner.run(self.client.request(method, path, **more))

    def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.call(method, "/xero/api.xro/2.0" + path.format(**self.ids), **more)


@pytest.fixture(scope="module")
def client() -> Any:
    opened = _Client()
    yield opened
    opened.runner.run(opened.client.aclose())
    opened.runner.close()


usual = settings(max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@usual
@given(method=st.sampled_from(("PUT", "POST", "DELETE", "PATCH")), path=st.sampled_from(PATHS), body=bodies)
def test_any_body(client: Any, method: str, path: str, body: Any) -> None:
    answer = client.api(method, path, json=_encodable(body))
    if answer.status_code == 500:
        assert answer.json()["Detail"].startswith("An error occurred in Xero."), "the service's own 500"
    else:
        assert answer.status_code in (200, 400, 404, 501), answer.text
    if answer.status_code == 400:
        assert answer.json()["ErrorNumber"] in (10, 14)
    client.api("GET", "/Invoices?page=1&unitdp=4").raise_for_status()


@usual
@given(
    path=st.sampled_from((*PATHS, "/Accounts", "/TaxRates", "/Organisation")),
    query=st.dictionaries(st.sampled_from(QUERIES), st.one_of(st.text(max_size=20), st.sampled_from(ODD_TEXTS[:-1]))),
)
def test_any_query(client: Any, path: str, query: dict[str, str]) -> None:
    answer = client.api("GET", path, params={name: value.encode("utf-8", "replace") for name, value in query.items()})
    assert answer.status_code in (200, 400, 404, 501), answer.text


@usual
@given(
    where=st.lists(
        st.sampled_from(PARTS),
        max_size=8,
    ).map(" ".join)
)
def test_any_where(client: Any, where: str) -> None:
    for path in ("/Invoices", "/Contacts", "/Accounts", "/TaxRates", "/TrackingCategories"):
        assert client.api("GET", path, params={"where": where}).status_code in (200, 400)


@usual
@given(content=st.binary(max_size=40), form=st.booleans())
def test_any_bytes(client: Any, content: bytes, form: bool) -> None:
    kind = "application/x-www-form-urlencoded" if form else "application/json; charset=utf-8"
    for path in ("/xero/connect/token", "/xero/connect/revocation", "/xero/api.xro/2.0/Invoices", "/admin/xero/lock"):
        answer = client.call("POST", path, content=content, headers={"Content-Type": kind})
        assert answer.status_code in (200, 400), (path, answer.status_code)


@usual
@given(
    path=st.sampled_from(("edit", "pay", "credit", "unpay", "approve", "delete")),
    body=st.dictionaries(st.sampled_from(("amount", "date", "LineItems", "Status", "Date", "Contact")), values),
)
def test_any_deed(client: Any, path: str, body: Any) -> None:
    answer = client.call("POST", f"/admin/xero/invoices/{client.ids['invoice']}/{path}", json=_encodable(body))
    assert answer.status_code in (200, 400, 409), answer.text


def _encodable(value: Any) -> Any:
    """httpx writes UTF-8, so a lone surrogate cannot be in what it is given."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_encodable(name): _encodable(member) for name, member in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, list) else value


def test_a_lone_surrogate_goes_in_and_out(client: Any) -> None:
    body = b'{"Contacts":[{"Name":"lone \\ud800 surrogate"}]}'
    answer = client.api("PUT", "/Contacts", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["Contacts"][0]["Name"] == "lone \ufffd surrogate"
    assert client.api("GET", "/Contacts").status_code == 200
