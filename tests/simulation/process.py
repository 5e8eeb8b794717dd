"""A console or worker of the simulation: it looks, plans, syncs, recovers, is stopped for a while and killed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.virtual import VirtualClock, VirtualLoop
from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Plan
from smoothx_tui.syncing.engine import Engine, Rules
from smoothx_tui.syncing.recovery import recover
from smoothx_tui.syncing.sweep import sweep
from smoothx_tui.xero.documents import Status
from tests.simulation.models import ProcoreModel, XeroModel
from tests.simulation.planner import look, organisation, plan_item
from tests.simulation.world import TENANT, World


class Killed(BaseException):
    """kill -9: nothing of this process goes on."""


@dataclass
class Process:
    """One process. `kill_at` and `pauses` count its steps: one before and one after each transaction and call."""

    world: World
    ledger: Ledger
    loop: VirtualLoop
    rng: random.Random
    name: str
    rules: Rules
    kill_at: int = 0
    pauses: dict[int, float] = field(default_factory=dict)
    skew: float = 0.0
    steps: int = 0
    dead: bool = False
    paused_until: float = 0.0
    flagged: set[str] = field(default_factory=set)
    after_transaction: Callable[[], None] = lambda: None
    errors: list[str] = field(default_factory=list)

    async def step(self, _: str) -> None:
        self.steps += 1
        if self.steps == self.kill_at:
            self.dead = True
        if self.dead:
            raise Killed
        if seconds := self.pauses.get(self.steps):
            self.paused_until = max(self.paused_until, self.loop.time() + seconds)
        if (wait := self.paused_until - self.loop.time()) > 0:
            await asyncio.sleep(wait)
        if self.dead:
            raise Killed

    async def run_blocking(self, work: Callable[[], Any]) -> Any:
        await self.step("before a transaction")
        result = work()
        self.after_transaction()
        await self.step("after a transaction")
        return result

    def engine(self) -> Engine:
        return Engine(
            self.ledger,
            XeroModel(self.world, self.step),
            ProcoreModel(self.world, self.step),
            VirtualClock(self.loop, self.skew),
            self.rng,
            self.name,
            run_blocking=self.run_blocking,
            rules=self.rules,
        )

    async def live(self, rounds: int) -> None:
        """Start, recover, then look and sync a few times."""
        try:
            await self._recover()
            for _ in range(rounds):
                await self._round()
        except Killed:
            self.dead = True
        except BaseExceptionGroup as group:
            if group.subgroup(lambda error: not isinstance(error, Killed)) is not None:
                raise
            self.dead = True

    async def _recover(self) -> None:
        engine = self.engine()
        try:
            if self.rules.resend_bills:  # only a worker may be told to do that
                await engine.work(organisation(self.world.lock_date), who=self.name)
            else:
                await recover(engine, organisation(self.world.lock_date), who=self.name)
            self.flagged |= {found.item for found in await sweep(engine)}
        except SmoothxError as error:
            self.errors.append(error.line())

    async def _round(self) -> None:
        items, gone, books = look(self.world)
        links = await self.run_blocking(lambda: self.ledger.links(TENANT))
        status = self.rng.choice([Status.DRAFT, Status.SUBMITTED, Status.AUTHORISED])
        plans: list[Plan] = []
        for key, item in items.items():
            lock = self.world.items[key].lock
            plan = plan_item(item, gone=key in gone, books=books, link=links.get(key), lock=lock, status=status)
            if plan.sendable and self.rng.random() < 0.8:
                plans.append(plan)
        await asyncio.sleep(self.rng.choice([0.0, 5.0, 60.0]))  # a person reads the preview
        if self.dead or not plans:
            return
        try:
            await self.engine().run(plans, approved_by=self.name, items=items, books=books)
        except SmoothxError as error:
            self.errors.append(error.line())
        await asyncio.sleep(self.rng.uniform(0.0, 120.0))
