"""A table as bare as a virtual one can be: `python table.py ROWS [auto|plain]`. A row is rendered when it is shown.

It stands for what Textual itself costs at each key; the console's table is measured against it.
"""

import os
import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smoothx_tui.console.wire.driver import driver_for

WIDTHS = (8, 10, 16, 24, 24, 12, 16)


class Rows(ScrollView, can_focus=True):
    DEFAULT_CSS = "Rows { height: 1fr; overflow-x: hidden; scrollbar-gutter: stable; }"
    BINDINGS: ClassVar = [
        ("j,down", "move(1)"), ("k,up", "move(-1)"), ("pagedown", "page(1)"), ("pageup", "page(-1)"),
        ("g,home", "jump(0)"), ("G,end", "jump(-1)"),
    ]  # fmt: skip

    def __init__(self, count: int) -> None:
        super().__init__()
        self.rows = [
            (
                f"{n:07}",
                "claim",
                f"N-{n:06}",
                f"Company {n * 7919 % 997}",
                f"Project {n % 31}",
                "2026-06-30",
                f"{n * 13.7:,.2f}",
            )
            for n in range(count)
        ]
        self.cursor = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(sum(WIDTHS) + 2, len(self.rows))

    def render_line(self, y: int) -> Strip:
        width, index = self.size.width, y + self.scroll_offset.y
        if index >= len(self.rows):
            return Strip.blank(width)
        cells = zip(self.rows[index], WIDTHS, strict=True)
        here = index == self.cursor
        text = ("> " if here else "  ") + "".join(f"{cell:<{wide}.{wide}}" for cell, wide in cells)
        return Strip([Segment(text.ljust(width)[:width], Style(reverse=here))], width)

    def action_jump(self, index: int) -> None:
        last, height, top = len(self.rows) - 1, self.size.height, self.scroll_offset.y
        before, self.cursor = self.cursor, max(0, min(last, index if index >= 0 else last))
        if top <= self.cursor < top + height:
            for row in (before, self.cursor):
                self.refresh(Region(0, row - top, self.size.width, 1))
            return
        target = self.cursor if self.cursor < top else self.cursor - height + 1
        self.scroll_to(y=target, animate=False, immediate=True, force=True)
        self.refresh()

    def action_move(self, lines: int) -> None:
        self.action_jump(max(0, self.cursor + lines))

    def action_page(self, pages: int) -> None:
        self.action_jump(max(0, min(len(self.rows) - 1, self.cursor + pages * (self.size.height - 1))))


class Table(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Rows(int(sys.argv[1]))

    def on_mount(self) -> None:
        self.query_one(Rows).focus()


if __name__ == "__main__":
    Table(driver_class=driver_for("auto" if sys.argv[2:] == ["auto"] else "plain", os.environ)).run()
