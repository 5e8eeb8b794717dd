"""The console's plain command lines are read without click, to the same end."""

import dataclasses
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.cli import light
from smoothx_tui.cli.main import program
from smoothx_tui.cli.options import Tools
from smoothx_tui.cli.output import Output


class _Console:
    """Takes down what it is asked to start."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def run_console(self, options: Any, **more: Any) -> int:
        self.asked = {"options": options, **more}
        return 0


def by_click(arguments: list[str]) -> dict[str, Any]:
    """What click makes of the arguments; {} where it starts no console."""
    console = _Console()
    try:
        with program.make_context("smoothx-tui", list(arguments), obj=Tools(console, Output())) as context:  # type: ignore[arg-type]
            program.invoke(context)
    except (click.ClickException, click.exceptions.Exit, SmoothxError):
        return {}
    return console.asked


def test_every_option_of_the_console_is_known() -> None:
    options = [one for one in program.params if isinstance(one, click.Option)]
    texts = {one.opts[0] for one in options if not one.is_flag}
    assert texts == light.TEXTS | light.FILES
    flags = {one.opts[0] for one in options if one.is_flag}
    assert flags == light.FLAGS | {"--version"}
    files = {one.opts[0] for one in options if isinstance(one.type, click.Path)}
    assert files == light.FILES


WORDS = [
    *sorted(light.TEXTS | light.FILES | light.FLAGS),
    "--help",
    "--version",
    "plan",
    "x",
    "--nothing",
    "-h",
    "--",
    "",
]


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_is_read_here_is_what_click_reads(arguments: list[str]) -> None:
    found = light.read(arguments)
    assert found is None or dict(found) == by_click(arguments)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], {}),
        (["--sandbox", "http://127.0.0.1:8080"], {"sandbox": "http://127.0.0.1:8080"}),
        (["--profile", "quay", "--read-only"], {"profile": "quay", "read_only": True}),
        (["--settings", "a.toml", "--ledger", "b"], {"settings": Path("a.toml"), "ledger": "b"}),
    ],
)
def test_the_usual_ones_are_read_here(arguments: list[str], named: dict[str, Any]) -> None:
    found = light.read(arguments)
    assert found is not None
    options = found["options"]
    assert {
        field.name: value for field in dataclasses.fields(options) if (value := getattr(options, field.name))
    } == named


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["--help"], ["--theme"], ["--theme=dark"], ["--profile", "a", "--sandbox", "b"], ["--theme", "--slow"]],
    ids=" ".join,
)
def test_the_rest_is_left_to_click(arguments: list[str]) -> None:
    assert light.read(arguments) is None
