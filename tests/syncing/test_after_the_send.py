"""What follows a send: lost answers, reading back, the lock."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from smoothx_tui.base.answers import Answer, Unknown
from smoothx_tui.ledger.records import State
from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.syncing import repairs
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.recovery import recover
from smoothx_tui.syncing.report import SyncReport
from tests.simulation.planner import look, organisation
from tests.simulation.process import Killed
from tests.simulation.world import TENANT
from tests.syncing.mishaps import lose_answers, of_kind
from tests.syncing.table import Table, outcomes


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes_and_key(one: Table) -> None:
    sent: list[tuple[bytes, str]] = []
    arrive = one.world._arrive

    def noted(method: str, path: str, body: bytes, key: str, late: float) -> Answer | None:
        sent.append((body, key))
        return arrive(method, path, body, key, late)

    one.world._arrive = noted  # type: ignore[method-assign]
    lose_answers(one, after=True, times=2)
    assert outcomes(one.sync()) == [Outcome.DONE]
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert len(one.world.documents) == 1


def test_a_bill_that_never_turns_up_is_held_for_a_person(one: Table) -> None:
    key = of_kind(one, Kind.PROGRESS_CLAIM)
    lose_answers(one, after=False, times=99)
    report = one.sync(patience=1000.0)
    assert outcomes(report) == [Outcome.HELD]
    record = one.operation(key)
    assert record.open
    assert record.updated_at - record.first_sent_at >= 540
    assert f"resolve {record.id}" in report.results[0].fix
    again = one.sync([plan for plan in one.plans() if plan.action is Action.CREATE])
    assert outcomes(again) == [Outcome.HELD], "the item is not free before a person has looked"
    assert "held since" in again.results[0].text


def test_a_sales_invoice_that_never_turns_up_is_sent_again(one: Table) -> None:
    of_kind(one, Kind.HEAD_CONTRACT_CLAIM)
    lose_answers(one, after=False, times=12)
    report = one.sync(patience=1000.0)
    assert outcomes(report) == [Outcome.DONE]
    assert len(one.world.documents) == 1


def test_the_late_look_counts_from_when_the_bytes_can_have_left(one: Table) -> None:
    """The process died with its intent committed; the one that took over sent 200 s later, and Xero took its time."""
    of_kind(one, Kind.PROGRESS_CLAIM)
    write = one.world.write

    async def dies(*_: Any) -> Answer:
        raise Killed

    one.world.write = dies  # type: ignore[method-assign,assignment]
    with pytest.raises(Killed):
        one.sync()
    one.pass_by(200)
    late: dict[str, asyncio.Task[Answer]] = {}

    async def much_later(*call: Any) -> Answer:
        await asyncio.sleep(505)
        return await write(*call)

    async def lost(method: str, path: str, body: bytes, key: str) -> Answer:
        if late and key not in late:
            return await write(method, path, body, key)
        late[key] = late.get(key) or asyncio.create_task(much_later(method, path, body, key))
        raise Unknown("the connection broke")

    one.world.write = lost  # type: ignore[method-assign]
    recovery = one.go(recover(one.engine("later", patience=1000.0, resend_bills=True), organisation()))
    assert outcomes(recovery.report) == [Outcome.DONE]
    one.pass_by(1000)
    assert len(one.world.documents) == 1


def test_a_run_does_not_wait_longer_than_its_patience_and_a_later_one_goes_on(one: Table) -> None:
    one.world.faults.stored_500_after = 1.0
    of_kind(one, Kind.PROGRESS_CLAIM)
    one.world._effect = lambda *_: Answer(500, body={"Title": "An error occurred"})  # type: ignore[method-assign]
    report = one.sync()
    assert outcomes(report) == [Outcome.UNKNOWN]
    assert one.loop.time() < 100
    recovery = one.go(recover(one.engine("later"), organisation()))
    assert recovery.report.results == ()
    assert [record.state for record in recovery.left] == [State.UNKNOWN]
    assert recovery.next_at > 0


def test_what_xero_dropped_is_found_by_reading_back(one: Table) -> None:
    one.world.faults.dropped_field = 1.0
    report = one.sync()
    assert outcomes(report) == [Outcome.DRIFT]
    assert "AccountCode" in report.results[0].text
    assert one.ledger.links(TENANT), "the document is there, and known"
    assert one.world.items[one.first].origin == "", "what is not right is not locked"


def test_a_lock_that_is_never_set_is_its_own_result_and_tried_again_later(one: Table) -> None:
    one.world.faults.lock_ignored = 1.0
    report = one.sync()
    assert outcomes(report) == [Outcome.POSTED_NOT_LOCKED]
    assert one.world.locks == 3
    one.world.faults.lock_ignored = 0.0
    one.pass_by(400)
    recovery = one.go(recover(one.engine("later"), organisation()))
    assert outcomes(recovery.report) == [Outcome.DONE]
    assert one.world.items[one.first].origin.startswith("xero:")


class Unlocked:
    """An update that was posted and could not be locked; `again` sends it once more, as it was planned."""

    def __init__(self, table: Table) -> None:
        self.table = table
        table.sync()
        table.go(repairs.unsync(table.engine(), table.world.items[table.first].item, organisation(), who="ann"))
        table.world.edit_item(table.first)
        self.plans = table.plans()
        self.items, _, self.books = look(table.world)
        table.world.faults.lock_ignored = 1.0
        assert [plan.action for plan in self.plans] == [Action.UPDATE]
        assert outcomes(self.again()) == [Outcome.POSTED_NOT_LOCKED]
        table.world.faults.lock_ignored = 0.0

    def again(self) -> SyncReport:
        run = self.table.engine().run(self.plans, approved_by="ann", items=self.items, books=self.books)
        return self.table.go(run)


def test_the_same_update_once_more_only_sets_the_lock_that_failed(one: Table) -> None:
    """Its own first half has changed the document: taken for somebody's edit, the item would stay unlocked for ever."""
    posted = Unlocked(one)
    written = len(one.world.effects)
    assert outcomes(posted.again()) == [Outcome.DONE]
    assert one.world.items[one.first].origin.startswith("xero:")
    assert len(one.world.effects) == written, "nothing is written again"


def test_the_same_update_once_more_does_not_lock_in_a_bookkeeper_s_edit(one: Table) -> None:
    posted = Unlocked(one)
    (document,) = one.world.live(one.first)
    one.world.edit_document(document.document.id)
    assert outcomes(posted.again()) == [Outcome.DRIFT]
    assert one.world.items[one.first].origin == ""


def test_an_edit_while_it_was_posted_is_told_and_not_locked_in(one: Table) -> None:
    effect = one.world._effect

    def meanwhile(*call: Any) -> Answer:
        one.world.edit_item(one.first)
        return effect(*call)

    one.world._effect = meanwhile  # type: ignore[method-assign, assignment]
    report = one.sync()
    assert outcomes(report) == [Outcome.DRIFT]
    assert "changed in Procore while it was posted" in report.results[0].text
    assert one.world.items[one.first].origin == ""


def test_a_recreated_document_takes_the_lock_of_the_old_one(one: Table) -> None:
    one.sync()
    (old,) = one.world.documents
    one.world.end_document(old)
    (plan,) = one.plans()
    assert plan.action is Action.RECREATE
    assert outcomes(one.sync([plan])) == [Outcome.DONE]
    (new,) = (found.document.id for found in one.world.live(one.first))
    assert one.world.items[one.first].origin == origin_id_for(TENANT, new)


def test_amounts_survive_the_freeze_to_the_digit(one: Table) -> None:
    found = one.world.items[one.first]
    lines = (replace(found.item.lines[0], amount=Decimal("123456789.10")),)
    found.item = replace(found.item, lines=lines)
    one.sync()
    assert [document.content for document in one.world.live(one.first)] == ["123456789.10"]
