"""CSV that a spreadsheet shows and does not run.

A cell that begins with one of `= + - @` (or a tab or line break) is a formula to a spreadsheet, and its text came from
outside. Such a cell gets an apostrophe in front, which makes it text there; reading takes exactly that apostrophe off
again, so that every cell comes back as it was.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_RUNS: Final = re.compile(r"'*[=+\-@\t\r\n]")
_INERT: Final = re.compile(r"''*[=+\-@\t\r\n]")


def inert(cell: str) -> str:
    """The cell as it is written."""
    return f"'{cell}" if _RUNS.match(cell) else cell


def original(cell: str) -> str:
    """The cell that was written as this one."""
    return cell[1:] if _INERT.match(cell) else cell


def write(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV text, lines ended as RFC 4180 has them."""
    text = io.StringIO()
    csv.writer(text).writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue()


def read(text: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row that is not empty.

    Cells may be separated by a semicolon or a tab too, as some spreadsheets write them. Raises csv.Error for text
    that is no CSV.
    """
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    return [(reader.line_num, [original(cell) for cell in row]) for row in reader if any(row)]


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count) if first else ","
