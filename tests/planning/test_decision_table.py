"""Runs every row of the decision table, and holds the page to it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest

from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.plan import Plan, Step
from smoothx_tui.procore.items import Kind
from smoothx_tui.settings.schema import GROUPS, SCHEMA
from smoothx_tui.xero.documents import Document, Status
from tests.planning.decision_page import DOC, render
from tests.planning.decisions import (
    ALL,
    EFFECTS,
    HEAD,
    HEADS_DIFFER,
    MATRIX,
    NONE,
    OWN,
    PART_PAID,
    READING,
    ROWS,
    SAID,
    Row,
)

if TYPE_CHECKING:
    from tests.planning.conftest import Given, Make

    Situations = dict[str, Callable[[Make, Kind], Given]]


OF_OUR_OWN: Final = frozenset(s.key for s in SCHEMA if s.table in {group.table for group in GROUPS if group.own})


def _cells() -> Iterator[tuple[Kind, str, str, str, str]]:
    for side, standing, actions in MATRIX:
        for setting, action in actions.items():
            for kind in ALL:
                expected = HEADS_DIFFER.get((side, setting), action) if kind is HEAD else action
                yield kind, side, standing, setting, expected


@pytest.mark.parametrize(("kind", "side", "standing", "setting", "action"), list(_cells()))
def test_matrix(make: "Make", kind: Kind, side: str, standing: str, setting: str, action: str) -> None:
    plan = _cell(make, kind, side, standing, setting)
    assert plan.action.value == action, plan.reasons


def _cell(make: "Make", kind: Kind, side: str, standing: str, setting: str) -> Plan:
    item = make.item(kind)
    changes: dict[str, Any] = {}
    if setting:
        changes[setting.removeprefix("not ")] = not setting.startswith("not ")
    if "ignored contact" in side:
        changes["ignore_contacts"] = frozenset({item.company.id if item.company else ""})
    documents = [] if standing == NONE else [_standing(make, kind, standing)]
    if "locked period" in side:
        books = make.books(documents, period_lock=dt.date(2026, 6, 30))
    else:
        books = make.books(documents)
    if "changed" in side:
        item = replace(item, lines=(make.line(1, "1200.00", tax_codes=item.lines[0].tax_codes),))
    if side == "not approved":
        item = replace(item, status="under_review")
    if side == "locked by another integration":
        item = replace(item, origin_id="sage:4711")
    if side == "gone":
        item = gone_item(item.key, documents[0])
    return make.plan(item, make.settings(**changes), books=books)


def _standing(make: "Make", kind: Kind, standing: str) -> Document:
    if standing == PART_PAID:
        return replace(make.document(make.item(kind), Status.AUTHORISED), amount_paid=Decimal("10.00"))
    return make.document(make.item(kind), Status(standing))


def _row_id(value: object) -> str:
    return f"{value.setting}-{value.grade}-{value.says[:40]}" if isinstance(value, Row) else str(value)


@pytest.mark.parametrize(("row", "kind"), [(row, kind) for row in ROWS + EFFECTS for kind in row.kinds], ids=_row_id)
def test_setting(make: "Make", situations: "Situations", row: Row, kind: Kind) -> None:
    item, books = situations[row.given](make, kind)
    plan = make.plan(item, make.settings(**{row.setting: row.value, **row.more}), books=books)
    assert SEEN[row.see](plan) == row.then, plan.reasons


@pytest.mark.parametrize("setting", [setting.key for setting in SCHEMA])
def test_every_setting_has_its_rows(setting: str) -> None:
    grades = {row.grade for row in ROWS if row.setting == setting}
    assert (OWN if setting in OF_OUR_OWN else SAID) in grades


@pytest.mark.parametrize("setting", [setting.key for setting in SCHEMA if setting.reading])
def test_every_reading_has_a_row(setting: str) -> None:
    if setting in {"ignore_cost_types", "ignore_contacts", "update_awaiting_approval"}:
        return  # their reading is the one above of their neighbours, or is said by the page as well
    assert any(row.grade == READING for row in ROWS if row.setting == setting)


def _member(name: str) -> Callable[[Plan], str]:
    return lambda plan: str((plan.payload or {}).get(name, ""))


def _option(plan: Plan) -> str:
    assert plan.payload is not None
    return str(plan.payload["LineItems"][0]["Tracking"][0]["Option"])


def _addresses(plan: Plan) -> str:
    bodies = [step.body for step in plan.first if step.step in {Step.CREATE_CONTACT, Step.UPDATE_CONTACT}]
    return " ".join(address["AddressType"] for body in bodies for address in body.get("Addresses", ()))


def _line_ids(plan: Plan) -> str:
    assert plan.payload is not None
    return "kept" if all(line.get("LineItemID") for line in plan.payload["LineItems"]) else "new"


def _files(plan: Plan) -> str:
    return " ".join(f"-{file.source}" if file.left_out else f"+{file.name}" for file in plan.files)


SEEN: Final[dict[str, Callable[[Plan], str]]] = {
    "action": lambda plan: plan.action.value,
    "status": _member("Status"),
    "currency": _member("CurrencyCode"),
    "rate": _member("CurrencyRate"),
    "date": _member("Date"),
    "due date": _member("DueDate"),
    "document id": lambda plan: "the same" if "InvoiceID" in (plan.payload or {}) else "new",
    "line ids": _line_ids,
    "held by": lambda plan: plan.reasons[-1].setting if plan.action.value == "held" else plan.action.value,
    "then": lambda plan: " ".join(plan.then),
    "dangers": lambda plan: " ".join(danger.code for danger in plan.dangers),
    "first steps": lambda plan: " ".join(step.step.value for step in plan.first),
    "left out": lambda plan: " ".join(f"{entry.rule} {entry.amount}" for entry in plan.left_out),
    "option": _option,
    "addresses": _addresses,
    "files": _files,
    "online": lambda plan: " ".join(file.name for file in plan.files if file.online),
    "why date": lambda plan: dict(plan.why)["Date"],
}


def test_the_page_is_what_the_tables_say() -> None:
    assert DOC.read_text(encoding="utf-8") == render(), "run: python -m tests.planning.decision_page"
