"""A PostgreSQL server of our own, in a temporary directory, on a private port, gone afterwards."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = "nobody"


def binaries() -> Path | None:
    """Where initdb and postgres are; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).resolve().parent if here else None


def why_not() -> str:
    """Why PostgreSQL can not be tested here; "" where it can."""
    if binaries() is None:
        return "PostgreSQL's server binaries are not installed"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        return "the server refuses root, and there is no setpriv"
    return ""


def _as_somebody() -> list[str]:
    """The server refuses to run as root."""
    return ["setpriv", "--reuid", _NOBODY, "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server. `stop` and `start` let a test lose it in mid-run."""

    def __init__(self, directory: Path, tools: Path) -> None:
        self.directory = directory
        self._tools = tools
        self._port = _free_port()
        self._databases = 0

    def _run(self, *command: str) -> None:
        subprocess.run([*_as_somebody(), *command], check=True, capture_output=True, cwd=self.directory, timeout=60)

    def make(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.directory, _NOBODY, "nogroup")
        data = str(self.directory / "data")
        self._run(
            str(self._tools / "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-N", "--no-locale", "-E", "UTF8"
        )
        self.start()

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=16MB"
        log = str(self.directory / "log")
        self._run(
            str(self._tools / "pg_ctl"), "-D", str(self.directory / "data"), "-w", "-l", log, "-o", options, "start"
        )

    def stop(self) -> None:
        self._run(str(self._tools / "pg_ctl"), "-D", str(self.directory / "data"), "-w", "-m", "immediate", "stop")

    def new_database(self) -> str:
        """The address of an empty database."""
        self._databases += 1
        name = f"ledger{self._databases}"
        at = ["-h", "127.0.0.1", "-p", str(self._port), "-U", "tester"]
        self._run(str(self._tools / "createdb"), *at, name)
        return f"postgresql+psycopg://tester@127.0.0.1:{self._port}/{name}"


@contextmanager
def server(directory: Path) -> Iterator[Server]:
    tools = binaries()
    assert tools is not None
    running = Server(directory, tools)
    running.make()
    try:
        yield running
    finally:
        running.stop()
