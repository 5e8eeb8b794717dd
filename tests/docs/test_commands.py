"""Every command that the pages show is one that there is; those that need no account are run, as they stand there."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from smoothx_tui.cli.main import program
from tests.cli.small import one_project
from tests.docs.markdown import PAGES, Block, blocks, commands, prose, spans

OURS: Final = ("smoothx-tui", ".venv/bin/smoothx-tui")
OF_OTHERS: Final = {
    "bash", "case", "chmod", "createdb", "createuser", "esac", "exit", "jq", "printf", "sleep", "systemctl",
    "python3", "pip", ".venv/bin/pip", ".venv/bin/pytest", "*", "0", "1", "3",
}  # fmt: skip
"""What a shell or another program has to do with; whatever else stands first in a line is a mistake."""
NEEDS: Final = {
    "connect": "an account",
    "profiles use": "a profile",
    "profiles set": "a profile",
    "profiles remove": "a profile",
    "--profile": "a profile",
    "--sandbox": "a served sandbox; the walk runs it",
    "--read-only": "a terminal; the walk runs the console",
    "sandbox serve": "to be ended; the walk runs it",
}
"""What is not run here, and why."""
ASKS: Final = {("approvals", "approve", "--all"), ("approvals", "require", "on"), ("sync", "--all", "--approve-only")}
"""Meant for a person, who is asked; here `--yes` is the answer."""


def shell_blocks() -> Iterator[Block]:
    yield from (block for page in PAGES for block in blocks(page) if block.language == "sh")


def in_blocks() -> list[tuple[str, tuple[str, ...]]]:
    """Page and words behind the program's name."""
    return [
        (block.page.name, tuple(words[1:])) for block in shell_blocks() for words in commands(block) if words[0] in OURS
    ]


def in_prose() -> list[tuple[str, tuple[str, ...]]]:
    found = [(page.name, span) for page in PAGES for span in spans(prose(page)) if span.startswith(f"{OURS[0]} ")]
    return [(page, tuple(shlex.split(span)[1:])) for page, span in found]


SHOWN: Final = sorted({*in_blocks(), *in_prose()})


def needs(words: tuple[str, ...]) -> str:
    text = " ".join(words)
    return next((why for part, why in NEEDS.items() if text.startswith(part) or f" {part}" in f" {text}"), "")


def named(case: tuple[str, tuple[str, ...]]) -> str:
    return f"{case[0]}: {' '.join(case[1])}"


def test_every_line_begins_with_a_program_that_is_known() -> None:
    first = {words[0] for block in shell_blocks() for words in commands(block)}
    assert first - {*OURS} <= OF_OTHERS
    assert len(SHOWN) > 40


@pytest.mark.parametrize("case", SHOWN, ids=named)
def test_a_command_that_is_shown_is_one_that_there_is(case: tuple[str, tuple[str, ...]]) -> None:
    """Its name, its options, and as many words as it takes."""
    found: click.Command = program
    words = [word for word in case[1] if word != "…"]
    context = click.Context(found)
    while True:
        options, words, _ = found.make_parser(context).parse_args(words)
        if not isinstance(found, click.Group) or not words:
            break
        found, words = found.get_command(context, words[0]) or pytest.fail(f"no command {words[0]}"), words[1:]
        context = click.Context(found, parent=context, info_name=found.name)
    assert not words, "more words than it takes"
    for parameter in found.params:
        if isinstance(parameter.type, click.Choice) and (given := options.get(parameter.name or "")):
            assert given in parameter.type.choices


RUN: Final = sorted({words for _, words in in_blocks() if words and not needs(words)})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with `smoothx-tui` on the PATH; its sandbox has one project, so that reading it takes a moment."""
    (tmp_path / "scenario.json").write_text(one_project(), encoding="utf-8")
    ours = tmp_path / "bin" / OURS[0]
    ours.parent.mkdir()
    ours.write_text(f'#!/bin/sh\nexec {sys.executable} -m smoothx_tui --scenario {tmp_path}/scenario.json "$@"\n')
    ours.chmod(0o755)
    return tmp_path


def run(home: Path, script: str) -> "subprocess.CompletedProcess[str]":
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
    environ = os.environ | places | {"PATH": f"{home}/bin:{os.environ['PATH']}", "USER": "operator"}
    argv = ["bash", "-c", script]
    return subprocess.run(argv, env=environ, cwd=home, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.parametrize("words", RUN, ids=" ".join)
def test_a_command_runs_in_the_sandbox(home: Path, words: tuple[str, ...]) -> None:
    if "--plan" in words:
        run(home, "smoothx-tui plan --json > plan.json")
    if words[:2] == ("approvals", "approve"):
        run(home, "smoothx-tui sync --all --approve-only --yes")
    done = run(home, shlex.join([OURS[0], *words, *(["--yes"] if words in ASKS else [])]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_script_of_the_operations_page_runs(home: Path) -> None:
    (script,) = (block.text for block in shell_blocks() if "esac" in block.text)
    done = run(home, script)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"outcome": "done"' in (home / "result.json").read_text(encoding="utf-8")
