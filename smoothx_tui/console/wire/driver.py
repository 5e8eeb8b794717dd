"""Textual's driver for POSIX terminals, writing only what changed. The only module here that knows Textual.

Beyond Textual's public surface it uses two private members, `Driver._app` and `App._driver`, in this file only; a test
holds each of them.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from threading import RLock
from types import FrameType
from typing import Any, Final, Literal

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

from smoothx_tui.console.wire.screen import Screen
from smoothx_tui.console.wire.terminal import Terminal, terminal_of

Wire = Literal["auto", "plain"]
_LAYOUT_SECONDS: Final = 0.05  # by then Textual has painted for a new size, if it is going to


def driver_for(wire: Wire, environ: Mapping[str, str]) -> type[Driver] | None:
    """The driver class for `App(driver_class=…)`, or None for Textual's own.

    `plain` is Textual's own. So are terminals without a name, and a driver that TEXTUAL_DRIVER asks for.
    """
    if wire == "plain" or environ.get("TEXTUAL_DRIVER") or environ.get("TERM", "") in ("", "dumb", "unknown"):
        return None

    class ForThisTerminal(WireDriver):
        terminal = terminal_of(environ)

    return ForThisTerminal


def repaint(app: App[Any]) -> None:
    """Paint the whole screen anew, as after another program wrote over it."""
    driver = app._driver  # noqa: SLF001 - Textual has no public way from an app to its driver
    if isinstance(driver, WireDriver):
        driver.forget()
    app.refresh()


class WireDriver(LinuxDriver):
    """Writes only the cells that changed since the last frame."""

    terminal = Terminal(scrolls=True, coloured_erase=False)

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._output = sys.__stderr__  # where LinuxDriver writes
        encoding = getattr(self._output, "encoding", None) or "utf-8"
        self._screen = Screen(self.terminal, encoding)
        # Textual writes from its loop and, for resize reports, from its input thread.
        self._writing = RLock()
        self._stale = False
        self._events: asyncio.AbstractEventLoop | None = None

    def forget(self) -> None:
        """Forget what the terminal shows, from any thread or signal handler."""
        self._stale = True

    def write(self, data: str) -> None:
        with self._writing:
            self._screen.resize(*self._measure())
            if self._stale:
                self._stale = False
                self._screen.forget()
            out = self._screen.write(data)
        if out:
            super().write(out)

    def _measure(self) -> tuple[int, int]:
        """Columns and rows of the terminal itself, which may be ahead of what the app knows."""
        try:
            return os.get_terminal_size(self._output.fileno() if self._output else -1)
        except (OSError, ValueError):
            return self._app.size

    def start_application_mode(self) -> None:
        self.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        returning, self._events = self._events is not None, asyncio.get_running_loop()
        if returning:
            # After a job control stop Textual does not paint by itself, and the alternate screen is empty.
            self._events.call_soon(self._heal)
        handler = signal.getsignal(signal.SIGWINCH)
        signal.signal(signal.SIGWINCH, self._on_resize(handler))

    def _on_resize(self, handler: Any) -> Any:
        """Textual's handler of SIGWINCH, and before it: what the terminal kept of the picture is anyone's guess."""

        def on_resize(number: int, frame: FrameType | None) -> None:
            self._resized()
            if callable(handler):
                handler(number, frame)

        return on_resize

    def process_message(self, message: Message) -> None:
        if isinstance(message, Resize):  # reported by the terminal itself, read in the input thread
            self._resized()
        super().process_message(message)

    def _resized(self) -> None:
        self.forget()
        if self._events is not None:
            self._events.call_soon_threadsafe(self._events.call_later, _LAYOUT_SECONDS, self._heal)

    def _heal(self) -> None:
        """Ask for the whole picture if it has not come by itself, as when a size comes back before Textual looked."""
        if self._app.is_running and (self._stale or self._screen.incomplete):
            self._app.refresh()

    def close(self) -> None:
        with self._writing:
            rest = self._screen.release()
        if rest:
            super().write(rest)
        super().close()
