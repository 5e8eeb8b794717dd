"""The command line: which commands there are, and how a run begins and ends.

A command's module is imported when the command is used, so that `--help` of one does not pay for all.
"""

import os
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from smoothx_tui import __version__
from smoothx_tui.base.errors import UsageError
from smoothx_tui.cli.exits import COMPLETION, PROGRAM, exit_code
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
    "unsync": "repair_commands:unsync",
    "link": "repair_commands:link",
    "unlink": "repair_commands:unlink",
    "resolve": "repair_commands:resolve",
    "approvals": "approval_commands:approvals",
    "worker": "worker_command:worker",
    "connect": "account_commands:connect",
    "disconnect": "account_commands:disconnect",
    "profiles": "profile_commands:profiles",
    "sandbox": "sandbox_commands:sandbox",
    "doctor": "doctor_command:doctor",
    "themes": "theme_commands:themes",
    "completion": "shell_commands:completion",
}
"""Command -> module and name below `smoothx_tui.cli`, in the order of the help."""


SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Look": ("plan", "impact", "items", "show"),
    "Send": ("sync", "approvals", "worker"),
    "Set up": ("connect", "disconnect", "profiles", "settings", "mapping", "doctor"),
    "Look back and repair": ("log", "verify", "unsync", "link", "unlink", "resolve"),
    "Try out": ("sandbox", "themes", "completion"),
}
"""The commands by what they are for, as the program's help shows them."""


class Commands(click.Group):
    """The commands, each imported on first use."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        placed = {name for names in SECTIONS.values() for name in names}
        others = tuple(name for name in COMMANDS if name not in placed)
        for title, names in {**SECTIONS, "More": others}.items():
            commands = [(name, command) for name in names if (command := self.get_command(ctx, name))]
            if commands:
                with formatter.section(title):
                    formatter.write_dl([(name, command.get_short_help_str(70)) for name, command in commands])

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
@click.option("--slow", is_flag=True, help="For slow connections: 10 frames a second, 256 colours.")
@click.pass_context
def program(context: click.Context, theme: str | None, *, ascii_only: bool, slow: bool) -> int:
    """Preview and sync Procore progress claims, direct costs and head contract claims to Xero.

    Without a command it opens the console. Without a profile it works on the embedded sandbox. All options below except
    the first four can stand before or after a command's name.

    Exit codes: 0 done, 1 some items failed or are blocked, 2 usage or configuration, 3 no connection (try again), 4
    sign-in needed, 10 the plan has something to send (plan --detailed-exitcode), 70 internal error, 128 + n ended by
    signal n.
    """
    if context.invoked_subcommand is None:
        return tools(context).services.run_console(options(context), theme=theme, ascii_only=ascii_only, slow=slow)
    if theme or ascii_only or slow:
        raise UsageError("--theme, --ascii and --slow are the console's", "leave them out")
    return 0


program.params += common_options()


def main(arguments: Sequence[str], services: "Services", output: Output | None = None) -> int:
    """Run one command line and return its exit code."""
    output = output or Output()

    def work() -> int | None:
        given = Tools(services, output)
        if COMPLETION in os.environ:
            program.main(list(arguments), prog_name=PROGRAM, complete_var=COMPLETION, obj=given)
        # Not by `program.main`: it has its own, other ways for ctrl+c and a closed pipe.
        with program.make_context(PROGRAM, list(arguments), obj=given) as context:
            result = program.invoke(context)
        return result if isinstance(result, int) else None

    return exit_code(work, output)
