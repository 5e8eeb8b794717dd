"""Four eyes in the console: what is put up instead of sent, and what colleagues approve."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.session.place import Environment, Place


def waiting(number: str, planned_by: str = "robin", item: str = "") -> Any:
    return SimpleNamespace(
        id=f"op-{number}", item=item or f"claim:{number}", action="create", number=number, planned_by=planned_by,
        planned_at=dt.datetime(2026, 7, 1, 9, 40, tzinfo=dt.UTC), total=Decimal("13050.00"), currency="AUD",
        request="PUT /Invoices", effect={"Type": "ACCPAY", "InvoiceNumber": number},
    )  # fmt: skip


@pytest.fixture
def four_eyes(make: Any) -> Any:
    session = make.session(make.items())
    session.approvals.on = True
    return session


async def test_a_sync_puts_up_instead_of_sending_and_says_so_first(console: Any, four_eyes: Any) -> None:
    async with console(four_eyes) as desk:
        await desk.press("space", "s")
        asked = " ".join(desk.text().split())
        assert "A second person approves here. Submit 1 for Harbourline Pty Ltd SANDBOX: +1 new 100.00." in asked
        assert "Nothing is sent yet." in asked
        await desk.press("enter")
        assert four_eyes.approvals.up == []
        await desk.press(*"yes", "enter")
        assert [plan.item for plan in four_eyes.approvals.up] == ["direct:1001"]
        assert four_eyes.sent == []
        said = " ".join(desk.text().split())
        assert "1 submitted, nothing sent" in said
        assert "a colleague approves with A" in said
        assert not desk.app.main.items.marks


async def test_a_rule_that_was_switched_on_after_the_question_stops_the_sync(console: Any, make: Any) -> None:
    session = make.session(make.items())
    async with console(session) as desk:
        await desk.press("space", "s")
        session.approvals.on = True
        await desk.press(*"yes", "enter")
        assert session.sent == []
        assert "a second person has to approve here now; nothing was sent" in desk.text()
        await desk.press("s")
        assert "Nothing is sent yet." in " ".join(desk.text().split())


async def test_what_somebody_has_in_hand_is_not_put_up_and_is_named(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.busy = [SimpleNamespace(item="direct:1001", owner="robin@jump-1:7")]
    async with console(four_eyes) as desk:
        await desk.press("space", "s", *"yes", "enter")
        assert "1 left out (4 says why)" in desk.text()
        await desk.press("4")
        assert "N-0001 is not submitted: robin@jump-1:7 is working on it" in " ".join(desk.text().split())


async def test_a_narrow_list_says_how_much_by_whom_and_since_when(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-1"), waiting("HC-0002")]
    async with console(four_eyes, (60, 16)) as desk:
        await desk.press("A")
        first, second = (each for each in desk.lines() if "create" in each)
        assert first.startswith(">[ ] + create  HC-1     AUD 13,050.00  by robin, ")
        assert second.startswith(" [ ] + create  HC-0002  AUD 13,050.00  by robin, ")
        assert " d ago" in first


async def test_what_waits_is_said_shown_whole_and_approved_by_a_typed_word(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-1"), waiting("HC-2"), waiting("HC-3", "ann")]
    async with console(four_eyes) as desk:
        assert "2 wait for your approval: A shows what" in desk.text()
        await desk.press("A")
        assert "by robin, " in desk.text()
        assert "by you, " in desk.text()
        await desk.press("space", "enter")
        text = desk.text()
        assert '"InvoiceNumber": "HC-1"' in text
        assert "HC-2" not in text
        assert "Approve 1 at Harbourline Pty Ltd SANDBOX" in text
        await desk.press("enter", "y", "enter")
        assert four_eyes.approvals.approved == []
        await desk.press("backspace", *"yes", "enter")
        assert four_eyes.approvals.approved == ["op-HC-1"]
        assert "1 approved; a worker sends what is approved" in desk.text()


async def test_escape_goes_back_from_the_documents_to_the_list(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-1")]
    async with console(four_eyes) as desk:
        await desk.press("A")
        await desk.press("enter")
        assert "What is approved" in desk.text()
        await desk.press("escape")
        assert "Waiting for approval" in desk.text()
        await desk.press("escape")
        assert "Waiting for approval" not in desk.text()
        assert four_eyes.approvals.approved == []


async def test_what_waits_is_seen_in_its_row_until_it_is_settled(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("1001", "ann", "direct:1001")]
    async with console(four_eyes) as desk:
        row = next(line for line in desk.lines() if "N-0001" in line)
        assert "+ waits" in row
        assert "submitted by you" in row
        await desk.press("A")
        await desk.press("enter")
        await desk.press(*"withdraw", "enter")
        assert four_eyes.approvals.withdrawn == ["op-1001"]
        row = next(line for line in desk.lines() if "N-0001" in line)
        assert "+ new" in row


async def test_ones_own_can_be_withdrawn_and_not_approved(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-3", "ann")]
    async with console(four_eyes) as desk:
        assert "for your approval" not in desk.text()
        await desk.press("A")
        await desk.press("enter")
        assert "You put this up: a colleague has to approve. Type withdraw:" in desk.text()
        await desk.press(*"yes", "enter")
        assert four_eyes.approvals.approved == []
        await desk.press(*["backspace"] * 3, *"withdraw", "enter")
        assert four_eyes.approvals.withdrawn == ["op-HC-3"]
        assert "1 withdrawn" in desk.text()


async def test_a_ledger_that_refuses_is_heard(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-1")]
    async with console(four_eyes) as desk:
        four_eyes.approvals.error = LedgerError("robin planned HC-1 and can not approve it too", "a colleague")
        await desk.press("A")
        await desk.press("enter", *"yes", "enter")
        assert "robin planned HC-1 and can not approve it too  Next: a colleague" in desk.text()


async def test_read_only_looks_and_approves_nothing(console: Any, four_eyes: Any) -> None:
    four_eyes.approvals.found = [waiting("HC-1")]
    four_eyes.place = Place("p", Environment.LIVE, "Harbourline", "t", "AUD", read_only=True)
    async with console(four_eyes) as desk:
        await desk.press("A")
        await desk.press("enter")
        assert '"InvoiceNumber": "HC-1"' in desk.text()
        assert "read-only: nothing can be approved" in desk.text()
        await desk.press(*"yes", "enter")
        assert four_eyes.approvals.approved == []


async def test_nothing_waits_where_nobody_has_to_approve(console: Any, session: Any) -> None:
    async with console(session) as desk:
        await desk.press("A")
        assert "nothing waits for approval" in desk.text()
        assert "no second person is required here" in desk.text()
