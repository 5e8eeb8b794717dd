"""The console's own screens: the same cells with the diffing driver as with Textual's."""

import re
from collections.abc import Callable
from typing import Final

import pytest

from benchmarks.same_screen import Step, same_as_repainted, same_frames, same_screens
from benchmarks.terminal.session import Session

Start = Callable[..., Session]

# Not the logs: they show the time of day.
WALK: Final[list[Step]] = [
    "j", "j", "G", "k", "pageup", "ctrl+u", "g", "space", "v", "j", "j", "v", "]", "]", "]", "+", "j", "_", "1", "+",
    "j", "_", "2", "space", "j", "l", "G", "enter", "j", "space", "escape", "w", "escape", "z", "3", "j", "1", "?",
    "pagedown", "escape", "/", "b", "l", "enter", "escape", "o", "escape", "T", "j", "escape", ":", "s", "escape", "s",
    "escape",
]  # fmt: skip


@pytest.mark.parametrize(("columns", "rows"), [(120, 36), (80, 24)])
def test_every_screen_is_the_same_cell_by_cell(console: Start, columns: int, rows: int) -> None:
    """On a terminal that does not scroll by itself: where it does, the table moves by lines and not by half pages."""
    unknown = {"TERM": "other-256color"}
    plain = console(env=unknown | {"SMOOTHX_UI__WIRE": "plain"}, columns=columns, rows=rows)
    wire = console(env=unknown, columns=columns, rows=rows)
    proof = same_screens(plain, wire, WALK, quiet=0.15)
    proof += same_frames(plain.output, plain.size)
    assert proof.examples == []
    assert proof.screens > 1.5 * len(WALK)
    assert proof.cells == proof.screens * columns * rows


def test_what_was_scrolled_is_what_a_repaint_shows(console: Start) -> None:
    steps: list[Step] = ["j", "G", *["k"] * 14, "+", "G", "pageup", "k", "k", "3", "j", "j"]
    session = console(rows=30)
    proof = same_as_repainted(session, steps)
    assert proof.examples == []
    assert proof.wire_bytes > 3000 * len(steps)  # it did repaint
    assert len(re.findall(rb"\x1b\[\d*[ML]", session.output)) > 5  # lines deleted and inserted


def test_resizing_is_the_same(console: Start) -> None:
    unknown = {"TERM": "other-256color"}
    plain = console(env=unknown | {"SMOOTHX_UI__WIRE": "plain"})
    steps: list[Step] = ["j", (80, 24), "j", (60, 16), "j", (50, 12), (130, 45), "pagedown", (100, 30)]
    assert same_screens(plain, console(env=unknown), steps, quiet=0.3).examples == []
