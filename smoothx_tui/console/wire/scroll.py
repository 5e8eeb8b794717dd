"""Finding what moved up or down, so that the terminal moves it itself (a scroll region, lines deleted or inserted)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smoothx_tui.console.wire.diff import changed_columns
from smoothx_tui.console.wire.grid import Row, blank_row
from smoothx_tui.console.wire.pen import Pen

_FEWEST_ROWS: Final = 3  # fewer rows than this are rewritten for about what a scroll costs
_SCROLLBAR: Final = 2  # columns left out when rows are compared: a scroll bar moves by its own rule


@dataclass(frozen=True, slots=True)
class Scroll:
    """Rows `top` to `bottom` (both moved over) go up by `lines`, or down where it is negative."""

    top: int
    bottom: int
    lines: int

    def sequence(self, height: int) -> str:
        """What makes the terminal do it; the pen must be the default one, the cursor is anywhere after it.

        Deleting and inserting lines inside a region (DECSTBM, DL, IL) is what every terminal with regions knows.
        """
        count = "" if abs(self.lines) == 1 else str(abs(self.lines))
        move = f"\x1b[{self.top + 1}H" if self.top else "\x1b[H"
        lines = f"\x1b[{count}{'M' if self.lines > 0 else 'L'}"
        if self.bottom == height - 1:
            return move + lines
        return f"\x1b[{self.top + 1};{self.bottom + 1}r{move if self.top else ''}{lines}\x1b[r"

    def apply(self, rows: Sequence[Row], pen: Pen) -> list[Row]:
        """`rows` as the terminal shows them afterwards, with blank rows of `pen` where nothing moved in."""
        width = len(rows[0].cells)
        part = list(rows[self.top : self.bottom + 1])
        blank = [blank_row(width, pen) for _ in range(abs(self.lines))]
        part = part[self.lines :] + blank if self.lines > 0 else blank + part[: self.lines]
        return [*rows[: self.top], *part, *rows[self.bottom + 1 :]]


def find_scroll(new: Mapping[int, Row], shown: Sequence[Row]) -> Scroll | None:
    """The scroll that brings most of the changed rows into place, or None where nothing speaks for one."""
    changed = {y: columns for y, row in new.items() if (columns := changed_columns(row, shown[y]))}
    if len(changed) < _FEWEST_ROWS:
        return None
    first = min(columns[0] for columns in changed.values())
    last = max(columns[-1] for columns in changed.values()) + 1
    end = max(first + 1, last - _SCROLLBAR)
    # Only rows that changed can have moved away, but what comes in may stand in a row that looks the same.
    was = _places(shown, range(min(changed), max(changed) + 1), first, end)
    moves: dict[int, list[int]] = {}
    for y in changed:
        origin = was.get(_words(new[y], first, end))
        if origin is not None and origin != y:
            moves.setdefault(origin - y, []).append(y)
    if not moves:
        return None
    lines = max(moves, key=lambda distance: (len(moves[distance]), -abs(distance)))
    rows = moves[lines]
    if len(rows) < _FEWEST_ROWS - 1:
        return None
    top, bottom = min(rows), max(rows)
    return Scroll(top, bottom + lines, lines) if lines > 0 else Scroll(top + lines, bottom, lines)


def _places(shown: Sequence[Row], rows: range, first: int, end: int) -> dict[str, int]:
    """Where each text that stands in one row only is shown."""
    words = {y: text for y in rows if (text := _words(shown[y], first, end)).strip()}
    once = Counter(words.values())
    return {text: y for y, text in words.items() if once[text] == 1}


def _words(row: Row, first: int, end: int) -> str:
    return "".join("\0" if cell is None else cell for cell in row.cells[first:end])
