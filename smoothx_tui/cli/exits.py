"""From what went wrong to an exit code and one line on standard error; never a traceback.

 0 done                             3 no connection, try again
 1 some items failed or blocked     4 sign-in needed
 2 usage or configuration          10 the plan has something to send (--detailed-exitcode)
70 internal, with a report file   128 + n stopped by signal n
"""

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import Exit, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.output import Output

if TYPE_CHECKING:
    import click

PROGRAM: Final = "smoothx-tui"
COMPLETION: Final = "_SMOOTHX_TUI_COMPLETE"
"""The environment variable by which the shell's completion script asks."""


def exit_code(work: Callable[[], int | None], output: Output) -> int:
    """Run `work` and say how it ended. Everything that can be raised ends here."""
    with _signals() as came:
        return _ended(work, output, came)


@contextmanager
def _signals() -> Iterator[list[int]]:
    """SIGTERM and SIGHUP end a command as ctrl+c does: what is open is closed, one line is said. Yields what came.

    A signal that somebody has set aside (nohup) stays so, and whoever handles one on its own replaces this.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def stopped(number: int, frame: FrameType | None) -> None:
        came.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):
            raise KeyboardInterrupt
        interrupt(signal.SIGINT, frame)  # asyncio's own, while it runs: it ends the main task

    taken = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, stopped)
    try:
        yield came
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _ended(work: Callable[[], int | None], output: Output, came: list[int]) -> int:
    try:
        return int(work() or Exit.OK)
    except SmoothxError as error:
        for line in error.line().splitlines():
            output.say(f"{PROGRAM}: {clean(line)}")
        return error.exit_code
    except KeyboardInterrupt:
        return _stopped(output, came)
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain once more while closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug of ours is one line and a report
        if (code := _ended_by_click(error, output, came)) is not None:
            return code
        output.say(f"{PROGRAM}: internal error: {type(error).__name__} (report: {_report(error)})")
        return Exit.INTERNAL


def _stopped(output: Output, came: list[int]) -> int:
    # Work that was about to begin and never will is no news after a stop; Python would say so on standard error.
    warnings.simplefilter("ignore", RuntimeWarning)
    number = came[-1] if came else signal.SIGINT
    output.say(f"{PROGRAM}: stopped{f' ({signal.Signals(number).name})' if came else ''}")
    return 128 + number


def _ended_by_click(error: Exception, output: Output, came: list[int]) -> int | None:
    """The exit code where click ended the run; None where the error is not of its making."""
    if "click" not in sys.modules:
        return None
    import click

    if isinstance(error, click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, click.Abort):
        return _stopped(output, came)
    if isinstance(error, click.UsageError):
        output.say(_usage_line(error))
        return Exit.USAGE
    if isinstance(error, click.ClickException):
        output.say(f"{PROGRAM}: {clean(error.format_message())}")
        return Exit.USAGE
    return None


def _usage_line(error: "click.UsageError") -> str:
    where = error.ctx.command_path if error.ctx else PROGRAM
    said = clean(_said(error).replace("\n", " ")).rstrip(".")
    return f"{PROGRAM}: {said[:1].lower()}{said[1:]} ({where} --help)"


def _said(error: "click.UsageError") -> str:
    """Click's own words, but where they are a page of help or name an argument by all its choices."""
    import click

    if (
        isinstance(error, click.exceptions.NoArgsIsHelpError)
        and error.ctx
        and isinstance(error.ctx.command, click.Group)
    ):
        return f"{error.ctx.command.name} needs one of {', '.join(error.ctx.command.list_commands(error.ctx))}"
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument) and error.param.name:
        error.param_hint = error.param.name.upper()
    return error.format_message()


def _report(error: BaseException) -> str:
    """Where the frames of a bug were written: names and lines only, for messages and values may hold secrets."""
    import tempfile
    import traceback

    from smoothx_tui import __version__
    from smoothx_tui.base.locations import state_dir

    lines = [f"{PROGRAM} {__version__}, Python {sys.version.split()[0]}\n"]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__name__}\n")
        lines += [f"  {f.filename}:{f.lineno} {f.name}\n" for f in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or seen.__context__
    try:
        directory = state_dir()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix="crash-", suffix=".txt", dir=directory)  # 0600
        with os.fdopen(handle, "w") as file:
            file.writelines(lines)
    except OSError as unwritable:
        return f"not written: {unwritable.strerror}"
    return clean(str(Path(name)))
