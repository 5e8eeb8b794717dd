"""Themes from files: one TOML file a theme, checked whole before Textual sees it.

Textual takes a theme with a bad colour and dies when the theme is put on, so nothing is registered that was not parsed
here. A file has `[colours]`, by the names of Textual's theme, and `[roles]`: how our own things look.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from smoothx_tui.base.text import clean

COLOURS: Final = (
    "primary", "secondary", "warning", "error", "success", "accent",
    "foreground", "background", "surface", "panel",
)  # fmt: skip

ROLES: Final[Mapping[str, str]] = {
    # the actions of a plan
    "create": "$success",
    "update": "$accent",
    "unchanged": "dim",
    "held": "$secondary",
    "recreate": "$success",
    "delete": "$error",
    "void": "$error",
    "orphaned": "$secondary",
    "skipped": "dim",
    "blocked": "bold $error",
    "not_ready": "dim",
    "locked_elsewhere": "$secondary",
    # what a sync is doing with an item
    "running": "bold $accent",
    "done": "$success",
    "failed": "bold $error",
    "unknown": "bold $warning",
    # levels
    "danger": "bold $warning",
    "note": "$secondary",
    "error": "bold $error",
    # the difference
    "added": "$success",
    "removed": "$error",
    "changed": "$accent",
    # the frame
    "cursor": "reverse",
    "cursor_idle": "underline",
    "title": "dim",
    "title_focus": "bold $primary",
    "heading": "bold",
    "dim": "dim",
    "key": "bold $primary",
    "hint": "",
    "header": "reverse",
    "live": "bold reverse $error",
    "sandbox": "bold reverse $success",
    "prompt": "bold",
    "match": "bold underline",
    "on": "$success",
    "off": "",
    "idle": "dim",
    "unsaved": "bold $warning",
}
"""Every role with its style in a theme that does not name it. `$name` is one of the theme's own colours."""

_WORDS: Final = frozenset({"bold", "dim", "italic", "underline", "reverse", "strike"})
_LARGEST: Final = 64 * 1024
_TOP: Final = frozenset({"about", "dark", "ansi", "colours", "roles"})


@dataclass(frozen=True)
class Look:
    """A checked theme: Textual's own part, and our roles as styles."""

    name: str
    about: str
    theme: Theme
    roles: Mapping[str, Style]
    base: Style
    """What every cell has: the theme's foreground and background, or the terminal's own."""

    def style(self, role: str) -> Style:
        """A role's own style; "" and an unknown role add nothing."""
        return self.roles.get(role, _PLAIN)


_PLAIN: Final = Style()


@dataclass(frozen=True)
class Looks:
    """The themes that can be used, by name, and one line for each file that cannot."""

    by_name: Mapping[str, Look]
    problems: tuple[str, ...] = field(default=())


class BadTheme(ValueError):  # noqa: N818 - reads as what is wrong
    """The file is no theme; the text names the key and the reason."""


def load(folders: Iterable[Path]) -> Looks:
    """Every `*.toml` of the folders; a later folder replaces a name of an earlier one. Bad files are left out."""
    looks: dict[str, Look] = {}
    problems: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                look = read(path)
            except BadTheme as error:
                problems.append(f"theme {clean(str(path))} left out: {error}")
            else:
                looks[look.name] = look
    return Looks(looks, tuple(problems))


def read(path: Path) -> Look:
    """One theme file. Raises BadTheme."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise BadTheme("larger than 64 KB")
        table = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise BadTheme(clean(error.strerror or "cannot be read")) from None
    except UnicodeDecodeError:
        raise BadTheme("not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadTheme(clean(str(error))) from None
    return look_of(path.stem, table)


def look_of(name: str, table: Mapping[str, Any]) -> Look:
    """A theme from its tables. Raises BadTheme, naming the key."""
    if not name.isprintable() or not name or name.startswith("textual"):
        raise BadTheme("the file's name is the theme's name, and cannot be used as one")
    for key in table:
        if key not in _TOP:
            raise BadTheme(f"{clean(key)}: no such key; there are {', '.join(sorted(_TOP))}")
    dark, ansi = (_flag(table, key, default=default) for key, default in (("dark", True), ("ansi", False)))
    about = table.get("about", "")
    if not isinstance(about, str):
        raise BadTheme("about: expected text")
    colours = _colours(_sub(table, "colours"), ansi=ansi)
    roles = _roles(_sub(table, "roles"), colours)
    # An ANSI theme leaves Textual's own variables undefined unless it names these two.
    variables = {"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"} if ansi else {}
    theme = Theme(name=name, dark=dark, ansi=ansi, variables=variables, **colours)  # type: ignore[arg-type]
    base = _PLAIN if ansi else style_of("colours", "$foreground on $background", colours)
    return Look(name, clean(about), theme, roles, base)


def _sub(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise BadTheme(f"{key}: expected a table")
    return found


def _flag(table: Mapping[str, Any], key: str, *, default: bool) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise BadTheme(f"{key}: expected true or false")
    return value


def _colours(table: Mapping[str, Any], *, ansi: bool) -> dict[str, str]:
    for key, value in table.items():
        if key not in COLOURS:
            raise BadTheme(f"colours.{clean(key)}: no such colour; there are {', '.join(COLOURS)}")
        if not isinstance(value, str):
            raise BadTheme(f"colours.{key}: expected text such as #1f6feb")
        parsed = _colour(f"colours.{key}", value)
        if ansi and parsed.ansi is None:
            raise BadTheme(f"colours.{key}: a theme with ansi = true needs ansi_ colours, not {clean(value)}")
    if "primary" not in table:
        raise BadTheme("colours.primary: missing")
    if "foreground" not in table or "background" not in table:
        raise BadTheme("colours.foreground and colours.background: both are needed")
    return dict(table)


def _roles(table: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Style]:
    for key, value in table.items():
        if key not in ROLES:
            raise BadTheme(f"roles.{clean(key)}: no such role; docs/themes.md lists them")
        if not isinstance(value, str):
            raise BadTheme(f"roles.{key}: expected text such as 'bold $error'")
    return {key: style_of(f"roles.{key}", table.get(key, default), colours) for key, default in ROLES.items()}


def style_of(key: str, text: str, colours: Mapping[str, str]) -> Style:
    """`[bold dim italic underline reverse strike] [colour] [on colour]` as a style. Raises BadTheme."""
    attributes: dict[str, Any] = {}
    found: dict[str, Any] = {}
    words = iter(text.split())
    for word in words:
        if word in _WORDS:
            attributes[word] = True
            continue
        side = "bgcolor" if word == "on" else "color"
        named = next(words, "") if word == "on" else word
        if side in found:
            raise BadTheme(f"{key}: two colours in {clean(text)!r}")
        found[side] = _colour(key, _resolved(key, named, colours)).rich_color
    return Style(**found, **attributes)


def _resolved(key: str, word: str, colours: Mapping[str, str]) -> str:
    if not word.startswith("$"):
        return word
    name = word[1:]
    if name not in COLOURS:
        raise BadTheme(f"{key}: {clean(word)} is not one of the theme's colours")
    # A colour that the file leaves out is its primary one, which it must have.
    return colours.get(name, colours["primary"])


def _colour(key: str, text: str) -> Color:
    try:
        colour = Color.parse(text)
    except ColorParseError:
        raise BadTheme(f"{key}: {clean(text)!r} is no colour; write #rrggbb or a name such as ansi_red") from None
    if colour.auto or (colour.ansi is None and colour.a != 1):
        raise BadTheme(f"{key}: {clean(text)!r}: transparent and automatic colours cannot be used")
    return colour
