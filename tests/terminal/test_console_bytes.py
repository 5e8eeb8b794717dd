"""Bytes that the console writes for what an operator does, counted at the terminal (120 x 40, truecolour)."""

import re
import time
from collections.abc import Callable
from typing import Final

import pytest

from benchmarks.terminal.session import Session

Start = Callable[..., Session]

IN_VIEW: Final = 390
SCROLLING: Final = 580
WITH_PREVIEW: Final = 3 * 1024
TOGGLE: Final = 1536
DIALOGUE: Final = 15 * 1024
QUESTION: Final = 410
FIRST_SCREEN: Final = 25 * 1024
HELD_PER_SECOND: Final = 12.5 * 1024
SYNCED_ITEM: Final = 150  # 1.5 KB a second at ten items a second


def test_the_first_screen(console: Start) -> None:
    assert console().count <= FIRST_SCREEN


def test_the_cursor_in_the_zoomed_table(console: Start) -> None:
    session = console()
    session.press("+")
    in_view = [len(session.press("j")) for _ in range(6)]
    assert min(in_view) > 0
    assert max(in_view) <= IN_VIEW
    session.press("G", "k" * 60)
    scrolling = [session.press("k") for _ in range(6)]
    assert all(re.search(rb"\x1b\[\d*L", written) for written in scrolling)
    assert max(map(len, scrolling)) <= SCROLLING
    assert max(len(session.press(key)) for key in ("pagedown", "pageup", "g", "G")) <= 6 * 1024


def test_the_cursor_with_the_preview_following(console: Start) -> None:
    session = console()
    moves = [len(session.press("j", quiet=0.25)) for _ in range(6)]
    assert max(moves) <= WITH_PREVIEW


def test_a_held_key(console: Start) -> None:
    """Sixty presses at thirty a second; frames may melt together, so the bytes are at most those of single ones."""
    session = console()
    session.press("+")
    before, began = session.count, time.monotonic()
    for press in range(60):
        while (left := began + press / 30 - time.monotonic()) > 0:
            session.pump(left)
        session.send("j")
    session.settle()
    assert "61/" in session.text()
    assert session.count - before <= 2 * HELD_PER_SECOND


def test_a_flipped_setting_and_a_question_in_the_bar(console: Start) -> None:
    session = console()
    session.press("2")
    assert len(session.press("space", quiet=0.25)) <= TOGGLE
    assert len(session.press("z", quiet=0.25)) <= TOGGLE
    session.press("1", "space", quiet=0.3)
    assert len(session.press("s")) <= QUESTION
    assert "Type yes" in session.text()


@pytest.mark.parametrize("key", ["?", "T", "L"])
def test_what_opens_over_the_screen(console: Start, key: str) -> None:
    session = console()
    assert len(session.press(key, quiet=0.25)) <= DIALOGUE


def test_an_idle_console_writes_nothing(console: Start) -> None:
    session = console()
    session.settle(0.5)
    before = session.count
    assert not session.pump(5.0)
    assert session.count == before


def test_a_sync_costs_little_an_item(console: Start) -> None:
    session = console()
    session.press("a", "s", quiet=0.2)
    session.press("yes")
    before = session.count
    session.send("enter")
    session.wait_for(r"\b(\d+) done", timeout=90)
    session.settle(0.5)
    synced = int(session.text().partition(" done")[0].rpartition(" ")[2])
    assert synced > 20
    assert session.count - before <= synced * SYNCED_ITEM
