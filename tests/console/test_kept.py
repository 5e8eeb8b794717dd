"""What the console shows of an earlier start, of a reading on its way, and when it makes rows again."""

import asyncio
import datetime as dt
from typing import Any

from smoothx_tui.base.errors import ConnectionFailed
from smoothx_tui.session.rows import Row


def _kept(make: Any, *, hours: int = 3) -> Any:
    """A session with something kept, whose reading waits until `go` is set."""
    session = make.session(make.items())
    session.go = asyncio.Event()
    read = session.refresh

    async def show_cached() -> bool:
        error, session.refresh_error = session.refresh_error, None
        await read(lambda _: None)
        session.refresh_error = error
        session.old, session.read_at = True, dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours, minutes=1)
        return True

    async def refresh(*args: Any, **kwargs: Any) -> None:
        await session.go.wait()
        if session.refresh_error is not None:
            raise session.refresh_error
        session.old = False
        await read(*args, **kwargs)

    session.show_cached, session.refresh = show_cached, refresh
    return session


async def test_what_was_kept_is_shown_with_its_age_and_then_what_is(console: Any, make: Any) -> None:
    session = _kept(make)
    asyncio.get_running_loop().call_later(0.2, session.go.set)
    seen: list[str] = []
    shown = session.row

    def row(key: str, known: Row | None = None) -> Row:
        seen.append("old" if session.old else "new")
        found: Row = shown(key, known)
        return found

    session.row = row
    async with console(session) as desk:
        assert seen[0] == "old"
        assert "as read" not in desk.text()
        assert seen[-1] == "new"


async def test_after_a_failed_reading_the_age_stays(console: Any, make: Any) -> None:
    session = _kept(make)
    session.refresh_error = ConnectionFailed("Procore cannot be reached", "check the network")
    session.go.set()
    async with console(session) as desk:
        assert "as read 3 h ago" in desk.text()
        assert "Procore cannot be reached" in desk.text()
        assert len(desk.app.main.items.shown) == len(session.items)
        session.refresh_error = None
        await desk.press("R")
        assert "as read" not in desk.text()


async def test_everything_is_read_anew_by_its_own_word(console: Any, make: Any) -> None:
    session = make.session(make.items())
    async with console(session) as desk:
        await desk.press("R")
        assert session.full is False
        desk.app.main.run_command("sync.refresh_all")
        await desk.rest()
        assert session.full is True


async def test_only_what_changed_is_made_again_after_a_reading(console: Any, make: Any) -> None:
    session = make.session(make.items())
    async with console(session) as desk:
        asked: list[str] = []
        row = session.row

        def counted(key: str, known: Row | None = None) -> Row:
            asked.append(key)
            found: Row = row(key, known)
            return found

        session.row = counted
        key = next(iter(session.items))
        session.changed = frozenset({key})
        await desk.press("R")
        assert set(asked) == {key}
        asked.clear()
        session.changed = None
        await desk.press("R")
        assert set(asked) == set(session.items)
