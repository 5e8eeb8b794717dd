"""A program at a pseudo-terminal, as a person sees it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]


class AtTerminal:
    """A program at a pseudo-terminal. Waits are for what is on the screen, never for a time."""

    def __init__(self, command: list[str], environ: dict[str, str], width: int, height: int) -> None:
        self.output = b""
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
            os.chdir(ROOT)
            os.execve(command[0], command, environ)

    def read(self, seconds: float) -> bytes:
        """What comes until nothing has come for so long."""
        found = b""
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            found += data
        self.output += found
        # pyte does not know the private sequences that ask a terminal for its abilities.
        self._stream.feed(re.sub(rb"\x1b\[[?>=][0-9;]*[$a-zA-Z]*|\x1b\][^\x07\x1b]*(\x07|\x1b\\)", b"", found))
        return found

    def until(self, pattern: str, *, limit: float = 30) -> str:
        """The screen once it shows the pattern."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.read(0.05)
            text = "\n".join(self.screen.display)
            if re.search(pattern, text):
                return text
        raise AssertionError(f"{pattern!r} did not come:\n" + "\n".join(self.screen.display))

    def until_sent(self, data: bytes, *, limit: float = 30) -> None:
        """Until these bytes have come."""
        end = time.monotonic() + limit
        while data not in self.output:
            assert time.monotonic() < end, f"{data!r} did not come"
            self.read(0.02)

    def send(self, *keys: str) -> bytes:
        """Send keys; what is written until it is quiet again."""
        os.write(self.fd, "".join(keys).encode())
        return self.read(0.2)

    def end(self, *, limit: float = 20) -> int:
        """Wait for the end; the exit code, 128 + n for a signal that was not caught."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
