"""One program in one pseudo-terminal, answered as a terminal answers, everything it writes kept with its time."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.terminal.emulator import Emulator
from benchmarks.terminal.keys import key_bytes

# What a terminal says when it is asked: cursor place, what it is, whether it brackets updates and reports resizes.
_ANSWERS: Final = (
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[>0?c"), b"\x1b[>41;360;0c"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[14t"), b"\x1b[4;800;1200t"),
    (re.compile(rb"\x1b\[16t"), b"\x1b[6;20;10t"),
)
_CURSOR_MODE: Final = re.compile(rb"\x1b\[\?1([hl])")
_LONGEST_QUESTION: Final = 16
_QUIET: Final = 0.08  # seconds without a byte that end a frame
_KEPT_VARIABLES: Final = ("PATH", "PYTHONPATH", "HOME", "TMPDIR", "USER", "LOGNAME", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that came at once, when (perf_counter_ns), and how long the program had then stood ready without a CPU."""

    at: int
    data: bytes
    waited: int


class Session:
    """A program in a pseudo-terminal of `columns` x `rows`. Use as a context manager: the program ends with it.

    Only a few variables are inherited; TERM is xterm-256color with truecolour unless `env` says otherwise.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.chunks: list[Chunk] = []
        self.size = (columns, rows)
        self.exit_code: int | None = None
        self._tail = b""
        self._application_cursor = False
        self._open = True
        self._emulator: Emulator | None = None
        self._fed = 0
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        base = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
        environ = kept | base | dict(env or {})
        self.started = time.perf_counter_ns()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._become(argv, environ, cwd)

    def _become(self, argv: Sequence[str], environ: Mapping[str, str], cwd: Path | None) -> None:
        """In the child: be the program, or leave at once."""
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, self._window())
            if cwd:
                os.chdir(cwd)
            os.execvpe(argv[0], list(argv), dict(environ))
        finally:
            os._exit(127)

    def _window(self) -> bytes:
        columns, rows = self.size
        return struct.pack("HHHH", rows, columns, columns * 10, rows * 20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what came --------------------------------------------------------------------------------------------------

    @property
    def output(self) -> bytes:
        """Everything the program has written."""
        return b"".join(chunk.data for chunk in self.chunks)

    @property
    def count(self) -> int:
        """How many bytes that is."""
        return sum(len(chunk.data) for chunk in self.chunks)

    @property
    def emulator(self) -> Emulator:
        """What a terminal shows after all that came."""
        if self._emulator is None:
            self._emulator = Emulator(*self.size)
        for chunk in self.chunks[self._fed :]:
            self._emulator.feed(chunk.data)
        self._fed = len(self.chunks)
        return self._emulator

    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(self.emulator.lines())

    def pump(self, timeout: float = 0.0) -> bool:
        """Read what is there, waiting for it at most `timeout` seconds. True when something came."""
        if not self._open or not select.select([self._fd], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            data = b""
        if not data:
            self._open = False
            return False
        self.chunks.append(Chunk(time.perf_counter_ns(), data, self.waited()))
        self._answer(data)
        return True

    def _answer(self, data: bytes) -> None:
        probe = self._tail + data
        for question, reply in _ANSWERS:
            for match in question.finditer(probe):
                if match.end() > len(self._tail):
                    self._put(reply)
        for match in _CURSOR_MODE.finditer(probe):
            self._application_cursor = match[1] == b"h"
        self._tail = probe[-_LONGEST_QUESTION:]

    # -- waiting ----------------------------------------------------------------------------------------------------

    def settle(self, quiet: float = _QUIET, timeout: float = 30.0) -> None:
        """Read until the program has neither written nor worked for `quiet` seconds. Raises TimeoutError."""
        settle_together([self], quiet, timeout)

    @property
    def open(self) -> bool:
        """Whether the program still has the terminal."""
        return self._open

    def busy(self, worked: int, seconds: float) -> bool:
        """Whether the main thread worked more than a tenth of the last `seconds`, or any thread works or wants to.

        `worked` is what `worked()` said then. A millisecond is let pass: reading a clock is not work.
        """
        return self.worked() - worked > 1_000_000 + seconds * 1e8 or "R" in self._states()

    def _states(self) -> str:
        """The state of every thread, as /proc names it: R for running and for waiting to."""
        states = ""
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{self.pid}/task").iterdir():
                states += (task / "stat").read_text().rpartition(")")[2].split()[0]
        return states

    def wait_for(self, pattern: str, timeout: float = 30.0) -> None:
        """Read until the screen's text matches the regular expression `pattern`. Raises TimeoutError."""
        wanted = re.compile(pattern)
        end = time.monotonic() + timeout
        while not wanted.search(self.text()):
            if not self._open or time.monotonic() > end:
                raise TimeoutError(f"no {pattern!r} on the screen:\n{self.text()}")
            self.pump(0.1)

    def wait_exit(self, timeout: float = 15.0) -> int:
        """Read until the program ends, and give its exit code, 128 + n for a signal. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while self.exit_code is None and time.monotonic() < end:
            self.pump(0.02)
            self._reap()
        if self.exit_code is None:
            raise TimeoutError(f"still running after {timeout} s:\n{self.text()}")
        while self.pump():
            pass
        return self.exit_code

    def wait_stopped(self, timeout: float = 15.0) -> None:
        """Read until the program was stopped by job control. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while "T" not in self._states():
            if time.monotonic() > end:
                raise TimeoutError(f"not stopped after {timeout} s")
            self.pump(0.02)
        while self.pump():
            pass

    def _reap(self) -> None:
        if self.exit_code is not None:
            return
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            self.exit_code = code if code >= 0 else 128 - code

    # -- what goes in -----------------------------------------------------------------------------------------------

    def send(self, *names: str) -> int:
        """Press keys (see `key_bytes`); the time of the last one (perf_counter_ns)."""
        at = 0
        for name in names:
            data = key_bytes(name, application_mode=self._application_cursor)
            at = time.perf_counter_ns()
            self._put(data)
        return at

    def _put(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the program may just have ended; whoever waits for it will see
            os.write(self._fd, data)

    def press(self, *names: str, quiet: float = _QUIET) -> bytes:
        """Press keys one by one, each after the last one's frame, and give all that was written for them."""
        first = len(self.chunks)
        for name in names:
            self.send(name)
            self.settle(quiet)
        return b"".join(chunk.data for chunk in self.chunks[first:])

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program gets its SIGWINCH from the kernel."""
        emulator = self.emulator  # all before belongs to the old size
        self.size = (columns, rows)
        emulator.resize(columns, rows)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, self._window())

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def lose_line(self) -> None:
        """Close the terminal under the program, as a broken connection does: the kernel sends it SIGHUP."""
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self._fd)
        os.close(nothing)
        self._open = False

    def echoing(self) -> bool:
        """Whether the terminal echoes what is typed, as a shell needs it."""
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    # -- what it cost -----------------------------------------------------------------------------------------------

    def worked(self) -> int:
        """ns of processor time of the main thread."""
        return self._schedule()[0]

    def waited(self) -> int:
        """ns the main thread stood ready but had no processor: other programs' doing."""
        return self._schedule()[1]

    def _schedule(self) -> tuple[int, int]:
        try:
            run, wait, _ = Path(f"/proc/{self.pid}/schedstat").read_text().split()
        except (OSError, ValueError):
            return 0, 0
        return int(run), int(wait)

    def processor_ns(self) -> int:
        """ns of processor time of all threads."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
        return total

    def resident_bytes(self) -> int:
        """Resident memory of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        """End the program, kindly at first."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._reap()
            if self.exit_code is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                self.kill(number)
            with contextlib.suppress(TimeoutError):
                self.wait_exit(3.0)
        with contextlib.suppress(OSError):
            os.close(self._fd)
        self._open = False


def settle_together(sessions: Sequence[Session], quiet: float = _QUIET, timeout: float = 30.0) -> None:
    """Read from all until none has written or worked for `quiet` seconds; the ended ones rest. Raises TimeoutError."""
    end = time.monotonic() + timeout
    step = quiet / 4
    calm, worked = time.monotonic(), [session.worked() for session in sessions]
    while time.monotonic() - calm < quiet:
        came = [session.pump(step / len(sessions)) for session in sessions]
        since = time.monotonic() - calm
        busy = [session.open and session.busy(before, since) for session, before in zip(sessions, worked, strict=True)]
        if any(came) or any(busy):
            calm, worked = time.monotonic(), [session.worked() for session in sessions]
        if time.monotonic() > end:
            raise TimeoutError(
                f"still busy after {timeout} s:\n{sessions[busy.index(True) if True in busy else 0].text()}"
            )
        if not any(session.open for session in sessions):
            return
