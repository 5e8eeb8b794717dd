"""Moving in the pane that has the keys, and between the panes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from smoothx_tui.console.keys import PANES, Where

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen


class Moving:
    """The `move.*` and `pane.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "move.down": lambda _: self.by(1),
            "move.up": lambda _: self.by(-1),
            "move.top": lambda _: self.to(0),
            "move.bottom": lambda _: self.to(self.desk.view_pane.count - 1),
            "move.half_down": lambda _: self.by(max(1, self.desk.view_pane.page // 2)),
            "move.half_up": lambda _: self.by(-max(1, self.desk.view_pane.page // 2)),
            "move.page_down": lambda _: self.by(self.desk.view_pane.page),
            "move.page_up": lambda _: self.by(-self.desk.view_pane.page),
            "pane.items": lambda _: self.desk.go(Where.ITEMS),
            "pane.settings": lambda _: self.desk.go(Where.SETTINGS),
            "pane.preview": lambda _: self.desk.go(Where.PREVIEW),
            "pane.log": lambda _: self.desk.go(Where.LOG),
            "pane.next": lambda _: self.next_pane(1),
            "pane.previous": lambda _: self.next_pane(-1),
            "pane.zoom": lambda _: self.zoom(on=True),
            "pane.unzoom": lambda _: self.zoom(on=False),
        }

    def by(self, lines: int) -> None:
        """Up or down from where the cursor, or the first line shown, is."""
        desk = self.desk
        match desk.view.where:
            case Where.ITEMS:
                self.to(desk.items.cursor + lines)
            case Where.SETTINGS:
                self.to(desk.settings.cursor + lines)
            case Where.SHEET:
                self.to(desk.sheet.position + lines)
            case _:
                self.to(desk.view_pane.top + lines)

    def to(self, at: int) -> None:
        """To a line."""
        desk = self.desk
        desk.view_pane.move(at)
        if desk.view.where is Where.ITEMS:
            desk.follow()
        elif desk.view.where is Where.SETTINGS:
            desk.draw_bars()
        elif desk.view.where is Where.SHEET:
            desk.sheets.moved()

    def next_pane(self, step: int) -> None:
        """To the next pane in the order of their numbers."""
        self.desk.go(PANES[(PANES.index(self.desk.view.pane) + step) % len(PANES)])

    def zoom(self, *, on: bool) -> None:
        self.desk.view.zoom = on
        self.desk.rearrange()
