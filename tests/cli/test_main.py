"""The program itself: the console without a command, wrong commands, the sandbox's options."""

from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.cli.services import SandboxOptions


def test_no_command_opens_the_console(run: Any, services: Any) -> None:
    assert run("--theme", "dark", "--ascii", "--slow", "--read-only").code == 0
    (options, theme, ascii_only, slow) = services.consoles[0]
    assert (theme, ascii_only, slow, options.read_only) == ("dark", True, True, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plam"], "no such command: plam; did you mean plan? (smoothx-tui --help)"),
        (["--nothing"], "no such option '--nothing'"),
        (["--theme", "dark", "settings", "list"], "--theme, --ascii and --slow are the console's (leave them out)"),
        (["--slow", "items"], "--theme, --ascii and --slow are the console's (leave them out)"),
        (["x\x1b[2J"], "no such command: x<U+001B>[2J"),
        (["impact"], "impact needs at least one --set KEY=VALUE"),
        (["sync"], "sync needs one of --all, --item ID or --plan FILE"),
        (["sync", "--all", "--item", "1"], "sync needs one of --all, --item ID or --plan FILE"),
        (["sync", "--all"], "sync asks before it sends, and there is no terminal to ask on (give --yes to send)"),
        (["sync", "--all", "--yes", "--read-only"], "--read-only: nothing is sent"),
        (["log", "--since", "yesterday"], "--since yesterday: expected a date, a date and time, or how long ago"),
        (["sandbox", "serve", "--port", "99999"], "invalid value for '--port'"),
        (["sandbox", "serve", "--sandbox", "http://x"], "sandbox serve makes a sandbox of its own"),
        (["sandbox", "reset"], "sandbox reset needs --sandbox URL"),
        (["completion", "tcsh"], "invalid value for SHELL: 'tcsh' is not one of 'bash', 'zsh', 'fish'"),
        (["mapping"], "mapping needs one of check, export, import, list (smoothx-tui mapping --help)"),
        (["settings"], "settings needs one of get, history, list, restore, "),
        (["approvals"], "approvals needs one of approve, list, require, withdraw "),
        (["sandbox", "reset", "--sandbox", "http://127.0.0.1:9", "--read-only"], "--read-only: a reset changes"),
    ],
)
def test_wrong_command_lines(run: Any, session: Any, arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"smoothx-tui: {said}")
    assert done.err.count("\n") == 1
    assert session.sent == []


def test_sandbox_serve_gives_its_options(run: Any, services: Any) -> None:
    done = run("sandbox", "serve", "--port", "0", "--items", "5", "--seed", "3", "--faults", "f.json", "--real-limits",
               "--state", "s.json", "--scenario", "c.json")  # fmt: skip
    assert done.code == 0
    assert services.served == [
        SandboxOptions(0, Path("c.json"), Path("s.json"), 5, 3, Path("f.json"), real_limits=True)
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Any, shell: str) -> None:
    assert "_SMOOTHX_TUI_COMPLETE" in run("completion", shell).out
