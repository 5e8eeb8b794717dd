"""The console's own screens: the same cells with the diffing driver as with Textual's."""

import re
from collections.abc import Callable

import pytest

from benchmarks.proof import NO_REGIONS, SCROLLING, WALK, compared
from benchmarks.same_screen import Step, same_as_repainted, same_screens
from benchmarks.terminal.session import Session

Start = Callable[..., Session]


@pytest.mark.parametrize(("columns", "rows"), [(120, 36), (80, 24)])
def test_every_screen_is_the_same_cell_by_cell(console: Start, columns: int, rows: int) -> None:
    proof = compared(console, columns, rows)
    assert proof.examples == []
    assert proof.screens > 1.5 * len(WALK)
    assert proof.cells == proof.screens * columns * rows


def test_what_was_scrolled_is_what_a_repaint_shows(console: Start) -> None:
    session = console(rows=30)
    proof = same_as_repainted(session, SCROLLING)
    assert proof.examples == []
    assert proof.wire_bytes > 2000 * len(SCROLLING)  # it did repaint
    for moved in (rb"\x1b\[\d*M", rb"\x1b\[\d*L"):
        assert len(re.findall(moved, session.output)) >= 2


def test_resizing_is_the_same(console: Start) -> None:
    plain = console(env=NO_REGIONS | {"SMOOTHX_UI__WIRE": "plain"})
    steps: list[Step] = ["j", (80, 24), "j", (60, 16), "j", (50, 12), (130, 45), "pagedown", (100, 30)]
    assert same_screens(plain, console(env=NO_REGIONS), steps, quiet=0.3).examples == []
