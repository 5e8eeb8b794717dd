"""The commands through the composition root: a served sandbox, and everything that can be missing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def served(here: Path) -> Iterator[str]:
    """The address of a sandbox that serves the default scenario in a process of its own."""
    arguments = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stderr is not None
        line = child.stderr.readline()
        assert line.startswith("sandbox on http://127.0.0.1:")
        yield line.split()[2]
        child.send_signal(signal.SIGINT)
        child.wait()


def test_plan_sync_and_sync_again(command: Any, served: str, here: Path) -> None:
    code, out, _ = command(
        "plan", "--sandbox", served, "--item", "HC-0045", "--item", "DP-0007", "--out", "p.json", "--json"
    )
    assert code == 0
    items = {item["number"]: item for item in json.loads(out)["items"]}
    assert items["HC-0045"]["action"] == "create"
    assert items["DP-0007"]["action"] == "blocked"
    assert (here / "p.json").read_text() == out

    code, out, err = command("sync", "--sandbox", served, "--plan", "p.json", "--yes", "--json")
    assert (code, [result["outcome"] for result in json.loads(out)["results"]]) == (0, ["done"]), err

    code, out, err = command("sync", "--sandbox", served, "--plan", "p.json", "--yes", "--json")
    assert code == 1
    assert json.loads(out)["stale"][0]["why"].startswith("was create, is unchanged")

    code, out, _ = command("log", "--sandbox", served, "--json")
    assert [(one["action"], one["state"]) for one in json.loads(out)["operations"]] == [("create", "done")]

    assert command("sandbox", "reset", "--sandbox", served)[0] == 0
    code, out, err = command("log", "--sandbox", served)
    assert (code, out, err) == (0, "", "nothing was synced\n"), "a sandbox that began anew has a ledger of its own"

    port = served.rpartition(":")[2]
    code, out, err = command("sandbox", "serve", "--port", port)
    assert (code, out) == (2, "")
    assert err.startswith(f"smoothx-tui: port {port} is in use")


def test_a_sandbox_that_is_not_there(command: Any, here: Path) -> None:
    for arguments in (["plan"], ["sync", "--all", "--yes"], ["sandbox", "reset"], ["verify"]):
        code, out, err = command(*arguments, "--sandbox", "http://127.0.0.1:9")
        assert (code, out) == (3, "")
        assert err.startswith("smoothx-tui: there is no sandbox at http://127.0.0.1:9")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("{", "not JSON"),
        ("[]", "scenario"),
        ('{"clock": "2026-07-03T09:00:00Z", "procore": {"requisitions": [{"id": 1}]}, "xero": {}}', "requisitions"),
    ],
)
def test_a_scenario_that_is_wrong(command: Any, here: Path, text: str | None, said: str) -> None:
    file = here / "scenario.json"
    if text is not None:
        file.write_text(text)
    code, out, err = command("plan", "--scenario", str(file))
    assert (code, out) == (2, "")
    assert said in err
    assert "scenario.json" in err
    assert "Traceback" not in err
    assert all(line.startswith("smoothx-tui: ") for line in err.splitlines())


def test_a_broken_settings_file_stops_everything_before_anything_is_opened(command: Any, here: Path) -> None:
    (here / "settings.toml").write_text("[advanced]\nmulti_curency = true\n")
    for arguments in (["plan"], ["sync", "--all", "--yes"], ["settings", "list"], ["mapping", "check"], ["doctor"]):
        code, out, err = command(*arguments)
        assert code == 2
        assert "settings.toml line 2: advanced.multi_curency: unknown key; did you mean multi_currency?" in out + err
        assert "Traceback" not in err


def test_mapping_goes_out_and_in(command: Any, here: Path) -> None:
    assert command("mapping", "export", "m.csv")[0] == 0
    before = json.loads(command("mapping", "list", "--json")[1])["mapping"]
    (here / "settings.toml").write_text("# mine\n")
    assert command("mapping", "import", "m.csv")[0] == 0
    told = json.loads(command("mapping", "list", "--json")[1])
    assert told["mapping"] == before
    assert {row["source"].partition(" ")[0] for row in told["rows"] if row["value"]} == {"file"}
    assert (here / "settings.toml").read_text().startswith("# mine\n")
    code, _, err = command("mapping", "import", "nothing.csv")
    assert (code, err) == (2, "smoothx-tui: nothing.csv: cannot be read: No such file or directory (check the name)\n")


def test_mapping_check_and_verify_end_with_1_where_something_waits(command: Any) -> None:
    code, out, _ = command("mapping", "check", "--json")
    assert code == 1
    assert any(gap["blocks"] and gap["items"] and gap["money"] for gap in json.loads(out)["gaps"])
    code, out, _ = command("verify", "--json")
    assert code == 1
    assert {found["fault"] for found in json.loads(out)["found"]} >= {"duplicate"}
    code, out, _ = command("doctor", "--json")
    assert {part["part"] for part in json.loads(out)["parts"]} >= {"settings", "Procore", "Xero", "ledger", "mapping"}
