"""One session by keys alone, from opening the console to leaving it, and what is left behind."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.terminal.session import Session

Start = Callable[..., Session]

QUIET = 0.25  # longer than the preview waits for the cursor to rest


def test_from_a_blocked_item_to_a_sync_and_out(console: Start, home: Path) -> None:
    session = console()
    _find_the_blocked(session)
    settings = _unblock_them(session, home)
    _send_three(session)
    _copy_a_payload(session)

    session.press("2", "escape", quiet=QUIET)
    assert "Sync prior locked period        [ on ]" in session.text()
    session.send("q", "q", "q")
    assert session.wait_exit() == 0
    assert "sync_prior_locked_period = true" in settings.read_text()
    assert not session.emulator.strange


def _find_the_blocked(session: Session) -> None:
    """Filter to what is blocked by the locked period, and read why."""
    session.press("/", "act:blocked", quiet=QUIET)
    assert re.search(r"1?\d/25 of 217", session.text())
    session.press("escape", "/", "act:blocked SC-0515", "enter", quiet=QUIET)
    assert re.search(r"! block +direct +SC-0515", session.text())
    session.press("3", quiet=QUIET)
    assert re.search(r"blocked  Bill SC-0515", session.text())
    assert "locked period to 2" in session.text()
    session.press("1", "escape", quiet=QUIET)


def _unblock_them(session: Session, home: Path) -> Path:
    """Try the setting that unblocks them, take it back, try again, look at the impact, save. The file it went to."""
    session.press("2", "/", "prior locked", "enter", quiet=QUIET)
    assert "Sync prior locked period        [off ]" in session.text()
    session.press("space", quiet=QUIET)
    assert "Sync prior locked period        [ on ]*" in session.text()
    assert "settings *1 unsaved" in session.text()
    session.press("z", quiet=QUIET)
    assert "unsaved" not in session.text().splitlines()[0]
    session.press("Z", "w", quiet=QUIET)
    assert "prior locked period: off -> on" in session.text()
    session.press("y", quiet=QUIET)
    assert "unsaved" not in session.text().splitlines()[0]
    session.press("1", "/", "SC-0515", "enter", quiet=QUIET)
    assert re.search(r"\+ new +direct +SC-0515", session.text())
    session.press("escape", quiet=QUIET)
    (settings,) = home.rglob("settings.toml")
    assert "sync_prior_locked_period = true" in settings.read_text()
    return settings


def _send_three(session: Session) -> None:
    """Mark a range, be asked, say yes; enter alone sends nothing."""
    session.press("g", "v", "j", "j", "v", quiet=QUIET)
    assert "3 marked" in session.text()
    session.press("s", "enter", quiet=QUIET)
    assert "Sync 3 to Harbourline Pty Ltd SANDBOX: +3 new 69,569.50. Type yes:" in session.text()
    session.press("yes")
    session.send("enter")
    session.wait_for(r"\b3 done", timeout=60)
    session.settle(QUIET)
    assert re.search(r"created +claim +HC-0045", session.text())


def _copy_a_payload(session: Session) -> None:
    """Copy an item's payload; without tmux it goes to the terminal's clipboard."""
    session.press("g", "j", "j", "j", quiet=QUIET)
    written = session.press("y", "p", quiet=QUIET)
    match = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", written)
    assert match, written
    payload = json.loads(base64.b64decode(match[1]))
    assert "JR-0007" in json.dumps(payload)
