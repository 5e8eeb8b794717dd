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
