"""`completion`: the shell's own completion of commands, options and settings."""

import click
from click.shell_completion import get_completion_class

from smoothx_tui.cli.exits import COMPLETION, PROGRAM
from smoothx_tui.cli.options import Command, tools


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    bash: smoothx-tui completion bash > ~/.local/share/bash-completion/completions/smoothx-tui
    """
    kind = get_completion_class(shell)
    assert kind is not None
    tools(context).output.data(kind(context.find_root().command, {}, PROGRAM, COMPLETION).source())
