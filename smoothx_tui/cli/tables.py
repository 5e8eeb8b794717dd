"""Tables for people: cleaned, aligned, and fitted to a terminal where there is one.

Piped they are whole, whatever their width. On a terminal the widest texts give way first, and nothing is cut without a
sign: a list cuts a long text with an ellipsis (the item has its own `show`), a report wraps it into further lines.
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
_GAP: Final = 2
_RIGHT: Final = frozenset("-0123456789.,")


@dataclass(frozen=True, slots=True)
class Fit:
    """The room there is, in terminal cells. `wraps`: long texts are wrapped instead of cut; `cut` is the sign of it."""

    room: int
    wraps: bool = True
    cut: str = "…"


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
    cells = [[clean(cell) for cell in row] for row in rows]
    columns = list(zip(headers, *cells, strict=True))
    right = [bool(cells) and all(set(cell) <= _RIGHT for cell in column[1:]) for column in columns]
    lines = [list(headers), *cells]
    if fit is None:
        widths = [max((w for w in map(width, column) if w <= _WIDEST), default=_WIDEST) for column in columns]
        return "\n".join(_line(row, widths, right) for row in lines)
    widths = _fitted([max(map(width, column)) for column in columns], right, fit.room)
    if fit.wraps:
        return "\n".join(_line(part, widths, right) for row in lines for part in _wrapped_row(row, widths))
    cut = [[clipped(cell, room, fit.cut) for cell, room in zip(row, widths, strict=True)] for row in lines]
    return "\n".join(clipped(_line(row, widths, right), fit.room, fit.cut) for row in cut)


def _fitted(widths: Sequence[int], right: Sequence[bool], room: int) -> list[int]:
    """The widths, with the widest texts made narrower until everything fits. Ids (first) and numbers stay whole."""
    found = list(widths)
    spare = room - sum(found) - _GAP * (len(found) - 1)
    while spare < 0:
        giving = [at for at, wide in enumerate(found) if at and not right[at] and wide > _NARROWEST]
        if not giving:
            break
        found[max(giving, key=lambda at: found[at])] -= 1
        spare += 1
    return found


def _wrapped_row(row: Sequence[str], widths: Sequence[int]) -> Iterator[Sequence[str]]:
    wrapped = [list(_wrapped(cell, room)) for cell, room in zip(row, widths, strict=True)]
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


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = []
    for cell, room, to_right in zip(row, widths, right, strict=True):
        gap = " " * (room - width(cell))
        placed.append(gap + cell if to_right else cell + gap)
    return (" " * _GAP).join(placed).rstrip()
