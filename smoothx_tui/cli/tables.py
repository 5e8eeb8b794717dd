"""Tables for people: cleaned, aligned, and fitted to a terminal where there is one.

Piped they are whole, whatever their width. On a terminal the widest texts give way first, and nothing is cut without a
sign: a list cuts a long text with an ellipsis and leaves columns out (an item has its own `show`), a report wraps it
into further lines.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from smoothx_tui.base.text import clean

_WIDEST: Final = 48
"""Cells of a column beyond which a longer text no longer widens it, where there is no terminal to fit."""
_NARROWEST: Final = 10
"""Cells below which no column is made narrower."""
_READABLE: Final = 16
"""Cells down to which a text gives way before a column is left out for it."""
_LONGEST_WORD: Final = 40
"""A longer one is broken where texts are wrapped; an id of Xero has 36 cells."""
_GAP: Final = 2
_RIGHT: Final = frozenset("-0123456789.,")


@dataclass(frozen=True, slots=True)
class Fit:
    """The room there is, in terminal cells. `wraps`: long texts are wrapped instead of cut; `cut` is the sign of it.

    `spare` are headers of columns that may be left out where there is no room, the first one first.
    """

    room: int
    wraps: bool = True
    cut: str = "…"
    spare: Sequence[str] = ()


def width(text: str) -> int:
    """Terminal cells of cleaned text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def clipped(text: str, room: int, cut: str = "…") -> str:
    """Cleaned text in at most `room` cells; what had to be cut ends in `cut`."""
    if width(text) <= room:
        return text
    return _taken(text, max(room - width(cut), 0)) + cut[: max(room, 0)]


def _taken(text: str, room: int) -> str:
    used = 0
    for at, char in enumerate(text):
        used += _cells(char)
        if used > room:
            return text[:at]
    return text


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], fit: Fit | None = None) -> str:
    """Aligned columns, two blanks apart; a column of numbers is set to the right. Cells are cleaned here.

    Without `fit` nothing is cut: a cell that is far too long pushes its own row aside and not every other row.
    """
    columns = [(head, [clean(cell) for cell in cells]) for head, *cells in zip(headers, *rows, strict=True)]
    if fit is None:
        made = [_Column(head, cells, _usual(head, cells)) for head, cells in columns]
        return _drawn([[head for head, _ in columns], *zip(*(cells for _, cells in columns), strict=True)], made)
    made = _fitted([_Column(head, cells, _widest(head, cells)) for head, cells in columns if any(cells)], fit)
    lines = [[column.head for column in made], *zip(*(column.cells for column in made), strict=True)]
    if fit.wraps:
        return _drawn([part for row in lines for part in _wrapped_row(row, made)], made)
    cut = [[clipped(cell, column.room, fit.cut) for cell, column in zip(row, made, strict=True)] for row in lines]
    return "\n".join(clipped(line, fit.room, fit.cut) for line in _drawn(cut, made).split("\n"))


@dataclass
class _Column:
    head: str
    cells: Sequence[str]
    room: int

    @property
    def right(self) -> bool:
        return bool(self.cells) and all(set(cell) <= _RIGHT for cell in self.cells)

    def least(self, least: int, *, whole_words: bool) -> int:
        """How narrow it may become; ids are words, and a broken one cannot be copied."""
        if not whole_words:
            return least
        return max(least, *(min(width(word), _LONGEST_WORD) for cell in self.cells for word in cell.split(" ")))


def _widest(head: str, cells: Sequence[str]) -> int:
    return max(map(width, (head, *cells)))


def _usual(head: str, cells: Sequence[str]) -> int:
    usual = max((w for w in map(width, (head, *cells)) if w <= _WIDEST), default=_WIDEST)
    # Where every cell is far too long, none of them pushes a usual one aside: they align among themselves.
    return max(usual, min(map(width, cells), default=0))


def _fitted(columns: list[_Column], fit: Fit) -> list[_Column]:
    """The columns, fitted: the widest texts give way, then whole columns, then words. Ids (first), numbers stay."""
    _narrowed(columns, fit.room, _READABLE, whole_words=fit.wraps)
    for name in fit.spare:
        if _excess(columns, fit.room) > 0:
            columns = [column for column in columns if column.head != name]
            for column in columns:
                column.room = _widest(column.head, column.cells)
            _narrowed(columns, fit.room, _READABLE, whole_words=fit.wraps)
    _narrowed(columns, fit.room, _NARROWEST, whole_words=fit.wraps)
    _narrowed(columns, fit.room, _NARROWEST, whole_words=False)
    return columns


def _narrowed(columns: Sequence[_Column], room: int, least: int, *, whole_words: bool) -> None:
    texts = [(at, column) for at, column in enumerate(columns) if at and not column.right]
    giving = {at: column.least(least, whole_words=whole_words) for at, column in texts}
    for _ in range(_excess(columns, room)):
        wide = [at for at, least in giving.items() if columns[at].room > least]
        if not wide:
            return
        columns[max(wide, key=lambda at: columns[at].room)].room -= 1


def _excess(columns: Sequence[_Column], room: int) -> int:
    return max(sum(column.room for column in columns) + _GAP * (len(columns) - 1) - room, 0)


def _wrapped_row(row: Sequence[str], columns: Sequence[_Column]) -> Iterator[Sequence[str]]:
    wrapped = [list(_wrapped(cell, column.room)) for cell, column in zip(row, columns, strict=True)]
    return (list(part) for part in zip_longest(*wrapped, fillvalue=""))


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Cleaned text in lines of at most `room` cells, broken at blanks where there are any; at least one line."""
    while width(text) > room > 0:
        head = _taken(text, room) or text[:1]
        at = len(head) if text[len(head)] == " " else head.rfind(" ")
        head = head[:at] if at > 0 else head
        yield head
        text = text[len(head) :].lstrip(" ")
    yield text


def _drawn(rows: Sequence[Sequence[str]], columns: Sequence[_Column]) -> str:
    right = [column.right for column in columns]
    return "\n".join(_line(row, [column.room for column in columns], right) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = []
    for cell, room, to_right in zip(row, widths, right, strict=True):
        gap = " " * (room - width(cell))
        placed.append(gap + cell if to_right else cell + gap)
    return (" " * _GAP).join(placed).rstrip()
