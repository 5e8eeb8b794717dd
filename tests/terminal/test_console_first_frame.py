"""What is loaded, and what is shown, when the console's first frame stands in a terminal. Nothing was opened yet."""

import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.terminal.session import Session
from smoothx_tui.composition.connected import placed
from smoothx_tui.composition.kept import snapshot_file
from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.session.options import Options
from smoothx_tui.session.rows import Row
from smoothx_tui.session.snapshot import packed
from smoothx_tui.settings.file import load

PROGRAM = Path(__file__).parent / "programs" / "first_frame.py"
ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
HEAVY = {
    "httpx", "pydantic", "pydantic_settings", "sqlalchemy", "alembic", "authlib", "keyring", "psycopg", "tomlkit",
    "tomli_w", "starlette", "uvicorn", "anyio", "click", "pygments", "markdown_it", "smoothx_tui.session.session",
    "smoothx_tui.planning.plan", "smoothx_tui.procore.items", "smoothx_tui.xero.documents", "smoothx_tui.ledger.store",
    "smoothx_tui.cli.main",
}  # fmt: skip
PROFILES = """
[profiles.quay.procore]
environment = "production"
method = "client_credentials"
store = "file"
sign_in = "quay"
company_id = "4711"

[profiles.quay.xero]
environment = "production"
method = "client_credentials"
store = "file"
sign_in = "quay"
tenant_id = "7d1f0a52-0000-4000-8000-000000000001"
"""


@pytest.fixture
def environ(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    places = {"HOME": home, "XDG_CONFIG_HOME": home / "config", "XDG_STATE_HOME": home / "state"}
    found = {name: str(path) for name, path in (places | {"XDG_CACHE_HOME": home / "cache"}).items()}
    for name, path in found.items():
        monkeypatch.setenv(name, path)
    monkeypatch.chdir(home)
    return found


def with_profile(home: Path) -> None:
    path = home / "config" / "smoothx-tui" / "profiles.toml"
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(0o600)
    path.write_text(PROFILES, encoding="utf-8")


def leave_a_table(options: Options, contact: str = "Harbour Concrete") -> None:
    """As an earlier start at that place leaves it."""
    settings = load(None, environ={})
    file = snapshot_file(placed(options, os.environ), os.environ, settings, lambda: settings)
    assert file is not None
    row = Row(
        "claim:1", Action.CREATE, Kind.PROGRESS_CLAIM, "HC-0045", contact, "2235 - Quay St", None, Decimal("13050.00"),
        "AUD", "", danger=False,
    )  # fmt: skip
    file.write([packed([row])], 1, dt.datetime(2026, 7, 1, 9, 41, tzinfo=dt.UTC))


def loaded(path: Path, session: Session) -> set[str]:
    end = time.monotonic() + 30
    while not path.exists():
        session.pump(0.05)
        assert time.monotonic() < end, session.text()
    return set(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("place", ["embedded", "sandbox", "profile"])
def test_the_first_frame_loads_nothing_heavy(
    start: Callable[..., Session], environ: dict[str, str], tmp_path: Path, home: Path, place: str
) -> None:
    arguments = ["--sandbox", NOWHERE] if place == "sandbox" else []
    if place == "profile":
        with_profile(home)
    if place != "embedded":
        leave_a_table(Options(sandbox=NOWHERE if place == "sandbox" else None))
    out = tmp_path / "modules"
    session = start(
        sys.executable, str(PROGRAM), str(out), *arguments, env=environ | {"PYTHONPATH": str(ROOT)}, cwd=home
    )
    assert sorted(loaded(out, session) & HEAVY) == []
    session.wait_for("HC-0045 " if place != "embedded" else "Opening")


def test_with_no_connection_the_table_stays_and_says_why(
    start: Callable[..., Session], environ: dict[str, str], home: Path
) -> None:
    leave_a_table(Options(sandbox=NOWHERE), "\x1b]2;owned\x07 Concrete")
    argv = [sys.executable, "-m", "smoothx_tui", "--sandbox", NOWHERE]
    session = start(*argv, env=environ | {"PYTHONPATH": str(ROOT)}, cwd=home)
    session.wait_for("as of .*, not opened: nothing is planned or sent, R tries again")
    session.settle()
    assert "HC-0045" in session.text()
    assert "there is no sandbox at" in session.text()
    assert b"\x1b]2;owned" not in session.output
    session.press("space")
    assert "for viewing only until they are planned" in session.text()
    session.send("R")
    session.wait_for("there is no sandbox at")
    session.send("q")
    assert session.wait_exit() == 0
