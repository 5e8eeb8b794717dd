import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from smoothx_tui.console.wire.cells import Cutter, reach
from smoothx_tui.console.wire.errors import NotUnderstoodError


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("abc", ["a", "b", "c"]),
        ("─é│", ["─", "é", "│"]),
        ("建x", ["建", "", "x"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("❤\ufe0fx", ["❤\ufe0f", "", "x"]),
        ("👩\u200d🚀x", ["👩\u200d🚀", "", "x"]),
        ("👍🏽", ["👍🏽", ""]),
    ],
)
def test_text_is_cut_as_textual_measures_it(text: str, cells: list[str]) -> None:
    assert Cutter().cut(text) == cells
    assert len(cells) == cell_len(text)


@given(st.text())
def test_cells_are_as_many_as_textual_counts_or_the_text_is_left_alone(text: str) -> None:
    try:
        cells = Cutter().cut(text)
    except NotUnderstoodError:
        return
    assert "".join(cells) == text
    assert len(cells) == cell_len(text)


@pytest.mark.parametrize("text", ["a\x1bb", "\x9b1m", "a\tb", "\x00", "a\x07", "\u0301a", "\u200da", "a\ud800"])
def test_what_moves_the_cursor_in_its_own_way_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        Cutter().cut(text)


def test_what_the_terminal_can_not_hold_becomes_marks_of_the_same_width() -> None:
    cutter = Cutter("latin-1")
    assert cutter.cut("é建─x") == ["é", "?", "?", "?", "x"]
    assert Cutter("ascii").cut("aé") == ["a", "?"]
    assert Cutter("UTF-8").cut("建") == ["建", ""]


def test_only_what_terminals_disagree_on_has_a_reach() -> None:
    assert [reach(cell) for cell in ("a", "建", "", "─", "🚀")] == [0, 0, 0, 0, 0]
    assert reach("e\u0301") == 2
    assert reach("👩\u200d🚀") == 4
    assert reach("🇦") == 2
