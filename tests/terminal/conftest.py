"""Programs in a pseudo-terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal.session import Session

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
def start() -> Iterator[Callable[..., Session]]:
    """Starts any command in a pseudo-terminal; it is ended with the test."""
    with ExitStack() as stack:

        def start(*argv: str, **options: Any) -> Session:
            return stack.enter_context(Session(argv, **options))

        yield start


@pytest.fixture
def gallery(start: Callable[..., Session]) -> Callable[..., Session]:
    """Starts programs/gallery.py with a driver (`auto`, `plain`) and waits for its first screen."""

    def run(wire: str, **options: Any) -> Session:
        session = start(sys.executable, str(PROGRAMS / "gallery.py"), wire, **options)
        session.wait_for("0000 .*Müller")
        session.settle()
        return session

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home directory for the console, with nothing configured."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def console(start: Callable[..., Session], home: Path) -> Callable[..., Session]:
    """Starts the console on the embedded sandbox and waits for its items."""

    def run(*arguments: str, env: dict[str, str] | None = None, **options: Any) -> Session:
        places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
        argv = [sys.executable, "-m", "smoothx_tui", *arguments]
        session = start(*argv, env=places | (env or {}), cwd=home, **options)
        session.wait_for(r"\d+ pending")
        session.settle(0.2)
        return session

    return run
