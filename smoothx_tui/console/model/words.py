"""The command line: what a typed line asks for, and what tab would complete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.console.keys import BY_WORD, Command, Takes
from smoothx_tui.console.model.columns import COLUMNS, UNSORTED
from smoothx_tui.session.filters import FIELDS
from smoothx_tui.session.rows import ACTION_WORDS, TYPE_WORDS
from smoothx_tui.settings.schema import BY_KEY, SCHEMA, Control

_FIXED: Final = {"act": tuple(ACTION_WORDS.values()), "type": tuple(TYPE_WORDS.values())}
"""The words that these fields of a filter can have."""

Names = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """A command and the rest of its line."""

    command: Command
    rest: str


def read(text: str) -> Typed | None:
    """A typed line; None where it is blank. Raises UsageError for a word that is not a command or not one only."""
    word, _, rest = text.strip().lstrip(":").strip().partition(" ")
    if not word:
        return None
    if word in BY_WORD:
        return Typed(BY_WORD[word], rest.strip())
    found = [name for name in BY_WORD if name.startswith(word)]
    if len(found) == 1:
        return Typed(BY_WORD[found[0]], rest.strip())
    if found:
        raise UsageError(f":{clean(word)} could be {', '.join(sorted(found))}", "type more letters")
    raise UsageError(f":{clean(word)} is not a command", "tab lists them, ? shows all keys")


def complete(text: str, names: Mapping[Takes, Names]) -> tuple[str, list[str]]:
    """(the line with what is certain filled in, what it could become)."""
    word, space, rest = text.partition(" ")
    if not space:
        return _filled("", word, sorted(BY_WORD), end=" ")
    try:
        typed = read(word)
    except UsageError:
        return text, []
    if typed is None:
        return text, []
    head, last = _split_last(rest)
    return _filled(f"{word} {head}", last, _choices(typed.command.takes, last, names))


def _choices(takes: Takes, last: str, names: Mapping[Takes, Names]) -> list[str]:
    match takes:
        case Takes.COLUMN:
            return [*(column.name for column in COLUMNS), UNSORTED]
        case Takes.FILTER:
            return _filter_choices(last)
        case Takes.SETTING:
            return _setting_choices(last)
        case _:
            return list(names[takes]()) if takes in names else []


def _filter_choices(last: str) -> list[str]:
    """Fields; after a field of fixed words those words."""
    field, colon, _ = last.partition(":")
    known = _FIXED.get(field.removeprefix("!"))
    if colon and known:
        return [f"{field}:{word}" for word in known]
    sign = "!" if last.startswith("!") else ""
    return [f"{sign}{each}:" for each in FIELDS]


def _setting_choices(last: str) -> list[str]:
    key, equals, _ = last.partition("=")
    setting = BY_KEY.get(key)
    if not equals or setting is None:
        return [f"{each.key}=" for each in SCHEMA]
    if setting.control is Control.SWITCH:
        return [f"{key}=on", f"{key}=off"]
    return [f"{key}={choice}" for choice in setting.choices]


def _split_last(rest: str) -> tuple[str, str]:
    head, space, last = rest.rpartition(" ")
    return head + space, last


def _filled(head: str, start: str, choices: Sequence[str], end: str = "") -> tuple[str, list[str]]:
    found = [choice for choice in choices if choice.startswith(start)]
    if not found:
        return head + start, []
    if len(found) == 1:
        return head + found[0] + end, found
    return head + _common(found), found


def _common(words: Sequence[str]) -> str:
    """What all of them begin with."""
    first, last = min(words), max(words)
    at = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:at]
