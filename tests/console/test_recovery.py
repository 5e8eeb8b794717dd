"""What an earlier run left, as the console takes it up and says it."""

import asyncio
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.console.control import recovering
from smoothx_tui.session.place import Environment, Place


async def test_what_was_left_is_finished_and_said_in_bar_row_and_log(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.recovery_events = [make.event("direct:1001", "checking"), make.event("direct:1001", "done")]
    session.recovered = [make.result("direct:1001")]
    session.left = [
        make.left("head:1005", "held", "two documents name it"),
        make.left("claim:1006", "waiting", "Xero asks to wait"),
        make.left("direct:1007", "sending", "robin@jump-1:7 is at it", owner="robin@jump-1:7"),
    ]
    async with console(session) as desk:
        assert "1 operation of an earlier run finished, 2 not ended, 1 in other hands: 4 says why" in desk.text()
        row = {line.split("N-")[1][:4]: line for line in desk.lines()[2:12] if "N-" in line}
        assert "created" in row["0001"]
        assert "# held" in row["0005"]
        assert "two documents" in row["0005"]
        assert "> wait" in row["0006"]
        assert "> send" in row["0007"]
        await desk.press("4", "+")
        log = desk.text()
        assert "N-0001: an earlier run left it, finished now" in log
        assert "finished now:" not in log, "no colon before nothing"
        assert "N-0005: not ended, held: two documents name it" in log
        assert "next: do this" in log
        assert "robin@jump-1:7 is at it" in log


async def test_what_came_to_another_end_than_done_is_said_as_such(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.recovered = [make.result("direct:1001", "refused", text="Xero refuses it", fix="mend it")]
    async with console(session) as desk:
        assert "1 operation of an earlier run could not be: 4 says why" in desk.text()
        await desk.press("4")
        assert "N-0001: an earlier run left it, refused: Xero refuses it" in desk.text()


async def test_nothing_is_said_where_nothing_was_left_and_it_is_looked_at_once(console: Any, session: Any) -> None:
    async with console(session) as desk:
        assert "earlier run" not in desk.text()
        await desk.press("R")
        assert session.recoveries == 1


async def test_a_read_only_session_says_what_is_left_and_why(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.place = Place("p", Environment.LIVE, "Harbourline", "t", "AUD", read_only=True)
    session.left = [make.left("head:1005", "unknown", "the answer was lost")]
    async with console(session) as desk:
        assert "1 operation of an earlier run not ended: 4 says why" in desk.text()
        assert "? look" in next(line for line in desk.lines() if "N-0005" in line) or "look" in desk.text()
        await desk.press("4")
        assert "N-0005: not ended, unknown: the answer was lost" in desk.text()
        assert "do this" in desk.text()


@pytest.mark.parametrize("state", ["old", "partial"])
async def test_nothing_is_taken_up_before_both_sides_were_read(console: Any, make: Any, state: str) -> None:
    session = make.session(make.items())
    setattr(session, state, True)
    async with console(session) as desk:
        assert session.recoveries == 0
        setattr(session, state, False)
        await desk.press("R")
        assert session.recoveries == 1


async def test_keys_go_on_meanwhile_and_a_sync_waits_for_it(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.recovery_hold = asyncio.Event()
    session.recovery_events = [make.event("head:1005", "sending")]
    async with console(session) as desk:
        assert "finishing what an earlier run left: N-0005 sending" in desk.text()
        await desk.press("space", "s", *"yes", "enter")
        assert session.sent == []
        assert "syncing 0/1" in desk.text()
        session.recovery_hold.set()
        session.recovery_hold = None
        await desk.rest()
        assert [plan.item for plan in session.sent] == ["direct:1001"]
        assert "1 done" in desk.text()


async def test_ctrl_c_tells_it_to_stop(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.recovery_hold = asyncio.Event()
    async with console(session) as desk:
        await desk.press("ctrl+c")
        assert "stopping after the calls in flight; the next start goes on" in desk.text()
        session.recovery_hold.set()
        session.recovery_hold = None
        await desk.rest()
        assert desk.app.is_running


async def test_an_error_is_said_and_the_next_reading_tries_again(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.recovery_error = LedgerError("the ledger cannot be read", "look at its disk")
    async with console(session) as desk:
        assert "the ledger cannot be read" in desk.text()
        session.recovery_error = None
        session.recovered = [make.result("direct:1001")]
        await desk.press("R")
        assert "1 operation of an earlier run finished" in desk.text()


async def test_what_a_dead_process_still_holds_is_looked_at_again_and_said_once(
    console: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovering, "AGAIN", 0.001)
    session = make.session(make.items())
    session.left = [make.left("direct:1001", "sending", "ann@gone:7 is at it", owner="ann@gone:7")]
    async with console(session) as desk:
        while session.recoveries < 4:
            await desk.rest()
        assert sum("is at it" in one.text for one in desk.app.main.log_model.events) == 1
        session.recovered, session.left = [make.result("direct:1001")], []
        while "earlier run finished" not in desk.text():
            await desk.rest()
