"""The driver's whole thinking, without a terminal: what Textual writes goes in, what the terminal gets comes out."""

import re
from collections import Counter
from typing import Final

from smoothx_tui.console.wire.cells import Cutter
from smoothx_tui.console.wire.diff import Writer, shortest_move, write_rows
from smoothx_tui.console.wire.errors import NotUnderstoodError
from smoothx_tui.console.wire.frame import Frame, FrameReader
from smoothx_tui.console.wire.grid import Row, blank_row, unknown_row
from smoothx_tui.console.wire.pen import Pen, PenBox
from smoothx_tui.console.wire.scroll import Scroll, find_scroll
from smoothx_tui.console.wire.terminal import Terminal

SYNC_START: Final = "\x1b[?2026h"
SYNC_END: Final = "\x1b[?2026l"
_MOST_PENS: Final = 20_000  # then everything is forgotten; animated colours and links make new pens for ever
_MOST_SCROLLS: Final = 2
_WORTH_A_SCROLL: Final = 160  # characters; less is written faster than it is thought about

# What touches no cell: a bell, titles, clipboard and pointer shapes (OSC but not links), queries, keyboard modes, and
# the modes of cursor, mouse, focus, paste, wrapping, synchronised output and resize reports.
_HARMLESS: Final = re.compile(
    r"(?:\x07"
    r"|\x1b\](?!8;)[0-9]+;[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)"
    r"|\x1b\[\?(?:7|25|100[0-6]|1015|1016|2004|2026|2048)(?:[hl]|\$p)"
    r"|\x1b\[[<>=][0-9;]*u"
    r"|\x1b\[(?:[0-9]*n|[0-9]*c|1[46]t))*"
)


class Screen:
    """What the terminal shows, and the shortest way to what it should show.

    `write` takes each string that Textual's driver would write and returns the one to write instead.
    """

    def __init__(self, terminal: Terminal, encoding: str = "utf-8") -> None:
        self._terminal = terminal
        self._cutter = Cutter(encoding)
        self._size = (0, 0)
        self._held: list[str] | None = None  # the output of a synchronised update that is not finished
        self._start_over()

    def _start_over(self) -> None:
        self._pens = PenBox()
        self._reader = FrameReader(self._pens, self._cutter)
        self.forget()

    def forget(self) -> None:
        """Forget what the terminal shows: every cell is written again the next time it is painted."""
        width, height = self._size
        self._rows = [unknown_row(width, self._pens.default) for _ in range(height)]
        self._cursor: tuple[int, int] | None = None
        self._incomplete = True

    @property
    def rows(self) -> list[Row]:
        """The rows that the terminal shows, as far as known; not to be changed."""
        return self._rows

    @property
    def incomplete(self) -> bool:
        """Whether no whole frame has come since everything was forgotten."""
        return self._incomplete

    def resize(self, width: int, height: int) -> None:
        """Set the terminal's size in cells; another size than before forgets what it shows."""
        if (width, height) != self._size:
            self._size = (width, height)
            self.forget()

    def write(self, data: str) -> str:
        """What to write to the terminal for `data`; "" for nothing.

        A synchronised update is held back until it is complete, so that it goes out in one piece, or not at all when
        it changes nothing.
        """
        if data == SYNC_START and self._held is None:
            self._held = []
            return ""
        if data == SYNC_END and self._held is not None:
            body, self._held = "".join(self._held), None
            return f"{SYNC_START}{body}{SYNC_END}" if body else ""
        out = self._translate(data)
        if self._held is None:
            return out
        self._held.append(out)
        return ""

    def release(self) -> str:
        """What is still held back, for when the driver stops."""
        body, self._held = "".join(self._held or ()), None
        return body

    def _translate(self, data: str) -> str:
        if _HARMLESS.fullmatch(data):
            return data
        if len(self._pens) > _MOST_PENS:
            self._start_over()
        try:
            frame = self._reader.read(data, self._rows)
        except NotUnderstoodError:
            self.forget()
            return data
        return self._show(frame)

    def _show(self, frame: Frame) -> str:
        out = self._cleared(frame) if self._incomplete else ""
        out += self._shortest(frame.rows)
        for y, row in frame.rows.items():
            self._rows[y] = row
        if out or frame.cursor != self._cursor:
            out += shortest_move(None, *frame.cursor) if frame.cursor else ""
            self._cursor = frame.cursor
        return out

    def _cleared(self, frame: Frame) -> str:
        """For the first whole frame: clear the screen in its commonest background, so that only the rest is written."""
        width, height = self._size
        if len(frame.rows) < height or not width or any(None in row.cells for row in frame.rows.values()):
            return ""
        self._incomplete = False
        default = self._pens.default
        pen = _commonest_blank(frame, default) if self._terminal.coloured_erase else default
        self._rows = [blank_row(width, pen) for _ in range(height)]
        return f"\x1b[m{default.to(pen)}\x1b[2J{pen.to(default)}"

    def _shortest(self, new: dict[int, Row]) -> str:
        best = self._written(new, self._rows)
        if not self._terminal.scrolls:
            return best
        shown, moved = self._rows, ""
        for _ in range(_MOST_SCROLLS):
            scroll = find_scroll(new, shown) if len(best) > _WORTH_A_SCROLL else None
            if scroll is None or self._doubtful(new, scroll):
                break
            shown = scroll.apply(shown, self._pens.default)
            moved += scroll.sequence(self._size[1])
            # Rows that the scroll carried along must be put back even if the frame did not paint them.
            new = {y: self._rows[y] for y in range(scroll.top, scroll.bottom + 1)} | new
            attempt = moved + self._written(new, shown)
            if len(attempt) >= len(best):
                break
            best = attempt
        return best

    def _doubtful(self, new: dict[int, Row], scroll: Scroll) -> bool:
        """Whether a scroll would bring something into cells of which nobody knows what they should show."""
        rows = range(scroll.top, scroll.bottom + 1)
        return any(None in (new.get(y) or self._rows[y]).cells for y in rows)

    def _written(self, new: dict[int, Row], shown: list[Row]) -> str:
        width = self._size[0]
        writer = Writer(self._pens.default, width, coloured_erase=self._terminal.coloured_erase)
        write_rows(writer, new, shown)
        return writer.text()


def _commonest_blank(frame: Frame, default: Pen) -> Pen:
    counts: Counter[Pen] = Counter()
    for row in frame.rows.values():
        counts.update(
            pen.blank for cell, pen in zip(row.cells, row.pens, strict=True) if cell == " " and pen.blank.plain
        )
    return counts.most_common(1)[0][0] if counts else default
