"""CSV: nothing that runs, and every cell comes back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base import csvtext

CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
RISKY = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", "'=", "''-", ""]), CELLS)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(1)"])
def test_a_formula_is_made_text(cell: str) -> None:
    assert csvtext.inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "310", "03-300", "Harbour & Sons", "'tis", "a=b"])
def test_what_does_not_run_stays(cell: str) -> None:
    assert csvtext.inert(cell) == cell


@given(st.lists(st.lists(RISKY, min_size=2, max_size=4), max_size=4))
def test_every_cell_comes_back_and_none_begins_a_formula(rows: list[list[str]]) -> None:
    text = csvtext.write([["key", "value"], *rows])
    assert [cells for _, cells in csvtext.read(text)][1:] == [row for row in rows if any(row)]
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n")) for cell in row)


def test_lines_are_counted_as_a_person_sees_them() -> None:
    assert csvtext.read("a,b\n\n1,2\n") == [(1, ["a", "b"]), (3, ["1", "2"])]


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "a\tb\n1\t2\n", "\ufeffa,b\r\n1,2\r\n"])
def test_what_spreadsheets_make_of_it(text: str) -> None:
    assert [cells for _, cells in csvtext.read(text)] == [["a", "b"], ["1", "2"]]


def test_what_is_no_csv() -> None:
    with pytest.raises(csv.Error):
        csvtext.read('a,"b\n')
