"""Filtering and sorting by column find what asking and comparing row by row finds."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.session.filters import read_filter
from smoothx_tui.session.rows import Row
from smoothx_tui.session.sieve import Sieve, sort
from smoothx_tui.session.table import Table

WORDS = st.sampled_from(["", "Quay", "quay st", "ABC", "straße", "12", "2026", "1,0", "-5", "İz"])
ROWS = st.builds(
    Row,
    key=st.just(""),
    action=st.sampled_from(Action),
    kind=st.sampled_from(Kind),
    number=st.one_of(WORDS, st.text(max_size=4)),
    contact=WORDS,
    project=WORDS,
    date=st.none() | st.dates(dt.date(2025, 12, 1), dt.date(2026, 7, 31)),
    total=st.decimals(-2000, 2_000_000, places=2) | st.sampled_from([Decimal("1.005"), Decimal("1e16"), Decimal(0)]),
    currency=st.sampled_from(["AUD", "USD", ""]),
    why=WORDS,
    danger=st.booleans(),
)
FILTERS = st.lists(
    st.sampled_from(
        ["quay", "!quay", '"quay st"', "12", "1,0", "0.00", "act:new", "!act:blocked", "type:claim,direct", "number:a",
         "contact:quay,abc", "why:st", "currency:aud", "total>10", "!total<=10.5", "total=1.005", "date:2026-06",
         "date>=2026-01-15", "!date<2026-06-01", "ß", "claim", "2026-0", "danger", "!why:danger"]
    ), max_size=3,
).map(" ".join)  # fmt: skip
KEYS: dict[str, Callable[[Row], Any]] = {
    "number": lambda row: row.number.casefold(),
    "contact": lambda row: row.contact.casefold(),
    "project": lambda row: row.project.casefold(),
    "type": lambda row: row.type,
    "date": lambda row: row.date or dt.date.min,
    "total": lambda row: row.total,
    "why": lambda row: (not row.danger, row.why.casefold()),
}


def a_table(rows: list[Row]) -> Table:
    """With a key that has no row between any two that have one."""
    table = Table()
    for at, row in enumerate(rows):
        table.places.of(f"none:{at}")
        table[f"claim:{at}"] = row
    return table


def at_once(table: Table, text: str) -> list[str]:
    sieve = Sieve(table, read_filter(text))
    for _ in sieve.readying():
        pass
    return [table.places.keys[place] for place in sieve.passing(range(len(table.places.keys)))]


@given(st.lists(ROWS, max_size=12), FILTERS)
def test_a_filter_by_column_lets_the_same_rows_pass_as_row_by_row(rows: list[Row], text: str) -> None:
    table, wanted = a_table(rows), read_filter(text)
    assert at_once(table, text) == [key for key, row in table.items() if wanted.matches(row)]


@given(st.lists(ROWS, max_size=12), st.sampled_from(sorted(KEYS)))
def test_a_table_sorted_by_column_is_in_order_and_equal_rows_stay_in_theirs(rows: list[Row], name: str) -> None:
    table = a_table(rows)
    places = list(range(len(table.places.keys)))
    for _ in sort(table, name, places):
        pass
    keys = [table.places.keys[place] for place in places]
    expected = sorted(table, key=lambda key: KEYS[name](table[key]))
    assert keys == [*expected, *(key for key in table.places.keys if key.startswith("none:"))]


def test_actions_are_sorted_by_what_is_to_be_done_first() -> None:
    rows = [Row(action, action, Kind.DIRECT_COST, "", "", "", None, Decimal(0), "", "", danger=False)
            for action in (Action.UNCHANGED, Action.BLOCKED, Action.CREATE, Action.UPDATE, Action.CREATE)]  # fmt: skip
    table = a_table(rows)
    places = [1, 3, 5, 7, 9]
    for _ in sort(table, "act", places):
        pass
    assert [table[table.places.keys[at]].action for at in places] == [
        Action.CREATE, Action.CREATE, Action.UPDATE, Action.BLOCKED, Action.UNCHANGED,
    ]  # fmt: skip


@given(st.lists(ROWS, max_size=12))
def test_counts_and_totals_are_those_of_the_rows(rows: list[Row]) -> None:
    ordered = sorted(rows, key=lambda row: (row.action, row.currency))
    expected = {of: list(same) for of, same in groupby(ordered, key=lambda row: (row.action, row.currency))}
    found = a_table(rows).totals()
    assert found == {of: (len(same), sum(row.total for row in same)) for of, same in expected.items()}


def test_what_has_just_been_sent_stays_in_sight_whatever_the_filter_says() -> None:
    row = Row("", Action.CREATE, Kind.DIRECT_COST, "A-1", "", "", None, Decimal(1), "AUD", "", danger=False)
    table = a_table([row, row])
    sieve = Sieve(table, read_filter("nothing"), stay=[3])
    for _ in sieve.readying():
        pass
    assert sieve.passing([1, 3]) == [3]


@pytest.mark.parametrize("groups", [frozenset({2}), frozenset({0, 9}), frozenset()])
def test_rows_of_touched_groups_are_stale_and_no_others(groups: frozenset[int]) -> None:
    table = Table()
    for at in range(6):
        table[f"claim:{at}"] = Row(
            "", Action.CREATE, Kind.DIRECT_COST, "", "", "", None, Decimal(1), "", "", danger=False, group=at % 3
        )
    del table["claim:5"]
    table.spoil_groups(groups)
    stale = {f"claim:{at}" for at in range(5) if at % 3 in groups}
    assert {key for key in table if table.is_stale(key)} == stale
    assert table.stale == len(stale)
