"""What an operator does, by keys alone, and what the screen then says."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed, ServiceError, UsageError
from smoothx_tui.session.place import Environment, Place

LIVE = Place("main", Environment.LIVE, "Harbourline", tenant_id="t1", base_currency="AUD")


async def test_a_flipped_setting_changes_the_preview_at_once_and_is_marked_unsaved(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space")
        assert "Status          SUBMITTED" in desk.text()
        assert "[off ]*" in desk.text()
        assert "settings *1 unsaved" in desk.lines()[0]
        await desk.press("j", "l")
        assert "Status          AUTHORISED" in desk.text()
        await desk.press("z", "z")
        assert "Status          DRAFT" in desk.text()
        assert "unsaved" not in desk.lines()[0]
        await desk.press("Z")
        assert "Status          SUBMITTED" in desk.text()


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
        assert "1 done, 1 not" in desk.text()
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


async def test_a_save_shows_its_impact_and_needs_a_second_key(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "w")
        assert "Sync as Draft: on -> off" in desk.text()
        assert "create, with another content: 8" in desk.text()
        assert desk.session.saved == 0
        await desk.press("w", "enter")
        assert desk.session.saved == 0
        await desk.press("y")
        assert desk.session.saved == 1
        assert "1 saved to settings.toml" in desk.text()


async def test_an_item_of_the_impact_opens_as_the_difference_of_its_plans(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "w")
        await desk.press("enter")
        assert "Status  DRAFT -> SUBMITTED" in desk.text()
        await desk.press("escape")
        assert desk.session.saved == 0


async def test_a_save_that_is_refused_is_said_and_loses_nothing(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.save_error = ConfigurationError("settings.toml was changed meanwhile", "reload it")
    async with console(session) as desk:
        await desk.press("2", "space", "w")
        await desk.press("y")
        assert "changed meanwhile" in desk.text()
        assert desk.session.trial.unsaved == ("sync_as_draft",)


async def test_a_list_is_searched_ticked_live_and_undone_in_one_step(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "G", "enter", "/", *"old", "enter", "space")
        assert desk.session.trial.current.ignore_contacts == {"7"}
        await desk.press("enter")
        assert desk.session.trial.unsaved == ("ignore_contacts",)
        await desk.press("z")
        assert desk.session.trial.unsaved == ()


async def test_leaving_a_list_takes_its_ticks_back(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "G", "enter", "space", "escape")
        assert desk.session.trial.unsaved == ()
        assert not desk.session.trial.can_undo


async def test_a_filter_narrows_while_it_is_typed_and_escape_takes_it_back(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"type:head")
        assert "1/4 of 12" in desk.text()
        await desk.press("escape")
        assert "1/12" in desk.text()
        await desk.press("/", *"nosuch:x", "enter")
        assert "no field nosuch" in desk.text()


async def test_marks_that_a_filter_hides_are_said_before_they_are_sent(console: Any) -> None:
    async with console() as desk:
        await desk.press("space", "/", *"type:head", "enter")
        assert "1 of them hidden by the filter" in desk.text()
        await desk.press("s")
        assert "1 of them are hidden by the filter" in desk.text()


async def test_sorting_by_a_column_and_round(console: Any) -> None:
    async with console() as desk:
        await desk.press(":", *"sort total", "enter", "O", "g")
        assert "N-0012" in desk.lines()[2]


async def test_a_service_that_can_not_be_reached_says_what_to_do_and_r_tries_again(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.refresh_error = ServiceError("Procore answers 503", "try again later", status=503, request_id="req-9")
    async with console(session) as desk:
        assert "Procore answers 503" in desk.text()
        assert "request req-9" in desk.text()
        session.refresh_error = None
        await desk.press("R")
        assert "12 pending" in desk.text()


async def test_a_session_that_does_not_open_says_so_and_r_tries_again(console: Any, make: Any) -> None:
    session = make.session(make.items())
    answers: list[Any] = [ConnectionFailed("no connection to Xero", "check the network"), session]

    async def open_session() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with console(session, open_session=open_session) as desk:
        assert "Not opened: no connection to Xero" in desk.text()
        await desk.press("2", "space", "1", "R")
        assert "12 pending" in desk.text()
        assert desk.session.trial.unsaved == ("sync_as_draft",)


async def test_an_empty_company_says_what_to_do_next(console: Any, make: Any) -> None:
    async with console(make.session([])) as desk:
        assert "Nothing to sync" in desk.text()
        assert "R reads again" in desk.text()


async def test_the_command_line_tries_completes_and_refuses(console: Any) -> None:
    async with console() as desk:
        await desk.press(":", *"set sync_as_d", "tab", *"of", "tab", "enter")
        assert desk.session.trial.unsaved == ("sync_as_draft",)
        await desk.press(":", *"nonsense", "enter")
        assert ":nonsense is no command" in desk.text()
        await desk.press(":", *"item N-0007", "enter")
        assert ">   + new      direct  N-0007" in desk.text()


async def test_the_palette_does_what_is_found(console: Any) -> None:
    async with console() as desk:
        await desk.press("ctrl+p", *"requests", "enter")
        assert "[requests]" in desk.text()


async def test_themes_are_seen_while_they_are_chosen_and_left_as_they_were(console: Any) -> None:
    async with console() as desk:
        await desk.press("T", "j")
        assert desk.app.theme == "high-contrast"
        await desk.press("escape")
        assert desk.app.theme == "dark"
        await desk.press(":", *"theme light", "enter")
        assert desk.app.theme == "light"


async def test_copying_leaves_the_text_in_a_private_file(console: Any, tmp_path: Path) -> None:
    async with console() as desk:
        await desk.press("y", "p")
        copied = tmp_path / "state" / "copied.txt"
        assert copied.read_text() == desk.session.plan_of("direct:1001").body
        assert copied.stat().st_mode & 0o777 == 0o600
        await desk.press("y", "n")
        assert copied.read_text() == "N-0001"
        await desk.press("y", "e")
        assert "no error to copy" in desk.text()


async def test_the_settings_history_brings_an_earlier_state_back_after_a_question(console: Any, make: Any) -> None:
    import datetime as dt
    from types import SimpleNamespace

    session = make.session(make.items())
    session.changes = [
        SimpleNamespace(revision=1, at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC), who="ann", changes=("draft: on -> off",))
    ]
    async with console(session) as desk:
        await desk.press("2", "space", "H")
        await desk.press("enter")
        assert "back to revision 1" in desk.text()
        assert session.trial.unsaved
        await desk.press("y")
        assert not session.trial.unsaved


async def test_escape_leaves_zoom_pane_and_filter_one_after_the_other(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"head", "enter", "3", "+")
        assert "Sales invoice N-0002" in desk.lines()[2]
        await desk.press("escape")
        assert not desk.app.main.view.zoom
        await desk.press("escape", "escape")
        assert "1/12" in desk.text() or "2/12" in desk.text()


@pytest.mark.parametrize("key", ["s", "w", "q", "enter", "y"])
async def test_no_single_key_does_anything_irreversible(console: Any, key: str) -> None:
    """Also not pressed three times: the key that opens a question never answers it."""
    async with console() as desk:
        await desk.press("space", "2", "space")
        await desk.press(key, key, key)
        assert desk.session.sent == []
        assert desk.session.saved == 0


async def test_the_session_is_closed_on_leaving(console: Any) -> None:
    async with console() as desk:
        await desk.press("q")
        await desk.pilot.pause()
        assert desk.session.closed


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


async def test_what_could_not_be_read_is_said(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.problems = ("project 5: Procore answers 403",)
    async with console(session) as desk:
        assert "1 thing could not be read" in desk.text()
        await desk.press("4")
        assert "project 5: Procore answers 403" in desk.text()


async def test_resizing_shows_what_a_fresh_start_would(console: Any) -> None:
    sizes = ((120, 36), (80, 24), (50, 12), (60, 16))
    fresh: dict[tuple[int, int], str] = {}
    for size in sizes:
        async with console(size=size) as desk:
            fresh[size] = desk.text()
    async with console(size=sizes[0]) as desk:
        for size in (*sizes[1:], *sizes):
            await desk.pilot.resize_terminal(*size)
            await desk.rest()
            assert desk.text() == fresh[size], size


async def test_only_what_is_shown_is_planned_before_the_first_rows(console: Any, make: Any) -> None:
    """The rest is planned afterwards, in slices; with many items nothing waits for it."""
    session = make.session(make.items(3000))
    asked: list[str] = []
    plan_of = session.plan_of

    def counted(key: str, settings: Any = None) -> Any:
        asked.append(key)
        return plan_of(key, settings)

    session.plan_of = counted
    async with console(session) as desk:
        desk.app.main.jobs.cancel()
        asked.clear()
        desk.app.main.items.forget()
        desk.app.main.table.refresh()
        await desk.pilot.pause()
        assert 0 < len(set(asked)) <= 40
        desk.app.main.planning.start()
        await desk.rest()
        assert desk.app.main.items.stale == 0


async def test_a_key_typed_quickly_after_escape_is_both(console: Any) -> None:
    """As Textual reads the two: `alt+j`, or the sign on a Mac's option key."""
    async with console() as desk:
        await desk.press("?", "alt+j")
        assert not desk.app.main.view.sheet
        assert desk.app.main.items.cursor == 1
        await desk.press("?", "™")
        assert not desk.app.main.view.sheet
        assert desk.app.main.view.pane == "settings"


async def test_an_item_that_is_gone_meanwhile_ends_nothing(console: Any) -> None:
    async with console() as desk:
        gone = desk.session.plan_of

        def plan_of(key: str, settings: Any = None) -> Any:
            if key == "direct:1001":
                raise UsageError("there is no item direct:1001")
            return gone(key, settings)

        desk.session.plan_of = plan_of
        desk.app.main.planning.replan()
        await desk.press("j", "k")
        assert "there is no item direct:1001" in desk.text()
        assert "N-0001" in desk.text()


async def test_a_filter_that_nothing_passes_says_so(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"nosuchthing", "enter")
        assert "No item passes the filter." in desk.text()
        assert "No item is shown." in desk.text()
        await desk.press("space", "a", "s", "y", "r")
        assert "there is no item to copy from" in desk.text()
        await desk.press("escape")
        assert "1/12" in desk.text()
