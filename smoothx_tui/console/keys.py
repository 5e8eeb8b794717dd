"""Every command of the console, once: keys, help screen, hints, palette, command line and docs/keys.md come from here.

A key is written as it is typed (`j`, `G`, `/`, `?`) or by its name (`space`, `ctrl+d`, `shift+up`, `f1`). Defaults
use only keys that survive terminals and tmux (facts: ctrl+enter, shift+enter and ctrl+shift+letter do not).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean


class Where(StrEnum):
    """Which part of the screen has the keys."""

    ITEMS = "items"
    SETTINGS = "settings"
    PREVIEW = "preview"
    LOG = "log"
    SHEET = "sheet"


PANES: Final = (Where.ITEMS, Where.SETTINGS, Where.PREVIEW, Where.LOG)
EVERYWHERE: Final = (*PANES, Where.SHEET)


class Takes(StrEnum):
    """What a command takes on the command line, for its completion."""

    NOTHING = ""
    FILTER = "filter"
    COLUMN = "column"
    SETTING = "setting"
    THEME = "theme"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the console does. `word` is its name on the command line; `hint` its word in the bottom bar."""

    id: str
    group: str
    keys: tuple[str, ...]
    help: str
    where: tuple[Where, ...] = PANES
    hint: str = ""
    word: str = ""
    takes: Takes = Takes.NOTHING


def _c(
    command_id: str,
    keys: str,
    help_text: str,
    *,
    where: tuple[Where, ...] = PANES,
    hint: str = "",
    word: str = "",
    takes: Takes = Takes.NOTHING,
) -> Command:
    group = command_id.partition(".")[0]
    return Command(command_id, GROUPS[group], tuple(keys.split()), help_text, where, hint, word, takes)


GROUPS: Final = {
    "move": "Moving",
    "pane": "Panes",
    "mark": "Marking items",
    "find": "Finding and sorting",
    "set": "Settings",
    "sync": "Planning and syncing",
    "look": "Looking closer",
    "app": "The console",
    "sheet": "In a list that is open",
}

_ITEMS: Final = (Where.ITEMS,)
_SETTINGS: Final = (Where.SETTINGS,)
_SHEET: Final = (Where.SHEET,)

COMMANDS: Final[tuple[Command, ...]] = (
    _c("move.down", "j down", "down one line", where=EVERYWHERE),
    _c("move.up", "k up", "up one line", where=EVERYWHERE),
    _c("move.top", "g home", "to the first line", where=EVERYWHERE),
    _c("move.bottom", "G end", "to the last line", where=EVERYWHERE),
    _c("move.half_down", "ctrl+d", "down half a page", where=EVERYWHERE),
    _c("move.half_up", "ctrl+u", "up half a page", where=EVERYWHERE),
    _c("move.page_down", "pagedown", "down a page", where=EVERYWHERE),
    _c("move.page_up", "pageup", "up a page", where=EVERYWHERE),
    _c("pane.items", "1", "to the items", hint="pane", word="items"),
    _c("pane.settings", "2", "to the settings", word="settings"),
    _c("pane.preview", "3", "to the preview", word="preview"),
    _c("pane.log", "4", "to the log", word="log"),
    _c("pane.next", "tab", "to the next pane"),
    _c("pane.previous", "shift+tab", "to the previous pane"),
    _c("pane.zoom", "+", "zoom: this pane alone", where=EVERYWHERE, hint="zoom", word="zoom"),
    _c("pane.unzoom", "_", "unzoom: all panes", where=EVERYWHERE, word="unzoom"),
    _c("mark.toggle", "space", "mark or unmark the item and go to the next", where=_ITEMS, hint="mark"),
    _c("mark.range", "v", "start a range here; press again to mark it", where=_ITEMS, hint="range"),
    _c("mark.range_down", "shift+down", "mark and extend down", where=_ITEMS),
    _c("mark.range_up", "shift+up", "mark and extend up", where=_ITEMS),
    _c("mark.all", "a", "mark all shown that can be sent (never one with a danger: !)", where=_ITEMS, word="mark-all"),
    _c("mark.invert", "*", "mark the unmarked, unmark the marked", where=_ITEMS, word="invert"),
    _c("mark.none", "u", "unmark all", where=_ITEMS, word="unmark"),
    _c("find.filter", "/", "filter the items, or search the pane", hint="filter", word="filter", takes=Takes.FILTER),
    _c("find.next", "n", "next match; in the items the next marked one"),
    _c("find.previous", "N", "previous match; in the items the marked one before"),
    _c("find.sort", "o", "sort the items by a column", where=_ITEMS, hint="sort", word="sort", takes=Takes.COLUMN),
    _c("find.reverse", "O", "sort the other way round", where=_ITEMS, word="reverse"),
    _c("find.goto", "", "to the item with this number or id", word="item", takes=Takes.ITEM),
    _c("set.toggle", "space", "flip the switch, cycle the choice or open the list", where=_SETTINGS, hint="change"),
    _c("set.left", "left h", "the previous choice", where=_SETTINGS),
    _c("set.right", "right l", "the next choice", where=_SETTINGS),
    _c("set.undo", "z", "undo the last change of a setting", hint="undo", word="undo"),
    _c("set.redo", "Z", "redo it", word="redo"),
    _c("set.reset", "r", "reset this setting to its saved value", where=_SETTINGS, hint="reset"),
    _c("set.save", "w", "see what the changes do to the items, then save them", hint="save", word="save"),
    _c("set.edit", "e", "open the settings file in $EDITOR", hint="edit file", word="edit"),
    _c("set.set", "", "try a setting: set sync_as_draft=off", word="set", takes=Takes.SETTING),
    _c("set.history", "H", "the settings history, to restore an earlier state", word="history"),
    _c("sync.start", "s", "sync the marked items (asks for a typed yes)", where=PANES, hint="sync", word="sync"),
    _c("sync.replan", "p", "plan all items again", word="plan"),
    _c("sync.refresh", "R", "read what changed in Procore and Xero", word="refresh"),
    _c("sync.refresh_all", "", "read everything in Procore and Xero again", word="reread"),
    _c("sync.approvals", "A", "see and approve what is waiting for a second person", word="approvals"),
    _c("sync.stop", "ctrl+c", "stop after the calls in flight; else close; twice: quit", where=EVERYWHERE, word="stop"),
    _c("look.open", "enter", "item: its preview; setting: change it", where=(Where.ITEMS, Where.SETTINGS)),
    _c("look.next_tab", "]", "next tab of the preview or the log", hint="tabs"),
    _c("look.previous_tab", "[", "previous tab"),
    _c("look.unfold", "U", "show or hide the unchanged fields", hint="unfold", word="unfold"),
    _c("look.why", "i", "why the values are what they are, or all about the setting", word="why"),
    _c("look.copy", "y", "copy the number, payload, diff, row or error", hint="copy", word="copy"),
    _c("look.requests", "L", "the requests made to Procore and Xero", word="requests"),
    _c("app.command", ":", "type a command; tab completes", where=PANES, hint="command"),
    _c("app.palette", "ctrl+p", "find a command by its description"),
    _c("app.themes", "T", "choose a theme, with live preview", word="theme", takes=Takes.THEME),
    _c("app.help", "? f1", "all keys, filterable", hint="help", word="help"),
    _c("app.escape", "escape", "leave: the range, the filter, the zoom"),
    _c("app.back", "q", "back; from the last pane: quit", hint="quit", word="quit"),
    _c("app.redraw", "ctrl+l", "redraw the screen, if something else wrote on it", where=EVERYWHERE),
    _c("app.suspend", "ctrl+z", "put the console in the background (fg brings it back)", where=EVERYWHERE),
    _c("sheet.accept", "enter", "take it", where=_SHEET, hint="take"),
    _c("sheet.toggle", "space", "tick or untick", where=_SHEET, hint="tick"),
    _c("sheet.filter", "/", "type to narrow the list", where=_SHEET, hint="filter"),
    _c("sheet.copy", "y", "copy what is shown", where=_SHEET, hint="copy"),
    _c("sheet.close", "escape q", "leave it as it was", where=_SHEET, hint="close"),
)

BY_ID: Final = {command.id: command for command in COMMANDS}
BY_WORD: Final = {command.word: command for command in COMMANDS if command.word}

LOST_KEYS: Final = {
    "ctrl+m": "terminals send it as enter",
    "ctrl+i": "terminals send it as tab",
    "ctrl+h": "terminals send it as backspace",
    "ctrl+j": "terminals send it as enter",
    "ctrl+enter": "tmux does not pass it on",
    "shift+enter": "terminals send it as enter",
    "ctrl+space": "terminals send it as ctrl+@",
    "ctrl+/": "terminals send it as ctrl+underscore",
    "ctrl+s": "terminals stop their output on it",
    "ctrl+q": "terminals resume their output on it",
}
_NAMED: Final = frozenset(
    [
        "space",
        "enter",
        "escape",
        "tab",
        "shift+tab",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ]
    + [f"f{n}" for n in range(1, 13)]
)
_MODIFIERS: Final = ("ctrl", "shift", "alt")


def key_problem(key: str) -> str | None:
    """Why `key` cannot be bound, or None where it can."""
    if key in LOST_KEYS:
        return f"{key} does not reach the console: {LOST_KEYS[key]}"
    if key.startswith("ctrl+shift+"):
        return f"{key} does not reach the console: terminals have no code for it"
    *modifiers, base = key.split("+") if len(key) > 1 and key != "+" else [key]
    if any(modifier not in _MODIFIERS for modifier in modifiers):
        return f"{clean(key)} is not a key"
    if key in _NAMED or base in _NAMED or (len(base) == 1 and base.isprintable() and not base.isspace()):
        return None
    return f"{clean(key)} is not a key"


@dataclass(frozen=True)
class Keymap:
    """Which key does what, after the operator's own changes."""

    keys: Mapping[str, tuple[str, ...]]
    """Command id -> its keys."""
    _by_place: Mapping[tuple[Where, str], Command] = field(repr=False)

    @classmethod
    def build(cls, changes: Mapping[str, str] | None = None) -> "Keymap":
        """The defaults with `changes` (command id -> keys, separated by spaces or commas).

        Raises ConfigurationError for an unknown id or key, and for one key on two commands, naming both.
        """
        keys = {command.id: command.keys for command in COMMANDS}
        for command_id, text in (changes or {}).items():
            if command_id not in BY_ID:
                raise ConfigurationError(
                    f"keys: there is not a command {clean(command_id)!r}",
                    "the ids are listed by :help and in docs/keys.md",
                )
            wanted = tuple((text if text == "," else text.replace(",", " ")).split())
            for key in wanted:
                if problem := key_problem(key):
                    raise ConfigurationError(f"keys: {command_id}: {problem}")
            keys[command_id] = wanted
        by_place: dict[tuple[Where, str], Command] = {}
        for command in COMMANDS:
            for key in keys[command.id]:
                for where in command.where:
                    other = by_place.setdefault((where, key), command)
                    if other is not command:
                        raise ConfigurationError(
                            f"keys: {key} would be both {other.id} and {command.id} in the {where} pane",
                            "give one of them another key",
                        )
        return cls(keys, by_place)

    def find(self, where: Where, key: str) -> Command | None:
        """What `key` does there."""
        return self._by_place.get((where, key))

    def shown(self, command: Command) -> str:
        """Its keys for people, `j, down`; "" where it has none."""
        return ", ".join(self.keys[command.id])

    def first(self, command_id: str) -> str:
        """Its first key, or its word on the command line where it has no key."""
        keys = self.keys[command_id]
        return keys[0] if keys else f":{BY_ID[command_id].word}"

    def of(self, where: Where) -> tuple[Command, ...]:
        """The commands that work there, in the registry's order."""
        return tuple(command for command in COMMANDS if where in command.where)


_FROM_TEXTUAL: Final = {"ctrl+underscore": "ctrl+_"}
AFTER_ESCAPE: Final = dict(zip("¡™£¢∞§¶•ªº\u2013≠", "1234567890-=", strict=True))
"""Textual reads escape and a digit that come together as a Mac's option key, and gives the sign on that key."""


def key_name(key: str, character: str | None) -> str:
    """Textual's key and character as the registry writes it: the character itself where it can be seen."""
    if character and len(character) == 1 and character.isprintable() and not character.isspace():
        return f"alt+{character}" if key.startswith("alt+") else character
    return _FROM_TEXTUAL.get(key, key)
