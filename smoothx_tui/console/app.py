"""The Textual application: themes, signals, the crash, the end. Everything else is on its one screen."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from textual.app import App
from textual.screen import Screen

from smoothx_tui.base.errors import Exit
from smoothx_tui.console import crash
from smoothx_tui.console.environ import Terminal
from smoothx_tui.console.glyphs import choose
from smoothx_tui.console.keys import Keymap
from smoothx_tui.console.paint import Paint
from smoothx_tui.console.screens.main import MainScreen
from smoothx_tui.console.start import OpenSession, Start
from smoothx_tui.console.theming import Look, Looks, load
from smoothx_tui.console.wire.driver import WireDriver, driver_for, repaint

NO_COLOUR: Final = "monochrome"
SIXTEEN: Final = "sixteen"
USUAL: Final = "dark"
_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


class SmoothxApp(App[None], inherit_bindings=False):
    """Starts with nothing but settings and looks; the session is opened after the first frame."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    TITLE = "smoothx"

    def __init__(self, start: Start, open_session: OpenSession, terminal: Terminal, environ: Mapping[str, str]) -> None:
        """Raises ConfigurationError for keys that cannot be."""
        keymap = Keymap.build(start.keys)
        driver = driver_for("plain" if start.wire == "plain" else "auto", environ)
        # ansi_color: without it Textual turns NO_COLOR into shades of grey, which are colours.
        super().__init__(driver_class=driver, ansi_color=True if terminal.no_color else None)
        self.terminal = terminal
        self.start = start
        self.looks = load(start.theme_folders)
        for look in self.looks.by_name.values():
            self.register_theme(look.theme)
        look = first_look(self.looks, start.theme, terminal)
        self.register_theme(look.theme)
        self.paint = Paint(look, choose(start.glyphs, utf8=terminal.utf8))
        # Before the first frame: a theme put on later paints everything twice.
        self.theme = look.name
        self.crashed: Exception | None = None
        self.crash_report: Path | None = None
        self._ending: asyncio.Task[None] | None = None
        self.main = MainScreen(start, open_session, self.paint, self.looks, keymap)

    def get_default_screen(self) -> Screen[None]:
        return self.main

    @property
    def line_scroll(self) -> bool:
        """Whether the driver scrolls by the terminal's own regions, so that a scrolled line costs a line."""
        driver = self._driver
        return isinstance(driver, WireDriver) and driver.terminal.scrolls

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._signalled, number)

    def on_unmount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    def _signalled(self, number: int) -> None:
        """The line dropped, or somebody ends us from outside: in order; a second one does not start it again."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self.finish(128 + number))

    async def finish(self, code: int) -> None:
        """Begin nothing more, let calls in flight end (10 s at most), close the session, restore the terminal."""
        await self.main.syncing.stop_and_wait()
        await self.main.recovering.stop_and_wait()
        await self.main.presence.end()
        await self.main.sweeping.end()
        session, self.main.session = self.main.session, None
        self.exit(return_code=code)
        if session is not None:
            await session.close()

    # -- the crash ----------------------------------------------------------------------------------------------------

    def crash(self, error: Exception) -> None:
        """End with a report instead of Textual's traceback, which shows the values of local variables."""
        if self.crashed is None:
            self.crashed = error
            self.crash_report = crash.save(error, self.start.state_folder)
        self._exit_renderables.clear()
        self.exit(return_code=int(Exit.INTERNAL))

    def handle(self, error: Exception) -> None:
        """An exception of a job that runs beside Textual's own handlers."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's hook for every unhandled exception of a callback, a handler or a worker."""
        if self.is_headless:
            super()._handle_exception(error)  # the test's pilot raises it where it happened
            return
        self.crash(error)
        self._close_messages_no_wait()

    # -- the terminal -------------------------------------------------------------------------------------------------

    def write_raw(self, data: str) -> None:
        """A control sequence of ours (the clipboard's)."""
        if self._driver is not None:
            self._driver.write(data)
            self._driver.flush()

    def repaint(self) -> None:
        """Paint every cell, whatever is thought to be on the screen."""
        repaint(self)


def first_look(looks: Looks, wanted: str, terminal: Terminal) -> Look:
    """The theme to begin with: without colour where that is asked for, else the wanted one, else what suits."""
    if terminal.no_color and NO_COLOUR in looks.by_name:
        return looks.by_name[NO_COLOUR]
    suits = SIXTEEN if terminal.colours <= 16 else USUAL
    for name in (wanted, suits, USUAL):
        if name in looks.by_name:
            return looks.by_name[name]
    return next(iter(looks.by_name.values()), _bare())


def _bare() -> Look:
    """When no theme file is left at all: the terminal's own colours."""
    from smoothx_tui.console.theming import look_of

    colours = dict.fromkeys(("primary", "foreground", "background"), "ansi_default")
    return look_of("bare", {"ansi": True, "colours": colours})
