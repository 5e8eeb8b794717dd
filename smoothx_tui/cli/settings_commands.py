"""`settings`: show, try, save and bring back the switches and lists, each with where its value comes from."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from smoothx_tui.base.text import clean
from smoothx_tui.cli import saving
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.settings.schema import BY_KEY, GROUPS, SCHEMA, Setting, idle
from smoothx_tui.settings.values import parse, plain, setting_named, show

if TYPE_CHECKING:
    from smoothx_tui.settings.file import LoadedSettings
    from smoothx_tui.settings.history import Told


def _keys(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's
    """For the shell's completion."""
    return [setting.key for setting in SCHEMA if setting.key.startswith(incomplete)]


_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group(cls=Group)
def settings() -> None:
    """The switches and lists of settings.toml."""


@settings.command("list")
@_json
@click.pass_context
def list_settings(context: click.Context, *, as_json: bool) -> None:
    """List the settings, and where each value comes from."""
    loaded = tools(context).services.load_settings(options(context))
    out = tools(context).output
    if as_json:
        out.json(
            {
                "file": str(loaded.path) if loaded.path else None,
                "revision": loaded.revision,
                "settings": [_entry(setting, loaded) for setting in SCHEMA],
            }
        )
        return
    labels = {group.table: group.label for group in GROUPS}
    rows = [
        (
            labels[s.table],
            s.key,
            show(getattr(loaded.settings, s.key)) + _idle(s, loaded),
            str(loaded.provenance[s.key]),
        )
        for s in SCHEMA
    ]
    out.table(("Group", "Setting", "Value", "From"), rows, empty="")


@settings.command("get")
@click.argument("key", shell_complete=_keys)
@_json
@click.pass_context
def get_setting(context: click.Context, key: str, *, as_json: bool) -> None:
    """Print the value of KEY, as `set` takes it."""
    setting = setting_named(key)
    loaded = tools(context).services.load_settings(options(context))
    if as_json:
        tools(context).output.json(_entry(setting, loaded))
        return
    value = plain(getattr(loaded.settings, setting.key))
    tools(context).output.data(clean(",".join(value) if isinstance(value, list) else str(value).lower()))


@settings.command(
    "set",
    examples=(
        "smoothx-tui settings set sync_as_draft off",
        "smoothx-tui settings set ignore_contacts 900000000000001,900000000000002",
    ),
)
@click.argument("key", shell_complete=_keys)
@click.argument("value")
@click.pass_context
def set_setting(context: click.Context, key: str, value: str) -> None:
    """Save VALUE for KEY in the settings file.

    Comments and order stay as they are; the history gets an entry. Switches take true/on/yes and false/off/no; lists
    a TOML array or ids separated by commas.
    """
    setting = setting_named(key)
    _save(context, setting, plain(parse(setting, value)))


@settings.command("unset")
@click.argument("key", shell_complete=_keys)
@click.pass_context
def unset_setting(context: click.Context, key: str) -> None:
    """Remove KEY from the file, so that its default applies.

    If a scenario has a value of its own, that one applies again.
    """
    from smoothx_tui.settings.edit import UNSET

    _save(context, setting_named(key), UNSET)


_file = click.option("--file", is_flag=True, help="Use this machine's file, even if settings are shared.")


@settings.command("history")
@_file
@_json
@click.pass_context
def show_history(context: click.Context, *, file: bool, as_json: bool) -> None:
    """List the saves: revision, when, who, what changed.

    If settings are shared, these are everybody's saves.
    """
    found = asyncio.run(saving.entries(tools(context), options(context), file=file))
    out = tools(context).output
    if as_json:
        out.json({"history": [_saved(entry) for entry in found]})
        return
    rows = [(str(e.revision), f"{e.at:%Y-%m-%d %H:%M:%S}Z", e.who, "; ".join(e.changes)) for e in found]
    out.table(("Revision", "When", "Who", "Changes"), rows, empty="no save has been recorded yet")


@settings.command("restore", examples=("smoothx-tui settings history && smoothx-tui settings restore 12",))
@click.argument("revision", type=int)
@_file
@click.pass_context
def restore(context: click.Context, revision: int, *, file: bool) -> None:
    """Bring the settings back to what they were after REVISION.

    This is a save itself, with an entry of its own.
    """
    asyncio.run(saving.restore(tools(context), options(context), revision, file=file))


@settings.command("share", examples=("smoothx-tui settings share", "smoothx-tui settings share --stop"))
@click.option("--stop", is_flag=True, help="Stop sharing: each machine's file counts again.")
@click.pass_context
def share(context: click.Context, *, stop: bool) -> None:
    """Share this file with everybody on the ledger.

    Its settings and mapping move to the ledger. From then on the ledger's newest version counts on every machine, and
    each save is for everybody. The [ui] table stays personal; the environment and --set still apply to their own run.
    """
    asyncio.run((saving.stop if stop else saving.share)(tools(context), options(context)))


@settings.command("take")
@click.pass_context
def take(context: click.Context) -> None:
    """Update this machine's file to what is shared.

    Comments, order and the [ui] table stay. What was only in this file is kept in settings history --file.
    """
    asyncio.run(saving.take(tools(context), options(context)))


@settings.command("validate")
@_json
@click.pass_context
def validate(context: click.Context, *, as_json: bool) -> None:
    """List every mistake in the file with its line.

    The mapping and the console's own table are checked too.
    """
    loaded = tools(context).services.load_settings(options(context))
    if as_json:
        tools(context).output.json({"valid": True, "file": str(loaded.path), "revision": loaded.revision})
        return
    there = loaded.path is not None and bool(loaded.digest)
    tools(context).output.data(f"{clean(str(loaded.path))}: {'no mistakes' if there else 'not there; defaults apply'}")


@settings.command("schema")
@click.pass_context
def schema(context: click.Context) -> None:
    """Print the file's JSON Schema, for editors."""
    from smoothx_tui.settings.model import json_schema

    tools(context).output.json(json_schema())


def _entry(setting: Setting, loaded: "LoadedSettings") -> dict[str, Any]:
    source = loaded.provenance[setting.key]
    return {
        "key": setting.key,
        "table": setting.table,
        "label": setting.label,
        "value": plain(getattr(loaded.settings, setting.key)),
        "default": plain(setting.default),
        "source": {"origin": str(source.origin), "where": source.where},
        "idle": idle(setting, loaded.settings),
        "said": setting.said,
        "reading": setting.reading,
    }


def _saved(entry: "Told") -> dict[str, Any]:
    return {
        "revision": entry.revision,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "changes": list(entry.changes),
    }


def _idle(setting: Setting, loaded: "LoadedSettings") -> str:
    if not idle(setting, loaded.settings) or setting.idle_unless is None:
        return ""
    other, position = setting.idle_unless
    return f" (idle until {BY_KEY[other].key} is {show(position)})"


def _save(context: click.Context, setting: Setting, value: Any) -> None:
    from smoothx_tui.settings.edit import edited

    loaded = asyncio.run(
        saving.save(tools(context), options(context), lambda text: edited(text, {setting.name: value}))
    )
    if setting.key in loaded.pinned:
        above = loaded.pinned[setting.key]
        tools(context).output.say(f"{setting.name} is saved, but {above} is above the file and counts")
