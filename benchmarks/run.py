"""The programs that are compared, started in a pseudo-terminal."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from benchmarks.terminal.session import Session

PROGRAMS: Final = Path(__file__).parent / "programs"
ROOT: Final = PROGRAMS.parents[1]
_HOMES: Final = itertools.count()
SEEDED: Final = 5_000


def program(name: str, *arguments: str, **options: Any) -> Session:
    """One of benchmarks/programs."""
    env = {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return Session([sys.executable, str(PROGRAMS / name), *arguments], env=env, **options)


def home_variables(folder: Path) -> dict[str, str]:
    """A new, empty home below `folder`."""
    home = folder / f"home{next(_HOMES)}"
    home.mkdir()
    return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}


def console(folder: Path, *arguments: str, env: dict[str, str] | None = None, **options: Any) -> Session:
    """The console on the embedded sandbox, in a new home."""
    variables = home_variables(folder) | (env or {})
    return Session([sys.executable, "-m", "smoothx_tui", *arguments], env=variables, cwd=ROOT, **options)


def seed(address: str, items: int, home: dict[str, str]) -> None:
    """Put a first reading of the sandbox served at `address` into the console's home."""
    env = os.environ | home | {"PYTHONPATH": str(ROOT)}
    argv = [sys.executable, str(PROGRAMS / "seed.py"), address, str(items)]
    subprocess.run(argv, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _serving(folder: Path, *options: str) -> tuple[Session, str]:
    """A sandbox in a process of its own, and its address."""
    argv = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0", *options]
    server = Session(argv, columns=200, env=home_variables(folder), cwd=ROOT)
    server.wait_for(r"http://127\.0\.0\.1:\d+", timeout=300)
    found = re.search(r"http://127\.0\.0\.1:\d+", server.text())
    assert found
    return server, found[0]


@contextmanager
def served_scenario(folder: Path, file: Path) -> Iterator[str]:
    """The address of a sandbox that begins as the file says."""
    server, address = _serving(folder, "--scenario", str(file))
    try:
        yield address
    finally:
        server.close()


class Served:
    """A sandbox with many items, served on loopback, and a home in which the console has read them all once.

    The first reading is a request an item, as with the real service: minutes for ten thousand. From `SEEDED` items on
    it is made in one process with a sandbox of the same items (programs/seed.py), and put where the console keeps it.
    What is measured comes after it, from what the console keeps.
    """

    def __init__(self, folder: Path, items: int) -> None:
        self._home = home_variables(folder)
        self._items = items
        self._server, self._address = _serving(folder, "--items", str(items))

    def __enter__(self) -> Self:
        if self._items >= SEEDED:
            seed(self._address, self._items, self._home)
        with self.console() as session:
            session.wait_for(r"[\d,]+ pending", timeout=3600)
            session.settle(3.0, timeout=3600)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def console(self, **options: Any) -> Session:
        """The console on it, in that home. One at a time."""
        argv = [sys.executable, "-m", "smoothx_tui", "--sandbox", self._address]
        return Session(argv, env=self._home, cwd=ROOT, **options)

    def zoomed(self) -> Session:
        """The console in its zoomed table, everything read and planned."""
        session = self.console()
        session.wait_for(r"[\d,]+ pending", timeout=300)
        session.settle(3.0, timeout=600)
        session.press("+", quiet=0.5)
        return session
