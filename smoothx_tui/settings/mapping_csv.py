"""The mapping as CSV, two columns a table, side by side: keys on the left, values on the right.

    mapping.contacts,Xero ContactID,mapping.bill.cost_codes,account
    900000000000001,00000000-0000-4000-8000-000000000001,03-300,311
    ,,01-540.E,312

A file may hold any of the tables; their order does not matter. Pure: text in, changes for `edit.edited` out.
"""

import csv
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from smoothx_tui.base import csvtext
from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.edit import UNSET
from smoothx_tui.settings.layers import leaves, typed
from smoothx_tui.settings.lines import Path, dotted, key_path
from smoothx_tui.settings.problems import InvalidSettings, Problem

_SPOILED: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
"""A long id as a spreadsheet rewrites it; the digits that it lost cannot be guessed."""
_VALUES: Final = {"contacts": "Xero ContactID", "cost_codes": "account", "tax_codes": "Xero TaxType"}
_ROW_TABLES: Final = frozenset({"contacts", "cost_codes", "tax_codes"})

Table = dict[str, str]


def tables(mapping: Mapping[str, Any]) -> dict[Path, Table]:
    """`tables.mapping_tables` as flat tables: path of a table -> key -> text; what lies deeper has a dotted key."""
    found: dict[Path, Table] = {}
    for path in leaves(mapping, ("mapping",)):
        table, key = _split(path)
        value = _at(mapping, path[1:])
        found.setdefault(table, {})[key] = ",".join(value) if isinstance(value, list) else _text(value)
    return found


def _split(path: Path) -> tuple[Path, str]:
    """The table that a row stands in, and its key there."""
    if len(path) > 2 and (path[-2] in _ROW_TABLES or "projects" in path[:-1]):
        return path[:-1], path[-1]
    depth = 2 if path[1] in ("bill", "sale") else 1
    return path[:depth], dotted(path[depth:])


def _at(tables: Mapping[str, Any], path: Path) -> Any:
    node: Any = tables
    for part in path:
        node = node[part]
    return node


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_csv(mapping: Mapping[str, Any]) -> str:
    """The mapping's tables (`tables.mapping_tables`) as CSV."""
    columns: list[list[str]] = []
    for path, rows in tables(mapping).items():
        header = _VALUES.get(path[-1]) or ("account" if "projects" in path else "value")
        columns += [[dotted(path), *rows], [header, *rows.values()]]
    return csvtext.write(itertools.zip_longest(*columns, fillvalue=""))


def from_csv(name: str, text: str, now: Mapping[str, Any], *, replace: bool = False) -> dict[str, Any]:
    """The changes that bring the file's rows into the mapping, by dotted key.

    `now` is the mapping's tables as they are in the settings file. Rows that the CSV does not name stay; with
    `replace` they go, in the tables that it names. An empty value takes its row out. Raises InvalidSettings, naming
    the CSV's lines, and UsageError where it names no table.
    """
    try:
        rows = csvtext.read(text)
    except csv.Error as error:
        raise UsageError(f"{name}: is not CSV: {error}", "export one to see the format") from None
    if not rows:
        raise UsageError(f"{name}: is empty", "export one to see the format")
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    (line, header), *body = rows
    for column, table in _header(f"{name} line {line}", header, problems):
        found = dict(_cells(name, body, column, table, problems))
        if replace:
            changes |= {dotted(path): UNSET for path in _paths(now, table) if path not in found}
        changes |= {dotted(path): value for path, value in found.items()}
    if problems:
        raise InvalidSettings(problems, "nothing was changed; fix the CSV and import it again")
    return changes


def _header(where: str, header: list[str], problems: list[Problem]) -> Iterator[tuple[int, Path]]:
    named = False
    for column in range(0, len(header), 2):
        if not header[column].strip():
            continue
        named = True
        try:
            path = key_path(header[column].strip())
        except ValueError:
            path = ()
        if path[:1] == ("mapping",):
            yield column, path
        else:
            problems.append(
                Problem(where, header[column], "names no table; expected something like mapping.bill.cost_codes")
            )
    if not named:
        problems.append(Problem(where, "", "names no table; expected something like mapping.bill.cost_codes"))


def _cells(
    name: str, body: list[tuple[int, list[str]]], column: int, table: Path, problems: list[Problem]
) -> Iterator[tuple[Path, Any]]:
    seen: set[Path] = set()
    for line, row in body:
        key, value = (row[at].strip() if at < len(row) else "" for at in (column, column + 1))
        where = f"{name} line {line}"
        if not key:
            if value:
                problems.append(Problem(where, dotted(table), f"has the value {value} without a key"))
            continue
        path = row_path(table, key)
        if path in seen:
            problems.append(Problem(where, dotted(path), "appears twice"))
        elif _SPOILED.fullmatch(key) or _SPOILED.fullmatch(value):
            problems.append(Problem(where, dotted(path), "was rewritten by a spreadsheet; format the column as text"))
        else:
            seen.add(path)
            yield path, typed(path, value) if value else UNSET


def row_path(table: Path, key: str) -> Path:
    """The path of a row; only in the tables of fixed keys does a dot in the key lead deeper."""
    if table[-1] in _ROW_TABLES or "projects" in table:
        return (*table, key)
    try:
        return (*table, *key_path(key))
    except ValueError:
        return (*table, key)


def _paths(now: Mapping[str, Any], table: Path) -> list[Path]:
    """Paths of the rows that stand in that table now."""
    return [path for path in leaves(now, ("mapping",)) if _split(path)[0] == table]
