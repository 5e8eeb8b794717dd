"""The settings pane's state: its rows, the cursor, the search, and each row as one string."""

from dataclasses import dataclass, field
from typing import Any, Final

from smoothx_tui.base.text import clean
from smoothx_tui.console.glyphs import Glyphs
from smoothx_tui.settings.schema import BY_KEY, GROUPS, SCHEMA, Control, Setting, Settings, SyncStatus, idle
from smoothx_tui.xero.statuses import Status

_SHORT: Final = {
    "update_draft": "Updates on draft",
    "update_awaiting_approval": "Updates on awaiting approval",
    "update_approved": "Updates on approved",
    "resync_deleted": "Re-sync deleted documents",
    "delete_matching": "Delete when deleted in Procore",
    "erp_locking": "Procore ERP locking",
    "multi_currency": "Multi-Currency",
    "accounting_currency_rate": "Accounting ERP currency rate",
    "sync_prior_locked_period": "Sync prior locked period",
    "sync_project_number": "Project number",
    "sub_job_as_project": "Sub job as project",
    "address_postal_and_street": "Postal and street address",
    "ignore_cost_types": "Ignore cost types",
    "ignore_tax_codes": "Ignore tax codes",
    "ignore_contacts": "Ignore contacts",
}
"""For narrow panes; Smoothx's own label is shown where it fits and always in the setting's help."""

_CHOICE_WORDS: Final = {
    SyncStatus.AWAITING_APPROVAL: (Status.SUBMITTED.words, "Aw. approval"),
    SyncStatus.AWAITING_PAYMENT: (Status.AUTHORISED.words, "Aw. payment"),
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting, or (with `key` "") the heading of a group."""

    key: str
    title: str


@dataclass
class SettingsModel:
    """Which rows are shown, and where the cursor is. Values come from outside: it keeps no second copy."""

    rows: list[SettingRow] = field(default_factory=list)
    cursor: int = 1
    query: str = ""

    def __post_init__(self) -> None:
        self.search("")

    @property
    def current(self) -> Setting | None:
        if not 0 <= self.cursor < len(self.rows):
            return None
        return BY_KEY.get(self.rows[self.cursor].key)

    def search(self, query: str) -> None:
        """Show the settings that hold all words of `query` in their label, key or help."""
        here = self.current
        self.query = query
        words = query.casefold().split()
        self.rows = []
        for group in GROUPS:
            matching = [s for s in SCHEMA if s.table == group.table and _holds(s, words)]
            if matching:
                self.rows.append(SettingRow("", group.label.upper()))
                self.rows += [SettingRow(s.key, s.label) for s in matching]
        self.to_key(here.key if here else "")

    def to_key(self, key: str) -> None:
        """The cursor on a setting; on the first one where it is not shown."""
        at = next((n for n, row in enumerate(self.rows) if row.key and row.key == key), None)
        self.cursor = at if at is not None else min(1, max(0, len(self.rows) - 1))

    def move(self, to: int) -> tuple[int, int]:
        """The cursor to a row; headings are stepped over. (old, new)."""
        old = self.cursor
        step = 1 if to >= old else -1
        to = max(0, min(to, len(self.rows) - 1))
        while 0 <= to < len(self.rows) and not self.rows[to].key:
            to += step
        if to < 0:  # only a heading above: the first setting below it
            to = next((at for at, row in enumerate(self.rows) if row.key), 0)
        if 0 <= to < len(self.rows):
            self.cursor = to
        return old, self.cursor

    def text(
        self, at: int, width: int, glyphs: Glyphs, values: Settings, saved: Settings, offered: dict[str, int]
    ) -> str:
        """One row in `width` cells: the label, the value, a star where it is not saved."""
        row = self.rows[at]
        if not row.key:
            return glyphs.fit(" " + row.title, width)
        value = getattr(values, row.key)
        star = "*" if value != getattr(saved, row.key) else " "
        label, shown, room = _fitted(BY_KEY[row.key], value, width, glyphs, offered.get(row.key))
        cursor = ">" if at == self.cursor else " "
        return cursor + glyphs.fit(label, room) + " " + shown + star

    def role(self, at: int, values: Settings, saved: Settings) -> str:
        """One role for the whole row."""
        row = self.rows[at]
        if not row.key:
            return "heading"
        setting = BY_KEY[row.key]
        value = getattr(values, row.key)
        if value != getattr(saved, row.key):
            return "unsaved"
        if idle(setting, values):
            return "idle"
        return "on" if setting.control is Control.SWITCH and value else "off"


def _fitted(setting: Setting, value: Any, width: int, glyphs: Glyphs, offered: int | None) -> tuple[str, str, int]:
    """(the label, the value, the cells for the label): the longest forms that fit."""
    label, shown, room = setting.label, "", 0
    for shown in control_words(setting, value, glyphs, offered):
        room = width - 2 - len(shown) - 1
        label = setting.label if len(setting.label) <= room else _SHORT.get(setting.key, setting.label)
        if len(label) <= room:
            break
    return label, shown, room


def is_shortened(setting: Setting, value: Any, width: int, glyphs: Glyphs, offered: int | None) -> bool:
    """Whether the row has no room for Smoothx's own label, so that the help has to say it."""
    label, _, room = _fitted(setting, value, width, glyphs, offered)
    return label != setting.label or len(label) > room


def control_words(setting: Setting, value: Any, glyphs: Glyphs, offered: int | None) -> tuple[str, ...]:
    """A value as its control shows it, the longest form first: `[ on ]`, `<Aw. approval>`, `2 of 14`."""
    if setting.control is Control.SWITCH:
        return ("[ on ]" if value else "[off ]",)
    if setting.control is Control.CHOICE:
        return tuple(f"{glyphs.open}{word}{glyphs.close}" for word in _CHOICE_WORDS[value])
    return (f"{len(value)} of {offered}" if offered is not None else f"{len(value)} chosen",)


def help_text(setting: Setting, origin: str, *, unsaved: bool, is_idle: bool, label: bool = False) -> str:
    """The help in one line: the label if it is wanted, where the value comes from, what it does, our reading."""
    parts = [setting.said]
    if is_idle and setting.idle_unless:
        parts.insert(0, nothing_to_act_on(setting))
    if setting.reading:
        parts.append("Our reading: " + setting.reading)
    where = f"[unsaved, saved: {origin or 'default'}]" if unsaved else f"[{origin or 'default'}]"
    return clean(" ".join(((f"{setting.label}:",) if label else ()) + (where, *parts)))


def nothing_to_act_on(setting: Setting) -> str:
    """Why an idle setting is greyed out; "" for one that never is."""
    if setting.idle_unless is None:
        return ""
    other, position = setting.idle_unless
    return f"Has no effect while '{BY_KEY[other].label}' is {'off' if position else 'on'}."


def _holds(setting: Setting, words: list[str]) -> bool:
    text = f"{setting.label} {setting.key} {setting.said} {setting.reading}".casefold()
    return all(word in text for word in words)
