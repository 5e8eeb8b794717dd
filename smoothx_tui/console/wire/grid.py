"""The screen as rows of cells."""

from dataclasses import dataclass

from smoothx_tui.console.wire.cells import WIDE_TAIL
from smoothx_tui.console.wire.errors import NotUnderstoodError
from smoothx_tui.console.wire.pen import Pen


@dataclass(slots=True)
class Row:
    """One line of the screen: per cell its text (None where nobody knows what the terminal shows) and its pen."""

    cells: list[str | None]
    pens: list[Pen]

    def copy(self) -> "Row":
        return Row(self.cells[:], self.pens[:])

    def paint(self, x: int, cells: list[str], pen: Pen, shown: "Row") -> None:
        """Put `cells` at column x of a row that began as `shown`. What sticks out on the right is dropped.

        The other half of a wide character that loses one half becomes unknown: terminals differ in what they leave.
        Raises NotUnderstoodError where leaving out what was painted in between would show: a wide character halved
        that the terminal has not got yet, or halved by the right margin.
        """
        end = x + len(cells)
        if end > len(self.cells):
            cells = self._cut(x, cells)
            end = len(self.cells)
            if not cells:
                return
        if x and self.cells[x] == WIDE_TAIL:
            self._halve(x - 1, shown, x - 1)
        if end < len(self.cells) and self.cells[end] == WIDE_TAIL:
            self._halve(end - 1, shown, end)
        self.cells[x:end] = cells
        self.pens[x:end] = [pen] * len(cells)

    def _halve(self, lead: int, shown: "Row", left: int) -> None:
        if shown.cells[lead] != self.cells[lead] or shown.pens[lead] is not self.pens[lead]:
            raise NotUnderstoodError("a wide character that is halved in the frame that paints it")
        self.cells[left] = None

    def _cut(self, x: int, cells: list[str]) -> list[str]:
        room = max(0, len(self.cells) - x)
        if room and cells[room] == WIDE_TAIL:
            raise NotUnderstoodError("a wide character over the right margin")
        return cells[:room]


def blank_row(width: int, pen: Pen) -> Row:
    """A row of spaces."""
    return Row([" "] * width, [pen] * width)


def unknown_row(width: int, pen: Pen) -> Row:
    """A row nobody knows anything about; `pen` only fills the places."""
    return Row([None] * width, [pen] * width)
