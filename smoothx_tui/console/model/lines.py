"""Lines of text with roles, and fitting them into cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, chop_cells

from smoothx_tui.base.text import clean


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one role; "" is plain text."""

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pane. `key` names what it stands for (a setting, a path), for what a key does on it."""

    spans: tuple[Span, ...]
    key: str = ""
    indent: int = 0
    """Where the rest of the line goes on when it is wrapped."""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


BLANK: Final = Line(())
LONG: Final = 48
"""Cells from which a word is cut at the end of a line: longer than an id, which is never broken where it fits."""
LEAST: Final = 12
"""Cells that have to be left for the beginning of a long word."""


def line(text: str, role: str = "", *, key: str = "", indent: int = 0) -> Line:
    """A line in one role. The text is cleaned: nothing from outside reaches a pane by another way."""
    return Line((Span(clean(text), role),), key, indent)


def spans(*pieces: tuple[str, str] | str, key: str = "", indent: int = 0) -> Line:
    """A line of several pieces, each a text or (text, role). The texts are cleaned."""
    made = tuple(Span(clean(p), "") if isinstance(p, str) else Span(clean(p[0]), p[1]) for p in pieces)
    return Line(made, key, indent)


def wrap(source: Line, width: int) -> Iterator[Line]:
    """`source` as lines of at most `width` cells, broken at spaces where there is one; nothing is cut off."""
    if width < 8 or cell_len(source.text) <= width:
        yield source
        return
    indent = min(source.indent, width // 2)
    room, current, used = width, list[Span](), 0
    for span in source.spans:
        for piece in _words(span.text):
            length = cell_len(piece)
            if used + length > room and used:
                if length > LONG and room - used >= LEAST:
                    # An address: it begins where it stands, instead of leaving most of a line blank.
                    head = chop_cells(piece, room - used)[0]
                    current.append(Span(head, span.role))
                    piece = piece[len(head) :]  # noqa: PLW2901 - the rest of it
                yield Line(tuple(current), source.key, source.indent)
                current, used, room = [Span(" " * indent)], 0, width - indent
                piece = piece.lstrip(" ") or piece  # noqa: PLW2901 - a broken line does not begin with its space
                length = cell_len(piece)
            while length > room - used:  # a word longer than a line is cut into lines, each of them full
                head = chop_cells(piece, room - used)[0]
                yield Line((*current, Span(head, span.role)), source.key, source.indent)
                current, used, room = [Span(" " * indent)], 0, width - indent
                piece = piece[len(head) :]  # noqa: PLW2901 - the rest of it
                length = cell_len(piece)
            current.append(Span(piece, span.role))
            used += length
    yield Line(tuple(current), source.key, source.indent)


def _words(text: str) -> Iterator[str]:
    """Words with the space before them."""
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and text[end] == " ":
            end += 1
        while end < len(text) and text[end] != " ":
            end += 1
        yield text[start:end]
        start = end


def wrapped(lines: Iterable[Line], width: int) -> list[Line]:
    """All of them wrapped."""
    return [part for each in lines for part in wrap(each, width)]
