"""Marking items."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen


class Marking:
    """The `mark.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "mark.toggle": lambda _: self.toggle(),
            "mark.range": lambda _: self.range(),
            "mark.range_down": lambda _: self.extend(1),
            "mark.range_up": lambda _: self.extend(-1),
            "mark.all": lambda _: self.all(),
            "mark.invert": lambda _: self.invert(),
            "mark.none": lambda _: self.none(),
        }

    def toggle(self) -> None:
        """Mark or unmark, and go on; an item with nothing to send says why it stays unmarked."""
        desk = self.desk
        row = desk.items.current
        if row is None:
            return
        if not desk.items.toggle():
            desk.say(f"{row.number or row.key} has nothing to send: {row.act} {row.why}".rstrip(), "note")
        desk.table.repaint(desk.items.cursor)
        desk.moving.by(1)
        desk.draw_bars()

    def range(self) -> None:
        """Begin a range, or mark the one that was begun."""
        items = self.desk.items
        if items.anchor is None:
            items.anchor = items.cursor
            self.desk.table.repaint_below()
            return
        low, high = sorted((items.anchor, items.cursor))
        count = items.mark_range(low, high)
        items.anchor = None
        left = sum(key not in items.marks for key in items.shown[low : high + 1])
        self.desk.say(f"{count} marked in the range" + (f"; {left} with nothing to send" if left else ""))
        self._redraw()

    def extend(self, step: int) -> None:
        """Mark here and one further."""
        items = self.desk.items
        first = items.cursor
        self.desk.moving.by(step)
        items.mark_range(first, items.cursor)
        self._redraw()

    def all(self) -> None:
        items = self.desk.items
        if not self.desk.planning.ready():
            return
        marked, left_out = items.mark_all()
        tail = f"; {left_out} with a danger left out: / danger shows them" if left_out else ""
        found = f"{marked} marked{tail}" if marked or left_out else "nothing else that is shown can be marked"
        self.desk.say(found, "note" if left_out else "")
        self._redraw()

    def invert(self) -> None:
        if self.desk.planning.ready():
            self.desk.items.invert()
            self._redraw()

    def none(self) -> None:
        self.desk.items.unmark_all()
        self._redraw()

    def _redraw(self) -> None:
        self.desk.table.refresh()
        self.desk.draw_bars()
