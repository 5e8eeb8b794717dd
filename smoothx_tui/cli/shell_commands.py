"""`completion`: the shell's own completion of commands, options and settings."""

import click
from click.shell_completion import get_completion_class

from smoothx_tui.cli.exits import COMPLETION, PROGRAM
from smoothx_tui.cli.options import Command, tools


@click.command(
    "completion",
    cls=Command,
    examples=(
        "smoothx-tui completion bash >> ~/.bashrc",
        "smoothx-tui completion zsh > ~/.zfunc/_smoothx-tui",
        "smoothx-tui completion fish > ~/.config/fish/completions/smoothx-tui.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    It completes commands, options, settings and files. Start a new shell once it is installed; zsh needs the folder
    in its fpath, before compinit.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    tools(context).output.data(kind(context.find_root().command, {}, PROGRAM, COMPLETION).source())
