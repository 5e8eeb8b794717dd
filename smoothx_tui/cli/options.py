"""The options of every command, accepted before and after the command's name, and what a command gets of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.cli.output import Output
from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    from smoothx_tui.cli.services import Services

_META: Final = "smoothx_tui.options"
COMMON: Final = ("profile", "settings", "ledger", "read_only", "scenario", "sandbox")
"""The names of the options that every command has."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What `main` gives to every command through click's context."""

    services: "Services"
    output: Output


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Remember what was given; one given after the command's name wins over one before it."""
    if value not in (None, False):
        context.meta.setdefault(_META, {})[parameter.name] = value


def common_options() -> list[click.Parameter]:
    """`--profile` and its companions, new ones for each command (click keeps state in them)."""

    def option(*names: str, **more: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=_keep, **more)

    file = click.Path(path_type=Path)
    return [
        option("--profile", metavar="NAME", help="The profile to work with."),
        option("--settings", metavar="FILE", type=file, help="The settings file."),
        option("--ledger", metavar="URL", help="The ledger, instead of the profile's."),
        option("--read-only", is_flag=True, help="Refuse everything that writes."),
        option("--scenario", metavar="FILE", type=file, help="Start the embedded sandbox from this file."),
        option("--sandbox", metavar="URL", help="Use the sandbox that is served there."),
    ]


class _Helped(click.Command):
    """Help in an order that reads: what it does, its own options, those of every command, examples."""

    examples: Sequence[str] = ()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and record[1]:  # an argument says nothing here that the usage line has not
                (common if parameter.name in COMMON else own).append(record)
        # "-h, --help" belongs to every command too.
        common += [record for record in own if record[0].endswith("--help")]
        own = [record for record in own if not record[0].endswith("--help")]
        for title, records in (("Options", own), ("Options of every command", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records, col_max=24)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


class Command(_Helped):
    """A command with the common options behind its own; `examples` are whole command lines for its help."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.examples = examples
        self.params += common_options()


class Group(_Helped, click.Group):
    """A group of commands (`settings list`); its members are `Command`s."""

    command_class = Command

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.params += common_options()


Group.group_class = Group


def tools(context: click.Context) -> Tools:
    """The composition root and the output of this run."""
    found = context.find_object(Tools)
    assert found is not None
    return found


def options(context: click.Context, overrides: Mapping[str, str] | None = None) -> Options:
    """What was said on the command line about where to work. Raises UsageError."""
    given = context.meta.get(_META, {})
    if given.get("scenario") and given.get("sandbox"):
        raise UsageError("--scenario and --sandbox exclude each other", "one starts a sandbox, the other uses one")
    if given.get("profile") and (given.get("scenario") or given.get("sandbox")):
        raise UsageError("--profile and a sandbox exclude each other", "a sandbox needs no profile")
    return Options(**given, overrides=overrides or {})
