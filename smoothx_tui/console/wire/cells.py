"""Text as terminal cells, measured as Textual measures it (rich.cells).

A cell is its character with whatever joins it (accents, joiners, variation selectors). A wide one is followed by a
cell that is the empty string.
"""

import re
from typing import Final

from rich.cells import cell_len

from smoothx_tui.console.wire.errors import NotUnderstoodError

WIDE_TAIL: Final = ""
_JOINS_ALWAYS: Final = "\ufe0f"  # the emoji selector may widen what it follows
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


class Cutter:
    """Cuts text into cells and remembers the characters known to be one cell wide.

    `encoding` is the terminal's: what it cannot hold becomes question marks of the same width, so that nothing after
    it is displaced.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        self._encoding = "" if encoding.lower().replace("-", "") == "utf8" else encoding
        self._narrow: set[str] = {chr(code) for code in range(0x20, 0x7F)}

    def cut(self, text: str) -> list[str]:
        """The cells of `text`. Raises NotUnderstoodError for control characters and joiners with nothing to join."""
        if self._narrow.issuperset(text):
            return list(text)
        if _CONTROL.search(text):
            raise NotUnderstoodError("a control character in the text")
        if self._encoding:
            text = self._encodable(text)
        self._narrow.update(char for char in set(text) if _always_narrow(char))
        if self._narrow.issuperset(text):
            return list(text)
        return _clusters(text)

    def _encodable(self, text: str) -> str:
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            return "".join(char if self._holds(char) else "?" * cell_len(char) for char in text)
        return text

    def _holds(self, char: str) -> bool:
        try:
            char.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True


def _always_narrow(char: str) -> bool:
    """Whether `char` takes one cell whatever stands beside it."""
    return cell_len(char) == 1 and cell_len(char + _JOINS_ALWAYS) == 1


def _clusters(text: str) -> list[str]:
    cells: list[str] = []
    cluster = ""
    width = 0
    for char in text:
        joined = cell_len(cluster + char)
        if cluster and (joined == width or char == _JOINS_ALWAYS):
            cluster, width = cluster + char, joined
            continue
        _append(cells, cluster, width)
        cluster, width = char, cell_len(char)
        if not width:
            raise NotUnderstoodError("a joining character with nothing to join")
    _append(cells, cluster, width)
    if len(cells) != cell_len(text):
        raise NotUnderstoodError("text whose width is not the sum of its parts")
    return cells


def _append(cells: list[str], cluster: str, width: int) -> None:
    if cluster:
        cells.append(cluster)
        cells.extend([WIDE_TAIL] * (width - 1))


def reach(cell: str) -> int:
    """How many cells `cell` may take on a terminal that does not join as Textual does; 0 when all agree on it."""
    if len(cell) < 2 and not (cell and ord(cell) in _FLAG_LETTERS):
        return 0
    return max(2, sum(cell_len(char) for char in cell))
