"""The shortest writes that turn the rows a terminal shows into the rows it should show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from smoothx_tui.console.wire.cells import WIDE_TAIL, reach
from smoothx_tui.console.wire.grid import Row
from smoothx_tui.console.wire.pen import Pen

_ERASE_LINE: Final = "\x1b[K"
_LONG_GAP: Final = 12  # no jump costs more, so longer gaps are not weighed
_OVERLINE_TAIL: Final = 4  # from so many cells on, erasing is shorter than spaces


class Writer:
    """Collects output and knows the terminal's pen and cursor on the way.

    `coloured_erase` says that the terminal erases with the current background ("bce"), not with its own.
    """

    def __init__(self, pen: Pen, width: int, *, coloured_erase: bool) -> None:
        self._out: list[str] = []
        self._default = pen
        self._pen = pen
        self._width = width
        self._coloured_erase = coloured_erase
        self._at: tuple[int, int] | None = None

    def text(self) -> str:
        """All that was written, back at the default pen."""
        self.dip(self._default)
        return "".join(self._out)

    def dip(self, pen: Pen) -> None:
        """Change to `pen`."""
        if pen is not self._pen:
            self._out.append(self._pen.to(pen))
            self._pen = pen

    def raw(self, sequence: str) -> None:
        """A sequence after which the cursor may be anywhere."""
        self._out.append(sequence)
        self._at = None

    def move(self, y: int, x: int) -> None:
        """Bring the cursor to row y, column x."""
        if self._at != (y, x):
            self._out.append(shortest_move(self._at, y, x))
            self._at = (y, x)

    def row(self, y: int, new: Row, old: Row) -> None:
        """Write what differs between `old`, which is shown in row y, and `new`."""
        changed = changed_columns(new, old)
        if not changed:
            return
        tail = self._erasable(new) if changed[-1] == self._width - 1 else self._width
        if sum(x >= tail for x in changed[-_OVERLINE_TAIL:]) < _OVERLINE_TAIL:
            tail = self._width
        for x in changed:
            if x >= tail:
                break
            if new.cells[x]:  # else the second half of a wide character, written with the first
                self._approach(y, x, new)
                self._cell(y, x, new)
        if tail < self._width:
            self.move(y, tail)
            if self._pen.attributes or self._pen.background != new.pens[tail].background:
                self.dip(new.pens[tail].blank)
            self._out.append(_ERASE_LINE)

    def _erasable(self, new: Row) -> int:
        """The column from which on `new` is blank in one background that erasing leaves; the width if there is none."""
        blank = new.pens[-1].blank
        if not blank.plain or (blank.background and not self._coloured_erase):
            return self._width
        x = self._width
        while x and new.cells[x - 1] == " " and new.pens[x - 1].blank is blank:
            x -= 1
        return x

    def _approach(self, y: int, x: int, new: Row) -> None:
        """Come to column x: by jumping, or by writing the unchanged cells before it again where that is shorter."""
        if self._at == (y, x):
            return
        jump = shortest_move(self._at, y, x)
        if self._at and self._at[0] == y and 0 < x - self._at[1] <= _LONG_GAP:
            gap = range(self._at[1], x)
            if self._rewriting(gap, new) <= len(jump) + self._changing(self._pen, x, new):
                for column in gap:
                    self._cell(y, column, new)
                return
        self._out.append(jump)
        self._at = (y, x)

    def _rewriting(self, gap: range, new: Row) -> int:
        """Bytes to write the cells of `gap` again and be ready for the cell after it."""
        size, pen = 0, self._pen
        for x in gap:
            cell = new.cells[x]
            if cell is None or reach(cell):
                return 1 << 16
            size += len(cell.encode("utf-8", "replace")) + self._changing(pen, x, new)
            pen = pen if _fits(pen, cell, new.pens[x]) else new.pens[x]
        return size + self._changing(pen, gap.stop, new)

    def _changing(self, pen: Pen, x: int, new: Row) -> int:
        return 0 if _fits(pen, new.cells[x], new.pens[x]) else len(pen.to(new.pens[x]))

    def _cell(self, y: int, x: int, new: Row) -> None:
        cell, pen = new.cells[x], new.pens[x]
        if not cell:
            return
        if not (cell == " " and self._pen.blank is pen.blank):
            self.dip(pen)
        width = 2 if x + 1 < self._width and new.cells[x + 1] == WIDE_TAIL else 1
        self._at = (y, x + width) if x + width < self._width else None
        if reach(cell):
            # Terminals differ in how far such a cell takes them: clear its place first, and trust no position after.
            self._out.append(" " * width + f"\x1b[{y + 1};{x + 1}H")
            self._at = None
        self._out.append(cell)


def _fits(pen: Pen, cell: str | None, wanted: Pen) -> bool:
    return pen is wanted or (cell == " " and pen.blank is wanted.blank) or not cell


def changed_columns(new: Row, old: Row) -> list[int]:
    """The columns of `new` that look different in `old`; wide characters from their first column on."""
    if new.cells == old.cells and new.pens == old.pens:
        return []
    quads = zip(new.cells, old.cells, new.pens, old.pens, strict=True)
    changed = [
        x
        for x, (cell, was, pen, pen_was) in enumerate(quads)
        if cell is not None
        and (cell != was or (pen is not pen_was and (cell != " " or pen.blank is not pen_was.blank)))
    ]
    if WIDE_TAIL in new.cells or any(cell and reach(cell) for cell in new.cells if cell and not cell.isascii()):
        return sorted(_widened(changed, new))
    return changed


def _widened(changed: list[int], new: Row) -> set[int]:
    """`changed` with the first halves of wide characters, and with what a doubtful character may have covered."""
    columns = set(changed)
    for x in changed:
        lead = x - 1 if new.cells[x] == WIDE_TAIL else x
        columns.add(lead)
        for column in range(lead, min(lead + reach(new.cells[lead] or ""), len(new.cells))):
            if new.cells[column] is not None:
                columns.add(column)
    return columns


def shortest_move(at: tuple[int, int] | None, y: int, x: int) -> str:
    """The shortest way of the cursor to row y, column x (from 0) from `at`, or from nowhere known."""
    place = f"{y + 1};{x + 1}" if x else f"{y + 1}" if y else ""
    ways = [f"\x1b[{place}H"]
    if at is None:
        return ways[0]
    if at[0] == y:
        ways.extend(_along(at[1], x))
    elif at[1] == x:
        ways.append(f"\x1b[{_count(y - at[0])}B" if y > at[0] else f"\x1b[{_count(at[0] - y)}A")
    return min(ways, key=len)


def _along(start: int, x: int) -> Iterator[str]:
    if x == 0:
        yield "\r"
    if x > start:
        yield f"\x1b[{_count(x - start)}C"
    else:
        yield "\b" * (start - x)
        yield f"\x1b[{_count(start - x)}D"


def _count(number: int) -> str:
    return "" if number == 1 else str(number)


def write_rows(writer: Writer, new: Mapping[int, Row], shown: Sequence[Row]) -> None:
    """Write every row of `new` over `shown`."""
    for y in sorted(new):
        writer.row(y, new[y], shown[y])
