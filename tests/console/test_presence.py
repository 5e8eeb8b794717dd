"""Colleagues on the same ledger: who is there, and what they have in hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.console.control import presence

ROBIN = SimpleNamespace(owner="robin@jump-1:7", name="robin", words="robin on jump-1 since 09:40")
AT_IT = SimpleNamespace(item="direct:1001", who="robin", words="robin on jump-1 since 09:41 (sending)")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "BEAT", 0.01)
    monkeypatch.setattr(presence, "LOOK", 0.01)


async def until(desk: Any, text: str, *, there: bool = True) -> None:
    while (text in desk.text()) != there:
        await desk.pilot.pause(0.005)


async def test_a_colleague_is_named_once_and_what_they_have_in_hand_is_busy(console: Any, session: Any) -> None:
    session.colleagues, session.in_hand = [ROBIN], [AT_IT]
    async with console(session) as desk:
        await until(desk, "robin on jump-1 since 09:40 is here too")
        await until(desk, "> busy")
        assert "robin on jump-1" in next(line for line in desk.lines() if "> busy" in line)
        session.in_hand = []
        await until(desk, "> busy", there=False)
        session.colleagues = []
        await desk.press("4")
        await until(desk, "has left")
        assert "1 that robin was working on: released; R reads what has changed" in desk.text()
        assert desk.text().count("is here too") == 1


async def test_alone_nobody_looks_what_others_are_at(console: Any, session: Any) -> None:
    async with console(session) as desk:
        await desk.pilot.pause(0.05)
        assert session.looks == 0


async def test_a_shared_ledger_is_looked_at_for_workers_too(console: Any, session: Any) -> None:
    session.shared_ledger, session.in_hand = True, [AT_IT]
    async with console(session) as desk:
        await until(desk, "> busy")


async def test_a_ledger_that_does_not_answer_is_said_once(console: Any, session: Any) -> None:
    session.presence_error = LedgerError("the ledger is away", "look at it")
    async with console(session) as desk:
        await desk.pilot.pause(0.05)
        await desk.press("4")
        assert desk.text().count("cannot tell who else is here: the ledger is away") == 1
        assert desk.app.is_running
