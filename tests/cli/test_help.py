"""Every command's help, as it was approved; and that each command has one, in lines that fit."""

import shlex
from typing import Any

import click
import pytest

from smoothx_tui.cli.main import COMMANDS, SECTIONS, program


def paths() -> list[tuple[str, ...]]:
    """Every command and every command of a group."""
    context = click.Context(program)
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        command = program.get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, member) for member in command.list_commands(context)]
    return found


@pytest.mark.parametrize("path", paths(), ids=lambda path: " ".join(path) or "smoothx-tui")
def test_help(run: Any, golden: Any, capsys: pytest.CaptureFixture[str], path: tuple[str, ...]) -> None:
    assert run(*path, "--help").code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    golden(f"help-{'-'.join(path) or 'program'}.txt", text)


@pytest.mark.parametrize("path", paths(), ids=lambda path: " ".join(path) or "smoothx-tui")
def test_every_command_takes_the_common_options(path: tuple[str, ...]) -> None:
    command: click.Command = program
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    names = {option for parameter in command.params for option in parameter.opts}
    assert {"--profile", "--settings", "--ledger", "--read-only", "--scenario", "--sandbox"} <= names


def test_short_help_is_whole(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run("--help")
    assert "..." not in capsys.readouterr().out.partition("Look:")[2]
    for path in ("settings", "mapping", "sandbox", "approvals", "themes"):
        run(path, "--help")
        assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_every_command_has_its_place_in_the_help() -> None:
    placed = [name for names in SECTIONS.values() for name in names]
    assert sorted(placed) == sorted(COMMANDS)


def test_examples_are_lines_that_the_program_takes() -> None:
    """Each example's command and options exist."""
    for path in paths():
        command: click.Command = program
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name) or command
        for example in getattr(command, "examples", ()):
            words = shlex.split(example.partition(" && ")[0], comments=True)
            assert words[: len(path) + 1] == ["smoothx-tui", *path] or path in {("sync",), ("settings", "restore")}
            known = {option for parameter in command.params for option in parameter.opts} | {"--out"}
            assert {word for word in words if word.startswith("--")} <= known
