"""A list that is open: choices to tick, one to take, or only text to read. Filterable, and flat in its length."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from smoothx_tui.base.text import clean
from smoothx_tui.console.model.lines import Line, Span


class Mode(StrEnum):
    """What can be done with the entries."""

    TICK = "tick"
    TAKE = "take"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `id` "" is a heading, which is never chosen. `detail` is shown dimmed after the text."""

    id: str
    text: str
    detail: str = ""
    role: str = ""

    def search_line(self) -> str:
        return f"{self.text} {self.detail} {self.id}".casefold()


@dataclass
class SheetModel:
    """`ticked` are the chosen ids of a TICK sheet."""

    title: str
    entries: Sequence[Entry]
    mode: Mode = Mode.READ
    ticked: set[str] = field(default_factory=set)
    query: str = ""
    cursor: int = 0
    shown: list[Entry] = field(default_factory=list)
    empty: str = "nothing here"
    note: str = ""
    """One line below the title: what to do here."""

    def __post_init__(self) -> None:
        self.search("")

    def search(self, query: str) -> None:
        """Show entries that hold all words; headings stay only over what matches."""
        self.query = query
        here = self.current
        words = query.casefold().split()
        self.shown = [] if words else list(self.entries)
        heading: Entry | None = None
        for entry in self.entries if words else ():
            if not entry.id and self.mode is not Mode.READ:
                heading = entry
                continue
            if not all(word in entry.search_line() for word in words):
                continue
            if heading is not None:
                self.shown.append(heading)
                heading = None
            self.shown.append(entry)
        self.cursor = next((n for n, e in enumerate(self.shown) if e is here), 0) if here else 0
        self.move(self.cursor)

    @property
    def current(self) -> Entry | None:
        if not 0 <= self.cursor < len(self.shown):
            return None
        return self.shown[self.cursor]

    def to_id(self, entry_id: str) -> None:
        """The cursor on an entry, where it is shown."""
        self.move(next((n for n, entry in enumerate(self.shown) if entry.id == entry_id), self.cursor))

    def move(self, to: int) -> tuple[int, int]:
        """The cursor to an entry; headings are stepped over. (old, new)."""
        old = self.cursor
        step = 1 if to >= old else -1
        to = max(0, min(to, len(self.shown) - 1))
        if self.mode is not Mode.READ:
            while 0 <= to < len(self.shown) and not self.shown[to].id:
                to += step
            if to < 0:  # only a heading above: look downwards instead
                to = next((n for n, entry in enumerate(self.shown) if entry.id), 0)
        if 0 <= to < len(self.shown):
            self.cursor = to
        return old, self.cursor

    @property
    def at_first(self) -> bool:
        """Whether only headings stand above the cursor."""
        return not any(entry.id for entry in self.shown[: self.cursor])

    def toggle(self) -> bool:
        """Tick or untick the current entry."""
        entry = self.current
        if self.mode is not Mode.TICK or entry is None or not entry.id:
            return False
        self.ticked ^= {entry.id}
        return True

    def line(self, at: int) -> Line:
        """One entry as a line."""
        entry = self.shown[at]
        head = ""
        if self.mode is Mode.TICK and entry.id:
            head = "[x] " if entry.id in self.ticked else "[ ] "
        elif self.mode is Mode.TAKE and entry.id:
            head = "  "
        text = clean(head + entry.text)
        detail = clean("  " + entry.detail) if entry.detail else ""
        return Line((Span(text, entry.role), Span(detail, "dim")), indent=len(text) - len(text.lstrip(" ")) + 2)

    def heading(self) -> str:
        """The title with what is chosen and what is found."""
        parts = [self.title]
        if self.mode is Mode.TICK:
            parts.append(f"{len(self.ticked)} of {len(self.entries)}")
        if self.query:
            parts.append(f"{sum(1 for entry in self.shown if entry.id)} match {self.query!r}")
        return clean("  ".join(parts))


def reading(title: str, lines: Sequence[Line], note: str = "") -> SheetModel:
    """A sheet of text to read."""
    entries = [
        Entry(str(at), each.text, role=each.spans[0].role if each.spans else "") for at, each in enumerate(lines)
    ]
    return SheetModel(title, entries, note=note)
