"""`themes`: the console's themes, and whether a file is one."""

from dataclasses import asdict
from pathlib import Path

import click

from smoothx_tui.cli.options import Group, tools
from smoothx_tui.cli.plan_commands import json_option


@click.group("themes", cls=Group)
def themes() -> None:
    """The console's themes."""


@themes.command("list")
@json_option
@click.pass_context
def list_themes(context: click.Context, *, as_json: bool) -> None:
    """List the themes that the console can use.

    The shipped ones and your own; a file that is not a theme is listed with the key and the reason.
    """
    found, problems = tools(context).services.themes()
    output = tools(context).output
    if as_json:
        output.json({"themes": [asdict(one) for one in found], "problems": list(problems)})
        return
    rows = [(one.name, _kind(dark=one.dark, ansi=one.ansi), one.about) for one in found]
    output.table(("Name", "Kind", "About"), rows, empty="there is no theme")
    for problem in problems:
        output.say(problem)


@themes.command("check", examples=("smoothx-tui themes check ~/.config/smoothx-tui/themes/mine.toml",))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_context
def check(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Say what is wrong with a theme FILE, key by key.

    Exits with 2 if the file is not a theme.
    """
    found = tools(context).services.check_theme(file)
    output = tools(context).output
    if as_json:
        output.json({"valid": True, "theme": asdict(found)})
    else:
        output.data(f"{found.name}: no mistakes")


def _kind(*, dark: bool, ansi: bool) -> str:
    return f"{'dark' if dark else 'light'}{', 16 colours' if ansi else ''}"
