"""The sweep, the check of everything, and what a person repairs."""

from dataclasses import replace

import pytest

from smoothx_tui.base.errors import UsageError
from smoothx_tui.ledger.records import State
from smoothx_tui.planning.link import LinkSource
from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
from smoothx_tui.syncing import repairs
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.sweep import Fault, sweep, verify
from smoothx_tui.xero.documents import DocumentType, Status
from tests.simulation.planner import look, organisation
from tests.simulation.world import TENANT, ModelDocument
from tests.syncing.mishaps import lose_answers, of_kind, plant_twin
from tests.syncing.table import Table, outcomes


def test_the_sweep_finds_a_late_duplicate_within_a_quarter_of_an_hour(one: Table) -> None:
    one.sync()
    assert one.go(sweep(one.engine())) == []
    plant_twin(one)
    one.pass_by(901)
    (found,) = one.go(sweep(one.engine()))
    assert (found.fault, found.item) == (Fault.DUPLICATE, one.first)
    assert one.operation(one.first).state is State.HELD
    assert one.go(sweep(one.engine())) == [], "told once"


def test_the_sweep_finds_a_lock_that_was_lost_but_not_one_that_was_taken_off(table: Table) -> None:
    table.sync()
    first, second, third = table.world.items
    table.world.items[first].origin = ""
    table.world.items[second].origin = f"xero:{TENANT[:8]}:other"
    table.go(repairs.unsync(table.engine(), table.world.items[third].item, organisation(), who="ann"))
    table.pass_by(901)
    found = table.go(sweep(table.engine()))
    assert {(one.fault, one.item, one.text.partition(",")[0]) for one in found} == {
        (Fault.LOCK, first, "posted"),
        (Fault.LOCK, second, f"Procore's lock says xero:{TENANT[:8]}:other"),
    }
    assert table.operation(first).state is State.DONE, "nothing was posted twice: the item is not held"
    assert table.go(sweep(table.engine())) == [], "told once"


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


# after the sweep ------------------------------------------------------------------------------------------------------


def swept(table: Table) -> tuple[str, str]:
    """An item that was done and got a twin, found by the sweep: (operation, the twin's id)."""
    table.sync()
    twin = plant_twin(table)
    table.pass_by(901)
    (found,) = table.go(sweep(table.engine()))
    record = table.operation(table.first)
    assert record.open
    assert found.fix == f"void or delete all but one in Xero, then smoothx-tui resolve {record.id}"
    return record.id, twin


def test_what_the_sweep_held_waits_for_a_person_and_is_resolved(one: Table) -> None:
    plans = one.plans()
    operation, twin = swept(one)
    (again,) = one.sync(plans).results
    assert (again.outcome, again.fix) == (Outcome.HELD, f"smoothx-tui resolve {operation}"), "nothing more is sent"
    with pytest.raises(UsageError, match="2 live documents still name") as caught:
        one.go(repairs.resolve(one.engine(), operation, organisation(), who="ann"))
    assert caught.value.hint == "void or delete all but one in Xero, then resolve it again"
    one.world.end_document(twin)
    result = one.go(repairs.resolve(one.engine(), operation, organisation(), who="ann"))
    assert result.outcome is Outcome.DONE
    assert one.operation(one.first).swept_at == 0, "it is looked at once more"
    assert not one.operation(one.first).open


def test_the_one_that_is_left_takes_the_place_of_the_one_in_the_lock(one: Table) -> None:
    operation, twin = swept(one)
    (original,) = (found.document.id for found in one.world.live(one.first) if found.document.id != twin)
    assert one.world.items[one.first].origin.endswith(original)
    one.world.end_document(original)
    result = one.go(repairs.resolve(one.engine(), operation, organisation(), who="ann"))
    assert (result.outcome, result.document_id) == (Outcome.DONE, twin)
    assert one.world.items[one.first].origin.endswith(twin)
    assert one.ledger.links(TENANT)[one.first].document_id == twin


def test_where_none_is_left_the_item_is_free_for_a_new_plan(one: Table) -> None:
    operation, _ = swept(one)
    for document in list(one.world.documents):
        one.world.end_document(document)
    result = one.go(repairs.resolve(one.engine(), operation, organisation(), who="ann"))
    assert result.outcome is Outcome.DRIFT
    assert "no live document is left in Xero" in result.text
    assert one.ledger.open_operations(TENANT) == []


def test_what_ended_as_held_says_why_and_what_to_do_instead(one: Table) -> None:
    plans = one.plans()
    one.world.items[one.first].origin = "sage:1"
    one.sync(plans)
    record = one.operation(one.first)
    with pytest.raises(UsageError, match="is held and closed, nothing of it is in the air: Procore says") as caught:
        one.go(repairs.resolve(one.engine(), record.id, organisation(), who="ann"))
    assert caught.value.hint == "unlink it there first"
