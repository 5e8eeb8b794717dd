"""A world, a ledger and consoles, on a clock of their own: what most tests of the engine need."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

from benchmarks.virtual import EPOCH, VirtualClock, VirtualLoop
from smoothx_tui.ledger.records import OperationRecord
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing.engine import Engine, Outcome, Rules, SyncEvent, SyncReport
from smoothx_tui.xero.documents import Status
from tests.simulation.models import ProcoreModel, XeroModel
from tests.simulation.planner import look, plan_item
from tests.simulation.world import Faults, World

Result = TypeVar("Result")


async def no_step(_: str) -> None:
    """Nothing befalls the process."""


async def direct(work: Any) -> Any:
    return work()


class Table:
    """A world, a ledger and one console."""

    def __init__(self, seed: int = 1, items: int = 3, url: str = ":memory:", **faults: float) -> None:
        self.loop = VirtualLoop()
        self.world = World(random.Random(seed), self.loop.time, Faults(**faults))
        self.ledger = Ledger.open(url, clock=lambda: EPOCH + self.loop.time())
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

    def operation(self, item: str) -> OperationRecord:
        """The newest operation of an item."""
        return self.ledger.operations(item)[0]

    @property
    def first(self) -> str:
        return next(iter(self.world.items))

    def pass_by(self, seconds: float) -> None:
        self.go(asyncio.sleep(seconds))

    def go(self, work: Coroutine[Any, Any, Result]) -> Result:
        asyncio.set_event_loop(self.loop)
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.ledger.close()
        self.loop.close()


def outcomes(report: SyncReport) -> list[Outcome]:
    return [result.outcome for result in report.results]
