"""The thread through the engine on a quiet network: create, update, delete, void, lock."""

import pytest

from smoothx_tui.ledger.records import State
from smoothx_tui.planning.plan import Action
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.xero.documents import Status
from tests.syncing.table import Table, outcomes


def test_creates_are_posted_read_back_and_locked(table: Table) -> None:
    report = table.sync()
    assert outcomes(report) == [Outcome.DONE] * 3
    assert all(len(table.world.live(key)) == 1 for key in table.world.items)
    assert all(item.origin.startswith("xero:5ca1ab1e:") for item in table.world.items.values())
    assert report.xero_calls == 4  # look-up, lock date, one batch, one read-back
    assert report.procore_calls == 3
    assert [plan.action for plan in table.plans()] == [Action.UNCHANGED] * 3
    states = [event.state for event in table.events if event.item == report.results[0].item]
    assert states == [State.CHECKING, State.SENDING, State.SENT, State.VERIFIED, State.LOCKING, State.DONE]


def test_an_update_goes_to_the_linked_document(table: Table) -> None:
    for found in table.world.items.values():
        found.lock = False
    table.sync()
    key = next(iter(table.world.items))
    table.world.edit_item(key)
    plans = [plan for plan in table.plans() if plan.item == key]
    assert [plan.action for plan in plans] == [Action.UPDATE]
    assert outcomes(table.sync(plans)) == [Outcome.DONE]
    assert [found.content for found in table.world.live(key)] == ["101"]


@pytest.mark.parametrize(("status", "ended"), [(Status.DRAFT, Status.DELETED), (Status.AUTHORISED, Status.VOIDED)])
def test_a_gone_item_takes_its_document_with_it(table: Table, status: Status, ended: Status) -> None:
    for found in table.world.items.values():
        found.lock = False
    table.sync(table.plans(status))
    key = next(iter(table.world.items))
    table.world.delete_item(key)
    plans = [plan for plan in table.plans() if plan.item == key]
    assert outcomes(table.sync(plans)) == [Outcome.DONE]
    assert {found.document.status for found in table.world.documents.values() if found.item == key} == {ended}


def test_an_unchanged_plan_is_answered_and_not_sent(table: Table) -> None:
    table.sync()
    calls = table.world.calls
    assert outcomes(table.sync()) == [Outcome.HELD] * 3
    assert table.world.calls == calls
