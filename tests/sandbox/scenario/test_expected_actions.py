"""The scenario and the planner, written apart from the same specification, agree on every named case.

Both sides are read through the real clients, over the sandbox's own HTTP.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from smoothx_tui.base.http import Host
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.plan import Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.loading import load_reference
from smoothx_tui.sandbox.default_scenario.cases import CASES, EXPECTED
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.settings.schema import Settings
from smoothx_tui.settings.tables import mapping_of
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.endpoints import XeroEndpoints
from tests.procore.everything import load_items

_BASE = "http://sandbox.invalid"


async def _read() -> tuple[Planner, list[Item]]:
    scenario = default_scenario()
    sandbox = Sandbox.from_scenario(scenario, speed=0)
    transport = sandbox.transport()
    xero_at = XeroEndpoints.sandbox(_BASE)
    procore_host = Host(f"{_BASE}/procore", name="Procore", clock=sandbox.clock, transport=transport)
    xero_host = Host(xero_at.api, name="Xero", clock=sandbox.clock, transport=transport)
    secret = Secret("sandbox")
    own = ClientCredentials(procore_host, "/oauth/token", "sandbox", secret, clock=sandbox.clock)
    theirs = ClientCredentials(xero_host, xero_at.token_path, "sandbox", secret, clock=sandbox.clock, basic=True)
    try:
        procore = ProcoreClient(procore_host, str(scenario.procore["company"]["id"]), own, sandbox.clock)
        xero = XeroClient(xero_host, scenario.xero["Organisation"]["OrganisationID"], theirs, sandbox.clock)
        loaded = await load_items(procore, await load_reference(procore))
        books = Books.of(await xero.organisation(), await xero.documents())
    finally:
        await procore_host.aclose()
        await xero_host.aclose()
        await sandbox.aclose()
    assert not loaded.problems
    items = list(loaded.items)
    gone = sorted(set(books.by_item) - {item.key for item in items})
    items += [gone_item(key, books.by_item[key][0]) for key in gone]
    return Planner(items, mapping_of(scenario.settings), books), items


@pytest.fixture(scope="module")
def planner() -> Planner:
    planner, items = asyncio.run(_read())
    assert not [item.key for item in items if item.problems]
    return planner


def _actions(plans: Mapping[str, Plan]) -> dict[str, str]:
    return {case: plans[key].action.value for case, key in CASES.items() if key in plans}


def test_every_named_case_plans_as_it_says(planner: Planner) -> None:
    actions = _actions(planner.plans(Settings()))
    wrong = {case: (actions.get(case), wanted) for case, wanted in EXPECTED.items() if actions.get(case) != wanted}
    assert not wrong


def test_the_rest_of_the_day_is_a_clean_create(planner: Planner) -> None:
    named = set(CASES.values())
    others = [plan for key, plan in planner.plans(Settings()).items() if key not in named]
    assert len(others) > 80
    assert {plan.action.value for plan in others} == {"create"}


_CHANGES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"update_draft": False}, {"changed_claim_draft": "held"}),
    ({"update_awaiting_approval": True}, {"changed_claim_awaiting_approval": "update"}),
    ({"update_approved": True}, {"changed_claim_awaiting_payment": "update", "changed_part_paid": "held"}),
    ({"resync_deleted": True}, {"claim_deleted_in_xero": "recreate", "direct_voided_in_xero": "recreate"}),
    (
        {"delete_matching": True},
        {
            "gone_claim_draft": "delete",
            "gone_claim_awaiting_payment": "void",
            "gone_claim_paid": "blocked",
            "gone_claim_part_paid": "blocked",
            "gone_direct_marked": "delete",
            "gone_head": "orphaned",
        },
    ),
    ({"multi_currency": True}, {"currency_not_enabled": "blocked", "foreign_currency": "create"}),
    ({"sync_prior_locked_period": True}, {"locked_period_claim": "create", "changed_in_locked_period": "blocked"}),
    ({"ignore_cost_types": frozenset({"20"})}, {"ignore_cost_type_every_line": "skipped"}),
    ({"ignore_tax_codes": frozenset({"89"})}, {"ignore_tax_code_every_line": "skipped"}),
    ({"ignore_contacts": frozenset({"598134325512005"})}, {"ignore_contact": "skipped"}),
]


@pytest.mark.parametrize(("changed", "expected"), _CHANGES, ids=[next(iter(changed)) for changed, _ in _CHANGES])
def test_settings_that_change_an_action(planner: Planner, changed: dict[str, Any], expected: dict[str, str]) -> None:
    actions = _actions(planner.plans(Settings(**changed)))
    assert {case: actions[case] for case in expected} == expected


_PAYLOADS: list[tuple[dict[str, Any], str]] = [
    ({"sync_as_draft": False}, "claim_create"),
    ({"sync_as_draft": False, "sync_status": "awaiting_payment"}, "direct_create"),
    ({"multi_currency": True, "accounting_currency_rate": False}, "foreign_currency"),
    ({"sync_project_number": False}, "option_to_create"),
    ({"sub_job_as_project": False}, "sub_job"),
    ({"ignore_cost_types": frozenset({"20"})}, "ignore_cost_type_one_line"),
    ({"ignore_tax_codes": frozenset({"89"})}, "ignore_tax_code_one_line"),
]


@pytest.mark.parametrize(("changed", "case"), _PAYLOADS, ids=[case for _, case in _PAYLOADS])
def test_settings_that_change_a_payload(planner: Planner, changed: dict[str, Any], case: str) -> None:
    before = planner.plan_of(CASES[case], Settings())
    after = planner.plan_of(CASES[case], Settings(**changed))
    assert before.payload is not None
    assert before.payload != after.payload


@pytest.mark.parametrize(
    ("changed", "case"),
    [({"address_postal_and_street": True}, "contact_by_name"), ({"erp_locking": False}, "claim_create")],
)
def test_settings_that_change_what_happens_around_it(planner: Planner, changed: dict[str, Any], case: str) -> None:
    before = planner.plan_of(CASES[case], Settings())
    after = planner.plan_of(CASES[case], Settings(**changed))
    assert (before.first, before.then) != (after.first, after.then)
