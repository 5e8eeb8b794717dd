"""The command line: which commands there are, and how a run begins and ends.

A command's module is imported when the command is used, so that `--help` of one does not pay for all.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from smoothx_tui import __version__
from smoothx_tui.base.errors import UsageError
from smoothx_tui.cli.exits import PROGRAM, exit_code
from smoothx_tui.cli.options import Tools, common_options, options, tools
from smoothx_tui.cli.output import Output
from smoothx_tui.settings.problems import nearest

if TYPE_CHECKING:
    from smoothx_tui.cli.services import Services

COMMANDS: Final[dict[str, str]] = {
    "plan": "plan_commands:plan",
    "impact": "impact_command:impact",
    "sync": "sync_commands:sync",
    "items": "plan_commands:items",
    "show": "plan_commands:show",
    "settings": "settings_commands:settings",
    "mapping": "mapping_commands:mapping",
    "log": "ledger_commands:log",
    "verify": "ledger_commands:verify",
    "connect": "account_commands:connect",
    "disconnect": "account_commands:disconnect",
    "profiles": "profile_commands:profiles",
    "sandbox": "sandbox_commands:sandbox",
    "doctor": "doctor_command:doctor",
    "completion": "shell_commands:completion",
}
"""Command -> module and name below `smoothx_tui.cli`, in the order of the help."""


class Commands(click.Group):
    """The commands, each imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click names it
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"smoothx_tui.cli.{module}"), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        if args and args[0] not in COMMANDS:
            raise click.UsageError(f"no such command: {args[0]}{nearest(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.option("--theme", metavar="NAME", help="The console's theme for this run.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw the console with ASCII characters only.")
@click.pass_context
def program(context: click.Context, theme: str | None, *, ascii_only: bool) -> int:
    """Preview and sync Procore progress claims, direct costs and head contract claims to Xero.

    Without a command: the console. With no profile configured it works on the embedded sandbox.
    """
    if context.invoked_subcommand is None:
        return tools(context).services.run_console(options(context), theme=theme, ascii_only=ascii_only)
    if theme or ascii_only:
        raise UsageError("--theme and --ascii are the console's", "leave them out")
    return 0


program.params += common_options()


def main(arguments: Sequence[str], services: "Services", output: Output | None = None) -> int:
    """Run one command line and return its exit code."""
    output = output or Output()

    def work() -> int | None:
        result = program.main(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=Tools(services, output))
        return result if isinstance(result, int) else None

    return exit_code(work, output)
