"""Lines: amounts, descriptions, accounts, taxes, retention, and what is left out."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base.money import ZERO
from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.procore.items import (
    CostCode,
    CostType,
    Kind,
    SubJob,
    TaxCode,
)
from smoothx_tui.settings.mapping import CisRow
from smoothx_tui.settings.schema import Settings
from tests.planning.payloads import lines_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.planning.conftest import Make

    Codes = Callable[..., set[str]]

CLAIM, DIRECT, HEAD = Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM
GST = (TaxCode("88", "GST@10%", Decimal("0.1")),)


# Lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "amount", "sent"),
    [
        ("8.2", "152.5", "1250.50", ("8.2", "152.50")),
        ("3", "33.3333", "100.00", ("3", "33.3333")),
        ("8.20001", "152.5", "1250.50", ("8.2", "152.50")),
        ("8.2001", "152.5", "1250.50", ("1", "1250.50")),
        ("100", "1.00", "100.00", ("100", "1.00")),
        ("-1", "-100.00", "100.00", ("1", "100.00")),
        ("1", "-100.00", "-100.00", ("1", "-100.00")),
        ("0", "0", "10.00", ("1", "10.00")),
        (None, "10.00", "10.00", ("1", "10.00")),
        ("NaN", "10.00", "10.00", ("1", "10.00")),
        ("1E+400", "10.00", "10.00", ("1", "10.00")),
    ],
)
def test_direct_costs_send_their_factors_where_they_give_the_amount(
    make: "Make", quantity: str | None, unit_cost: str, amount: str, sent: tuple[str, str]
) -> None:
    line = make.line(1, amount, quantity=Decimal(quantity) if quantity else None, unit_cost=Decimal(unit_cost))
    plan = make.plan(make.item(DIRECT, lines=(line, make.line(2, "200.00"))))
    assert tuple(f"{lines_of(plan)[0][name]:f}" for name in ("Quantity", "UnitAmount")) == sent


def test_a_claim_is_always_one_times_its_amount(make: "Make") -> None:
    line = make.line(1, "1250.50", quantity=Decimal("8.2"), unit_cost=Decimal("152.5"))
    assert lines_of(make.plan(make.item(lines=(line,))))[0]["Quantity"] == 1


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "03-300 - Work 1"),
        ({"description": ""}, "03-300 - Concrete"),
        ({"description": "", "cost_code": None}, "Line 1"),
        ({"cost_code": None}, "Work 1"),
        ({"description": " \n ", "cost_code": CostCode("1", "03-300")}, "03-300"),
        ({"description": "a\nb\tc"}, "03-300 - a\nb\tc"),
        ({"description": "a\x1b[31m\x00b\x85c"}, "03-300 - a[31mbc"),
        ({"description": "a\ud800b"}, "03-300 - ab"),
        ({"description": "😀\u202e[bold]"}, "03-300 - 😀\u202e[bold]"),
    ],
)
def test_descriptions(make: "Make", changes: dict[str, Any], text: str) -> None:
    assert lines_of(make.plan(make.item(lines=(make.line(**changes),))))[0]["Description"] == text


def test_a_long_description_is_cut_with_a_note(make: "Make", codes: "Codes") -> None:
    plan = make.plan(make.item(lines=(make.line(description="x" * 5000),)))
    assert len(lines_of(plan)[0]["Description"]) == 4000
    assert "description_cut" in codes(plan, Level.NOTE)


def test_cents_are_rounded_half_up_and_the_rest_is_accounted_for(make: "Make", codes: "Codes") -> None:
    plan = make.plan(make.item(lines=(make.line(1, "10.005"), make.line(2, "-0.005"))))
    assert [line["UnitAmount"] for line in lines_of(plan)] == [Decimal("10.01"), Decimal("-0.01")]
    assert [entry.amount for entry in plan.left_out] == [Decimal("-0.005"), Decimal("0.005")]
    assert "rounded" in codes(plan, Level.NOTE)


# Accounts and taxes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "account", "row"),
    [
        ({}, "310", "mapping.bill.default_account"),
        ({"cost_codes": {"03-300": "311"}}, "311", 'mapping.bill.cost_codes."03-300"'),
        ({"cost_codes": {"03-300": "310", "03-300.S": "311"}}, "311", 'mapping.bill.cost_codes."03-300.S"'),
        ({"cost_codes": {"03-300.S": "310"}, "21": {"03-300": "311"}}, "311", 'mapping.bill.projects."21"."03-300"'),
        ({"21": {"03-300": "310", "03-300.S": "312"}}, "312", 'mapping.bill.projects."21"."03-300.S"'),
        ({"21": {"05-100": "312"}, "22": {"03-300": "312"}}, "310", "mapping.bill.default_account"),
    ],
)
def test_the_more_specific_row_wins(make: "Make", rows: dict[str, dict[str, str]], account: str, row: str) -> None:
    projects = {key: rows_of(table) for key, table in rows.items() if key != "cost_codes"}
    bill = {"cost_codes": rows_of(rows.get("cost_codes", {})), "projects": MappingProxyType(projects)}
    plan = make.plan(mapping=make.mapping(bill=bill))
    assert lines_of(plan)[0]["AccountCode"] == account
    assert dict(plan.why)["LineItems[0].AccountCode"] == row


def test_cis_comes_before_every_row_and_only_on_bills(make: "Make") -> None:
    cis = {
        "cis_labour": CisRow("18", "311"),
        "cis_materials": CisRow("19", "312"),
        "projects": MappingProxyType({"21": rows_of({"03-300.S": "310"})}),
    }
    mapping = make.mapping(bill=cis)
    lines = (make.line(1), make.line(2, cost_type=CostType("19", "M")), make.line(3, cost_type=None))
    plan = make.plan(make.item(lines=lines), mapping=mapping)
    assert [line["AccountCode"] for line in lines_of(plan)] == ["311", "312", "310"]
    assert lines_of(make.plan(make.item(HEAD), mapping=mapping))[0]["AccountCode"] == "200"


def test_sales_and_bills_share_no_row(make: "Make", codes: "Codes") -> None:
    mapping = make.mapping(bill={"cost_codes": rows_of({"03-300": "311"})}, sale={"default_account": ""})
    assert codes(make.plan(make.item(HEAD), mapping=mapping), Level.BLOCKER) == {"no_account"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "ARCHIVED"}, "account_archived"),
        ({"system_account": "GST"}, "account_system"),
        ({"type": "BANK"}, "account_bank"),
    ],
)
def test_accounts_that_take_no_lines(make: "Make", codes: "Codes", changes: dict[str, str], code: str) -> None:
    accounts = make.organisation().accounts
    accounts = {**accounts, "310": replace(accounts["310"], **changes)}
    assert codes(make.plan(books=make.books(accounts=accounts)), Level.BLOCKER) == {code}
    assert codes(make.plan(books=make.books(accounts={})), Level.BLOCKER) == {"account_unknown"}


def test_tax_types(make: "Make", codes: "Codes") -> None:
    assert lines_of(make.plan())[0]["TaxType"] == "INPUT"
    unmapped = make.plan(make.item(lines=(make.line(tax_codes=(TaxCode("99", "Odd"),)),)))
    assert "TaxType" not in lines_of(unmapped)[0]
    assert codes(unmapped, Level.NOTE) == {"tax_not_mapped"}
    two = make.plan(make.item(lines=(make.line(tax_codes=(*GST, TaxCode("89"))),)))
    assert codes(two, Level.BLOCKER) == {"two_tax_codes"}
    rate = make.plan(make.item(lines=(make.line(tax_codes=(TaxCode("88", "GST", Decimal("0.15")),)),)))
    assert codes(rate, Level.NOTE) == {"tax_rate"}
    assert rate.action is Action.CREATE


@pytest.mark.parametrize(
    ("mapped", "changes", "code"),
    [
        ("TAX9", {}, "tax_unknown"),
        ("OUTPUT", {}, "tax_side"),
        ("INPUT", {"status": "DELETED"}, "tax_archived"),
        ("INPUT", {"applies_to": frozenset({"ASSETS", "EQUITY"})}, "tax_account"),
    ],
)
def test_tax_types_that_xero_would_refuse(
    make: "Make", codes: "Codes", mapped: str, changes: dict[str, Any], code: str
) -> None:
    rates = make.organisation().tax_rates
    rates = {**rates, "INPUT": replace(rates["INPUT"], **changes)}
    mapping = make.mapping(bill={"tax_codes": rows_of({"88": mapped})})
    assert codes(make.plan(mapping=mapping, books=make.books(tax_rates=rates)), Level.BLOCKER) == {code}


def test_head_contract_lines_carry_no_tax_type(make: "Make") -> None:
    plan = make.plan(make.item(HEAD, lines=(make.line(tax_codes=GST),)), Settings(ignore_tax_codes=frozenset({"88"})))
    assert plan.action is Action.CREATE
    assert "TaxType" not in lines_of(plan)[0]


# Retention ---------------------------------------------------------------------------------------------------------


def test_retention_lines_by_tax_type_and_option_on_their_own_accounts(make: "Make") -> None:
    lines = (
        make.line(1, "1000.00", tax_codes=GST, retained=Decimal("100.00")),
        make.line(2, "500.00", tax_codes=GST, retained=Decimal("50.00"), released=Decimal("20.00")),
        make.line(3, "300.00", retained=Decimal("30.00")),
        make.line(4, "0.00", released=Decimal("5.00"), tax_codes=GST, sub_job=SubJob("501", "01", "Carpark")),
    )
    mapping = make.mapping(second_tracking_category="Cost Code")
    plan = make.plan(make.item(lines=lines), Settings(sub_job_as_project=False), mapping=mapping)
    retention = lines_of(plan)[3:]
    assert [(line["UnitAmount"], line["AccountCode"], line.get("TaxType")) for line in retention] == [
        (Decimal("-150.00"), "877", "INPUT"),
        (Decimal("-30.00"), "877", None),
        (Decimal("20.00"), "878", "INPUT"),
        (Decimal("5.00"), "878", "INPUT"),
    ]
    assert [line["Tracking"] for line in retention] == [
        [{"Name": "Project", "Option": option}] for option in ["2235 - Quay St"] * 3 + ["2235-01 - Carpark"]
    ]
    assert len(lines_of(plan)[0]["Tracking"]) == 2
    assert plan.totals is not None
    assert plan.totals.xero == plan.totals.procore == Decimal("1645.00")


def test_retention_on_the_sales_side_is_receivable(make: "Make") -> None:
    line = make.line(retained=Decimal("100.00"), released=Decimal("10.00"))
    plan = make.plan(make.item(HEAD, lines=(line,)))
    assert [entry["AccountCode"] for entry in lines_of(plan)] == ["200", "655", "656"]


@pytest.mark.parametrize("which", ["retained", "released"])
def test_retention_without_an_account_is_blocked(make: "Make", codes: "Codes", which: str) -> None:
    held = {"retained": ZERO, "released": ZERO, which: Decimal("10.00")}
    item = make.item(lines=(make.line(retained=held["retained"], released=held["released"]),))
    mapping = make.mapping(bill={f"retention_{which}": ""})
    plan = make.plan(item, mapping=mapping)
    assert codes(plan, Level.BLOCKER) == {"no_retention_account"}
    assert f"mapping.bill.retention_{which}" in plan.findings[0].fix


def test_ignored_lines_leave_with_their_retention_as_two_entries(make: "Make") -> None:
    lines = (make.line(1), make.line(2, "200.00", cost_type=CostType("19", "M"), retained=Decimal("20.00")))
    plan = make.plan(make.item(lines=lines), Settings(ignore_cost_types=frozenset({"19"})))
    assert [(entry.line, entry.amount, entry.rule) for entry in plan.left_out] == [
        ("line 2 (Work 2)", Decimal("200.00"), "ignore_cost_types"),
        ("line 2 (Work 2), retention", Decimal("-20.00"), "ignore_cost_types"),
    ]
    assert plan.totals is not None
    assert plan.totals.difference == Decimal("180.00")


def test_a_head_line_that_knows_its_cost_type_by_code_only_is_ignored_by_code(make: "Make") -> None:
    item = make.item(HEAD, lines=(make.line(cost_type=CostType("", "REV")),))
    assert make.plan(item, Settings(ignore_cost_types=frozenset({"REV"}))).action is Action.SKIPPED
