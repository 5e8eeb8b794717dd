"""docs/keys.md and the table of roles in docs/themes.md, made from the registries so that they cannot drift."""

from smoothx_tui.console.keys import COMMANDS, GROUPS, LOST_KEYS, PANES, Command, Where


def keys_markdown() -> str:
    """docs/keys.md whole."""
    parts = [_HEAD]
    for name, title in GROUPS.items():
        parts.append(f"\n## {title}\n\n| keys | does | command line | where | id |\n|---|---|---|---|---|\n")
        parts += [_row(command) for command in COMMANDS if command.id.startswith(f"{name}.")]
    parts.append(_LOST)
    parts += [f"| `{key}` | {why} |\n" for key, why in LOST_KEYS.items()]
    return "".join(parts)


def _row(command: Command) -> str:
    keys = " ".join(f"`{key}`" for key in command.keys) or "(none)"
    takes = f" {command.takes.value.upper()}" if command.takes else ""
    word = f"`:{command.word}{takes}`" if command.word else ""
    return f"| {keys} | {command.help.replace('|', '/')} | {word} | {_places(command)} | `{command.id}` |\n"


def _places(command: Command) -> str:
    if set(command.where) >= {*PANES, Where.SHEET}:
        return "everywhere"
    if set(command.where) == set(PANES):
        return "all panes"
    return "an open list" if command.where == (Where.SHEET,) else ", ".join(command.where)


_HEAD = """# Keys

Made from the console's own table of commands (`smoothx_tui/console/keys.py`); `?` shows the same in the console, and
`/` narrows it there. `:` takes the command line's words, `tab` completes them.

A command gets other keys in the settings file, by its id; an empty text takes its keys away. One key on two commands
of the same pane is an error that names both.

```toml
[ui.keys]
"mark.toggle" = "m space"
"sync.start" = "S"
```
"""

_LOST = """
## Keys that cannot be used

They do not reach a program in every terminal, or not through tmux. `ctrl+shift+` with a letter is one of them.

| key | why |
|---|---|
"""
