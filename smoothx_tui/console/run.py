"""Starting the console and ending it: what the terminal can do, the run itself, the exit code and the last line."""

import asyncio
import gc
import os
import sys
from collections.abc import Mapping
from typing import Final

from smoothx_tui.base.errors import Exit, SmoothxError
from smoothx_tui.console import environ as surroundings
from smoothx_tui.console.start import OpenSession, Start

_SWITCH: Final = 0.001
"""Seconds for which a thread may go on while another one waits; Python's own 5 ms twice are a frame."""


def run(start: Start, open_session: OpenSession, environ: Mapping[str, str] | None = None) -> int:
    """Run the console in this terminal; its exit code.

    0 left, 2 the terminal or the configuration cannot be used, 70 a crash of ours, 128 + n ended by signal n.
    """
    environment = os.environ if environ is None else environ
    reason = surroundings.refusal(environment, stdin_tty=sys.stdin.isatty(), stdout_tty=sys.stdout.isatty())
    if reason is not None:
        return _last_line(reason, Exit.USAGE)
    terminal = surroundings.look(environment, sys.stdout.encoding)
    surroundings.quieten(os.environ, slow=start.slow)
    # Only now: Textual reads its variables when it is imported.
    from smoothx_tui.console import crash
    from smoothx_tui.console.app import SmoothxApp

    try:
        app = SmoothxApp(start, open_session, terminal, environment)
    except SmoothxError as error:
        return _last_line(error.line(), error.exit_code)
    # Textual reads keys and writes frames in threads of their own: neither waits long for the loop's work.
    sys.setswitchinterval(_SWITCH)
    # Nothing made on the way to the first rows is garbage; the collector comes back when they are shown.
    gc.disable()
    try:
        asyncio.run(app.run_async(mouse=False))
    except Exception as error:  # noqa: BLE001 - whatever it is, the terminal is restored and one line is left
        app.crash(error)
    gc.enable()
    if terminal.no_color:
        os.environ["NO_COLOR"] = "1"  # Textual took it out
    if app.crashed is not None:
        return _last_line(crash.line(app.crashed, app.crash_report), Exit.INTERNAL)
    return app.return_code or 0


def _last_line(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return int(code)
