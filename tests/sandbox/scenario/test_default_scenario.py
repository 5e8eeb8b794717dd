"""The default scenario shows what it promises, is the same in every run, and holds together."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from smoothx_tui.base.jsontext import loads
from smoothx_tui.base.money import cents
from smoothx_tui.sandbox.default_scenario.cases import CASES, EXPECTED
from smoothx_tui.sandbox.scenario import Scenario, default_scenario, scenario_from

_KINDS = {"claim": "requisitions", "direct": "direct_costs", "head": "payment_applications"}
_HOST = "https://app.procore.com"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return default_scenario()


def _items(scenario: Scenario) -> dict[str, dict[str, Any]]:
    return {f"{prefix}:{one['id']}": one for prefix, kind in _KINDS.items() for one in scenario.procore[kind]}


def test_it_is_the_same_in_every_run_and_reads_back(scenario: Scenario) -> None:
    assert default_scenario() == scenario
    assert scenario_from(loads(scenario.to_json()), "again") == scenario


def test_its_size(scenario: Scenario) -> None:
    assert 190 <= len(_items(scenario)) <= 230
    assert len(scenario.procore["projects"]) >= 5
    assert len(scenario.procore["vendors"]) >= 40
    assert len(scenario.xero["Accounts"]) >= 30


def test_every_case_is_an_item_or_a_document_of_one_that_is_gone(scenario: Scenario) -> None:
    items = _items(scenario)
    urls = [row.get("Url") or "" for row in scenario.xero["Invoices"]]
    for case, key in CASES.items():
        gone = case.startswith("gone_") and case != "gone_direct_marked"
        assert (key in items) is not gone, case
        if gone:
            assert sum(url.endswith("/" + key.partition(":")[2]) for url in urls) == 1, case
    assert EXPECTED.keys() <= CASES.keys()


def test_every_action_that_needs_no_changed_setting_is_expected() -> None:
    wanted = {
        "not_ready",
        "create",
        "update",
        "unchanged",
        "held",
        "orphaned",
        "skipped",
        "blocked",
        "locked_elsewhere",
    }
    assert set(EXPECTED.values()) == wanted


def test_every_status_of_a_document_and_both_sides_of_the_lock_date(scenario: Scenario) -> None:
    documents = scenario.xero["Invoices"]
    statuses = Counter(row["Status"] for row in documents)
    assert set(statuses) == {"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"}
    assert any(row["Status"] == "AUTHORISED" and row["AmountPaid"] for row in documents)
    assert {row["Date"] <= scenario.xero["Organisation"]["PeriodLockDate"] for row in documents} == {True, False}


def test_synced_items_and_documents_name_each_other(scenario: Scenario) -> None:
    tenant = scenario.xero["Organisation"]["OrganisationID"]
    documents = {row["InvoiceID"]: row for row in scenario.xero["Invoices"]}
    synced = 0
    for key, item in _items(scenario).items():
        origin = item.get("origin_id") or ""
        if not origin.startswith(f"xero:{tenant[:8]}:") or key == CASES["locked_without_document"]:
            continue
        document = documents[origin.removeprefix(f"xero:{tenant[:8]}:")]
        synced += 1
        if key != CASES["found_by_lock_alone"]:
            assert document["Url"].startswith(_HOST)
            assert document["Url"].endswith(f"/{item['id']}")
            assert "xero" not in document["Url"]
    assert synced > 25


def test_documents_add_up(scenario: Scenario) -> None:
    for row in scenario.xero["Invoices"]:
        for line in row["LineItems"]:
            assert line["LineAmount"] == cents(line["Quantity"] * line["UnitAmount"])
        assert row["Total"] == row["SubTotal"] + row["TotalTax"]
        due = 0 if row["Status"] == "VOIDED" else row["Total"] - row["AmountPaid"] - row["AmountCredited"]
        assert row["AmountDue"] == due


def test_ids_pass_32_bits(scenario: Scenario) -> None:
    assert all(item["id"] > 2**32 for item in _items(scenario).values())


def test_the_hard_ones_are_as_hard_as_they_say(scenario: Scenario) -> None:
    items = _items(scenario)
    assert len(items[CASES["hundred_lines"]]["items"]) == 100
    assert items[CASES["no_billing_date"]]["billing_date"] is None
    assert items[CASES["claim_without_number"]]["invoice_number"] is None
    assert Decimal(items[CASES["negative_total"]]["line_items"][0]["amount"]) < 0
    assert items[CASES["same_number_first"]]["invoice_number"] == items[CASES["same_number_second"]]["invoice_number"]
    assert any("\x1b" in vendor["name"] and "\u202e" in vendor["name"] for vendor in scenario.procore["vendors"])
    assert any(len(project["name"]) > 100 for project in scenario.procore["projects"])
    assert any(project["project_number"] is None for project in scenario.procore["projects"])


def test_a_mapping_comes_with_it(scenario: Scenario) -> None:
    mapping = scenario.settings["mapping"]
    contacts = {row["ContactID"] for row in scenario.xero["Contacts"]}
    ghosts = [company for company, contact in mapping["contacts"].items() if contact not in contacts]
    assert len(ghosts) == 1
    assert "cis" not in mapping["bill"]
    assert "default_account" not in mapping["sale"]
    assert set(mapping["bill"]["projects"]) <= {str(one["id"]) for one in scenario.procore["projects"]}
