"""The table of the last planning at the start: to look at while nothing is open, gone when there are plans."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base.errors import ConnectionFailed
from smoothx_tui.console.control import keeping
from smoothx_tui.session.rows import Row
from smoothx_tui.session.snapshot import PAGE, SnapshotFile, packed

NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "REST", 0.001)


@pytest.fixture
def file(tmp_path: Path) -> SnapshotFile:
    return SnapshotFile(tmp_path / "cache" / "table", "here", "abc", lambda: "abc")


class Opening:
    """Opens the session, once there is a connection."""

    def __init__(self, session: Any, *, connected: bool = False) -> None:
        self.session = session
        self.connected = connected

    async def __call__(self) -> Any:
        if not self.connected:
            raise ConnectionFailed("Xero cannot be reached", "check the network")
        return self.session


def read_session(make: Any) -> Any:
    session = make.session(make.items())
    session.read_at = NOON
    return session


async def left_by_a_start(console: Any, make: Any, file: SnapshotFile) -> list[Row]:
    """What an earlier start had on the screen when it had planned all."""
    async with console(read_session(make), snapshot=file) as desk:
        return [desk.app.main.items.row(key) for key in desk.app.main.items.shown]


def shown_rows(desk: Any) -> list[str]:
    return [line[4:] for line in desk.lines()[2:14]]


async def test_the_rows_of_the_last_start_are_shown_with_no_connection(
    console: Any, make: Any, file: SnapshotFile
) -> None:
    async with console(read_session(make), snapshot=file) as desk:
        before = shown_rows(desk)
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        assert shown_rows(desk) == before
        assert re.search(r"as of \S+ ?\S*, not opened: nothing is planned or sent, R tries again", desk.text()), (
            desk.text()
        )
        assert "Xero cannot be reached" in desk.text()
        opening.connected = True
        await desk.press("R")
        assert desk.app.main.items.last is None
        assert "as of" not in desk.text()
        assert shown_rows(desk) == before


async def test_the_cursor_stays_on_its_item_when_the_plans_come(console: Any, make: Any, file: SnapshotFile) -> None:
    rows = await left_by_a_start(console, make, file)
    opening = Opening(with_kept(make, changed=frozenset()))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        await desk.press("j", "j", "j")
        assert desk.app.main.items.current == rows[3]
        opening.connected = True
        await desk.press("R")
        assert desk.app.main.items.current_key == rows[3].key


@pytest.mark.parametrize("keys", ["space", "a", "asterisk", "v", "shift+down", "s", "p", "o", "O"])
async def test_nothing_is_marked_sorted_or_sent_of_them(console: Any, make: Any, file: SnapshotFile, keys: str) -> None:
    await left_by_a_start(console, make, file)
    opening = Opening(read_session(make))
    key = {"asterisk": "*"}.get(keys, keys)
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        items = desk.app.main.items
        shown = list(items.shown)
        await desk.press(key)
        assert "for viewing only until they are planned" in desk.text()
        assert "R tries again" in desk.text()
        assert not items.marks
        assert items.anchor is None
        assert desk.app.main.prompting.prompt is None
        assert (list(items.shown), items.sort) == (shown, "")
        assert not any(items.can_mark(each) for each in shown)
        assert not items.mark(shown[0], on=True)


async def test_they_are_filtered_and_what_is_typed_then_is_no_command(
    console: Any, make: Any, file: SnapshotFile
) -> None:
    rows = await left_by_a_start(console, make, file)
    opening = Opening(with_kept(make, changed=frozenset()))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        items, wanted = desk.app.main.items, rows[3]
        await desk.press("j", "/", *wanted.number, "enter")
        assert list(items.shown) == [row.key for row in rows if wanted.number in row.number]
        await desk.press("escape")
        assert (list(items.shown), items.current) == ([row.key for row in rows], wanted)
        await desk.press("/", *wanted.number, "enter")
        opening.connected = True
        await desk.press("R")
        assert items.last is None
        assert list(items.shown) == [row.key for row in rows if wanted.number in row.number]


async def test_a_search_in_another_pane_works(console: Any, make: Any, file: SnapshotFile) -> None:
    await left_by_a_start(console, make, file)
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        await desk.press("2", "/")
        assert desk.app.main.prompting.prompt is not None


async def test_a_changed_setting_waits_for_the_plans(console: Any, make: Any, file: SnapshotFile) -> None:
    rows = await left_by_a_start(console, make, file)
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        await desk.press("2", "space")
        assert desk.app.main.trial.unsaved
        assert [desk.app.main.items.row(key) for key in desk.app.main.items.shown] == rows


async def test_rows_planned_under_other_settings_say_so(
    console: Any, make: Any, file: SnapshotFile, tmp_path: Path
) -> None:
    await left_by_a_start(console, make, file)
    other = SnapshotFile(file.path, "here", "other", lambda: "other")
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=other, open_session=opening) as desk:
        assert "under other settings, not opened" in desk.text()


async def test_they_go_where_the_place_turns_out_to_hold_nothing(console: Any, make: Any, file: SnapshotFile) -> None:
    await left_by_a_start(console, make, file)
    session = read_session(make)
    session.refresh_error = ConnectionFailed("Procore cannot be reached", "check the network")
    async with console(session, snapshot=file) as desk:
        assert desk.app.main.items.last is None
        assert not desk.app.main.items.shown
        assert "Not read: Procore cannot be reached" in desk.text()


async def test_hostile_text_does_not_reach_the_terminal(console: Any, make: Any, file: SnapshotFile) -> None:
    [row, *_] = await left_by_a_start(console, make, file)
    nasty = Row(
        row.key,
        row.action,
        row.kind,
        "\x1b]2;owned\x07",
        "[b\x9b2J",
        "[/]\u202e",
        row.date,
        row.total,
        "AUD",
        "[@click=x]",
        False,
    )
    file.write([packed([nasty])], 1, NOON)
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=file, open_session=opening, size=(200, 36)) as desk:
        assert "<U+001B>]2;o" in desk.text()
        assert all(line.isprintable() for line in desk.lines())


async def test_a_damaged_file_is_as_good_as_none(console: Any, make: Any, file: SnapshotFile) -> None:
    await left_by_a_start(console, make, file)
    file.path.write_bytes(file.path.read_bytes()[:-1])
    opening = Opening(read_session(make))
    async with console(opening.session, snapshot=file, open_session=opening) as desk:
        assert "Not opened: Xero cannot be reached" in desk.text()
        assert "as of" not in desk.text()


# -- what is kept ------------------------------------------------------------------------------------------------------


def counted(file: SnapshotFile, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written, in words."""
    found: list[str] = []
    for name in ("write", "still_so"):
        method = getattr(SnapshotFile, name)

        def noted(self: SnapshotFile, *args: Any, _name: str = name, _method: Callable[..., None] = method) -> None:
            found.append(_name)
            _method(self, *args)

        monkeypatch.setattr(SnapshotFile, name, noted)
    return found


def with_kept(make: Any, *, changed: frozenset[str] | None) -> Any:
    """A session that has what an earlier start read, and of whose own reading `changed` is new."""
    session = read_session(make)
    read = session.refresh

    async def show_cached() -> bool:
        await read(lambda _: None)
        session.old, session.read_at = True, NOON
        return True

    async def refresh(*args: Any, **more: Any) -> None:
        await read(*args, **more)
        session.old, session.changed, session.read_at = False, changed, NOON + dt.timedelta(hours=1)

    session.show_cached, session.refresh = show_cached, refresh
    return session


async def test_a_reading_with_nothing_new_moves_only_the_time(
    console: Any, make: Any, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = await left_by_a_start(console, make, file)
    written = counted(file, monkeypatch)
    async with console(with_kept(make, changed=frozenset()), snapshot=file):
        pass
    assert written == ["still_so"]
    last = file.read()
    assert last is not None
    assert last.as_of == NOON + dt.timedelta(hours=1)
    assert [last.at(place) for place in range(len(last.keys))] == rows


async def test_a_reading_with_news_is_kept_whole(
    console: Any, make: Any, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row, *_] = await left_by_a_start(console, make, file)
    written = counted(file, monkeypatch)
    async with console(with_kept(make, changed=frozenset({row.key})), snapshot=file):
        pass
    assert written == ["write"]


async def test_what_is_of_another_reading_than_the_items_is_not_trusted(
    console: Any, make: Any, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command may have read since: then the table that is kept is older than the items."""
    await left_by_a_start(console, make, file)
    file.still_so(NOON - dt.timedelta(days=1))
    written = counted(file, monkeypatch)
    async with console(with_kept(make, changed=frozenset()), snapshot=file):
        pass
    assert written == ["write"]


async def test_values_that_are_only_tried_are_not_kept(
    console: Any, make: Any, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = counted(file, monkeypatch)
    session = read_session(make)
    async with console(session, snapshot=file) as desk:
        await desk.press("2", "space")
        assert desk.app.main.trial.unsaved
        assert written == ["write"]
        desk.app.main.trial.mark_saved(desk.app.main.trial.current)
        desk.app.main.planning.replan(told=True)
        await desk.rest()
        assert written == ["write", "write"]


async def test_many_rows_are_kept_page_by_page(console: Any, make: Any, file: SnapshotFile) -> None:
    session = make.session([make.item(number) for number in range(9 * PAGE + 5)])
    session.read_at = NOON
    async with console(session, snapshot=file) as desk:
        keys = list(desk.app.main.items.keys)
    last = file.read()
    assert last is not None
    assert list(last.keys) == keys


async def test_where_it_can_not_be_written_the_log_says_it(
    console: Any, make: Any, file: SnapshotFile, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("in the way")
    async with console(read_session(make), snapshot=file) as desk:
        assert desk.app.main.notice is None
        assert any(
            "the next start will have no rows to show first" in event.text for event in desk.app.main.log_model.events
        )
