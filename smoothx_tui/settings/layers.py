"""Where settings come from, lowest first: default, scenario, file (or what a ledger shares), environment, flags.

A layer holds tables in the shape of settings.toml. Text of the environment and of flags is turned into values here, so
that every layer above this module has the file's own types.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.settings.lines import Path, key_path
from smoothx_tui.settings.problems import Problem, nearest
from smoothx_tui.settings.schema import BY_KEY, GROUPS
from smoothx_tui.settings.values import SWITCH_WORDS, parse, parse_list, plain

SHARED_TABLES: Final = (*(group.table for group in GROUPS), "mapping")
"""What a ledger can share; `ui` is each person's own."""
TABLES: Final = (*SHARED_TABLES, "ui")
ENV_PREFIX: Final = "SMOOTHX_"
Tables = dict[str, Any]


class Origin(StrEnum):
    """The kind of place a value comes from; a later one wins."""

    DEFAULT = "default"
    SCENARIO = "scenario"
    FILE = "file"
    LEDGER = "ledger"
    """What everybody on a ledger shares; where it is, the file's settings and mapping do not count."""
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from. `where` names the file, the variable or the flag; "" for a default."""

    origin: Origin
    where: str = ""

    def __str__(self) -> str:
        return f"{self.origin} {self.where}".strip()


DEFAULT: Final = Source(Origin.DEFAULT)


@dataclass(frozen=True, slots=True)
class Layer:
    """Tables of one place. `where` says for a path in them what a person would look for."""

    origin: Origin
    tables: Mapping[str, Any]
    where: Callable[[Path], str]

    def source(self, path: Path) -> Source:
        return Source(self.origin, self.where(path))


def merged(layers: Iterable[Layer]) -> Tables:
    """All layers as one: tables are merged key by key, any other value of a later layer replaces the earlier one."""
    tables: Tables = {}
    for layer in layers:
        _merge(tables, layer.tables)
    return tables


def _merge(into: Tables, above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if not isinstance(value, Mapping):
            into[key] = value
        elif isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = {}
            _merge(into[key], value)


def leaves(tables: Mapping[str, Any], above: Path = ()) -> Iterable[Path]:
    """The path of every value that is no table."""
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def environment_layer(environ: Mapping[str, str], problems: list[Problem]) -> Layer:
    """`SMOOTHX_<TABLE>__<KEY>` variables. A table's name that is only nearly right is a problem, not ignored."""
    texts: dict[Path, tuple[str, str]] = {}
    for name, text in environ.items():
        table, _, rest = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if not name.startswith(ENV_PREFIX) or not rest:
            continue
        if table in TABLES:
            texts[(table, *rest.split("__"))] = (name, text)
        elif near := nearest(table, TABLES):
            problems.append(Problem(f"environment {name}", "", f"no table {table}{near}"))
    return _text_layer(Origin.ENVIRONMENT, texts, problems)


def flag_layer(overrides: Mapping[str, str], problems: list[Problem]) -> Layer:
    """`--set` values: a setting's key, with or without its table, or a dotted key of the mapping."""
    texts: dict[Path, tuple[str, str]] = {}
    for name, text in overrides.items():
        flag = f"--set {name}"
        try:
            path = key_path(name)
        except (ValueError, RecursionError):
            problems.append(Problem(clean(flag), "", "is not a key"))
            continue
        if len(path) == 1:
            setting = BY_KEY.get(path[0])
            if setting is None:
                problems.append(Problem(flag, "", f"no such setting{nearest(name, BY_KEY)}"))
                continue
            path = (setting.table, setting.key)
        texts[path] = (flag, text)
    return _text_layer(Origin.FLAG, texts, problems)


def _text_layer(origin: Origin, texts: Mapping[Path, tuple[str, str]], problems: list[Problem]) -> Layer:
    tables: Tables = {}
    names: dict[Path, str] = {}
    for path, (name, text) in texts.items():
        where = f"environment {name}" if origin is Origin.ENVIRONMENT else name
        try:
            value = typed(path, text)
        except UsageError as error:
            problems.append(Problem(where, "", error.message))
            continue
        names[path] = name
        if not _put(tables, path, value):
            problems.append(Problem(where, "", "names a table, but another variable gives it a single value"))
    return Layer(origin, tables, lambda path: names.get(path, ""))


def typed(path: Path, text: str) -> Any:
    """A key's text as the file's type. Raises UsageError for a setting's wrong value.

    What is no setting stays text where it does not fit; it is named when the whole is checked.
    """
    if len(path) == 2 and (setting := BY_KEY.get(path[1])) and setting.table == path[0]:
        return plain(parse(setting, text))
    if path == ("mapping", "approved_as_noted"):
        return SWITCH_WORDS.get(text.strip().lower(), text)
    if path == ("mapping", "direct_cost_types"):
        entries = parse_list(text.strip())
        return text if entries is None else entries
    if path[-2:] == ("terms", "day") and text.strip().isdecimal():
        return int(text)
    return text


def _put(tables: Tables, path: Path, value: Any) -> bool:
    node = tables
    for part in path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            return False
    if isinstance(node.get(path[-1]), dict):
        return False
    node[path[-1]] = value
    return True
