"""settings.toml as it is shipped, and docs/settings.md: both made from the schema, so that they cannot drift.

`python -m smoothx_tui.settings.template` writes the two files of a checkout; a test compares them.
"""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from smoothx_tui.settings.schema import GROUPS, SCHEMA, Control, Group, Setting
from smoothx_tui.settings.values import show, toml_text, wants

_WIDTH: Final = 118

_HEAD: Final = """\
# Settings of smoothx-tui: every setting with its default.
#
# Edit it here, in the console, or with `smoothx-tui settings set KEY VALUE`; your comments and their order are kept.
# `smoothx-tui settings validate` names every mistake with its line. The environment (SMOOTHX_<TABLE>__<KEY>, such as
# SMOOTHX_ADVANCED__MULTI_CURRENCY=true) and `--set` override this file; this file overrides a scenario's own settings.
"""

MAPPING_EXAMPLE: Final = """\
# The mapping: which account, tax type, contact and tracking a payload uses. Nothing is built in: what is not
# configured here is not used. Ids are text. Bills and sales invoices never share a row.
# `smoothx-tui mapping check` says what is missing, and how many items and how much money are waiting for it.
#
# [mapping]
# project_tracking_category = "Project"
# second_tracking_category = ""                # "" none; else its name
# second_tracking_source = "cost_code"         # or "cost_type"; the option reads "code - name"
# approved_as_noted = true                     # claims with that status are ready
# direct_cost_types = ["invoice", "expense"]   # payroll is never synced here
#
# [mapping.contacts]                           # Procore company id = Xero ContactID
# "900000000000001" = "00000000-0000-4000-8000-000000000001"
#
# [mapping.bill]                               # progress claims and direct costs
# default_account = "310"
# retention_retained = "877"                   # payable, retained
# retention_released = "878"
# terms = { day = 30, type = "DAYSAFTERBILLDATE" }   # or DAYSAFTERBILLMONTH, OFCURRENTMONTH, OFFOLLOWINGMONTH
#
# [mapping.bill.cost_codes]                    # full cost code, or full cost code "." cost type code = account code
# "03-300" = "311"
# "01-540.E" = "312"
#
# [mapping.bill.projects."900000000000100"]    # rows of the same form, for one Procore project
# "05-120" = "313"
#
# [mapping.bill.tax_codes]                     # Procore tax code id = Xero TaxType
# "88" = "INPUT"
#
# [mapping.bill.cis]                           # optional; before every other row
# labour = { cost_type = "18", account = "320" }
# materials = { cost_type = "19", account = "321" }
#
# [mapping.sale]                               # head contract claims; [mapping.sale.cost_codes] and
# default_account = "200"                      # [mapping.sale.projects."..."] as for bills, without tax codes
# number_prefix = ""                           # a bill keeps its supplier's number
# retention_retained = "655"
# retention_released = "656"
# terms = { day = 20, type = "OFFOLLOWINGMONTH" }
"""

UI_EXAMPLE: Final = """\
# The console itself.
#
# [ui]
# theme = "dark"        # a file of themes/, without .toml
# glyphs = "auto"       # or "unicode", "ascii"
# wire = "auto"         # or "plain": let Textual write to the terminal itself
#
# [ui.keys]             # id of a key binding = its keys; `?` in the console lists the ids
# "sync.start" = "S"
"""


def settings_toml() -> str:
    """The shipped settings.toml."""
    groups = [f"[{group.table}]  # {group.label}\n{''.join(_toml_rows(group))}" for group in GROUPS]
    return "\n".join([_HEAD, *groups, MAPPING_EXAMPLE, UI_EXAMPLE])


def _toml_rows(group: Group) -> Iterator[str]:
    for setting in _of(group):
        yield "\n"
        yield f"# {setting.label}\n"
        for text in _about(setting):
            yield textwrap.indent(textwrap.fill(text, _WIDTH - 2), "# ") + "\n"
        yield f"{setting.key} = {toml_text(setting.default)}\n"


def _about(setting: Setting) -> Iterator[str]:
    yield setting.said
    if setting.reading:
        yield f"Our reading: {setting.reading}"
    if setting.control is not Control.SWITCH:
        yield f"Takes {wants(setting)}."
    if setting.idle_unless:
        yield _idle(setting)


def _idle(setting: Setting) -> str:
    other, position = setting.idle_unless or ("", False)
    return f"Has no effect unless {other} is {show(position)}; it keeps its value."


def _of(group: Group) -> list[Setting]:
    return [setting for setting in SCHEMA if setting.table == group.table]


_DOC_HEAD: Final = """\
# The settings

This page is generated from the schema (`smoothx_tui/settings/schema.py`) by `python -m smoothx_tui.settings.template`;
a test compares them. Labels are Smoothx's own. *Said* is what Smoothx's help page says; *reading* is our reading where
that page is silent or unclear. The console shows both. For a setting that Smoothx does not have, *does* says what it
does.
"""

_DOC_FILE: Final = """\
## The file

`settings.toml` is `--settings FILE`, else `$SMOOTHX_SETTINGS`, else `./settings.toml`, else the one in the
configuration directory (`~/.config/smoothx-tui`). A value comes from the last of these that has one: its default, the
scenario of a sandbox, the file, the environment (`SMOOTHX_<TABLE>__<KEY>`), `--set KEY=VALUE`.
`smoothx-tui settings list` shows which.

A mistake is reported in one line that names the file, the line, the key and what is expected; nothing is changed. A
save is atomic and keeps comments and order. If somebody else changed the file since it was read, nothing is
overwritten and their change is shown. Every save is an entry in the history (`settings history`), and each can be
brought back (`settings restore REVISION`).

On the command line, name a setting by its key alone or with its table (`advanced.multi_currency`). Switches take
`true`, `on`, `yes`, `1` and `false`, `off`, `no`, `0`; lists take a TOML array or ids separated by commas.

### Shared by a ledger

If a ledger shares settings, **its newest version counts on every machine**, instead of the setting tables and the
mapping in each file. On a PostgreSQL ledger sharing starts with the first save or with `settings share`; on any other
ledger only with `settings share`. From then on:

* a save is a new version for everybody. If a colleague was faster, your save is refused and you are told who was first
  and what they changed; save once more to put yours on top;
* the file is a copy. The saver's own file follows; an edit by hand does not count and is reported at every start.
  `settings share` makes it count for everybody, `settings take` brings the file up to date with what is shared (what
  was only in the file is then in `settings history --file`);
* `[ui]` stays personal; the environment and `--set` apply to their own run;
* `settings history` and `settings restore REVISION` work on what is shared; `settings share --stop` ends the sharing,
  and the files count again.
"""


def settings_markdown() -> str:
    """docs/settings.md."""
    groups = [f"## {group.label} (`[{group.table}]`)\n\n{''.join(_markdown_rows(group))}" for group in GROUPS]
    mapping = "## The mapping (`[mapping]`)\n\n```toml\n" + _uncommented(MAPPING_EXAMPLE) + "```\n\n" + _ROWS
    console = "## The console (`[ui]`)\n\n```toml\n" + _uncommented(UI_EXAMPLE) + "```\n"
    return "\n".join([_DOC_HEAD, settings_table(), *groups, _DOC_FILE, mapping, console])


def settings_table() -> str:
    """Every setting with its control and default, as a Markdown table; the README holds it too."""
    rows = [
        f"| `{setting.key}` | {setting.label} | {_control(setting)} | {show(setting.default)} |" for setting in SCHEMA
    ]
    return "\n".join(["| key | label | control | default |", "|---|---|---|---|", *rows]) + "\n"


def _control(setting: Setting) -> str:
    if setting.control is Control.CHOICE:
        return "list: " + ", ".join(f"`{choice}`" for choice in setting.choices)
    return "list, many" if setting.control is Control.MANY else "switch"


_ROWS: Final = """\
The more specific row wins: project with cost type, project, company with cost type, company, default. CIS comes before
all of them. `smoothx-tui mapping export FILE` and `mapping import FILE` exchange the rows as CSV.
"""


def _markdown_rows(group: Group) -> Iterator[str]:
    for setting in _of(group):
        yield f"### {setting.label}\n\n"
        yield f"`{setting.key}` takes {wants(setting)}; default `{toml_text(setting.default)}`.\n\n"
        yield textwrap.fill(f"*{'Does' if group.own else 'Said'}:* {setting.said}", _WIDTH) + "\n"
        if setting.reading:
            yield textwrap.fill(f"*Reading:* {setting.reading}", _WIDTH) + "\n"
        if setting.idle_unless:
            yield _idle(setting) + "\n"
        yield "\n"


def _uncommented(text: str) -> str:
    """The example as a file would hold it; its sentences stay comments."""
    lines = text.splitlines()
    first = lines.index("#")
    return (
        "\n".join([*lines[:first], "", *(line.removeprefix("#").removeprefix(" ") for line in lines[first + 1 :])])
        + "\n"
    )


def write(checkout: Path) -> None:
    """Write both files of a checkout."""
    (checkout / "settings.toml").write_text(settings_toml())
    (checkout / "docs" / "settings.md").write_text(settings_markdown())


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2])
