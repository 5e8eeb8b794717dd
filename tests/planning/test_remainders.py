"""What is left of an item, reckoned without planning it, is what its plan says."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.planning.plan import Action, Outline
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.remainders import Standing
from smoothx_tui.procore.items import CostType, Currency, Item, Kind, TaxCode
from smoothx_tui.session.rows import why_of
from smoothx_tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.planning.conftest import Make

LOCK = dt.date(2026, 6, 15)
FLIPS: list[dict[str, Any]] = [
    {"sync_prior_locked_period": locked, "ignore_cost_types": frozenset(types), "ignore_tax_codes": frozenset(taxes)}
    for locked, types, taxes in product((False, True), ((), ("18",), ("19",), ("18", "19")), ((), ("89",)))
]
OTHERS: list[dict[str, Any]] = [
    {},
    {"sync_as_draft": False},
    {"multi_currency": True},
    {"multi_currency": True, "accounting_currency_rate": False},
    {"sub_job_as_project": False},
    {"ignore_contacts": frozenset({"1101"})},
]


def _lines(make: "Make", kind: Kind, amount: str = "-100.00", **changes: Any) -> tuple[Any, ...]:
    tax = () if kind is Kind.HEAD_CONTRACT_CLAIM else (TaxCode("89"),)
    return (
        make.line(1, "1000.00"),
        make.line(2, "250.50", cost_type=CostType("19", "M"), tax_codes=tax, retained=Decimal("25.05")),
        make.line(3, amount, cost_type=CostType("19", "M"), **changes),
        make.line(4, "0.00"),
    )


def _items(make: "Make", kind: Kind) -> list[Item]:
    """Simple ones, and many that only look simple: each differs from the first in one thing."""
    lines, half = _lines(make, kind), Decimal("0.005")
    item = make.item(kind, id="1", number="N-1", lines=lines)
    changes: list[dict[str, Any]] = [
        {},
        {"date": LOCK},
        {"lines": _lines(make, kind, retained=Decimal("-1.00"))},
        {"lines": _lines(make, kind, amount="-1250.00")},
        {"lines": _lines(make, kind, amount="10.005")},
        {"lines": _lines(make, kind, released=Decimal("0.005"))},
        {"lines": _lines(make, kind, sub_job=make.sub_job())},
        {"lines": ()},
        {"status": "draft"},
        {"company": None},
        {"date": None},
        {"origin_id": "sage:1"},
        {"currency": Currency("USD", "AUD")},
        {"currency": Currency("EUR", "AUD")},
        {"currency": Currency("", "AUD")},
        {"currency": Currency("USD", "AUD"), "date": LOCK},
        {"number": "twin"},
        {"number": "twin"},
        {"gone": True},
        {"number": "pair", "lines": lines},
        {"number": "pair", "lines": (*lines, make.line(5, "7.00", cost_type=CostType("18", "S")))},
        {"number": "standing"},
        {"lines": (make.line(5, "10000000000.00"), *lines)},
        {"lines": (make.line(5, "9.00", tax_codes=(TaxCode("88"), TaxCode("90"))), *lines)},
        {"lines": (replace(lines[0], released=half), replace(lines[1], released=half), lines[2])},
        {"lines": (replace(lines[0], retained=half), replace(lines[1], retained=-half), lines[2])},
    ]
    return [replace(item, **{"id": str(at), "number": f"N-{at}", **one}) for at, one in enumerate(changes)]


def _agrees(standing: Standing, outline: Outline) -> bool:
    assert outline.totals is not None
    shown = outline.totals.xero if outline.has_payload else outline.totals.procore
    assert standing.danger == outline.has_dangers
    return (standing.action, standing.total, standing.currency, standing.summary) == (
        outline.action,
        shown,
        outline.totals.currency,
        outline.summary,
    )


def _said(standing: Standing | None) -> tuple[object, ...] | None:
    if standing is None:
        return None
    return standing.action, standing.cents, standing.currency, standing.summary, standing.danger


def _row(standing: Standing) -> tuple[object, ...]:
    return standing.action, standing.danger, standing.currency, why_of(standing)


def _by_column(planner: Planner, settings: Settings) -> dict[str, Standing | None]:
    """All at once; of those that are alike, the rows must differ in nothing but the amount."""
    steps, keys = planner.left(settings), planner.places.keys
    try:
        while True:
            next(steps)
    except StopIteration as end:
        left = end.value
    alike, others = left.alike(range(len(keys)))
    found = {keys[place]: left.standing(place) for place in others}
    for rows in alike:
        for place, cents in zip(rows.places, rows.cents, strict=True):
            standing = planner.standing_of(keys[place], settings)
            assert standing is not None
            assert standing.cents == cents
            assert _row(standing) == _row(rows.standing)
            found[keys[place]] = standing
    return found


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("first", [{}, FLIPS[-1], FLIPS[2], {"sync_prior_locked_period": True}])
def test_what_is_left_is_what_the_plan_says(make: "Make", kind: Kind, first: dict[str, Any]) -> None:
    items = _items(make, kind)
    number = make.mapping(sale={"number_prefix": "INV-"})
    line = make.line(1, "125.45")
    standing_one = replace(make.document(make.item(kind, number="standing", lines=(line,))), url="")
    books = make.books([standing_one], period_lock=LOCK)
    known, seen = Planner(items, number, books), set()
    for item in items:
        known.outline_of(item.key, make.settings(**first))
    planned = known.planned
    for flip, other in product(FLIPS, OTHERS):
        settings = make.settings(**flip, **other)
        fresh = Planner(items, number, books)
        by_column = _by_column(known, settings)
        for item in items:
            standing = known.standing_of(item.key, settings)
            assert _said(by_column.get(item.key)) == _said(standing)
            if standing is None:
                continue
            outline = fresh.outline_of(item.key, settings)
            assert _agrees(standing, outline), (item.id, settings)
            assert outline.number == known.outline_of(item.key, make.settings(**first)).number
            seen.add(standing.action)
    assert seen == {Action.CREATE, Action.SKIPPED, Action.BLOCKED} or (not seen and "ignore_cost_types" in first)
    assert known.planned == planned


def test_most_items_need_not_be_planned_for_a_changed_list(make: "Make") -> None:
    items = _items(make, Kind.PROGRESS_CLAIM)
    planner = Planner(items, make.mapping(), make.books(period_lock=LOCK))
    for item in items:
        planner.outline_of(item.key, Settings())
    settings = Settings(ignore_cost_types=frozenset({"18"}))
    found = {item.id: planner.standing_of(item.key, settings) for item in items}
    assert {item_id for item_id, standing in found.items() if standing is not None} == {
        "0",
        "1",
        "6",
        "12",
        "14",
        "15",
        "21",
    }
    assert planner.standing_of("claim:99", settings) is None


def test_another_setting_that_the_row_depends_on_has_it_planned(make: "Make") -> None:
    planner = Planner([make.item()], make.mapping(), make.books())
    planner.outline_of("claim:77", Settings())
    assert planner.standing_of("claim:77", Settings(sync_as_draft=False)) is not None
    assert planner.standing_of("claim:77", Settings(ignore_contacts=frozenset({"1101"}))) is None
