"""Who, where and how much is left, in a line of any width: whole parts, and a sign where some have left."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.console.glyphs import UNICODE
from smoothx_tui.console.keys import Keymap, Where
from smoothx_tui.console.model.allowance import forms
from smoothx_tui.console.model.bars import fitting, small, small_ways
from smoothx_tui.console.model.header import Numbers, header
from smoothx_tui.session.place import Budget, Environment, Place

PLACE = Place("sandbox", Environment.SANDBOX, "Harbourline Pty Ltd", "ab12", base_currency="AUD")
FULL = Budget(59, 4999)


def shown(width: int, budget: Budget = FULL, place: Place = PLACE, *, unsaved: int = 0, marked: int = 0) -> str:
    return header(place, Numbers(pending=217, budget=budget, unsaved=unsaved, marked=marked), width, UNICODE).text


@pytest.mark.parametrize(
    ("width", "marked", "tail"),
    [
        (120, 0, "217 pending  Xero left 59/min 4,999/day"),
        (80, 0, "217 pending  59/min 4,999/day"),
        (80, 3, "217 pending  3 marked  59/min"),
        (60, 0, "217 pending  59/min"),
        (60, 3, "217 pending  …"),
    ],
)
def test_the_allowance_is_as_short_as_it_has_to_be(width: int, marked: int, tail: str) -> None:
    text = shown(width, marked=marked)
    assert text.rstrip().endswith(f"  {tail}")
    assert len(text) == width


@pytest.mark.parametrize(
    ("budget", "width", "said"),
    [
        (Budget(2, 4999), 80, "*2 unsaved  217 pending  low 2/min  …"),
        (Budget(2, 4999), 60, "Xero low: 2/min  …"),
        (Budget(0, 40), 60, "Xero low: 40/day  …"),
        (Budget(0, 4999, xero_waits=42), 80, "*2 unsaved  217 pending  pause 42 s  …"),
        (Budget(0, 4999, xero_waits=42), 60, "Xero pauses 42 s  …"),
    ],
)
def test_where_it_is_low_or_waited_for_everything_else_leaves_first(budget: Budget, width: int, said: str) -> None:
    text = shown(width, budget, unsaved=2, marked=3)
    assert text.rstrip().endswith(f"  {said}")
    assert " SANDBOX " in text


def test_it_stays_beside_a_long_name() -> None:
    place = Place("live", Environment.LIVE, "Harbourline Constructions (Queensland) Proprietary Limited", "ab12")
    text = shown(60, Budget(0, 100), place)
    assert text.startswith(" LIVE  Harbourline Const")
    assert text.rstrip().endswith("low 100/day  …")


@given(
    st.integers(60, 160),
    st.builds(
        Budget, st.none() | st.integers(0, 60), st.none() | st.integers(0, 5000), xero_waits=st.none() | st.just(9)
    ),
    st.integers(0, 12),
    st.integers(0, 9999),
    st.lists(st.sampled_from(["robin", "sam", "kim"]), max_size=3),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=70),
)
def test_any_line_fills_the_width_and_holds_whole_parts(
    width: int, budget: Budget, unsaved: int, marked: int, others: list[str], name: str
) -> None:
    numbers = Numbers(unsaved=unsaved, pending=217, marked=marked, others=others, budget=budget)
    place = Place("live", Environment.LIVE, name, "ab12")
    line = header(place, numbers, width, UNICODE)
    assert len(line.text) == width
    assert " LIVE " in line.text
    right = [text for text in line.spans[-1].text.strip().split("  ") if text]
    parts = numbers.parts()
    assert set(right) <= {form for part in parts for form in part} | {UNICODE.more}
    if right:
        assert (UNICODE.more in right) == any(not set(part) & set(right) for part in parts)


def test_nothing_is_said_of_an_allowance_that_no_answer_has_named() -> None:
    assert forms(None) == forms(Budget()) == ()
    assert forms(Budget(59))[-1] == "59/min"


@pytest.mark.parametrize("where", [Where.ITEMS, Where.SETTINGS, Where.SHEET])
def test_a_small_terminal_says_where_it_is_and_the_keys_that_go_on(where: Where) -> None:
    keymap = Keymap.build()
    for width in (50, 40):
        text = small(PLACE, [], ["3 marked"], small_ways(keymap, where), width, UNICODE).text
        assert text.startswith(" SANDBOX  3 marked  ")
        assert len(text) == width
        assert UNICODE.more not in text


def test_a_running_sync_is_seen_in_a_small_terminal_with_the_way_out() -> None:
    parts = ["syncing 3/12", "1 failed", "EP-0100 sending", "about 40 s left", "ctrl+c stops"]
    text = small(PLACE, parts, ["3 marked"], ("",), 50, UNICODE).text
    assert text.rstrip() == " SANDBOX  syncing 3/12 · … · ctrl+c stops"
    assert fitting(parts, 80, UNICODE) == parts
    assert fitting(["syncing 12/135 · pause 42 s", *parts[1:]], 40, UNICODE) == ["syncing 12/135 · pause 42 s"]


async def test_a_sync_that_waits_for_xero_says_so_in_a_small_terminal(console: Any, session: Any) -> None:
    session.hold = asyncio.Event()
    session.budget = Budget(0, 4999, xero_waits=42)
    async with console(session, (50, 12)) as desk:
        await desk.press("space", "s", *"yes", "enter")
        assert desk.lines()[-1].startswith(" SANDBOX  syncing 0/1 · pause 42 s · ctrl+c stops")
        session.hold.set()
        session.hold = None


async def test_what_is_open_survives_another_size(console: Any) -> None:
    async with console(size=(120, 36)) as desk:
        await desk.press("space", "s", *"ye")
        for size in ((60, 16), (50, 12), (120, 36)):
            await desk.pilot.resize_terminal(*size)
            await desk.rest()
            assert "Type yes: ye" in desk.text()
            assert all(len(line) <= size[0] for line in desk.lines())
        await desk.press("escape", "2", "space", "1", "/", *"act:n")
        await desk.pilot.resize_terminal(60, 16)
        await desk.rest()
        assert desk.lines()[-1].startswith(" filter: act:n ")
        await desk.press("e", "w", "enter")
        assert "filter: act:new" in desk.text()
        assert "*1 unsaved" in desk.text()


async def test_a_filter_with_a_word_that_there_is_not_names_it_and_stays_typed(console: Any) -> None:
    async with console(size=(80, 24)) as desk:
        await desk.press("/", *"act:foo", "enter")
        assert "filter: act:foo: no act foo  Next: one of wait, new, upd" in desk.text()
        assert desk.lines()[-1].startswith(" filter: act:foo ")
        assert "12 pending" in desk.text()
        assert "No item passes" not in desk.text()
        await desk.press(*("backspace",) * 3, *"new", "enter")
        assert "no act foo" not in desk.text()
        assert "filter: act:new" in desk.text()
