"""The shortest writes that turn the rows a terminal shows into the rows it should show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from smoothx_tui.console.wire.cells import WIDE_TAIL, reach
from smoothx_tui.console.wire.grid import Row
from smoothx_tui.console.wire.pen import Pen

_ERASE_LINE: Final = "\x1b[K"
_LONG_GAP: Final = 12  # no jump costs more, so longer gaps are not weighed
_WORTH_ERASING: Final = 4  # from so many cells on, erasing is shorter than spaces


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
        if sum(x >= tail for x in changed[-_WORTH_ERASING:]) < _WORTH_ERASING:
            tail = self._width
        for start, end in _stretches(changed, tail):
            self._approach(y, start, new)
            self._stretch(y, start, end, new)
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
                self._stretch(y, gap.start, gap.stop, new)
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

    def _stretch(self, y: int, start: int, end: int, new: Row) -> None:
        """Write the cells from `start` to before `end`; the cursor is there."""
        pens = new.pens
        while start < end:
            pen, stop = pens[start], start + 1
            while stop < end and pens[stop] is pen:
                stop += 1
            # No cell here is None: those never count as changed and are never written again.
            cells = cast("list[str]", new.cells[start:stop])
            text = "".join(cells)
            self.move(y, start)
            if not (self._pen.blank is pen.blank and not text.strip(" ")):
                self.dip(pen)
            if text.isascii() or not any(map(reach, cells)):
                self._out.append(text)
                self._at = (y, stop) if stop < self._width else None
            else:
                self._doubtful(y, start, cells)
            start = stop

    def _doubtful(self, y: int, x: int, cells: list[str]) -> None:
        """Write cells among which are some that terminals measure differently, each at a place that is sure."""
        for index, cell in enumerate(cells):
            if cell == WIDE_TAIL:
                continue
            width = 2 if cells[index + 1 : index + 2] == [WIDE_TAIL] else 1
            self.move(y, x + index)
            if reach(cell):
                # Clear its place first, and trust no position after it.
                self._out.append(" " * width + shortest_move(None, y, x + index) + cell)
                self._at = None
            else:
                self._out.append(cell)
                self._at = (y, x + index + width) if x + index + width < self._width else None


def _stretches(changed: list[int], tail: int) -> Iterator[tuple[int, int]]:
    """The columns before `tail` that follow each other, as (first, one after the last)."""
    start = end = -1
    for x in changed:
        if x >= tail:
            break
        if x != end:
            if end > start:
                yield start, end
            start = x
        end = x + 1
    if end > start:
        yield start, end


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
        return _widened(set(changed), new)
    return changed


def _widened(changed: set[int], new: Row) -> list[int]:
    """`changed` with both halves of wide characters, and with what a doubtful character before it may cover."""
    columns: list[int] = []
    covered = 0
    for x, cell in enumerate(new.cells):
        end = x + 2 if new.cells[x + 1 : x + 2] == [WIDE_TAIL] else x + 1
        if cell is not None and (
            x < covered or x in changed or (end > x + 1 and (x + 1 < covered or x + 1 in changed))
        ):
            columns.append(x)
            covered = max(covered, end, x + reach(cell))
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
