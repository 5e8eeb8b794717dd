"""What an operator does around the items by keys alone, and what the screen then says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from smoothx_tui.base.errors import ConnectionFailed, ServiceError, UsageError
from smoothx_tui.session.place import Budget


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


async def test_marking_where_nothing_can_be_sent_says_why_nothing_is_marked(console: Any) -> None:
    async with console() as desk:
        await desk.press("j", "v", "v")
        assert "0 marked in the range; 1 with nothing to send" in desk.text()
        await desk.press("/", *"act:wait", "enter", "a")
        assert "nothing else that is shown can be marked" in desk.text()


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
        assert desk.lines()[0].startswith(" smoothx  not opened"), "nothing is being opened any more"
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
        assert ":nonsense is not a command" in desk.text()
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


async def test_escape_leaves_zoom_pane_and_filter_one_after_the_other(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"head", "enter", "3", "+")
        assert "Sales invoice N-0002" in desk.lines()[2]
        await desk.press("escape")
        assert not desk.app.main.view.zoom
        await desk.press("escape", "escape")
        assert "1/12" in desk.text() or "2/12" in desk.text()


async def test_the_session_is_closed_on_leaving(console: Any) -> None:
    async with console() as desk:
        await desk.press("q")
        await desk.pilot.pause()
        assert desk.session.closed


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


async def test_ctrl_c_with_nothing_to_stop_leaves_only_when_it_comes_twice(console: Any) -> None:
    async with console() as desk:
        await desk.press("ctrl+c")
        assert "nothing is running: ctrl+c again or q leaves" in desk.text()
        assert not desk.session.closed
        await desk.press("j", "ctrl+c")
        assert not desk.session.closed
        await desk.press("ctrl+c")
    assert desk.session.closed


async def test_a_filter_starts_from_where_the_typing_began(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"N-0012", *["backspace"] * 6, *"act:new")
        assert desk.app.main.items.cursor == 0
        await desk.press("escape", "j", "j", "j", "/", *"N-0012", *["backspace"] * 6, *"act:new")
        assert desk.app.main.items.current.number == "N-0004", "an item that stays keeps the cursor"


async def test_the_order_of_the_reading_comes_back(console: Any) -> None:
    async with console() as desk:
        before = list(desk.app.main.items.shown)
        await desk.press("o", "j", "enter", "O")
        assert desk.app.main.items.shown != before
        await desk.press("o", "G", "enter")
        assert desk.app.main.items.shown == before
        await desk.press(":", *"sort none", "enter")
        assert desk.app.main.items.shown == before


async def test_an_error_is_told_whole_with_its_request_id(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.refresh_error = ServiceError(
        "Xero: read Contacts: status 403, the app has no permission for this organisation any more",
        "have an administrator of the organisation connect the app again, then R",
        request_id="0b4a37a5-5f0c-4d0b-9a41-3c1f6e5d2a10",
    )
    async with console(session, (80, 24)) as desk:
        said = " ".join(desk.text().split())
        assert "connect the app again, then R request 0b4a37a5-5f0c-4d0b-9a41-3c1f6e5d2a10" in said
        assert "Not read: Xero: read Contacts: status 403, the app has no permission for this" in said


async def test_what_can_not_be_done_without_more_asks_for_it(console: Any) -> None:
    async with console() as desk:
        await desk.press("ctrl+p", *"number or id", "enter")
        assert ":  item" in desk.text() or ": item" in desk.text()
        await desk.type("N-0003")
        await desk.press("enter")
        assert desk.app.main.items.current.number == "N-0003"


async def test_the_header_names_who_else_is_there(console: Any, session: Any) -> None:
    session.colleagues = [
        SimpleNamespace(owner=f"{who}@jump-1:7", name=who, words=f"{who} on jump-1 since 09:40")
        for who in ("robin", "sam", "alex")
    ]
    async with console(session) as desk:
        assert "with robin, sam +1" in desk.lines()[0]


async def test_the_log_stays_at_its_end_when_its_size_changes(console: Any, session: Any) -> None:
    async with console(session) as desk:
        for at in range(60):
            desk.app.main.say(f"event {at}", quiet=True)
        await desk.press("4")
        assert "event 59" in desk.text()
        await desk.press("+", "_")
        assert "event 59" in desk.text()
        await desk.press("g")
        desk.app.main.say("event 60", quiet=True)
        await desk.rest()
        assert "event 60" not in desk.text(), "who has scrolled away is left in peace"


async def test_the_limit_that_a_reading_waits_for_is_said(console: Any, session: Any) -> None:
    session.budget = Budget(0, 4000, None, 24.0)
    async with console(session) as desk:
        desk.app.main.busy["read"] = "reading Xero"
        desk.app.main.draw_bars()
        await desk.rest()
        assert "reading Xero · Xero's limit is reached, goes on within 24 s" in desk.text()


async def test_nothing_is_asked_before_both_sides_were_read(console: Any, session: Any) -> None:
    session.partial = True
    async with console(session) as desk:
        await desk.press("space", "s")
        assert "not everything is read yet  Next: sync when the reading has ended" in desk.text()
        assert "Type yes" not in desk.text()
