"""The driver in a Textual app, at a pseudo-terminal."""

import re
import signal
import sys
from collections.abc import Callable
from typing import Final

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from benchmarks.same_screen import Step, same_frames, same_screens
from benchmarks.terminal.emulator import Emulator
from benchmarks.terminal.session import Session
from smoothx_tui.console.wire.driver import WireDriver, driver_for, repaint
from smoothx_tui.console.wire.terminal import Terminal

Start = Callable[..., Session]

WALK: Final[list[Step]] = [
    *["down"] * 18, "up", "pagedown", "pagedown", "pageup", "t", "t", "n", "m", "y", "e", "backspace", "tab", "x",
    "tab", "down", "space", "l", "shift+tab", "down", "l", "ctrl+l", "b", "z", "down", "pagedown", "up",
]  # fmt: skip


def test_a_gallery_of_widgets_looks_the_same_cell_by_cell(gallery: Start) -> None:
    plain, wire = gallery("plain", rows=20), gallery("auto", rows=20)
    proof = same_screens(plain, wire, WALK) + same_frames(plain.output, plain.size)
    assert proof.examples == []
    assert proof.screens > 100
    assert proof.cells == proof.screens * 120 * 20
    assert not wire.emulator.strange
    assert proof.wire_bytes < proof.plain_bytes / 5


def test_wide_characters_and_links_look_the_same(gallery: Start) -> None:
    steps: list[Step] = ["w", *["down"] * 12, "pagedown", "pagedown", "right", "a", "enter", "pageup"]
    plain, wire = gallery("plain", columns=97, rows=23), gallery("auto", columns=97, rows=23)
    proof = same_screens(plain, wire, steps) + same_frames(plain.output, plain.size)
    assert proof.examples == []
    assert any(cell.look.link for row in wire.emulator.cells for cell in row)


def test_resizing_looks_the_same(gallery: Start) -> None:
    steps: list[Step] = [(80, 24), "down", (120, 40), "pagedown", (60, 50), "m", (121, 33), "tab", (90, 24)]
    proof = same_screens(gallery("plain"), gallery("auto"), steps, quiet=0.15)
    assert proof.examples == []


def test_a_size_that_comes_back_at_once_is_painted_again(gallery: Start) -> None:
    """The terminal lost a part of the picture in between, and Textual alone would not notice."""
    session = gallery("auto")
    before = session.emulator.seen()
    session.resize(70, 20)
    session.resize(120, 40)
    session.pump(1.0)
    session.settle(0.2)
    assert session.emulator.seen() == before


def test_each_terminal_gets_only_what_it_knows(gallery: Start) -> None:
    keys = ["z", *["down"] * 8, "pagedown", "up"]
    stock = gallery("plain", rows=9)
    stock.press(*keys, quiet=0.05)
    for name in ("screen-256color", "xterm-256color", "tmux-256color", "vt220"):
        session = gallery("auto", rows=9, env={"TERM": name})
        session.press(*keys, quiet=0.05)
        emulator = Emulator(*session.size, coloured_erase=name != "screen-256color")
        emulator.feed(session.output)
        assert emulator.seen() == stock.emulator.seen(), name
        moved = re.search(rb"\x1b\[\d*[ML]", session.output)
        assert bool(moved) is (name != "vt220"), name


def test_a_screen_spoiled_by_another_program_is_repainted_on_demand(gallery: Start) -> None:
    session = gallery("auto")
    before = session.emulator.seen()
    session.emulator.feed("\x1b[5;5Hspoiled\x1b[20;1H\x1b[41mand\x1b[K\x1b[m")
    assert session.emulator.seen() != before
    session.press("ctrl+l")
    assert session.emulator.seen() == before


def test_suspending_gives_the_terminal_back_and_returning_paints_all(gallery: Start) -> None:
    session = gallery("auto")
    before = session.emulator.seen()
    session.send("ctrl+z")
    session.wait_stopped()
    assert not session.emulator.alternate
    session.emulator.feed("\x1b[2J\x1b[Hshell$ ")
    session.kill(signal.SIGCONT)
    session.wait_for("0000 .*Müller")
    session.settle()
    assert session.emulator.alternate
    assert session.emulator.seen() == before


def test_leaving_restores_the_terminal(gallery: Start) -> None:
    session = gallery("auto")
    session.send("q")
    assert session.wait_exit() == 0
    assert not session.emulator.alternate
    assert 25 in session.emulator.modes
    assert session.echoing()


def test_an_idle_screen_writes_nothing(gallery: Start) -> None:
    session = gallery("auto")
    before = session.count
    assert not session.pump(1.0)
    assert session.count == before


def test_plain_means_textuals_own_driver() -> None:
    terminal = {"TERM": "xterm-256color"}
    assert driver_for("plain", terminal) is None
    for without in ({}, {"TERM": "dumb"}, {"TERM": "unknown"}, terminal | {"TEXTUAL_DRIVER": "some:Driver"}):
        assert driver_for("auto", without) is None
    found = driver_for("auto", {"TERM": "screen"})
    assert found is not None
    assert issubclass(found, WireDriver)
    assert found.terminal == Terminal(scrolls=True, coloured_erase=False)


async def test_the_private_member_that_leads_from_an_app_to_its_driver_is_there() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        assert app._driver is not None
        assert app._driver._app is app
        repaint(app)  # a headless driver has nothing to forget; the app paints all the same
        await pilot.pause()


def test_the_stock_driver_is_built_as_the_driver_expects() -> None:
    """What WireDriver overrides must exist, and must still be what Textual calls."""
    for name in ("write", "start_application_mode", "process_message", "close"):
        assert callable(getattr(LinuxDriver, name))
    assert sys.__stderr__ is not None
