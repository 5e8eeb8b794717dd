"""One worker of kills.py, a process of its own: takes up what others left, then does its share, and dies on demand.

`python -m tests.simulation.kill_worker BASE LEDGER WORK SHARE KILL_AT`: WORK is the pickle that the parent left, SHARE
how many plans to take, KILL_AT the step before which it kills itself (0: never).
"""

import asyncio
import os
import pickle
import random
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import signed_in, target_of
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.session.options import Options
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.ports import Guard, ItemRef, ItemState
from smoothx_tui.syncing.repairs import unsync
from tests.simulation.kills import ended_items

Result = TypeVar("Result")


class Steps:
    """Counts the steps of this process: every transaction and every call has one before and one after."""

    def __init__(self, kill_at: int) -> None:
        self.count = 0
        self._kill_at = kill_at

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppedXero(XeroAdapter):
    steps: Steps

    async def write(self, method: str, path: str, body: bytes, key: str, guard: Guard) -> Any:
        self.steps()
        answer = await super().write(method, path, body, key, guard)
        self.steps()
        return answer

    async def documents(self, ids: Iterable[str]) -> Any:
        self.steps()
        return await super().documents(ids)


class SteppedProcore(ProcoreAdapter):
    steps: Steps

    async def states(self, refs: Sequence[ItemRef]) -> Mapping[str, ItemState | None]:
        self.steps()
        return await super().states(refs)

    async def set_origin(self, ref: ItemRef, origin_id: str | None, guard: Guard) -> None:
        self.steps()
        await super().set_origin(ref, origin_id, guard)
        self.steps()


async def play(base: str, ledger_url: str, todo: dict[str, Any], share: int, kill_at: int) -> None:
    steps = Steps(kill_at)
    rng = random.Random()
    clock = SystemClock()

    async def run_blocking(work: Callable[[], Result]) -> Result:
        steps()
        result = await asyncio.to_thread(work)
        steps()
        return result

    async with AsyncExitStack() as stack:
        target = await target_of(Options(sandbox=base), clock, RequestLog())
        services = await signed_in(target, clock, RequestLog(), stack)
        xero, procore = SteppedXero(services.xero, services.limiter), SteppedProcore(services.procore)
        xero.steps = procore.steps = steps
        ledger = Ledger.open(ledger_url)
        engine = Engine(ledger, xero, procore, clock, owner=f"worker:{os.getpid()}", run_blocking=run_blocking)
        organisation = todo["books"].organisation
        await engine.work(organisation, who="worker")
        done = ended_items(ledger, todo["tenant"], todo["since"], todo["action"])
        locked = [key for key in todo["unlock"] if key not in done]
        for key in rng.sample(locked, min(share, len(locked))):
            await _unlock(engine, todo["items"][key], organisation)
        left = [plan for plan in todo["plans"] if plan.item not in done]
        plans = rng.sample(left, min(share, len(left)))
        await engine.run(plans, approved_by="worker", items=todo["items"], books=todo["books"])
        ledger.close()


async def _unlock(engine: Engine, item: Any, organisation: Any) -> None:
    try:
        await unsync(engine, item, organisation, who="worker")
    except SmoothxError:
        return  # done already, or at work elsewhere


if __name__ == "__main__":
    arguments = sys.argv[1:]
    left = pickle.loads(Path(arguments[2]).read_bytes())
    asyncio.run(play(arguments[0], arguments[1], left, int(arguments[3]), int(arguments[4])))
