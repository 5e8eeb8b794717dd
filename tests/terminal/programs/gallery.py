"""A small Textual app that paints in many ways: a table, settings, a dialogue, wide characters, links, themes.

Run as `python gallery.py auto|plain`; the driver's proof runs it with both and compares every cell.
"""

import os
import sys
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.style import Style
from textual.widgets import Button, DataTable, Footer, Input, Label, SelectionList, Static, Switch, TextArea

from smoothx_tui.console.wire.driver import driver_for, repaint

NAMES = (
    "Müller Bau",
    "建設株式会社",
    "Żółć e\u0301lite",
    "👩\u200d🚀 Rocketry",
    "❤\ufe0f Hearts",
    "🇦🇺 Downer",
    "Plain & Sons",
)
PROSE = "The quick brown fox 建設 jumps over 👍🏽 the lazy dog. "


class Question(ModalScreen[None]):
    CSS = "Question { align: center middle; } #box { width: 50; height: 12; border: thick $primary; }"
    BINDINGS: ClassVar = [("x", "app.pop_screen", "close")]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Label("Send 50 invoices? 請求書")
            yield Input(placeholder="type yes")
            yield Button("Yes")


class Words(Screen[None]):
    BINDINGS: ClassVar = [("x", "app.pop_screen", "close")]

    def compose(self) -> ComposeResult:
        link = Style.parse("link='https://example.test/a' underline")
        yield Static(Content.assemble("a ", ("link", link), " and text"))
        yield Static("".join(f"{name} │ " for name in NAMES * 9))
        yield TextArea("\n".join(f"{number}: {PROSE * 2}" for number in range(80)))
        yield Footer()


class Gallery(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "#settings { width: 40; } DataTable { width: 1fr; }"
    BINDINGS: ClassVar = [
        ("t", "flip", "toggle"),
        ("m", "question", "dialogue"),
        ("w", "words", "words"),
        ("n", "tell", "notify"),
        ("l", "light", "theme"),
        ("z", "zoom", "zoom"),
        ("b", "beep", "bell"),
        ("ctrl+l", "repaint", "repaint"),
        ("ctrl+z", "suspend_process", "suspend"),
        ("q", "quit", "quit"),
    ]

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield DataTable[Any](cursor_type="row")
            with Vertical(id="settings"):
                yield SelectionList(*[(f"setting number {number}", number) for number in range(12)])
                yield Switch()
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("Id", "Name", "Total", "Why")
        for number in range(150):
            name = NAMES[number % len(NAMES)]
            table.add_row(
                f"{number:04d}", f"{name} {number * 7919 % 997}", f"{number * 13}.50", "held" if number % 3 else ""
            )
        table.focus()

    def action_flip(self) -> None:
        self.query_one(SelectionList).toggle(3)
        self.query_one(Switch).toggle()

    def action_question(self) -> None:
        self.push_screen(Question())

    def action_words(self) -> None:
        self.push_screen(Words())

    def action_tell(self) -> None:
        self.notify("saved", markup=False, timeout=600)

    def action_light(self) -> None:
        self.theme = "textual-light" if self.theme != "textual-light" else "textual-dark"

    def action_zoom(self) -> None:
        settings = self.query_one("#settings")
        settings.display = not settings.display

    def action_beep(self) -> None:
        self.bell()

    def action_repaint(self) -> None:
        repaint(self)


if __name__ == "__main__":
    Gallery(driver_class=driver_for("auto" if sys.argv[1] == "auto" else "plain", os.environ)).run()
