"""The line of marks and the line of hints, in as many cells as there are. Nothing is cut silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from smoothx_tui.console.glyphs import Glyphs
from smoothx_tui.console.keys import BY_ID, Keymap, Where
from smoothx_tui.console.model.lines import Span
from smoothx_tui.console.model.sheet import Mode
from smoothx_tui.session.place import Environment, Place

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


def summary(parts: Sequence[str], tail: str, width: int, glyphs: Glyphs, role: str = "title") -> Bar:
    """A rule with the marks' summary set in, and `tail` at its right end where there is room."""
    text = f" {glyphs.dot} ".join(part for part in parts if part)
    return Bar((Span(glyphs.rule(text, width, tail), role),))


def fitting(parts: Sequence[str], width: int, glyphs: Glyphs) -> list[str]:
    """As many of the parts as a line of `width` cells takes, the first and the last before others; `…` for the rest."""
    kept = [part for part in parts if part]

    def too_long() -> bool:
        return cell_len(f" {glyphs.dot} ".join(kept)) > width

    if len(kept) > 2 and too_long():
        kept[-2] = glyphs.more
        while len(kept) > 3 and too_long():
            del kept[-3]
    while len(kept) > 1 and too_long():
        del kept[1]
    return kept


def small(
    place: Place | None, doing: Sequence[str], state: Sequence[str], ways: Sequence[str], width: int, glyphs: Glyphs
) -> Bar:
    """The one line of a small terminal: sandbox or live, then what is being done; else the `state` (what is marked or
    unsaved) and the `ways` on, in the longest of their forms that fits.
    """
    banner = environment(place)
    room = width - sum(cell_len(span.text) for span in banner) - 1
    if doing:
        text = f" {glyphs.dot} ".join(fitting(doing, room, glyphs))
    else:
        said = "".join(f"{part}  " for part in state)
        text = said + next((form for form in ways if cell_len(said + form) <= room), ways[-1])
    return Bar((*banner, Span(glyphs.fit(f" {text}", room + 1), "running" if doing else "dim")))


def small_ways(keymap: Keymap, where: Where) -> tuple[str, ...]:
    """What a larger terminal would show, and the keys that go on from here."""
    if where is Where.SHEET:
        closes = f"{keymap.first('sheet.close')} closes"
        return f"60x16 shows more; {closes}", closes
    keys = f"{keymap.first('app.help')} keys"
    if where is Where.ITEMS:
        return f"60x16 shows settings, preview; {keys}", f"60x16 shows more; {keys}", keys
    back = f"{keymap.first('pane.items')} items  {keys}"
    return f"60x16 shows more; {back}", back


def environment(place: Place | None) -> list[Span]:
    """Sandbox or live, and whether anything can be written."""
    if place is None:
        return []
    role = "sandbox" if place.environment is Environment.SANDBOX else "live"
    return [Span(f" {place.environment} ", role), *([Span(" READ ONLY ", "live")] if place.read_only else [])]
