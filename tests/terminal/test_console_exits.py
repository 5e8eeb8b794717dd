"""How the console begins and ends: terminals it cannot use, signals, exit codes, colours, encodings."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from benchmarks.terminal.session import Session

Start = Callable[..., Session]


def restored(session: Session) -> bool:
    """Whether the terminal is as a shell needs it: main screen, cursor, echo, no mouse, no paste marks."""
    left_on = session.emulator.modes & {1000, 1002, 1003, 1004, 1006, 1049, 2004, 2048}
    return not session.emulator.alternate and 25 in session.emulator.modes and not left_on and session.echoing()


def test_leaving_by_key_is_zero(console: Start) -> None:
    session = console()
    session.send("q")
    assert session.wait_exit() == 0
    assert restored(session)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_restores_the_terminal_and_is_the_exit_code(console: Start, number: signal.Signals, code: int) -> None:
    session = console()
    session.kill(number)
    assert session.wait_exit() == code
    assert restored(session)


def test_suspending_gives_the_terminal_back(console: Start) -> None:
    session = console()
    session.press("j", quiet=0.3)  # any key takes the greeting away
    before = session.emulator.seen()
    session.send("ctrl+z")
    session.wait_stopped()
    assert not session.emulator.alternate
    assert session.echoing()
    session.kill(signal.SIGCONT)
    session.wait_for(r"\d+ pending")
    session.settle()
    assert session.emulator.seen() == before


@pytest.mark.parametrize("name", ["dumb", ""])
def test_a_terminal_that_can_not_show_it_is_refused_with_another_way(start: Start, name: str) -> None:
    session = start(sys.executable, "-m", "smoothx_tui", env={"TERM": name})
    assert session.wait_exit() == 2
    assert "smoothx-tui plan" in session.output.decode()
    assert b"\x1b" not in session.output


def test_without_a_terminal_it_is_refused_with_another_way() -> None:
    argv = [sys.executable, "-m", "smoothx_tui"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "smoothx-tui plan" in done.stderr
    assert done.stdout == ""


def test_no_color_means_no_colour(console: Start) -> None:
    session = console(env={"NO_COLOR": "1"})
    session.press("j", "2", "space", "1", "space")
    for row in session.emulator.cells:
        for cell in row:
            for colour in (cell.look.foreground, cell.look.background):
                assert is_grey(colour), cell


def is_grey(colour: tuple[int, ...]) -> bool:
    return (
        not colour or (colour[0] == 2 and len(set(colour[1:])) == 1) or colour[0] in (30, 37, 40, 47, 90, 97, 100, 107)
    )


def test_sixteen_colours_are_enough(console: Start) -> None:
    session = console(env={"TERM": "xterm", "COLORTERM": ""})
    session.press("j", "2", "space")
    assert re.search(rb"\x1b\[[0-9;]*[34]8;[25];", session.output) is None
    assert not session.emulator.strange


def test_a_locale_without_unicode_gets_ascii_in_the_right_columns(console: Start) -> None:
    session = console(env={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    session.press("j", "?", "escape", "2", "space")
    assert session.output.isascii()
    assert "\\u" not in session.text()
    lines = session.text().splitlines()
    assert len({line.index("2026-") for line in lines[2:12] if "2026-" in line}) == 1
