"""`mapping`: which account, tax type and contact a payload uses; what is missing; exchange as CSV."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.errors import ConfigurationError, Exit
from smoothx_tui.base.money import show
from smoothx_tui.base.text import clean
from smoothx_tui.cli.files import write_text
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.cli.saving import save
from smoothx_tui.cli.sessions import read_session

if TYPE_CHECKING:
    from smoothx_tui.planning.gaps import Gap

_file = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Group)
def mapping() -> None:
    """Accounts, tax types, contacts, tracking."""


@mapping.command("list")
@json_option
@click.pass_context
def list_mapping(context: click.Context, *, as_json: bool) -> None:
    """List the rows in force, and where each comes from."""
    from smoothx_tui.settings.lines import dotted
    from smoothx_tui.settings.mapping_csv import tables
    from smoothx_tui.settings.tables import mapping_tables

    loaded = tools(context).services.load_settings(options(context))
    whole = mapping_tables(loaded.mapping)
    rows = [
        (dotted(path), key, value, str(loaded.provenance.get(_name(path, key), "default")))
        for path, table in tables(whole).items()
        for key, value in table.items()
    ]
    output = tools(context).output
    if as_json:
        listed = [{"table": t, "key": k, "value": v, "source": source} for t, k, v, source in rows]
        output.json({"mapping": whole, "rows": listed})
        return
    output.table(("Table", "Key", "Value", "From"), rows, empty="nothing is mapped")


@mapping.command("check")
@json_option
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> int:
    """Show what is missing, and what is waiting for it.

    Lists each gap in the mapping, with how many items and how much money are waiting for it.
    """

    async def work() -> "tuple[Gap, ...]":
        from smoothx_tui.planning.gaps import gaps

        async with read_session(tools(context), options(context)) as session:
            return gaps(session.plans().values())

    found = asyncio.run(work())
    output = tools(context).output
    if as_json:
        from smoothx_tui.planning.report import gaps_json

        output.json({"gaps": gaps_json(found)})
    else:
        rows = [
            ("blocks" if gap.blocks else "note", str(len(gap.items)), _money(gap), gap.text, gap.fix) for gap in found
        ]
        output.table(("Level", "Items", "Waiting", "What", "Fix"), rows, empty="nothing is missing")
    return Exit.SOME_FAILED if any(gap.blocks for gap in found) else Exit.OK


@mapping.command("export")
@click.argument("file", type=_file)
@click.pass_context
def export(context: click.Context, file: Path) -> None:
    """Write the rows in force to FILE as CSV.

    Two columns per table, side by side; - is standard output.
    """
    from smoothx_tui.settings.mapping_csv import to_csv
    from smoothx_tui.settings.tables import mapping_tables

    text = to_csv(mapping_tables(tools(context).services.load_settings(options(context)).mapping))
    write_text(tools(context).output, file, text)


@mapping.command("import")
@click.argument("file", type=_file)
@click.option("--replace", is_flag=True, help="Remove the rows that FILE does not have, in the tables it has.")
@click.pass_context
def import_mapping(context: click.Context, file: Path, *, replace: bool) -> None:
    """Import the rows of FILE into the settings file.

    FILE is CSV as `export` writes it. Rows that it does not name stay; one with an empty value is removed. Save
    spreadsheets as "CSV UTF-8" with the columns formatted as text, or account codes lose their leading zeros.
    """
    import tomllib

    from smoothx_tui.settings.edit import edited
    from smoothx_tui.settings.mapping_csv import from_csv

    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise ConfigurationError(f"{clean(str(file))}: cannot be read: {error.strerror}", "check the name") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{clean(str(file))}: is not UTF-8", 'save it as "CSV UTF-8"') from None

    def change(before: str) -> str:
        now: dict[str, Any] = tomllib.loads(before).get("mapping", {})
        return edited(before, from_csv(str(file), text, now, replace=replace))

    asyncio.run(save(tools(context), options(context), change))


def _name(path: tuple[str, ...], key: str) -> str:
    """The name under which provenance has a row."""
    from smoothx_tui.settings.lines import dotted
    from smoothx_tui.settings.mapping_csv import row_path

    return dotted(row_path(path, key))


def _level(gap: "Gap") -> str:
    return "blocks" if gap.blocks else "note"


def _money(gap: "Gap") -> str:
    return " + ".join(f"{show(amount)} {currency}" for currency, amount in gap.money)
