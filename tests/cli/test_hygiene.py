"""What the commands load: `--version` nothing, no headless command Textual, settings neither HTTP nor the ledger."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """
import json, sys
arguments = json.loads(sys.argv[1])
sys.argv = ["smoothx-tui", *arguments]
from smoothx_tui.__main__ import main
code = 0
try:
    main()
except SystemExit as ended:
    code = ended.code or 0
print(json.dumps({"code": code, "modules": sorted({name.partition(".")[0] for name in sys.modules})}), file=sys.stderr)
"""


def loaded(*arguments: str) -> tuple[int, set[str], str]:
    result = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(arguments)], capture_output=True, text=True, check=True
    )
    told = json.loads(result.stderr.splitlines()[-1])
    return told["code"], set(told["modules"]), result.stdout


def test_version_loads_nothing(here: Path) -> None:
    code, modules, out = loaded("--version")
    assert (code, out) == (0, "smoothx-tui 0.1.0\n")
    assert not modules & {"click", "textual", "asyncio", "httpx", "pydantic", "sqlalchemy", "tomllib", "platformdirs"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["settings", "list"],
        ["settings", "schema"],
        ["mapping", "list"],
        ["plan", "--json"],
        ["doctor"],
        ["verify"],
        ["log"],
        ["approvals", "list"],
        ["worker", "--once"],
    ],
    ids=" ".join,
)
def test_no_command_loads_textual(here: Path, arguments: list[str]) -> None:
    code, modules, _ = loaded(*arguments)
    assert code in (0, 1)
    assert "textual" not in modules


def test_reading_settings_loads_no_service(here: Path) -> None:
    _, modules, _ = loaded("settings", "get", "sync_as_draft")
    assert not modules & {"httpx", "pydantic", "sqlalchemy", "tomlkit", "authlib"}
