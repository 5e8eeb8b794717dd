"""Reading one of Textual's frames: moves, colours, links and text become rows of cells.

Textual writes a frame as one string: `CSI row;column H`, runs of text each between `CSI … m` and `CSI 0 m` (links
around them as OSC 8), a line feed between lines, and at the end the place of its cursor.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from smoothx_tui.console.wire.cells import Cutter
from smoothx_tui.console.wire.errors import NotUnderstoodError
from smoothx_tui.console.wire.grid import Row
from smoothx_tui.console.wire.pen import PenBox

_MOVE: Final = re.compile(r"\[(\d{0,4})(?:;(\d{0,4}))?H")
_COLOUR: Final = re.compile(r"\[([0-9;]*)m")
_LINK: Final = re.compile(r"\]8;([^\x00-\x1f\x7f-\x9f]*;[^\x00-\x1f\x7f-\x9f]*)(\x07)?\Z")


@dataclass(slots=True)
class Frame:
    """What one frame paints: whole rows (the old row with the new cells on it) and where the cursor is left."""

    rows: dict[int, Row] = field(default_factory=dict)
    cursor: tuple[int, int] | None = None  # (row, column) when the frame ends with a move


class FrameReader:
    """Reads frames against the rows shown before them."""

    def __init__(self, pens: PenBox, cutter: Cutter) -> None:
        self._pens = pens
        self._cutter = cutter

    def read(self, data: str, shown: list[Row]) -> Frame:
        """The frame in `data` over the rows `shown`, which are not changed. Cells outside of them are left out.

        Raises NotUnderstoodError when `data` is anything else than a frame; nothing has been changed then.
        """
        return _Reading(self._pens, self._cutter, shown).run(data)


class _Reading:
    """The state while one frame is read."""

    def __init__(self, pens: PenBox, cutter: Cutter, shown: list[Row]) -> None:
        self._pens = pens
        self._cutter = cutter
        self._shown = shown
        self._frame = Frame()
        self._pen = pens.default
        self._y: int | None = None  # unknown until the first move
        self._x = 0

    def run(self, data: str) -> Frame:
        first, *pieces = data.split("\x1b")
        self._text(first)
        for piece in pieces:
            # Nearly every piece is a colour met before and its text, so that is looked for first.
            parameters, _, text = piece.partition("m")
            pen = self._pen.after.get(parameters)
            if pen is None:
                self._piece(piece)
            else:
                self._pen = pen
                if text:
                    self._text(text)
        if self._pen is not self._pens.default:
            raise NotUnderstoodError("a frame that leaves its colours behind")
        return self._frame

    def _piece(self, piece: str) -> None:
        """One escape sequence (without its ESC) and the text after it."""
        if match := _COLOUR.match(piece):
            before = self._pen
            self._pen = before.after[f"[{match[1]}"] = self._pens.read(before, match[1])
            self._text(piece[match.end() :])
        elif match := _MOVE.match(piece):
            self._y, self._x = max(int(match[1] or 1), 1) - 1, max(int(match[2] or 1), 1) - 1
            self._frame.cursor = (self._y, self._x)
            self._text(piece[match.end() :])
        elif match := _LINK.match(piece):
            self._pen = self._pens.linked(self._pen, "" if match[1] == ";" else match[1])
        elif piece[:1] == "\\":  # the end of an OSC 8
            self._text(piece[1:])
        else:
            raise NotUnderstoodError(f"the sequence ESC {piece[:8]!r}")

    def _text(self, text: str) -> None:
        if not text:
            return
        if text[-1] == "\n":
            self._text(text[:-1])
            if self._y is None or self._y >= len(self._shown) - 1:
                raise NotUnderstoodError("a line feed that may scroll")
            self._y, self._x = self._y + 1, 0
            self._frame.cursor = None
            return
        cells = self._cutter.cut(text)
        if self._y is None:
            raise NotUnderstoodError("text at an unknown place")
        self._frame.cursor = None
        if self._y < len(self._shown):
            self._row(self._y).paint(self._x, cells, self._pen, self._shown[self._y])
        self._x += len(cells)

    def _row(self, y: int) -> Row:
        row = self._frame.rows.get(y)
        if row is None:
            row = self._frame.rows[y] = self._shown[y].copy()
        return row
