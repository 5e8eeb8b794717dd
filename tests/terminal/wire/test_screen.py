"""The driver's thinking, without a terminal."""

from typing import Final

import pytest

from benchmarks.terminal.emulator import Emulator, Look
from smoothx_tui.console.wire.screen import Screen
from smoothx_tui.console.wire.terminal import Terminal, terminal_of

ALL: Final = Terminal(scrolls=True, coloured_erase=True)
NONE: Final = Terminal(scrolls=False, coloured_erase=False)


def screen_of(width: int = 40, height: int = 10, terminal: Terminal = ALL, encoding: str = "utf-8") -> Screen:
    screen = Screen(terminal, encoding)
    screen.resize(width, height)
    return screen


def frame(lines: list[str], width: int = 40, style: str = "") -> str:
    """A whole frame of `lines`."""
    text = [f"\x1b[{style}m{line:<{width}}\x1b[0m" if style else f"{line:<{width}}" for line in lines]
    return "\n".join(f"\x1b[{y};1H{line}" for y, line in enumerate(text, 1)) + "\x1b[1;1H"


def numbered(first: int, count: int = 10) -> list[str]:
    return [f"row {number} of many {number * 7919 % 997}" for number in range(first, first + count)]


def test_the_same_frame_again_costs_nothing() -> None:
    screen = screen_of()
    assert screen.write(frame(numbered(1)))
    assert screen.write(frame(numbered(1))) == ""


def test_one_changed_character_is_one_write() -> None:
    screen = screen_of()
    lines = numbered(1)
    screen.write(frame(lines))
    lines[4] = lines[4].replace("many", "mady")
    assert screen.write(frame(lines)) == "\x1b[5;12Hd\x1b[H"


def test_a_moved_cursor_is_passed_on_alone() -> None:
    screen = screen_of()
    screen.write(frame(numbered(1)))
    assert screen.write("\x1b[3;4H") == "\x1b[3;4H"
    assert screen.write("\x1b[3;4H") == ""


def test_a_scrolled_picture_is_scrolled_by_the_terminal() -> None:
    screen = screen_of(height=20)
    screen.write(frame(["head", *numbered(1, 18), "foot"]))
    out = screen.write(frame(["head", *numbered(2, 18), "foot"]))
    assert "\x1b[2;19r\x1b[2H\x1b[M\x1b[r" in out
    assert len(out) < 70
    back = screen.write(frame(["head", *numbered(1, 18), "foot"]))
    assert "\x1b[2;19r\x1b[2H\x1b[L\x1b[r" in back


def test_a_scroll_that_reaches_the_last_line_needs_no_region() -> None:
    screen = screen_of(height=20)
    screen.write(frame(["head", *numbered(1, 19)]))
    out = screen.write(frame(["head", *numbered(2, 19)]))
    assert out.startswith("\x1b[2H\x1b[M")
    assert "r" not in out.replace("row", "")


def test_a_terminal_without_regions_is_never_scrolled() -> None:
    screen = screen_of(height=20, terminal=NONE)
    screen.write(frame(numbered(1, 20)))
    out = screen.write(frame(numbered(2, 20)))
    assert "\x1b[r" not in out
    assert "\x1b[M" not in out


def test_two_panes_that_scroll_in_one_frame() -> None:
    screen = screen_of(height=24)
    screen.write(frame([*numbered(1, 11), "-----", *numbered(100, 12)]))
    out = screen.write(frame([*numbered(2, 11), "-----", *numbered(99, 12)]))
    assert "\x1b[M" in out
    assert "\x1b[L" in out
    assert len(out) < 130


def test_a_long_blank_end_is_erased_where_the_background_allows() -> None:
    for terminal, style, erases in [(ALL, "44", True), (NONE, "44", False), (NONE, "1", True), (ALL, "4", False)]:
        screen = screen_of(terminal=terminal)
        screen.write(frame(["x" * 40] * 10, style=style))
        out = screen.write(frame(["x"] * 10, style=style))
        assert ("\x1b[K" in out) is erases, (terminal, style)


def test_a_first_frame_clears_in_the_commonest_background() -> None:
    screen = screen_of()
    out = screen.write(frame(["one", "two", *[""] * 8], style="38;2;1;1;1;48;2;9;9;9"))
    assert out.startswith("\x1b[m\x1b[48;2;9;9;9m\x1b[2J\x1b[m")
    assert len(out) < 100


def test_a_piece_before_the_first_whole_frame_clears_nothing() -> None:
    screen = screen_of()
    assert screen.write("\x1b[2;3Habc\x1b[1;1H") == "\x1b[2;3Habc\x1b[H"


def test_forgetting_writes_everything_again() -> None:
    screen = screen_of()
    first = screen.write(frame(numbered(1)))
    screen.forget()
    assert screen.write(frame(numbered(1))) == first


def test_another_size_forgets_and_the_same_does_not() -> None:
    screen = screen_of()
    screen.write(frame(numbered(1)))
    screen.resize(40, 10)
    assert screen.write(frame(numbered(1))) == ""
    screen.resize(30, 10)
    assert "row 3" in screen.write(frame(numbered(1)))


def test_a_frame_larger_than_the_terminal_is_cut_to_it() -> None:
    """As between the moment a terminal shrinks and Textual's next layout."""
    screen = screen_of(width=10, height=3)
    out = screen.write(frame(numbered(1)))
    terminal = Emulator(10, 3)
    terminal.feed(out)
    # Textual's line feed in what is now the last line would scroll: such a frame goes as it is, and is forgotten.
    assert out == frame(numbered(1))
    narrow = screen_of(width=10, height=10)
    assert "many" not in narrow.write(frame(numbered(1)))


@pytest.mark.parametrize(
    "sequence",
    ["\x07", "\x1b[?25l", "\x1b[?1000h\x1b[?1006h", "\x1b[?2026$p", "\x1b[>1u", "\x1b[<u", "\x1b]22;pointer\x07",
     "\x1b]52;c;YWJj\x07", "\x1b]2;title\x1b\\", "\x1b[6n", "\x1b[?2004h", ""],
)  # fmt: skip
def test_what_touches_no_cell_is_passed_and_forgets_nothing(sequence: str) -> None:
    screen = screen_of()
    screen.write(frame(numbered(1)))
    assert screen.write(sequence) == sequence
    assert screen.write(frame(numbered(1))) == ""


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[?1049h", "\x1b[2J", "\x1bc", "hello", "\x1b[3;3Hx\x1b[31my", "\x1bPq#0\x1b\\", "\x1b_Gi=1\x1b\\",
     "\x1b[1;1H\x9b2J", "\x1b[1;1Ha\tb", "\x1b]8;;https://example.test\x07link\x1b]8;;\x07",
     "\x1b[1;1H\x1b[200mx\x1b[0m", "\x1b[10;1Hlast\n", "\x1b[1;40H建"],
)  # fmt: skip
def test_what_is_not_understood_is_passed_whole_and_forgets(sequence: str) -> None:
    screen = screen_of()
    first = screen.write(frame(numbered(1)))
    assert screen.write(sequence) == sequence
    assert screen.write(frame(numbered(1))) == first


def test_links_are_part_of_a_cell() -> None:
    screen = screen_of(width=10, height=1)
    link = "\x1b]8;id=1;https://example.test\x1b\\"
    out = screen.write(f"\x1b[1;1H{link}\x1b[4mhere\x1b[0m\x1b]8;;\x1b\\ there\x1b[1;1H")
    terminal = Emulator(10, 1)
    terminal.feed(out)
    assert [cell.look.link for cell in terminal.cells[0]] == ["id=1;https://example.test"] * 4 + [""] * 6
    terminal.feed(screen.write("\x1b[1;1Hhere there\x1b[1;1H"))
    assert {cell.look for cell in terminal.cells[0]} == {Look()}


def test_a_synchronised_update_goes_out_in_one_piece_or_not_at_all() -> None:
    screen = screen_of()
    assert screen.write("\x1b[?2026h") == ""
    assert screen.write(frame(numbered(1))) == ""
    out = screen.write("\x1b[?2026l")
    assert out.startswith("\x1b[?2026h")
    assert out.endswith("\x1b[?2026l")
    assert [screen.write(data) for data in ("\x1b[?2026h", frame(numbered(1)), "\x1b[?2026l")] == ["", "", ""]


def test_what_is_held_is_released_in_order() -> None:
    screen = screen_of()
    screen.write("\x1b[?2026h")
    screen.write("\x07")
    screen.write("\x1b[?25l")
    assert screen.release() == "\x07\x1b[?25l"
    assert screen.release() == ""
    assert screen.write("\x1b[?2026l") == "\x1b[?2026l"


def test_endless_new_colours_do_not_pile_up() -> None:
    screen = screen_of(width=40, height=10)
    for number in range(25_000):
        red, green = divmod(number, 200)
        screen.write(f"\x1b[1;1H\x1b[38;2;{red};{green};7mx\x1b[0m\x1b[1;1H")
    assert len(screen._pens) < 20_010


@pytest.mark.parametrize(
    ("name", "scrolls", "coloured"),
    [("xterm-256color", True, True), ("tmux-256color", True, True), ("screen-256color", True, False),
     ("linux", True, True), ("screen.xterm-256color-bce", True, True), ("st", True, True),
     ("vt100", False, False), ("", False, False)],
)  # fmt: skip
def test_abilities_follow_the_name_of_the_terminal(name: str, scrolls: bool, coloured: bool) -> None:
    assert terminal_of({"TERM": name}) == Terminal(scrolls=scrolls, coloured_erase=coloured)
