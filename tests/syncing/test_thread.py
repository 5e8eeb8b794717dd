"""The thread through the engine on a quiet network: create, update, delete, void, lock."""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Action
from smoothx_tui.syncing.engine import Engine, Outcome, Rules, SyncEvent, SyncReport
from smoothx_tui.xero.documents import Status
from tests.simulation.planner import look, plan_item
from tests.simulation.virtual import EPOCH, VirtualClock, VirtualLoop
from tests.simulation.world import Faults, ProcoreModel, World, XeroModel

Result = TypeVar("Result")


async def no_step(_: str) -> None:
    """Nothing befalls the process."""


async def direct(work: Any) -> Any:
    return work()


class Table:
    """A world, a ledger and one console."""

    def __init__(self, seed: int = 1, items: int = 3, **faults: float) -> None:
        self.loop = VirtualLoop()
        self.world = World(random.Random(seed), self.loop.time, Faults(**faults))
        self.ledger = Ledger.open(":memory:", clock=lambda: EPOCH + self.loop.time())
        self.events: list[SyncEvent] = []
        self.random = random.Random(7)
        for number in range(1, items + 1):
            self.world.add_item(1000 + number, lock=True)

    def engine(self, owner: str = "one", **rules: Any) -> Engine:
        return Engine(
            self.ledger,
            XeroModel(self.world, no_step),
            ProcoreModel(self.world, no_step),
            VirtualClock(self.loop),
            self.random,
            owner,
            run_blocking=direct,
            rules=Rules(**rules),
        )

    def plans(self, status: Status = Status.DRAFT) -> list[Any]:
        items, gone, books = look(self.world)
        links = self.ledger.links(books.organisation.tenant_id)
        return [
            plan_item(
                item, gone=key in gone, books=books, link=links.get(key), lock=self.world.items[key].lock, status=status
            )
            for key, item in items.items()
        ]

    def sync(self, plans: list[Any] | None = None, **rules: Any) -> SyncReport:
        items, _, books = look(self.world)
        wanted = self.plans() if plans is None else plans
        run = self.engine(**rules).run(wanted, approved_by="ann", items=items, books=books, on_event=self.events.append)
        return self.go(run)

    def go(self, work: Coroutine[Any, Any, Result]) -> Result:
        asyncio.set_event_loop(self.loop)
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.ledger.close()
        self.loop.close()


@pytest.fixture
def table() -> Iterator[Table]:
    made = Table()
    yield made
    made.close()


def outcomes(report: SyncReport) -> list[Outcome]:
    return [result.outcome for result in report.results]


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
