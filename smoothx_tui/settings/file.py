"""Finding and reading settings.toml, with where every value came from.

Precedence, lowest first: default, scenario, file, environment (`SMOOTHX_<TABLE>__<KEY>`), flags. What a ledger shares
(`shared.py`) stands in place of the file's settings and mapping. A plain file is read with `tomllib` and dataclasses
alone, so that the console can read it before its first frame. Whatever that light reader does not take goes to
pydantic-settings, which names every mistake. Reading changes nothing.
"""

import hashlib
import os
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.settings import layers as layered
from smoothx_tui.settings.checks import mapping_problems, ui_problems
from smoothx_tui.settings.layers import DEFAULT, SHARED_TABLES, Layer, Origin, Source
from smoothx_tui.settings.lines import Path, dotted, key_lines, line_of
from smoothx_tui.settings.mapping import Mapping as Accounts
from smoothx_tui.settings.problems import InvalidSettings, Problem
from smoothx_tui.settings.schema import SCHEMA, Settings
from smoothx_tui.settings.tables import NotPlain, mapping_tables, settings_tables, whole_of
from smoothx_tui.settings.ui import Ui

if TYPE_CHECKING:
    from smoothx_tui.settings.shared import Version

SETTINGS_VARIABLE: Final = "SMOOTHX_SETTINGS"
_LARGEST: Final = 8 * 1024 * 1024
_PLACES: Final = {
    Origin.SCENARIO: "the scenario's settings",
    Origin.LEDGER: "the ledger's settings ",
    Origin.ENVIRONMENT: "environment ",
}
_HINT: Final = "nothing was changed; fix it in an editor, then check it with `smoothx-tui settings validate`"


@dataclass(frozen=True)
class LoadedSettings:
    """Settings, mapping and console table as they are in force, and the file they were read from."""

    settings: Settings
    mapping: Accounts
    provenance: Mapping[str, Source]
    """Key of a setting, or dotted path of a mapping or ui row -> where its value came from; every setting is there."""
    path: FilePath | None
    """Where a save goes; the file need not exist yet."""
    digest: str
    """SHA-256 of the file's bytes, "" where there is no file: what a save compares."""
    text: str = ""
    """The file as read."""
    ui: Ui = field(default_factory=Ui)
    version: "Version | None" = None
    """What the ledger shares and counts in the place of the file; None where nothing is shared."""

    @cached_property
    def revision(self) -> str:
        """Twelve hexadecimal digits of the settings and mapping in force; equal values have equal revisions."""
        return revision(self.settings, self.mapping)

    @property
    def pinned(self) -> Mapping[str, Source]:
        """Settings that a save to the file cannot change in force: the environment or a flag is above it."""
        above = (Origin.ENVIRONMENT, Origin.FLAG)
        return {s.key: source for s in SCHEMA if (source := self.provenance[s.key]).origin in above}


def revision(settings: Settings, mapping: Accounts) -> str:
    """See `LoadedSettings.revision`."""
    import json

    tables = {**settings_tables(settings), "mapping": mapping_tables(mapping)}
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()[:12]


def find(explicit: FilePath | None, environ: Mapping[str, str], *, may_be_new: bool = False) -> FilePath:
    """The settings file: `--settings`, else `$SMOOTHX_SETTINGS`, else `./settings.toml`, else the XDG directory's.

    The last may not exist: then there is none, and a first save makes it. One that was asked for by name has to exist,
    unless `may_be_new`. Raises ConfigurationError.
    """
    variable = environ.get(SETTINGS_VARIABLE, "")
    named = explicit if explicit is not None else FilePath(variable) if variable else None
    if named is not None:
        if not may_be_new and not named.exists():
            by = "--settings" if explicit is not None else SETTINGS_VARIABLE
            raise ConfigurationError(f"{by} {clean(str(named))}: there is no such file", "nothing was changed")
        return named
    from smoothx_tui.base.locations import SETTINGS_NAME, settings_file

    here = FilePath(SETTINGS_NAME)
    return here if here.exists() else settings_file()


def read(path: FilePath) -> bytes | None:
    """The file's bytes; None where there is no such file. Raises ConfigurationError for anything else."""
    try:
        with path.open("rb") as file:
            if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
                raise IsADirectoryError(21, "Is a directory")
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            f"{clean(str(path))}: cannot be read: {error.strerror}", "nothing was changed"
        ) from None
    if len(data) > _LARGEST:
        raise ConfigurationError(
            f"{clean(str(path))}: is over 8 MB, so it cannot be a settings file", "nothing was changed"
        )
    return data


def digest_of(data: bytes | None) -> str:
    """What `LoadedSettings.digest` holds for a file's bytes."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def decoded(path: FilePath, data: bytes | None) -> str:
    """The file's text. A byte order mark, as some editors write it, is kept out. Raises InvalidSettings."""
    try:
        return (data or b"").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        where = f"{path} line {line}"
        raise InvalidSettings([Problem(where, "", "is not UTF-8 text")], _HINT) from None


def parsed(path: FilePath, text: str) -> dict[str, Any]:
    """The file's tables. Raises InvalidSettings with the line and column of what is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).rpartition(" (at ")
        place = place.rstrip(")")
        if not place.startswith("line"):
            place = f"line {text.count(chr(10)) + 1}"
        where = f"{path} {place}"
        raise InvalidSettings([Problem(where, "", f"is not TOML: {said[:1].lower()}{said[1:]}")], _HINT) from None
    except RecursionError:
        raise InvalidSettings([Problem(str(path), "", "is nested too deeply")], _HINT) from None


def load(
    path: FilePath | None,
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, str] | None = None,
    below: Mapping[str, Any] | None = None,
    version: "Version | None" = None,
) -> LoadedSettings:
    """Read everything once. Raises InvalidSettings (a ConfigurationError) that names all mistakes, a line each.

    `path` is from `find` (None: no file), `overrides` are `--set` texts by key, `below` a scenario's `settings`,
    `version` what the ledger shares.
    """
    data = None if path is None else read(path)
    return load_bytes(path, data, environ=environ, overrides=overrides, below=below, version=version)


def load_bytes(
    path: FilePath | None,
    data: bytes | None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    below: Mapping[str, Any] | None = None,
    version: "Version | None" = None,
) -> LoadedSettings:
    """`load` for a file's bytes that are already read."""
    text = "" if path is None else decoded(path, data)
    tables = parsed(path, text) if path is not None and text else {}
    found: list[Problem] = []
    if version is not None and version.ended:
        version = None
    layers = [
        Layer(Origin.SCENARIO, below or {}, lambda _: ""),
        *_kept_layers(path, text, tables, version),
        layered.environment_layer(environ or {}, found),
        layered.flag_layer(overrides or {}, found),
    ]
    settings, mapping, ui = _values(layers, found)
    return LoadedSettings(settings, mapping, _provenance(layers), path, digest_of(data), text, ui, version)


def _kept_layers(
    path: FilePath | None, text: str, tables: Mapping[str, Any], version: "Version | None"
) -> Sequence[Layer]:
    """The file; where settings are shared, what is left of it and what is shared."""
    if version is None:
        return [Layer(Origin.FILE, tables, _file_place(path, text))]
    own = {name: table for name, table in tables.items() if name not in SHARED_TABLES}
    where = clean(f"revision {version.revision} of {version.who}")
    shared = Layer(Origin.LEDGER, tomllib.loads(version.text), lambda _: where)
    return [Layer(Origin.FILE, own, _file_place(path, text)), shared]


def problems(layers: Sequence[Layer]) -> list[Problem]:
    """Every mistake of the layers, by the full check, with where to mend it."""
    from smoothx_tui.settings.model import problems_of

    return [_placed(layers, path, said) for path, said in problems_of(layers)]


def _values(layers: Sequence[Layer], found: list[Problem]) -> tuple[Settings, Accounts, Ui]:
    tables = layered.merged(layers)
    try:
        settings, mapping, ui = whole_of(tables)
    except NotPlain:
        raise InvalidSettings(_in_order([*found, *problems(layers)]), _HINT) from None
    checked = [*mapping_problems(mapping), *ui_problems(ui)]
    if found or checked:
        raise InvalidSettings(_in_order([*found, *(_placed(layers, path, said) for path, said in checked)]), _HINT)
    return settings, mapping, ui


def _in_order(found: Sequence[Problem]) -> list[Problem]:
    """As a person works through the file: by line; the environment and flags after it."""

    def order(problem: Problem) -> tuple[bool, str, int]:
        place, _, line = problem.where.rpartition(" line ")
        return (not place, place, int(line) if line.isdecimal() else 0)

    return sorted(found, key=order)


def _placed(layers: Sequence[Layer], path: Path, said: str) -> Problem:
    """The mistake with the place of the strongest layer that says something there, or nearest above it."""
    for length in range(len(path), 0, -1):
        for layer in reversed(layers):
            if _has(layer.tables, path[:length]):
                where = layer.where(path)
                return Problem(_PLACES.get(layer.origin, "") + where, dotted(path), said)
    return Problem("", dotted(path), said)


def _has(tables: Any, path: Path) -> bool:
    """Whether the layer says something at that path; a value covers every path that goes on below it."""
    for part in path:
        if not isinstance(tables, Mapping):
            return True
        if part not in tables:
            return False
        tables = tables[part]
    return True


def _file_place(path: FilePath | None, text: str) -> Callable[[Path], str]:
    """File and line of a key; the lines are counted when the first one is asked for."""
    lines: dict[Path, int] = {}

    def place(key: Path) -> str:
        if not lines and text:
            lines.update(key_lines(text))
        return f"{path} line {line_of(lines, key)}"

    return place


def _provenance(layers: Sequence[Layer]) -> dict[str, Source]:
    found: dict[str, Source] = {setting.key: DEFAULT for setting in SCHEMA}
    keys: dict[Path, str] = {(setting.table, setting.key): setting.key for setting in SCHEMA}
    for layer in layers:
        for path in layered.leaves(layer.tables):
            found[keys.get(path) or dotted(path)] = layer.source(path)
    return found
