"""The whole job by keys alone, against the embedded sandbox, at a terminal."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def walker(tmp_path: Path, at_terminal: Any) -> Iterator[Any]:
    """The program itself, on a settings file of its own, with no account connected."""
    settings = tmp_path / "settings.toml"
    shutil.copy(ROOT / "settings.toml", settings)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SMOOTHX", "TEXTUAL", "XDG", "NO_COLOR", "TMUX"))}
    environ = kept | {
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
        "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }  # fmt: skip
    terminal = at_terminal([sys.executable, "-m", "smoothx_tui", "--settings", str(settings)], environ, 120, 36)
    yield terminal
    terminal.close()


def test_unblock_save_mark_sync_copy_and_leave(walker: Any, tmp_path: Path) -> None:
    walker.until(r"\d+ pending")
    walker.until("this is the sandbox")
    # what is blocked by the locked period, and why
    os.write(walker.fd, b"/act:block why:locked\r")
    walker.until(r"filter: act:block why:locked")
    text = walker.until(r"locked period")
    blocked = int(re.search(r"\d+/(\d+) of", text)[1])  # type: ignore[index]
    os.write(walker.fd, b"i")
    walker.until(r"Rules, in their order|Values")
    # the setting that unblocks them, seen at once, undone and done again: nothing is lost
    os.write(walker.fd, b":set sync_prior_locked_period=on\r")
    walker.until(r"settings \*1 unsaved")
    os.write(walker.fd, b"z")
    walker.until(r"Sync prior locked period +\[off \] ")
    os.write(walker.fd, b"Z")
    walker.until(r"settings \*1 unsaved")
    # its impact, and the save
    os.write(walker.fd, b"w")
    walker.until(r"blocked -> create")
    assert "sync_prior_locked_period = false" in (tmp_path / "settings.toml").read_text(encoding="utf-8")
    os.write(walker.fd, b"y")
    walker.until(r"1 saved to")
    assert "sync_prior_locked_period = true" in (tmp_path / "settings.toml").read_text(encoding="utf-8")
    # a range of what can be sent now
    os.write(walker.fd, b"1/\x15act:new type:claim\r")
    walker.until("filter: act:new type:claim")
    os.write(walker.fd, b"gvjjv")
    walker.until(r"3 marked")
    os.write(walker.fd, b"s")
    walker.until(r"Sync 3 to Harbourline.* SANDBOX: .*Type yes:")
    os.write(walker.fd, b"yes\r")
    walker.until(r"3 done")
    walker.until(r"\+ created")
    # the payload of the next one, where it can be pasted from
    os.write(walker.fd, b"yp")
    walker.until("payload copied")
    assert (tmp_path / "state" / "smoothx-tui" / "copied.txt").read_text(encoding="utf-8").startswith('{"Invoices":')
    # what was sent is unchanged now
    os.write(walker.fd, b"p")
    walker.until(r"planned again")
    os.write(walker.fd, b":filter act:same why:Draft\r")
    walker.until(r"last run \d\d:\d\d ok 3 failed 0")
    os.write(walker.fd, b"q")
    assert walker.end() == 0
    assert blocked > 0
