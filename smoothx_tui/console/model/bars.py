"""The header, the line of marks and the line of hints, in as many cells as there are. Nothing is cut silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from smoothx_tui.console.glyphs import Glyphs
from smoothx_tui.console.keys import BY_ID, Keymap, Where
from smoothx_tui.console.model.lines import Span
from smoothx_tui.console.model.sheet import Mode
from smoothx_tui.session.place import Budget, Environment, Place

HINTS: Final = {
    Where.ITEMS: (
        "mark.toggle", "mark.range", "sync.start", "find.filter", "find.sort", "app.command", "pane.items",
        "pane.zoom", "app.help", "app.back", "look.copy", "look.next_tab", "set.save", "set.undo",
    ),
    Where.SETTINGS: (
        "set.toggle", "set.save", "set.undo", "set.reset", "find.filter", "set.edit", "app.command", "pane.items",
        "pane.zoom", "app.help", "app.back", "sync.start",
    ),
    Where.PREVIEW: (
        "look.next_tab", "find.filter", "look.unfold", "look.copy", "sync.start", "app.command", "pane.items",
        "pane.zoom", "app.help", "app.back",
    ),
    Where.LOG: (
        "look.next_tab", "find.filter", "look.copy", "sync.start", "app.command", "pane.items", "pane.zoom",
        "app.help", "app.back",
    ),
}  # fmt: skip
SHEET_HINTS: Final = {
    Mode.TICK: ("sheet.toggle", "sheet.accept", "sheet.filter", "sheet.copy", "pane.zoom", "sheet.close"),
    Mode.TAKE: ("sheet.accept", "sheet.filter", "sheet.copy", "pane.zoom", "sheet.close"),
    Mode.READ: ("sheet.filter", "sheet.copy", "pane.zoom", "sheet.close"),
}
_HINT_WORDS: Final = {"find.filter": {Where.PREVIEW: "search", Where.LOG: "search", Where.SETTINGS: "search"}}
_TOGETHER: Final = {"pane.items": "1-4", "look.next_tab": "[ ]"}
"""Hints that stand for several keys, while those have their defaults."""
_ROOMY: Final = 80
_NAMED: Final = 2
"""Colleagues in the header by name; the rest is a number."""
_LAST: Final = ("app.help", "app.back", "sheet.close")
"""Kept to the end: without them a beginner is stuck."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Pieces of one line."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


def hints(keymap: Keymap, where: Where, width: int, sheet: Mode | None = None) -> Bar:
    """`space mark  v range  …` as far as it goes, then `(+6 more: ?)`."""
    wanted = SHEET_HINTS[sheet] if sheet is not None else HINTS[where]

    def shown(command_id: str) -> tuple[str, str]:
        command = BY_ID[command_id]
        keys = keymap.keys[command_id]
        key = _TOGETHER[command_id] if command_id in _TOGETHER and keys == command.keys else keymap.first(command_id)
        return key, _HINT_WORDS.get(command_id, {}).get(where, command.hint)

    pairs = [(command_id, *shown(command_id)) for command_id in wanted if keymap.keys[command_id]]
    left_out = 0
    while True:
        more = f"(+{left_out} more: {keymap.first('app.help')})" if left_out else ""
        length = sum(cell_len(f" {key} {word} ") for _, key, word in pairs) + len(more) + 1
        if length <= width or not pairs:
            break
        at = next((n for n in range(len(pairs) - 1, -1, -1) if pairs[n][0] not in _LAST), len(pairs) - 1)
        del pairs[at]
        left_out += 1
    spans: list[Span] = []
    for _, key, word in pairs:
        spans += [Span(f" {key}", "key"), Span(f" {word} ", "hint")]
    return Bar((*spans, Span(more, "dim")))


def header(  # noqa: PLR0913 - the parts of one line
    place: Place | None,
    budget: Budget | None,
    *,
    unsaved: int,
    items: str,
    marked: int,
    width: int,
    glyphs: Glyphs,
    others: Sequence[str] = (),
    unopened: str = "opening",
) -> Bar:
    """Who and where on the left, numbers on the right; numbers leave first where it is narrow, never the banner.

    `others` are the colleagues on the same ledger, by name; `unopened` stands for the place while there is none.
    """
    left = [Span(" smoothx ", "header")]
    if place is None:
        left.append(Span(f" {unopened} ", "header"))
    else:
        role = "sandbox" if place.environment is Environment.SANDBOX else "live"
        left.append(Span(f" {place.environment} ", role))
        if place.read_only:
            left.append(Span(" READ ONLY ", "live"))
        currency = f" ({place.base_currency})" if place.base_currency else ""
        left.append(Span(f" {place.organisation}{currency}", "header"))
    changed = f"{'settings ' if width >= _ROOMY else ''}*{unsaved} unsaved" if unsaved else ""
    right = [text for text in (changed, items) if text]
    right += [f"{marked} marked"] if marked else []
    right += _company(others)
    right += _budget(budget)
    used = sum(cell_len(span.text) for span in left)
    while right and used + 2 + cell_len("  ".join(right)) > width:
        right.pop()
    text = "  ".join(right)
    if used > width:
        keep = width - sum(cell_len(span.text) for span in left[:-1])
        left[-1] = Span(glyphs.fit(left[-1].text, max(0, keep)), left[-1].role)
        used = width
    gap = width - used - cell_len(text) - (1 if text else 0)
    tail = " " * max(0, gap) + text + (" " if text else "")
    return Bar((*left, Span(glyphs.fit(tail, width - used) if used < width else "", "header")))


def _company(others: Sequence[str]) -> list[str]:
    """`with robin, sam +1`: names are few and short, or counted."""
    names = list(dict.fromkeys(others))
    if not names:
        return []
    more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
    return [f"with {', '.join(names[:_NAMED])}{more}"]


def calls_left(budget: Budget | None) -> str:
    """What Xero still takes, for the line of a running sync."""
    return "".join(_budget(budget))


def _budget(budget: Budget | None) -> list[str]:
    if budget is not None and budget.xero_waits is not None:
        return [f"Xero's limit is reached, goes on within {_seconds(budget.xero_waits)}"]
    if budget is None or (budget.xero_minute is None and budget.xero_day is None):
        return []
    minute = f" {budget.xero_minute}/min" if budget.xero_minute is not None else ""
    day = f" {budget.xero_day:,}/day" if budget.xero_day is not None else ""
    return [f"Xero left{minute}{day}"]


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def summary(parts: Sequence[str], tail: str, width: int, glyphs: Glyphs, role: str = "title") -> Bar:
    """A rule with the marks' summary set in, and `tail` at its right end where there is room."""
    text = f" {glyphs.dot} ".join(part for part in parts if part)
    return Bar((Span(glyphs.rule(text, width, tail), role),))
