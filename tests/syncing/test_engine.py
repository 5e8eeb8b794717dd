"""What the engine does when things stand in its way: staleness, drift, adoption, unknown answers, locks, colleagues."""

import asyncio
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from smoothx_tui.base.answers import Answer, Unknown
from smoothx_tui.base.errors import LedgerError, UsageError
from smoothx_tui.ledger.records import State
from smoothx_tui.planning.link import LinkSource
from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.syncing import repairs
from smoothx_tui.syncing.checking import moved_date
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.recovery import recover
from smoothx_tui.syncing.sweep import Fault, sweep, verify
from smoothx_tui.xero.documents import DocumentType, Status
from tests.simulation.planner import look, organisation
from tests.simulation.world import TENANT, ModelDocument
from tests.syncing.table import Table, outcomes


@pytest.fixture
def one() -> Any:
    made = Table(items=1)
    yield made
    made.close()


def lose_answers(table: Table, *, after: bool, times: int = 1) -> None:
    """The next writes have no answer; `after`: but their effect."""
    write = table.world.write
    left = [times]

    async def lossy(method: str, path: str, body: bytes, key: str) -> Answer:
        if not left[0]:
            return await write(method, path, body, key)
        left[0] -= 1
        if after:
            await write(method, path, body, key)
        raise Unknown("the connection broke")

    table.world.write = lossy  # type: ignore[method-assign]


def of_kind(table: Table, kind: Kind) -> str:
    """Make the only item one of this kind."""
    table.world.items.clear()
    number = 1
    while not table.world.items:
        table.world.add_item(number, lock=True)
        if next(iter(table.world.items.values())).item.kind is not kind:
            table.world.items.clear()
        number += 1
    return table.first


# before the send ------------------------------------------------------------------------------------------------------


def test_an_item_that_changed_since_the_preview_is_stale_and_the_others_go_on(table: Table) -> None:
    plans = table.plans()
    items, _, books = look(table.world)
    table.world.edit_item(table.first)
    report = table.go(table.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.STALE, Outcome.DONE, Outcome.DONE]
    assert "changed in Procore since the preview" in report.results[0].text
    assert report.results[0].fix


def test_changed_settings_make_a_plan_stale(one: Table) -> None:
    engine = one.engine()
    revisions = iter(["7", "7", "8"])
    engine.settings_revision = lambda: next(revisions)
    items, _, books = look(one.world)
    desk = engine.desk()
    frozen = engine._record(desk, one.plans()[0], items[one.first], books, "ann")
    one.ledger.freeze_or_conflict([replace(frozen, owner="", fence=0)], who="ann", supersede=lambda _: False)
    engine.settings_revision = lambda: "8"
    report = one.go(engine.work(organisation()))
    assert outcomes(report) == [Outcome.STALE]
    assert "settings changed" in report.results[0].text
    assert one.world.documents == {}


def test_an_item_that_belongs_to_another_integration_is_held(one: Table) -> None:
    plans = one.plans()
    one.world.items[one.first].origin = "sage:1"
    assert outcomes(one.sync(plans)) == [Outcome.HELD]
    assert one.world.documents == {}


def test_a_document_that_procore_knows_is_adopted_and_not_made_again(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    (document,) = one.world.documents
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    one.world.renumber(document)
    items, _, books = look(one.world)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DRIFT], "its number was changed, so what it holds is not what was planned"
    assert report.results[0].document_id == document
    assert len(one.world.documents) == 1
    assert one.ledger.links(TENANT)[one.first].document_id == document


def test_a_document_that_names_the_item_is_adopted(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    one.world.items[one.first].origin = ""
    one.world.items[one.first].item = replace(one.world.items[one.first].item, origin_id="")
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    items, _, _ = look(one.world)
    from smoothx_tui.planning.books import Books

    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=Books.of(organisation(), ())))
    assert len(one.world.documents) == 1
    assert outcomes(report) == [Outcome.DONE]


def test_several_documents_of_one_item_are_held_and_named(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    (document,) = one.world.documents.values()
    twin = "7e000000-0000-4000-8000-00000000beef"
    one.world.documents[twin] = replace(document, document=replace(document.document, id=twin))
    one.world.items[one.first].origin = ""
    items, _, books = look(one.world)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.HELD]
    assert "2 live documents" in report.results[0].text
    assert twin in report.results[0].text


@pytest.mark.parametrize(
    ("planned", "now", "outcome"),
    [
        (None, dt.date(2026, 6, 30), Outcome.STALE),
        (dt.date(2026, 6, 30), dt.date(2026, 7, 15), Outcome.STALE),
        (dt.date(2026, 6, 30), None, Outcome.STALE),
        (dt.date(2026, 6, 30), dt.date(2026, 6, 25), Outcome.DONE),
        (None, dt.date(2026, 5, 31), Outcome.DONE),
    ],
)
def test_a_moved_lock_date_makes_a_date_stale_only_where_it_matters(
    one: Table, planned: dt.date | None, now: dt.date | None, outcome: Outcome
) -> None:
    one.world.lock_date = planned
    plans = one.plans()
    items, _, books = look(one.world)
    one.world.lock_date = now
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [outcome]


def test_a_date_moves_to_the_first_of_the_next_month() -> None:
    assert moved_date(dt.date(2026, 6, 30), dt.date(2026, 6, 30)) == dt.date(2026, 7, 1)
    assert moved_date(dt.date(2026, 6, 10), dt.date(2026, 6, 15)) == dt.date(2026, 7, 1)
    assert moved_date(dt.date(2026, 12, 1), dt.date(2026, 12, 31)) == dt.date(2027, 1, 1)
    assert moved_date(dt.date(2026, 7, 2), dt.date(2026, 6, 30)) == dt.date(2026, 7, 2)


def test_a_document_that_changed_in_xero_since_the_preview_is_drift(one: Table) -> None:
    one.world.items[one.first].lock = False
    one.sync()
    one.world.edit_item(one.first)
    plans = one.plans()
    items, _, books = look(one.world)
    (document,) = one.world.documents
    one.world.edit_document(document)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DRIFT]
    assert one.world.documents[document].content == "100"


def test_a_note_in_xero_that_touches_nothing_of_ours_is_no_drift(one: Table) -> None:
    one.world.items[one.first].lock = False
    one.sync()
    one.world.edit_item(one.first)
    plans = one.plans()
    items, _, books = look(one.world)
    (found,) = one.world.documents.values()
    found.document = replace(found.document, updated_at="touched")
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DONE]


# after the send -------------------------------------------------------------------------------------------------------


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


def test_a_run_does_not_wait_longer_than_its_patience_and_a_later_one_goes_on(one: Table) -> None:
    one.world.faults.stored_500_after = 1.0
    of_kind(one, Kind.PROGRESS_CLAIM)
    one.world._effect = lambda *_: Answer(500, body={"Title": "An error occurred"})  # type: ignore[method-assign]
    report = one.sync()
    assert outcomes(report) == [Outcome.UNKNOWN]
    assert one.loop.time() < 100
    recovery = one.go(recover(one.engine("later"), organisation()))
    assert recovery.report.results == ()
    assert [result.outcome for result in recovery.left] == [Outcome.UNKNOWN]
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


# colleagues, stopping, the ledger -------------------------------------------------------------------------------------


def test_two_consoles_on_one_item_one_posts_and_the_other_is_told_who(table: Table) -> None:
    items, _, books = look(table.world)
    plans = table.plans()

    async def both() -> Any:
        runs = [
            table.engine(owner).run(plans, approved_by=who, items=items, books=books)
            for owner, who in (("a", "ann"), ("b", "bob"))
        ]
        return await asyncio.gather(*runs)

    first, second = table.go(both())
    assert outcomes(first) == [Outcome.DONE] * 3
    assert outcomes(second) == [Outcome.HELD] * 3
    assert second.results[0].text.startswith("ann is at it (a, approved, since 2026-07-01")
    assert len(table.world.documents) == 3


def test_stopping_begins_nothing_new_and_leaves_nothing_approved(table: Table) -> None:
    stop = asyncio.Event()
    stop.set()
    items, _, books = look(table.world)
    run = table.engine().run(table.plans(), approved_by="ann", items=items, books=books, stop=stop)
    assert outcomes(table.go(run)) == [Outcome.HELD] * 3
    assert table.world.documents == {}
    assert table.ledger.open_operations(TENANT) == []
    assert outcomes(table.sync()) == [Outcome.DONE] * 3


def test_nothing_is_sent_that_can_not_be_recorded(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise LedgerError("ledger: the disk is full", "make room")

    monkeypatch.setattr(table.ledger, "intend", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        table.sync()
    assert table.world.documents == {}


def test_bytes_that_are_not_those_that_were_approved_are_not_sent(one: Table) -> None:
    engine = one.engine()
    items, _, books = look(one.world)
    record = engine._record(engine.desk(), one.plans()[0], items[one.first], books, "ann")
    changed = replace(record, body=record.body.replace("100", "999"), owner="", fence=0)
    one.ledger.freeze_or_conflict([changed], who="ann", supersede=lambda _: False)
    with pytest.raises(LedgerError, match="not those that were approved"):
        one.go(engine.work(organisation()))
    assert one.world.documents == {}


# sweep, verify, repairs -----------------------------------------------------------------------------------------------


def plant_twin(table: Table) -> str:
    (document,) = table.world.documents.values()
    twin = "7e000000-0000-4000-8000-00000000beef"
    table.world.documents[twin] = replace(document, document=replace(document.document, id=twin))
    return twin


def test_the_sweep_finds_a_late_duplicate_within_a_quarter_of_an_hour(one: Table) -> None:
    one.sync()
    assert one.go(sweep(one.engine())) == []
    plant_twin(one)
    one.pass_by(901)
    (found,) = one.go(sweep(one.engine()))
    assert (found.fault, found.item) == (Fault.DUPLICATE, one.first)
    assert one.operation(one.first).state is State.HELD
    assert one.go(sweep(one.engine())) == [], "told once"


def test_verify_finds_a_duplicate_a_broken_link_a_lost_lock_and_an_edited_audit_row(table: Table) -> None:
    table.sync()
    items, _, books = look(table.world)
    assert table.go(verify(table.engine(), items, books)).ok
    first, second, third = table.world.items
    (document,) = table.world.live(first)
    twin = "7e000000-0000-4000-8000-00000000beef"
    table.world.documents[twin] = ModelDocument(replace(document.document, id=twin), first)
    del table.world.documents[table.world.live(second)[0].document.id]
    table.world.items[third].item = replace(table.world.items[third].item, origin_id="")
    with table.ledger.database.transaction() as connection:
        connection.exec_driver_sql("update audit set item = 'x' where number = 1")
    items, _, books = look(table.world)
    found = table.go(verify(table.engine(), items, books)).found
    assert {(one.fault, one.item) for one in found} == {
        (Fault.DUPLICATE, first),
        (Fault.BROKEN_LINK, second),
        (Fault.LOCK, third),
        (Fault.AUDIT, ""),
    }
    assert all(one.fix for one in found)


def test_unsync_clears_our_lock_and_keeps_the_link(one: Table) -> None:
    one.sync()
    item = one.world.items[one.first].item
    result = one.go(repairs.unsync(one.engine(), item, organisation(), who="ann"))
    assert result.outcome is Outcome.DONE
    assert one.world.items[one.first].origin == ""
    assert one.first in one.ledger.links(TENANT)
    one.world.edit_item(one.first)
    assert [plan.action for plan in one.plans()] == [Action.UPDATE]
    with pytest.raises(UsageError, match="is not locked"):
        one.go(repairs.unsync(one.engine(), one.world.items[one.first].item, organisation(), who="ann"))


def test_unsync_leaves_the_lock_of_another(one: Table) -> None:
    item = replace(one.world.items[one.first].item, origin_id="sage:9")
    with pytest.raises(UsageError, match="belongs to another"):
        one.go(repairs.unsync(one.engine(), item, organisation(), who="ann"))


def test_link_and_unlink(one: Table) -> None:
    one.sync()
    items, _, books = look(one.world)
    (document,) = one.world.documents
    one.go(repairs.unlink(one.engine(), one.first, who="ann"))
    assert one.ledger.links(TENANT) == {}
    with pytest.raises(UsageError, match="has no link"):
        one.go(repairs.unlink(one.engine(), one.first, who="ann"))
    made = one.go(repairs.link(one.engine(), items[one.first], document, books, who="ann"))
    assert (made.document_id, made.source) == (document, LinkSource.PERSON)
    with pytest.raises(UsageError, match="has no document"):
        one.go(repairs.link(one.engine(), items[one.first], "nothing", books, who="ann"))
    assert [entry.event for entry in one.ledger.audit_entries(item=one.first)][-2:] == ["unlink", "link"]


def test_link_refuses_an_ended_document_and_one_of_the_wrong_type(one: Table) -> None:
    key = of_kind(one, Kind.PROGRESS_CLAIM)
    one.sync()
    (document,) = one.world.documents
    one.world.end_document(document)
    items, _, books = look(one.world)
    with pytest.raises(UsageError, match="is Deleted"):
        one.go(repairs.link(one.engine(), items[key], document, books, who="ann"))
    found = one.world.documents[document]
    found.document = replace(found.document, type=DocumentType.SALES_INVOICE, status=Status.DRAFT)
    with pytest.raises(UsageError, match="wrong type"):
        one.go(repairs.link(one.engine(), items[key], document, look(one.world)[2], who="ann"))


def test_resolve_adopts_what_has_turned_up_and_frees_what_never_did(one: Table) -> None:
    key = of_kind(one, Kind.PROGRESS_CLAIM)
    lose_answers(one, after=False, times=99)
    plans = one.plans()
    one.sync(plans, patience=1000.0)
    record = one.operation(key)
    with pytest.raises(UsageError, match="no document that names"):
        one.go(repairs.resolve(one.engine(), record.id, organisation(), who="ann"))
    one.world._create(plans[0].payload | {"Status": "DRAFT"}, "late")
    result = one.go(repairs.resolve(one.engine(), record.id, organisation(), who="ann"))
    assert result.outcome is Outcome.DONE
    assert one.world.items[key].origin.startswith("xero:")
    with pytest.raises(UsageError, match=r"is done"):
        one.go(repairs.resolve(one.engine(), record.id, organisation(), who="ann"))


def test_resolve_as_not_there_frees_the_item(one: Table) -> None:
    key = of_kind(one, Kind.PROGRESS_CLAIM)
    lose_answers(one, after=False, times=6)
    one.sync(patience=1000.0)
    record = one.operation(key)
    if record.state is State.HELD:
        result = one.go(repairs.resolve(one.engine(), record.id, organisation(), who="ann", not_there=True))
        assert result.outcome is Outcome.REFUSED
        assert outcomes(one.sync()) == [Outcome.DONE]
    assert len(one.world.live(key)) == 1


def test_amounts_survive_the_freeze_to_the_digit(one: Table) -> None:
    found = one.world.items[one.first]
    lines = (replace(found.item.lines[0], amount=Decimal("123456789.10")),)
    found.item = replace(found.item, lines=lines)
    one.sync()
    assert [document.content for document in one.world.live(one.first)] == ["123456789.10"]
