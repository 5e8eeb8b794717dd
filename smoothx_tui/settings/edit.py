"""Changing the text of a person's settings file, keeping its comments, order and line breaks.

Pure: text in, text out. tomlkit does the work; what it made is read back with `tomllib` and compared with what was
meant, so that an editing mistake can never reach the file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.settings.lines import Path, dotted, key_path, quoted


class _Unset:
    """See UNSET."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()
"""As a new value: take the key out of the file, so that what is below the file counts again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that differs between two texts of the file; None is absent. Values are as TOML holds them."""

    key: str
    before: Any
    after: Any

    def line(self) -> str:
        """`advanced.multi_currency: false -> true`, safe to show."""
        return clean(f"{self.key}: {_said(self.before)} -> {_said(self.after)}")


def _said(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, list):
        return f"[{', '.join(map(_said, value))}]"
    return str(value).lower() if isinstance(value, bool) else quoted(value) if isinstance(value, str) else str(value)


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """What a person changed between two texts: keys and values, not comments or order. Both have to be TOML."""
    old, new = _flat(tomllib.loads(before)), _flat(tomllib.loads(after))
    paths = [*old, *(path for path in new if path not in old)]
    return tuple(
        Difference(dotted(path), old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)
    )


def edited(text: str, changes: Mapping[str, Any]) -> str:
    """`text` with each dotted key set to its value (bool, int, str, list or dict of these), or taken out (UNSET).

    Raises ConfigurationError where the text cannot be changed without losing what else is in it.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    wanted = tomllib.loads(text)
    document = tomlkit.parse(text)
    try:
        for name, value in changes.items():
            path = key_path(name)
            _want(wanted, path, value)
            _change(document, path, value)
        result = _line_breaks(text, tomlkit.dumps(document))
        if _settled(tomllib.loads(result)) == _settled(wanted):
            return result
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, AttributeError, KeyError, ValueError):
        # tomlkit's errors on unusual layouts are of many kinds; whichever it is, the file stays as it was.
        pass
    raise ConfigurationError(
        f"{', '.join(changes)}: the file is written in a way that cannot be changed safely from here",
        "nothing was changed; change it in an editor",
    )


def _flat(tables: Mapping[str, Any], above: Path = ()) -> dict[Path, Any]:
    found: dict[Path, Any] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            found.update(_flat(value, (*above, key)))
        else:
            found[*above, key] = value
    return found


def _settled(tables: Any) -> Any:
    """Without the empty tables, which say nothing, and lists without their order, which is the person's own."""
    if isinstance(tables, list):
        return sorted(tables, key=str)
    if not isinstance(tables, dict):
        return tables
    return {key: value for key, member in tables.items() if (value := _settled(member)) != {}}


def _want(tables: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        tables = tables.setdefault(part, {})
    if value is UNSET:
        tables.pop(path[-1], None)
    else:
        tables[path[-1]] = value


def _change(document: Any, path: Path, value: Any) -> None:
    import tomlkit

    table = document
    for depth, part in enumerate(path[:-1]):
        if part not in table:
            if value is UNSET:
                return
            new = tomlkit.table(is_super_table=depth < len(path) - 2)
            if table is document and document.as_string().strip():
                document.add(tomlkit.nl())
            _append(table, part, new)
        table = table[part]
    key = path[-1]
    if value is UNSET:
        table.pop(key, None)
    elif key not in table:
        _append(table, key, tomlkit.item(value))
    elif isinstance(value, list) and isinstance(table[key], list):
        _change_list(table[key], value)
    else:
        table[key] = value


def _append(table: Any, key: str, item: Any) -> None:
    """Behind the table's last key, not behind the comments that follow it: those belong to what comes next."""
    from tomlkit.container import Container
    from tomlkit.items import Table

    body = table.value.body if isinstance(table, Table) and isinstance(table.value, Container) else None
    if body is None or isinstance(item, Table):
        table.append(key, item)
        return
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    if body and not body[-1][1].trivia.trail.endswith("\n"):
        body[-1][1].trivia.trail = "\n"
    table.append(key, item)
    body.extend(tail)


def _change_list(array: Any, value: list[Any]) -> None:
    """Entry by entry, so that the comments beside the entries that stay do stay."""
    if not value:
        array.clear()
        return
    for entry in [entry for entry in array if entry not in value]:
        array.remove(entry)
    indented = re.search(r"\n([ \t]*)[^ \t\r\n\]]", array.as_string())
    for entry in value:
        if entry in array:
            continue
        if indented:
            array.add_line(entry, indent=indented[1])
        else:
            array.append(entry)


def _line_breaks(before: str, after: str) -> str:
    """New lines end as the file's lines do."""
    if "\r\n" not in before:
        return after
    return after.replace("\r\n", "\n").replace("\n", "\r\n")
