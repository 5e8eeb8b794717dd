"""Every payload that planning makes is one that Xero's own description, and its official SDK's models, accept.

Over items made by hand, the default scenario and 2,000 made items; read through the sandbox and the real readers.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.http import Host
from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials
from smoothx_tui.planning.plan import Action, Plan, Request, Step
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.endpoints import ProcoreEndpoints
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.loading import load_reference
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.settings.file import load
from smoothx_tui.settings.schema import Settings, SyncStatus
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.endpoints import XeroEndpoints
from tests.judging import XERO, Description
from tests.planning.arithmetic import payload_totals
from tests.procore.everything import load_items

if TYPE_CHECKING:
    from tests.planning.conftest import Make

OTHER = {
    "sync_as_draft": False,
    "sync_status": SyncStatus.AWAITING_PAYMENT,
    "update_awaiting_approval": True,
    "update_approved": True,
    "resync_deleted": True,
    "delete_matching": True,
    "multi_currency": True,
    "accounting_currency_rate": False,
    "sync_prior_locked_period": True,
    "sync_project_number": False,
    "sub_job_as_project": False,
    "address_postal_and_street": True,
}
"""Every switch the other way round."""


@pytest.fixture(scope="module")
def description() -> Description:
    """Xero's; a member that it does not name is an error."""
    strict = Description(XERO.file.name, XERO.host, "", XERO.below, strict=True)
    if not strict.file.exists():
        pytest.skip("the service's description of its API is not beside this checkout")
    return strict


def _violations(description: Description, method: str, path: str, body: str) -> list[str]:
    headers = {"content-type": "application/json", "xero-tenant-id": "00000000-0000-4000-8000-000000000001"}
    address = description.host + description.below + path
    return description.of_request(httpx.Request(method, address, content=body.encode(), headers=headers))


def _batches(plans: Iterable[Plan]) -> Iterator[tuple[Request, str]]:
    """Requests with their bodies as they would be sent: creates up to 50 at once, everything else alone."""
    creates = []
    for plan in plans:
        if plan.request is None:
            continue
        if plan.action in {Action.CREATE, Action.RECREATE}:
            creates.append(plan)
        else:
            yield plan.request, plan.body
    for start in range(0, len(creates), 50):
        batch = creates[start : start + 50]
        request = batch[0].request
        assert request is not None
        yield request, jsontext.dumps({"Invoices": [plan.effect for plan in batch]})


def _steps(plans: Iterable[Plan]) -> Iterator[tuple[str, str, str]]:
    seen = set()
    for plan in plans:
        for step in plan.first:
            body = {name: text for name, text in step.body.items() if name == "Name"}
            call = {
                Step.CREATE_CONTACT: ("PUT", "/Contacts", {"Contacts": [step.body]}),
                Step.UPDATE_CONTACT: ("POST", f"/Contacts/{step.body.get('ContactID')}", {"Contacts": [step.body]}),
                Step.CREATE_TRACKING_OPTION: ("PUT", f"/TrackingCategories/{_ANY}/Options", body),
                Step.RENAME_TRACKING_OPTION: ("POST", f"/TrackingCategories/{_ANY}/Options/{_ANY}", body),
            }[step.step]
            text = jsontext.dumps(call[2])
            if text not in seen:
                seen.add(text)
                yield call[0], call[1], text


_ANY = "00000000-0000-4000-8000-000000000009"


class Reading:
    """What was read of both sides, and a planner over it."""

    def __init__(self, planner: Planner, settings: Settings) -> None:
        self.planner = planner
        self.settings = settings

    def plans(self, **changes: Any) -> list[Plan]:
        from dataclasses import replace

        return list(self.planner.plans(replace(self.settings, **changes)).values())


async def _read(items: int) -> Reading:
    scenario = more_items(default_scenario(), items, seed=7)
    transport = Sandbox.from_scenario(scenario).transport()
    clock, log, secret = SystemClock(), RequestLog(), Secret("sandbox")
    procore_at, xero_at = (
        ProcoreEndpoints.sandbox("http://sandbox.invalid"),
        XeroEndpoints.sandbox("http://sandbox.invalid"),
    )
    procore_host = Host(procore_at.api, name="Procore", clock=clock, log=log, transport=transport)
    xero_host = Host(xero_at.api, name="Xero", clock=clock, log=log, transport=transport)
    procore_tokens = ClientCredentials(procore_host, procore_at.token_path, "sandbox", secret, clock=clock)
    xero_tokens = ClientCredentials(xero_host, xero_at.token_path, "sandbox", secret, clock=clock, basic=True)
    company = str(scenario.procore["company"]["id"])
    procore = ProcoreClient(procore_host, company, procore_tokens, clock, web=procore_at.web)
    xero = XeroClient(xero_host, str(scenario.xero["Organisation"]["OrganisationID"]), xero_tokens, clock)
    reference = await load_reference(procore, lambda *_: None)
    loaded = await load_items(procore, reference, lambda *_: None, {})
    from smoothx_tui.planning.books import Books

    books = Books.of(await xero.organisation(), await xero.documents())
    await procore_host.aclose()
    await xero_host.aclose()
    values = load(None, environ={}, below=scenario.settings)
    return Reading(Planner(loaded.items, values.mapping, books), values.settings)


@pytest.fixture(scope="module")
def reading() -> Reading:
    import asyncio

    return asyncio.run(_read(2000))


@pytest.mark.parametrize("changes", [{}, OTHER], ids=["the scenario's settings", "every switch the other way"])
def test_xeros_description_accepts_every_request(
    reading: Reading, description: Description, changes: dict[str, Any]
) -> None:
    plans = reading.plans(**changes)
    assert len(plans) > 2000
    judged = 0
    for request, body in _batches(plans):
        assert _violations(description, request.method, request.path, body) == []
        judged += len(jsontext.loads(body)["Invoices"])
    assert judged == sum(plan.sendable for plan in plans) > 1000
    for method, path, body in _steps(plans):
        assert _violations(description, method, path, body) == []


def _dated_as_the_sdk_does(body: str) -> str:
    """The SDK writes and reads `/Date(ms)/`; Xero takes both forms."""
    for day in set(re.findall(r'Date":"(\d{4}-\d\d-\d\d)"', body)):
        at = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
        body = body.replace(f'Date":"{day}"', f'Date":"/Date({int(at.timestamp()) * 1000}+0000)/"')
    return body


@pytest.mark.parametrize("changes", [{}, OTHER], ids=["the scenario's settings", "every switch the other way"])
def test_the_official_sdks_models_accept_every_payload(reading: Reading, changes: dict[str, Any]) -> None:
    from xero_python.accounting import models
    from xero_python.api_client import ModelFinder
    from xero_python.api_client.deserializer import deserialize

    finder = ModelFinder(models)
    taken = 0
    for plan in reading.plans(**changes):
        if plan.payload is None:
            continue
        body = json.loads(_dated_as_the_sdk_does(plan.body), parse_float=Decimal)
        (invoice,) = deserialize("Invoices", body, finder).invoices
        assert (invoice.date.isoformat() if invoice.date else None) == plan.payload.get("Date")
        assert invoice.invoice_number == plan.payload["InvoiceNumber"]
        assert len(invoice.line_items) == len(plan.payload["LineItems"])
        taken += 1
    assert taken > 1500


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("changes", [{}, OTHER], ids=["defaults", "every switch the other way"])
def test_items_made_by_hand_are_accepted(
    make: "Make", description: Description, kind: Kind, changes: dict[str, Any]
) -> None:
    item = make.item(kind)
    plain = make.plan(item, make.settings(**changes))
    update = make.plan(make.item(kind, lines=(make.line(1, "5.00"),)), books=make.books([make.document(item)]))
    for plan in (plain, update):
        assert plan.request is not None
        assert _violations(description, plan.request.method, plan.request.path, plan.body) == []


def test_a_misspelt_member_is_not_accepted(make: "Make", description: Description) -> None:
    """The test of the test."""
    body = make.plan().body
    for broken in (body.replace("DueDate", "DueDat"), body.replace('"DRAFT"', '"Draft"')):
        assert _violations(description, "PUT", "/Invoices?summarizeErrors=false&unitdp=4", broken)


@pytest.mark.parametrize("changes", [{}, OTHER], ids=["the scenario's settings", "every switch the other way"])
def test_the_scenario_plans_explain_themselves(reading: Reading, changes: dict[str, Any]) -> None:
    """The properties once more, over items that were not made for them."""
    for plan in reading.plans(**changes):
        assert plan.reasons
        assert plan.totals is not None
        assert plan.sendable is (plan.request is not None)
        if plan.payload is None:
            continue
        sent = sum((cents(line["Quantity"] * line["UnitAmount"]) for line in plan.payload["LineItems"]), ZERO)
        assert sent == plan.totals.xero == payload_totals(plan.payload, reading.planner.books.organisation).sub_total
        assert plan.totals.difference == sum((entry.amount for entry in plan.left_out), ZERO)


def test_the_scenarios_author_and_the_planner_agree(reading: Reading) -> None:
    """`EXPECTED` was written from the specification, without looking at the planner."""
    from smoothx_tui.sandbox.default_scenario.cases import CASES, EXPECTED

    plans = reading.planner.plans(reading.settings)
    expected = {CASES.get(name, name): action for name, action in EXPECTED.items()}
    gone = {key for key in expected if key not in plans}  # found gone by the session, not by the readers
    found = {key: plans[key].action.value for key in expected.keys() - gone}
    assert {key: action for key, action in found.items() if action != expected[key]} == {}
    assert len(found) > 100
    assert {expected[key] for key in gone} <= {"orphaned"}
