import itertools
from typing import Final

import pytest

from benchmarks.terminal.emulator import Emulator
from smoothx_tui.console.wire.errors import NotUnderstoodError
from smoothx_tui.console.wire.pen import Pen, PenBox

PARAMETERS: Final = [
    "", "0", "1", "2", "1;2", "3;9", "4", "21", "7;31", "5;6;8", "51;53", "38;5;9", "48;2;1;2;3", "1;38;2;9;8;7;44",
    "97;107", "1;31;48;5;7",
]  # fmt: skip


def pens() -> list[Pen]:
    box = PenBox()
    read = [box.read(box.default, parameters) for parameters in PARAMETERS]
    return [*read, *(box.linked(pen, "id=1;https://example.test") for pen in read)]


def test_a_pen_read_twice_is_the_same_object() -> None:
    box = PenBox()
    assert box.read(box.default, "1;31") is box.read(box.read(box.default, "31"), "1")
    assert box.read(box.read(box.default, "1;31"), "0") is box.default


def test_every_way_between_two_pens_arrives_and_is_no_longer_than_starting_over() -> None:
    start = PenBox().default
    for old, new in itertools.product(pens(), pens()):
        way, direct = Emulator(1, 1), Emulator(1, 1)
        way.feed(start.to(old) + old.to(new) + "x")
        direct.feed(start.to(new) + "x")
        assert way.cells == direct.cells, (old, new)
        assert not way.strange
        assert len(old.to(new)) <= len(f"\x1b[m\x1b]8;;\x1b\\{start.to(new)}")


def test_a_space_shows_its_background_and_no_more() -> None:
    box = PenBox()
    assert box.read(box.default, "1;31;44").blank is box.read(box.default, "44")
    for seen in ("4;31", "7", "9", "53"):
        pen = box.read(box.default, seen)
        assert pen.blank is pen
    linked = box.linked(box.default, "id=1;https://example.test")
    assert linked.blank is linked


@pytest.mark.parametrize("parameters", ["38;3;1", "38;2;1;2", "48;5", "4:3", "200", "38"])
def test_what_is_not_a_colour_is_not_guessed(parameters: str) -> None:
    box = PenBox()
    with pytest.raises(NotUnderstoodError):
        box.read(box.default, parameters)
