"""The list that is open over the preview or the whole body: one at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.sheet import Mode, SheetModel

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen


def _nothing(_: str = "") -> None:
    """No one listens."""


@dataclass
class _Open:
    model: SheetModel
    take: Callable[[str], None]
    ticked: Callable[[], None]
    moved: Callable[[str], None]
    leave: Callable[[], None]
    keep_open: bool
    nested: bool


class Sheets:
    """The `sheet.*` commands."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._open: _Open | None = None

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "sheet.accept": lambda _: self.accept(),
            "sheet.toggle": lambda _: self.toggle(),
            "sheet.filter": lambda _: self.filter(),
            "sheet.copy": lambda _: self.copy(),
            "sheet.close": lambda _: self.leave(),
        }

    def open(  # noqa: PLR0913 - what the sheet does is said in one place
        self,
        model: SheetModel,
        *,
        take: Callable[[str], None] = _nothing,
        ticked: Callable[[], None] = _nothing,
        moved: Callable[[str], None] = _nothing,
        leave: Callable[[], None] = _nothing,
        full: bool = False,
        typing: bool = False,
        keep_open: bool = False,
        nested: bool = False,
    ) -> None:
        """Open a list. `typing`: keys narrow it at once (palette, help). `moved` hears of every entry looked at.

        `nested`: it was opened from another one, which `leave` opens again.
        """
        desk = self.desk
        self._open = _Open(model, take, ticked, moved, leave, keep_open, nested)
        desk.view.sheet, desk.view.sheet_full = True, full
        desk.sheet.open(model)
        desk.rearrange()
        desk.sheet.refresh()
        if typing:
            self.filter()

    @property
    def nested(self) -> bool:
        """Whether what is open was opened from another list."""
        return self._open is not None and self._open.nested

    def close(self) -> None:
        """Take it off the screen."""
        desk = self.desk
        self._open = None
        if desk.view.sheet:
            desk.view.sheet = desk.view.sheet_full = False
            desk.sheet.model = None
            desk.rearrange()

    def leave(self) -> None:
        """Close it and leave everything as it was."""
        state = self._open
        self.close()
        if state is not None:
            state.leave()

    def accept(self) -> None:
        """Take the entry, or what is ticked."""
        state = self._open
        if state is None:
            return
        entry = state.model.current
        if state.model.mode is Mode.READ:
            self.leave()
            return
        if state.model.mode is Mode.TAKE and (entry is None or not entry.id):
            return
        if not state.keep_open:
            self.close()
        state.take(entry.id if entry is not None else "")

    def toggle(self) -> None:
        state = self._open
        if state is not None and state.model.toggle():
            self.desk.sheet.repaint(state.model.cursor)
            self.desk.draw_titles()
            state.ticked()

    def moved(self) -> None:
        """The cursor is on another entry."""
        state = self._open
        if state is not None and state.model.current is not None:
            state.moved(state.model.current.id)

    def filter(self) -> None:
        """Narrow the list by typing; arrows move in it, enter takes, escape leaves the typing and then the list."""
        state = self._open
        if state is None:
            return
        typed_first = bool(state.model.query)
        self.desk.prompting.open(
            Prompt(
                "find:",
                self._entered,
                LineEdit.of(state.model.query),
                change=self._narrow,
                cancel=lambda: self._narrow("") if typed_first or state.model.query else self.leave(),
                over_list=True,
                hints=("enter takes it, esc leaves", "esc leaves")
                if state.model.mode is Mode.TAKE
                else ("esc leaves",),
            )
        )

    def _entered(self, _: str) -> bool:
        state = self._open
        self.desk.prompting.close()
        if state is not None and state.model.mode is Mode.TAKE:
            self.accept()
        return False

    def _narrow(self, text: str) -> None:
        state = self._open
        if state is None:
            return
        state.model.search(text)
        self.desk.sheet.keep_in_view(state.model.cursor)
        self.desk.draw_titles()
        self.moved()

    def copy(self) -> None:
        state = self._open
        if state is not None:
            self.desk.outside.copy("\n".join(state.model.line(at).text for at in range(len(state.model.shown))), "list")
