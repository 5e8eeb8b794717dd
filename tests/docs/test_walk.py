"""The README's walk through the sandbox, pressed key by key as it stands there."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.terminal.session import Session
from smoothx_tui.sandbox.default_scenario import build
from tests.docs.markdown import ROOT, Block, Table, blocks, commands, spans, tables
from tests.serving import alive, served

README: Final = ROOT / "README.md"
WALK: Final = [table for table in tables(README) if table.head[0] == "press"]
SERVED: Final = "http://127.0.0.1:8765"
"""Where the README serves its sandbox; here it gets a free port."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@contextmanager
def console(home: Path, *arguments: str) -> Iterator[Session]:
    argv = [sys.executable, "-m", "smoothx_tui", *arguments]
    with Session(argv, columns=120, rows=36, env=_places(home), cwd=home) as session:
        session.wait_for(r"[1-9]\d* pending", timeout=60)
        session.settle(0.5)
        yield session


def _places(home: Path) -> dict[str, str]:
    names = {"CONFIG": "config", "STATE": "state", "CACHE": "cache"}
    return {"HOME": str(home)} | {f"XDG_{name}_HOME": str(home / folder) for name, folder in names.items()}


def walk(session: Session, table: Table) -> None:
    """Press what a table says, and wait for what it quotes."""
    for press, says, shows in table.rows:
        for key in spans(press):
            session.press(key, quiet=0.15)
        for text in spans(shows):
            words = r"\s+".join(re.escape(word) for word in text.split())
            try:
                session.wait_for(words, timeout=60)
            except TimeoutError:
                pytest.fail(f"{press} ({says}): {text!r} did not come\n{session.text()}")


def test_the_walk_is_there() -> None:
    assert [table.section for table in WALK] == [
        "See what would be sent", "Ask what if", "Sync", "Pull the plug", "Pull the plug",
    ]  # fmt: skip


def test_a_walk_quotes_what_it_shows() -> None:
    """A row without a quotation proves nothing, so only the keys that leave may go without."""
    unproven = [press for table in WALK for press, _, shows in table.rows if not spans(shows)]
    assert set(unproven) <= {"`q`", "`q` `q`"}


def test_preview_what_if_and_sync(home: Path) -> None:
    with console(home) as session:
        for table in WALK[:3]:
            walk(session, table)
        assert session.wait_exit() == 0


def test_a_pulled_plug(home: Path) -> None:
    faults, serving, first, again, log = (one for block in _shell() for one in commands(block))
    assert serving == ["smoothx-tui", "sandbox", "serve", "--port", "8765", "--faults", "slow.json"]
    assert first == again == ["smoothx-tui", "--sandbox", SERVED]
    (home / "slow.json").write_text(faults[1], encoding="utf-8")
    with served("--port", "0", *serving[5:], env=_environ(home), cwd=home) as address:
        with console(home, "--sandbox", address) as session:
            walk(session, WALK[3])
            while len(alive(address)) < 3 + len(_from_the_start()):
                session.pump(0.1)
            session.kill(signal.SIGKILL)
            session.wait_exit()
        _a_minute_later(home)
        with console(home, "--sandbox", address) as session:
            walk(session, WALK[4])
            assert session.wait_exit() == 0
        argv = [sys.executable, "-m", "smoothx_tui", *(word.replace(SERVED, address) for word in log[1:])]
        done = subprocess.run(argv, env=_environ(home), cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert len(re.findall(r"\bdone\b", done.stdout)) == 3, done.stdout
        assert len(alive(address)) == 3 + len(_from_the_start())


def _shell() -> list[Block]:
    return [block for block in blocks(README) if block.section == "Pull the plug"]


def _environ(home: Path) -> dict[str, str]:
    return dict(os.environ) | _places(home)


def _from_the_start() -> list[Any]:
    """The scenario's documents that are alive and name an item."""
    found = build()["xero"]["Invoices"]
    return [one for one in found if one.get("Url") and one["Status"] not in {"DELETED", "VOIDED"}]


def _a_minute_later(home: Path) -> None:
    """What the dead process had in hand is free."""
    (ledger,) = (file for file in home.rglob("sandbox-*.sqlite3") if "settings" not in file.name)
    with closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("update operations set lease_until = 0 where open").rowcount == 3
        connection.commit()
