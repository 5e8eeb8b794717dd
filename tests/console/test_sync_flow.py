"""Marking, asking and sending by keys alone, and what the screen then says."""

import asyncio
from typing import Any

import pytest

from smoothx_tui.base.errors import ConnectionFailed
from smoothx_tui.session.place import Environment, Place

LIVE = Place("main", Environment.LIVE, "Harbourline", tenant_id="t1", base_currency="AUD")


async def test_only_a_typed_yes_sends(console: Any) -> None:
    async with console() as desk:
        await desk.press("space", "s", "enter", "enter", "s", "enter")
        assert desk.session.sent == []
        assert "Type yes: s" in desk.text()
        await desk.press("escape")
        await desk.press("s", *"yes", "enter")
        assert [plan.item for plan in desk.session.sent] == ["direct:1001"]
        assert "created" in desk.lines()[2]
        assert "1 done" in desk.text()
        assert "last run" in (await pressed(desk, "1")).text()


async def pressed(desk: Any, *keys: str) -> Any:
    await desk.press(*keys)
    return desk


async def test_the_plans_that_were_previewed_are_the_ones_that_are_sent(console: Any) -> None:
    async with console() as desk:
        previewed = desk.session.plan_of("direct:1001")
        await desk.press("space", "s", *"yes", "enter")
        assert desk.session.sent[0].digest == previewed.digest


async def test_what_failed_says_why_and_stays_marked_for_another_try(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.outcomes["head:1005"] = make.result(
        "head:1005", "refused", text="Xero refuses it", fix="mend it", request_id="req-1"
    )
    async with console(session) as desk:
        await desk.press("j", "j", "j", "space", "space", "s", *"yes", "enter")
        assert "1 done: +1 created, 1 not: refused: Xero refuses it  Next: mend it" in desk.text()
        assert desk.app.main.items.marks == {"head:1005"}
        assert "! refused" in desk.text()
        await desk.press("4")
        log = desk.text()
        assert "N-0005: refused: Xero refuses it" in log
        assert "next: mend it" in log
        assert "request req-1" in log


async def test_dangers_are_asked_one_by_one_and_a_no_leaves_the_item_out(console: Any) -> None:
    async with console() as desk:
        await desk.press("space", "j", "space", "s")
        assert "DANGER 1 of 1  N-0003" in desk.text()
        await desk.press(*"no", "enter")
        assert "Sync 1 to Harbourline Pty Ltd SANDBOX: +1 new 100.00." in desk.text()
        await desk.press(*"yes", "enter")
        assert [plan.item for plan in desk.session.sent] == ["direct:1001"]
        assert desk.session.allowed == frozenset()


async def test_a_danger_that_is_accepted_is_allowed_by_name(console: Any) -> None:
    async with console() as desk:
        await desk.press("j", "j", "space", "s", *"yes", "enter", *"yes", "enter")
        assert desk.session.allowed == {"claim:1003"}


async def test_nothing_is_left_when_the_only_danger_is_refused(console: Any) -> None:
    async with console() as desk:
        await desk.press("j", "j", "space", "s", *"no", "enter")
        assert desk.session.sent == []
        assert "nothing is left to sync" in desk.text()


async def test_settings_being_tried_are_not_synced_with(console: Any) -> None:
    async with console() as desk:
        await desk.press("space", "2", "space", "s")
        assert desk.app.main.prompting.prompt is None
        assert "w saves them or z takes them back" in desk.text()


async def test_read_only_sends_saves_and_edits_nothing(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.place = Place("p", Environment.LIVE, "Harbourline", "t", "AUD", read_only=True)
    async with console(session) as desk:
        assert "LIVE  READ ONLY" in desk.lines()[0]
        await desk.press("space", "s")
        assert "read-only: nothing can be sent" in desk.text()
        await desk.press("2", "e")
        assert "read-only" in desk.text()
        await desk.press("2", "space", "w")
        assert "What saving does" in desk.text(), "it can be looked at"
        assert "this session is read-only: nothing is saved" in desk.text()
        await desk.press("y", "escape")
        assert session.saved == 0


async def test_select_all_leaves_out_what_is_dangerous(console: Any) -> None:
    async with console() as desk:
        await desk.press("a")
        assert "claim:1003" not in desk.app.main.items.marks
        assert "1 with a danger left out" in desk.text()
        await desk.press("*")
        assert desk.app.main.items.marks == set()


async def test_ctrl_c_stops_a_sync_after_the_call_in_flight(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.hold = asyncio.Event()
    async with console(session) as desk:
        await desk.press("j", "j", "j", "space", "space", "s", *"yes", "enter")
        assert "syncing 0/2" in desk.text()
        assert "> send" in desk.text()
        await desk.press("G", "g", "2", "1")
        assert ">   + new      direct  N-0001" in desk.text()
        await desk.press("ctrl+c")
        assert "stopping after the calls in flight" in desk.text()
        session.hold.set()
        session.hold = None
        await desk.rest()
        assert "held" in desk.text()
        assert desk.app.main.items.marks == {"claim:1004", "direct:1004", "head:1005"} & desk.app.main.items.marks


async def test_leaving_while_a_sync_runs_is_asked(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.hold = asyncio.Event()
    async with console(session) as desk:
        await desk.press("space", "s", *"yes", "enter", "q")
        assert "A sync is running" in desk.text()
        await desk.press("escape")
        session.hold.set()
        session.hold = None
        await desk.rest()
        assert "1 done" in desk.text()


async def test_leaving_a_running_sync_is_seen_until_its_calls_have_ended(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.hold = asyncio.Event()
    async with console(session) as desk:
        await desk.press("space", "s", *"yes", "enter", "q")
        desk.app.main.take_key("y")
        await asyncio.sleep(0.05)
        assert "leaving after the calls in flight 0/1" in desk.text()
        session.hold.set()
        await asyncio.sleep(0.05)
    assert session.closed


async def test_no_key_waits_for_a_reading_and_ctrl_c_ends_it(console: Any, make: Any) -> None:
    session = make.session(make.items())
    async with console(session) as desk:
        never = asyncio.Event()

        async def refresh(*_: Any, **__: Any) -> None:
            await never.wait()

        session.refresh = refresh
        desk.app.main.run_command("sync.refresh")
        await desk.pilot.pause()
        for key in ("j", "j", "space", "2", "space"):
            desk.app.post_message(key_event(key))
        await desk.pilot.pause()
        assert "settings *1 unsaved" in desk.lines()[0]
        assert desk.app.main.items.marks == {"claim:1003"}
        desk.app.post_message(key_event("ctrl+c"))
        await desk.pilot.pause()
        assert "read" not in desk.app.main.jobs.running
        assert "stopped" in desk.text()


def key_event(key: str) -> Any:
    from textual import events

    return events.Key(key, " " if key == "space" else key if len(key) == 1 else None)


async def test_a_sync_that_can_not_begin_says_so_and_plans_again(console: Any, make: Any) -> None:
    session = make.session(make.items())

    async def sync(*_: Any, **__: Any) -> None:
        raise ConnectionFailed("no connection to Xero", "try again")

    session.sync = sync
    async with console(session) as desk:
        await desk.press("space", "s", *"yes", "enter")
        assert "no connection to Xero" in desk.text()
        assert desk.app.main.items.marks == {"direct:1001"}
        assert not desk.app.main.syncing.running


@pytest.mark.parametrize("key", ["s", "w", "q", "enter", "y"])
async def test_no_single_key_does_anything_irreversible(console: Any, key: str) -> None:
    """Also not pressed three times: the key that opens a question never answers it."""
    async with console() as desk:
        await desk.press("space", "2", "space")
        await desk.press(key, key, key)
        assert desk.session.sent == []
        assert desk.session.saved == 0
