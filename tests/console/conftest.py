"""A session by hand on the real planner, the console on it, and the screen as text."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.console.app import SmoothxApp
from smoothx_tui.console.control import jobs, syncing
from smoothx_tui.console.environ import Terminal
from smoothx_tui.console.start import Start
from tests.console.at_terminal import AtTerminal
from tests.console.desk import Desk
from tests.console.examples import THEMES, an_item, some_items
from tests.console.hand_session import Event, HandSession, Result, left_open

GOLDEN = Path(__file__).parent / "golden"

RunConsole = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunConsole:
    """`async with console(session, width, height) as desk`: the console on a session made by hand."""

    # The rest before the preview follows is for people; a test waits for everything anyway.
    monkeypatch.setattr(jobs, "REST", 0.001)
    monkeypatch.setattr(syncing, "TELL", 0.001)

    @asynccontextmanager
    async def run(
        session: HandSession | None = None,
        size: tuple[int, int] = (120, 36),
        *,
        terminal: Terminal | None = None,
        open_session: Callable[[], Awaitable[Any]] | None = None,
        **start: Any,
    ) -> AsyncIterator[Desk]:
        session = session or HandSession(some_items())

        async def opened() -> Any:
            return session

        given: dict[str, Any] = {
            "theme_folders": (THEMES,),
            "theme": "dark",
            "state_folder": tmp_path / "state",
        } | start
        app = SmoothxApp(Start(**given), open_session or opened, terminal or Terminal(colours=1 << 24), {})
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot, session)
            await desk.rest()
            yield desk

    return run


@pytest.fixture
def session() -> HandSession:
    return HandSession(some_items())


@pytest.fixture
def make() -> type["Make"]:
    return Make


class Make:
    """What tests build with."""

    item = staticmethod(an_item)
    items = staticmethod(some_items)
    session = HandSession
    result = Result
    event = Event
    left = staticmethod(left_open)
    themes = THEMES


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/console/golden/NAME.txt; SMOOTHX_GOLDEN=1 writes it anew."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("SMOOTHX_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden {name}; SMOOTHX_GOLDEN=1 writes it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def at_terminal() -> type[AtTerminal]:
    """`at_terminal(command, environ, width, height)`: a program at a pseudo-terminal."""
    return AtTerminal
