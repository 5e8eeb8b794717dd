"""One value of a setting: from text, to text, and on trial.

The command line, the environment and the console read and write values through these functions, so that `on`, `true`
and `yes` mean the same everywhere.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.settings.lines import quoted
from smoothx_tui.settings.problems import nearest
from smoothx_tui.settings.schema import BY_KEY, SCHEMA, Control, Setting, Settings, SyncStatus

SWITCH_WORDS: Final = {
    "true": True, "on": True, "yes": True, "1": True,
    "false": False, "off": False, "no": False, "0": False,
}  # fmt: skip

Plain = bool | str | list[str]
"""A value as TOML and JSON hold it: a list of ids is sorted, so that equal values are equal text."""


def setting_named(name: str) -> Setting:
    """The setting of `multi_currency` or, with its table, `advanced.multi_currency`. Raises UsageError."""
    table, _, key = name.strip().rpartition(".")
    setting = BY_KEY.get(key)
    if setting is None or table not in ("", setting.table):
        names = [s.name for s in SCHEMA] if table else [s.key for s in SCHEMA]
        raise UsageError(f"{clean(name)}: no such setting{nearest(name, names)}", "settings list shows them all")
    return setting


def wants(setting: Setting) -> str:
    """What a value has to look like in the file, as the middle of a sentence."""
    if setting.control is Control.SWITCH:
        return "true or false"
    if setting.control is Control.CHOICE:
        return "one of " + ", ".join(f'"{choice}"' for choice in setting.choices)
    return 'a list of ids as text, such as ["18", "19"]'


def parse(setting: Setting, text: str) -> Any:
    """A value as a person types it. Raises UsageError, saying what is wanted.

    Switches take true/on/yes/1 and false/off/no/0, choices one of their words, lists a TOML array or ids separated by
    commas (nothing: the empty list).
    """
    value = text.strip()
    if setting.control is Control.SWITCH:
        if (switch := SWITCH_WORDS.get(value.lower())) is not None:
            return switch
    elif setting.control is Control.CHOICE:
        word = unquoted(value).lower().replace(" ", "_").replace("-", "_")
        if word in setting.choices:
            return SyncStatus(word)
    else:
        ids = parse_list(value)
        if ids is not None:
            return frozenset(ids)
    raise UsageError(f"{setting.name}: expected {wants(setting)}, not {json.dumps(clean(text), ensure_ascii=False)}")


def unquoted(text: str) -> str:
    """`text` without the quotes that a person copied from the file."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def parse_list(text: str) -> list[str] | None:
    """A TOML array of texts, or texts separated by commas; None where it is neither."""
    if not text.startswith("["):
        entries = [unquoted(part.strip()) for part in text.split(",") if part.strip()]
        return entries if all(entry and entry.isprintable() for entry in entries) else None
    import tomllib

    try:
        tables = tomllib.loads(f"entries = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    listed = tables.pop("entries")
    if tables or not isinstance(listed, list):
        return None
    return listed if all(isinstance(entry, str) and entry and entry.isprintable() for entry in listed) else None


def assignments(texts: Iterable[str]) -> dict[str, str]:
    """`key=value` arguments as a mapping of the setting's key to its text; checked. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{clean(text)}: expected key=value", "for example multi_currency=true")
        setting = setting_named(name)
        parse(setting, value)
        found[setting.key] = value
    return found


def applied(settings: Settings, texts: Mapping[str, str]) -> Settings:
    """`settings` with values tried from text. Raises UsageError."""
    return replace(settings, **{(s := setting_named(name)).key: parse(s, text) for name, text in texts.items()})


def plain(value: Any) -> Plain:
    """A setting's value as the file and JSON hold it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    return sorted(value, key=lambda entry: (len(entry), entry))


def toml_text(value: Any) -> str:
    """A setting's value as it stands in the file: `true`, `"awaiting_payment"`, `["18", "19"]`."""
    value = plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def show(value: Any) -> str:
    """A setting's value for people: `on`, `awaiting payment`, `18, 19`, `none`. Safe to show."""
    value = plain(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return clean(value.replace("_", " "))
    return clean(", ".join(value)) if value else "none"


def changed(before: Settings, after: Settings) -> list[tuple[str, Any, Any]]:
    """(key, old, new) of every setting that differs, in the order of the screen."""
    return [
        (setting.key, old, new)
        for setting in SCHEMA
        if (old := getattr(before, setting.key)) != (new := getattr(after, setting.key))
    ]


@dataclass
class Trial:
    """Settings being tried: what is saved, what is tried now, and the way back and forth.

    Each step of undo is one change. Saving keeps the way back: an undo after it is an unsaved change again.
    """

    saved: Settings
    current: Settings = field(init=False)
    _undo: list[Settings] = field(init=False, default_factory=list)
    _redo: list[Settings] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.current = self.saved

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Keys whose tried value differs from the saved one."""
        return tuple(key for key, _, _ in changed(self.saved, self.current))

    @property
    def changes(self) -> dict[str, Plain]:
        """What a save has to write: dotted name -> plain value."""
        return {BY_KEY[key].name: plain(new) for key, _, new in changed(self.saved, self.current)}

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def put(self, settings: Settings) -> bool:
        """Try `settings` whole; False where that changes nothing. A new change forgets what could be redone."""
        if settings == self.current:
            return False
        self._undo.append(self.current)
        self._redo.clear()
        self.current = settings
        return True

    def set(self, key: str, value: Any) -> bool:
        """Try one value, of the setting's own type."""
        return self.put(replace(self.current, **{key: value}))

    def toggle(self, key: str) -> bool:
        """Flip a switch."""
        return self.set(key, not getattr(self.current, key))

    def cycle(self, key: str, step: int = 1) -> bool:
        """The next (or, with -1, the previous) word of a choice; a switch flips."""
        setting = BY_KEY[key]
        if setting.control is Control.SWITCH:
            return self.toggle(key)
        at = setting.choices.index(getattr(self.current, key))
        return self.set(key, SyncStatus(setting.choices[(at + step) % len(setting.choices)]))

    def reset(self, key: str) -> bool:
        """Back to the saved value; that can be undone too."""
        return self.set(key, getattr(self.saved, key))

    def undo(self) -> bool:
        """One change back; False where there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        """One undone change again; False where there is none."""
        return self._step(self._redo, self._undo)

    def _step(self, take: list[Settings], give: list[Settings]) -> bool:
        if not take:
            return False
        give.append(self.current)
        self.current = take.pop()
        return True

    def mark_saved(self, settings: Settings) -> None:
        """`settings` is what the file says now.

        What was being tried and is not in it stays unsaved. What somebody else changed meanwhile, and was not being
        tried here, is taken over, on the way back too: it must not look like an unsaved change of this person's.
        """
        theirs = {key: new for key, old, new in changed(self.saved, settings) if getattr(self.current, key) == old}
        self.current = self._with(self.current, theirs)
        self._undo = [self._with(step, theirs) for step in self._undo]
        self._redo = [self._with(step, theirs) for step in self._redo]
        self.saved = settings

    def _with(self, step: Settings, theirs: Mapping[str, Any]) -> Settings:
        """A step with their values where it had what was saved before."""
        same = {key: new for key, new in theirs.items() if getattr(step, key) == getattr(self.saved, key)}
        return replace(step, **same) if same else step
