"""A log-in survives every kill: four processes that race, and one that dies at each line of a renewal.

SMOOTHX_ROTATIONS=1000 runs the whole: 1,000 rotations, 100 kills, and a kill at every line; -rP shows the counts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.accounts.keeper import Keeper
from smoothx_tui.accounts.sealing import Sealer
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.accounts.vault import FileVault, sign_in_dir
from smoothx_tui.base.secret import Secret
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox

ROTATIONS = int(os.environ.get("SMOOTHX_ROTATIONS", "80"))
KILLS = max(8, ROTATIONS // 10)
STEP = 1 if ROTATIONS >= 1000 else 29
PROGRAM = Path(__file__).parent / "programs" / "rotating.py"


@pytest.fixture
def xero(here: Path, serve: Any) -> Iterator[str]:
    """The address of a served Xero, with a consent for it in the file vault."""
    with serve(Sandbox.from_scenario(default_scenario())) as served:
        store = served.sandbox.tokens.xero
        given = store.for_code(
            store.new_code("http://localhost/callback", "offline_access"), "http://localhost/callback"
        )
        grant = Grant(Secret(given.access_token), 0, Secret(given.refresh_token))
        sign_in = SignIn(f"{served.xero}/connect/token", "sandbox", None, "", grant)
        Keeper(FileVault(sign_in_dir(), Sealer(None)), "far.xero", sign_in_dir()).write(sign_in)
        yield served.xero


def ran(*arguments: object) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    sys.stdout.write(result.stdout)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.timeout(1800)
def test_processes_that_race_and_are_killed_lose_no_log_in(xero: str, here: Path) -> None:
    found = ran("race", xero, here, ROTATIONS, 4, KILLS, 7)
    assert found["rotations"] >= ROTATIONS
    assert (found["kills"], found["failed"], found["status"]) == (KILLS, [], 200)


@pytest.mark.timeout(1800)
def test_a_kill_at_any_line_of_a_renewal_loses_no_log_in(xero: str, here: Path) -> None:
    found = ran("lines", xero, here, STEP)
    assert found["lost"] == []
    assert found["ended"] == 0
    assert found["kills"] > 5
