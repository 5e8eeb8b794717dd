"""What the commands print. Standard output belongs to data, standard error to talk.

JSON is exact and inert: every character that a terminal could obey is escaped, so that a document can be looked at and
read back without loss. Tables are for people: cleaned, aligned, never cut.
"""

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from smoothx_tui.base import jsontext
from smoothx_tui.base.text import clean

SCHEMA_VERSION: Final = 1
"""`"schema"` of every JSON document; it counts up when a member changes its meaning or goes."""
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_WIDEST: Final = 48
"""Cells of a column beyond which a longer text no longer widens it."""
_RIGHT: Final = frozenset("-0123456789.,")


def json_text(document: Mapping[str, Any]) -> str:
    r"""The document with `"schema"` first, indented; unsafe characters are `\uXXXX`. Decimals become JSON numbers."""
    text = jsontext.dumps({"schema": SCHEMA_VERSION, **document}, indent=2)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(map(_inert, text))


def _inert(char: str) -> str:
    if char == "\n" or unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def width(text: str) -> int:
    """Terminal cells of cleaned text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns, two blanks apart; a column of numbers is set to the right. Cells are cleaned here.

    A cell that is far too long pushes its own row aside and not every other row, and is never cut.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    columns = list(zip(headers, *cells, strict=True))
    widths = [max((w for w in map(width, column) if w <= _WIDEST), default=_WIDEST) for column in columns]
    right = [bool(cells) and all(set(cell) <= _RIGHT for cell in column[1:]) for column in columns]
    return "\n".join(_line(row, widths, right) for row in [list(headers), *cells])


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = []
    for cell, room, to_right in zip(row, widths, right, strict=True):
        gap = " " * (room - width(cell))
        placed.append(gap + cell if to_right else cell + gap)
    return "  ".join(placed).rstrip()


class Output:
    """Where a command's data and talk go."""

    def __init__(self, data: TextIO | None = None, talk: TextIO | None = None) -> None:
        self._data = data
        self._talk = talk
        self._progress = False

    def _end_progress(self) -> None:
        if self._progress:
            (self._talk or sys.stderr).write("\r\x1b[K")
            self._progress = False

    def data(self, text: str) -> None:
        """A result, with its line break."""
        self._end_progress()
        _write(self._data or sys.stdout, text)

    def json(self, document: Mapping[str, Any]) -> None:
        """A result as one JSON document."""
        self.data(json_text(document))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
        """A result as a table; where it has no rows, `empty` says so on standard error."""
        if rows:
            self.data(table(headers, rows))
        else:
            self.say(empty)

    def say(self, text: str) -> None:
        """Advice, a warning, what was done."""
        self._end_progress()
        _write(self._talk or sys.stderr, text)

    def progress(self, text: str) -> None:
        """A line that the next one replaces; only on a terminal, so that logs stay readable."""
        stream = self._talk or sys.stderr
        if stream.isatty():
            stream.write(f"\r\x1b[K{text}")
            stream.flush()
            self._progress = True

    @property
    def asks(self) -> bool:
        """Whether there is a person at a terminal who can be asked."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def ask_yes(self, question: str) -> bool:
        """Ask on standard error; only the typed word yes is a yes."""
        self._end_progress()
        stream = self._talk or sys.stderr
        stream.write(f"{question} Type yes: ")
        stream.flush()
        return sys.stdin.readline().strip() == "yes"


def _write(stream: TextIO, text: str) -> None:
    line = f"{text}\n"
    try:
        stream.write(line)
    except UnicodeEncodeError:
        # A terminal that can not show a character gets its escape, not a traceback.
        encoding = stream.encoding or "ascii"
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
