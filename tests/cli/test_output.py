"""What is printed is inert on a terminal, exact for a program, and aligned for a person."""

import json
import unicodedata
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothx_tui.base.text import clean
from smoothx_tui.cli.output import Output, json_text
from smoothx_tui.cli.tables import Fit, clipped, table, width

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
TEXTS = st.text(alphabet=st.characters(), max_size=12)
JSON = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(), lambda c: st.lists(c) | st.dictionaries(TEXTS, c)
)


@settings(max_examples=40)
@given(st.dictionaries(TEXTS.filter(lambda key: key != "schema"), JSON, max_size=3))
def test_json_is_exact_and_inert(document: dict[str, Any]) -> None:
    text = json_text(document)
    assert json.loads(text) == {"schema": 1, **document}
    assert not [char for char in text if char != "\n" and unicodedata.category(char) in UNSAFE]


def test_a_delete_character_is_ascii_and_escaped_all_the_same() -> None:
    assert "\\u007f" in json_text({"x": "\x7f"})


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=4))
def test_tables_are_inert(rows: list[list[str]]) -> None:
    text = table(("A", "B"), rows)
    assert len(text.split("\n")) == len(rows) + 1
    assert not [char for char in text if char != "\n" and unicodedata.category(char) in UNSAFE]


def test_columns_align_numbers_to_the_right() -> None:
    assert table(("Name", "Total", ""), [("Pump", "1,375.50", "AUD"), ("Slab", "-88.10", "AUD")]) == (
        "Name     Total\nPump  1,375.50  AUD\nSlab    -88.10  AUD"
    )


def test_wide_characters_take_two_cells() -> None:
    assert width("水e\u0301") == 3
    assert table(("A", "B"), [("水", "x"), ("ab", "y")]) == "A   B\n水  x\nab  y"


def test_one_very_long_cell_is_whole_and_leaves_the_other_rows_alone() -> None:
    text = table(("A", "B"), [("short", "x"), ("l" * 200, "y")])
    assert text.split("\n")[1] == "short  x"
    assert "l" * 200 + "  y" in text


def test_cells_that_are_all_long_align_with_each_other() -> None:
    text = table(("A", "B"), [("l" * 60, "y"), ("m" * 50, "z")])
    assert text.split("\n") == [f"A{'':51}B", f"{'l' * 60}  y", f"{'m' * 50}  z"]


def test_data_and_talk_go_their_own_ways() -> None:
    data, talk = StringIO(), StringIO()
    output = Output(data, talk)
    output.data("result")
    output.say("advice")
    output.progress("nothing is a terminal here")
    output.table(("A",), [], empty="nothing there")
    assert (data.getvalue(), talk.getvalue()) == ("result\n", "advice\nnothing there\n")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_goes_away() -> None:
    talk = Terminal()
    output = Output(StringIO(), talk)
    output.progress("1 of 2")
    output.progress("2 of 2")
    output.say("done")
    assert talk.getvalue() == "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[Kdone\n"


class Narrow(StringIO):
    encoding = "ascii"

    def write(self, text: str) -> int:
        text.encode("ascii")
        return super().write(text)


def test_a_terminal_without_the_character_gets_its_escape() -> None:
    data = Narrow()
    Output(data, StringIO()).data("Café 水")
    assert data.getvalue() == "Caf\\xe9 \\u6c34\n"


@pytest.mark.parametrize(
    ("typed", "agreed"), [("yes\n", True), ("y\n", False), ("\n", False), ("", False), ("YES\n", False)]
)
def test_only_the_word_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, typed: str, agreed: bool) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    assert Output(StringIO(), StringIO()).ask_yes("Sync?") is agreed


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(40, 100), st.booleans())
def test_on_a_terminal_every_line_fits(rows: list[list[str]], room: int, wraps: bool) -> None:
    text = table(("Id", "Name", "Why"), [[f"x{one * 9}" for one in row] for row in rows], Fit(room, wraps))
    narrow = max((width(clean(row[0] * 9)) + 1 for row in rows), default=0) + 2 * (10 + 2) <= room
    if narrow or not wraps:
        assert all(width(line) <= room for line in text.split("\n"))


def test_the_widest_text_gives_way_first_and_ids_and_numbers_never() -> None:
    rows = [("claim:598134325514001", "H" * 120, "13,050.00", "new")]
    cut = table(("Id", "Contact", "Total", "Why"), rows, Fit(60, wraps=False)).split("\n")[1]
    assert cut == "claim:598134325514001  HHHHHHHHHHHHHHHHHHHH…  13,050.00  new"
    assert len(cut) <= 60


def test_a_narrow_terminal_does_without_columns_and_without_empty_ones() -> None:
    rows = [("claim:1", "claim", "2026-06-30", "Harbour Concrete Pty Ltd", "")]
    text = table(("Id", "Type", "Date", "Contact", "Why"), rows, Fit(36, wraps=False, spare=("Type", "Date")))
    assert text == "Id       Contact\nclaim:1  Harbour Concrete Pty Ltd"
    text = table(("Id", "Type", "Date", "Contact", "Why"), rows, Fit(38, wraps=False, spare=("Type", "Date")))
    assert text.split("\n")[1] == "claim:1  2026-06-30  Harbour Concrete…"


def test_an_id_is_not_broken_where_there_is_another_way() -> None:
    rows = [("broken_link", "direct:598134325515051", "a text that can be broken at any of its blanks")]
    text = table(("Fault", "Item", "What"), rows, Fit(60))
    assert "direct:598134325515051  a text that" in text


def test_a_report_wraps_and_loses_nothing() -> None:
    rows = [("claim:1", "2 live documents in Xero name this item", "void or delete all but one in Xero, then refresh")]
    text = table(("Item", "What", "Fix"), rows, Fit(60))
    assert text == (
        "Item     What                      Fix\n"
        "claim:1  2 live documents in Xero  void or delete all but\n"
        "         name this item            one in Xero, then refresh"
    )


def test_what_is_cut_says_so_in_the_terminals_own_characters() -> None:
    assert clipped("水水水", 5) == "水水…"
    assert clipped("abcdef", 4, "~") == "abc~"
    assert clipped("abc", 0) == ""


def test_a_table_is_whole_when_it_is_piped_and_fitted_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    piped, shown = StringIO(), Terminal()
    for stream in (piped, shown):
        Output(stream, StringIO()).table(("A", "B"), [("x", "l" * 200)], empty="", wraps=False)
    assert "l" * 200 in piped.getvalue()
    assert max(map(len, shown.getvalue().splitlines())) == 40


def test_progress_never_takes_a_second_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    talk = Terminal()
    Output(StringIO(), talk).progress("12 of 136 done · claim:598134325514001 sending")
    assert talk.getvalue() == "\r\x1b[K12 of 136 done \xb7 c~"
