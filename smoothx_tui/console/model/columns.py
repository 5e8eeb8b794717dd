"""Which columns of the items table fit, and a row as one string.

A row is one string in one style: a frame then costs a third of what one style a cell would.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.console.glyphs import SIGNS, Glyphs
from smoothx_tui.session.rows import Row


@dataclass(frozen=True, slots=True)
class Column:
    """`least` and `best` are widths in cells; a column with a higher `drop` leaves earlier, 0 never leaves."""

    name: str
    title: str
    least: int
    best: int
    drop: int
    text: Callable[[Row], str]
    right: bool = False


UNSORTED: Final = "none"
"""In the place of a column: the order of the reading."""
MARKS: Final = 4
"""Cells before the first column: cursor `>`, mark `*`, danger `!`, blank."""


def _total(row: Row) -> str:
    return show(row.total) if row.total or row.currency else ""


COLUMNS: Final = (
    Column("act", "Act", 9, 9, 0, lambda row: f"{SIGNS[row.action]} {row.act}"),
    Column("type", "Type", 6, 6, 3, lambda row: row.type),
    Column("number", "Number", 10, 13, 0, lambda row: row.number),
    Column("contact", "Contact", 14, 26, 0, lambda row: row.contact),
    Column("project", "Project", 14, 24, 4, lambda row: row.project),
    Column("date", "Date", 10, 10, 2, lambda row: row.date.isoformat() if row.date else ""),
    Column("total", "Total", 14, 14, 0, _total, right=True),
    Column("why", "Why", 14, 60, 5, lambda row: f"{row.alarm} {row.why}" if row.danger else row.why),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
_GAP: Final = 2
_GROW: Final = ("why", "contact", "why", "project", "number")
"""Who takes a spare cell, in turn; the why takes two, because it is the sentence among the words."""


@dataclass(frozen=True)
class Grid:
    """The columns that fit with their widths, together exactly `width` cells."""

    width: int
    columns: tuple[tuple[Column, int], ...]
    glyphs: Glyphs

    @property
    def left_out(self) -> tuple[str, ...]:
        """Titles of the columns that do not fit."""
        shown = {column.name for column, _ in self.columns}
        return tuple(column.title for column in COLUMNS if column.name not in shown)

    def heading(self, sorted_by: str = "", *, reverse: bool = False) -> str:
        """The line of titles; the sorted one carries an arrow."""
        cells: list[str] = []
        for column, width in self.columns:
            arrow = (self.glyphs.down if reverse else self.glyphs.up) if column.name == sorted_by else ""
            title = column.title + arrow
            cells.append(self.glyphs.fit_right(title, width) if column.right else self.glyphs.fit(title, width))
        # "Act" stands over its word's sign by one cell less, as the eye expects of a heading.
        return self.glyphs.fit(" " * MARKS + (" " * _GAP).join(cells), self.width)

    def row(self, row: Row, *, cursor: bool, marked: bool, act: str = "", why: str = "") -> str:
        """One row. `act` and `why` replace those columns while a sync is at the item."""
        cells: list[str] = []
        fit, fit_right = self.glyphs.fit, self.glyphs.fit_right
        for column, width in self.columns:
            text = (act if column.name == "act" else why if column.name == "why" else "") or column.text(row)
            if column.right and len(text) > width:
                text = _narrow_amount(text, width)
            cells.append(fit_right(text, width) if column.right else fit(text, width))
        head = (">" if cursor else " ") + ("*" if marked else " ") + ("!" if row.danger else " ") + " "
        return self.glyphs.send(fit(head + (" " * _GAP).join(cells), self.width))


def _narrow_amount(text: str, width: int) -> str:
    """An amount is whole or not there at all: a cut one is another amount."""
    plain = text.replace(",", "")
    return plain if len(plain) <= width else "#" * width


def lay_out(width: int, glyphs: Glyphs) -> Grid:
    """The grid for `width` cells: columns leave by priority, what is left over goes to the ones that like it."""
    columns = list(COLUMNS)
    while _needed(columns) > width and any(column.drop for column in columns):
        columns.remove(max(columns, key=lambda column: column.drop))
    widths = {column.name: column.least for column in columns}
    spare = width - _needed(columns)
    if spare < 0:
        _squeeze(widths, -spare)
    while spare > 0:
        taking = [name for name in _GROW if name in widths and widths[name] < BY_NAME[name].best]
        for name in taking[:spare]:
            widths[name] += 1
        spare -= len(taking[:spare])
        if not taking:
            widths["why" if "why" in widths else "contact"] += spare
            break
    return Grid(width, tuple((column, widths[column.name]) for column in columns), glyphs)


def _needed(columns: list[Column]) -> int:
    return MARKS + sum(column.least for column in columns) + _GAP * (len(columns) - 1)


def _squeeze(widths: dict[str, int], missing: int) -> None:
    """Below the least: the contact gives first, then the number; sign, word and amount stay readable."""
    for name, floor in (("contact", 4), ("number", 5), ("total", 11)):
        less = min(missing, max(0, widths.get(name, 0) - floor))
        if less:
            widths[name] -= less
            missing -= less
