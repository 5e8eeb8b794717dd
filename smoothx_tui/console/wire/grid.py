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

    def paint(self, x: int, cells: list[str], pen: Pen) -> None:
        """Put `cells` at column x. What sticks out on the right is dropped.

        The other half of a wide character that loses one half becomes unknown: terminals differ in what they leave.
        Raises NotUnderstoodError when a wide character would itself be halved by the right margin.
        """
        end = x + len(cells)
        if end > len(self.cells):
            cells = self._cut(x, cells)
            end = len(self.cells)
            if not cells:
                return
        if x and self.cells[x] == WIDE_TAIL:
            self.cells[x - 1] = None
        if end < len(self.cells) and self.cells[end] == WIDE_TAIL:
            self.cells[end] = None
        self.cells[x:end] = cells
        self.pens[x:end] = [pen] * len(cells)

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
