"""One worker of kills.py, a process of its own: takes up what others left, then does its share, and dies on demand.

Every transaction and every call has a name, and a point before and after it: there the worker kills or stops itself.
It tells its parent which points it passed, because only a process that came to a point can have died there.
"""

import asyncio
import os
import pickle
import random
import signal
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeVar

from smoothx_tui.base.errors import LedgerError, SmoothxError
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import signed_in, target_of
from smoothx_tui.session.options import Options
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.ports import Guard, ItemRef, ItemState
from smoothx_tui.syncing.repairs import unsync
from tests.simulation.kill_judge import ended_items
from tests.simulation.kill_time import Time

Result = TypeVar("Result")

CLEAR_MESSAGE: Final = 3
"""Exit code of a worker that ended with one of our errors: it could not go on and said so."""


@dataclass(frozen=True)
class Order:
    """What a worker does, and what befalls it from inside: `deed` (kill, pause or nothing) at one of the first points
    that it passes and that is not among `enough`.
    """

    base: str
    ledger: str
    work: str
    time: Time
    share: int
    deed: str = ""
    enough: frozenset[str] = frozenset()


@dataclass
class Points:
    """Where this process is. A death is told first: nothing can be told afterwards."""

    pipe: Connection
    deed: str
    enough: frozenset[str]
    passed: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        self.passed[name] = self.passed.get(name, 0) + 1
        if not self.deed or name in self.enough or random.random() < 0.3:
            return
        deed, self.deed = self.deed, ""
        self.pipe.send((deed, name))
        os.kill(os.getpid(), signal.SIGKILL if deed == "kill" else signal.SIGSTOP)


class PointedXero(XeroAdapter):
    points: Points

    async def write(self, method: str, path: str, body: bytes, key: str, guard: Guard) -> Any:
        what = f"{method} {path.split('/')[1].partition('?')[0]}"
        self.points(f"before {what}")
        answer = await super().write(method, path, body, key, guard)
        self.points(f"after {what}")
        return answer

    async def documents(self, ids: Iterable[str]) -> Any:
        self.points("before the read-back")
        return await super().documents(ids)


class PointedProcore(ProcoreAdapter):
    points: Points

    async def states(self, refs: Sequence[ItemRef]) -> Mapping[str, ItemState | None]:
        self.points("before Procore is read")
        return await super().states(refs)

    async def set_origin(self, ref: ItemRef, origin_id: str | None, guard: Guard) -> None:
        what = "lock" if origin_id else "unlock"
        self.points(f"before the {what}")
        await super().set_origin(ref, origin_id, guard)
        self.points(f"after the {what}")


def named(work: Callable[[], Any]) -> str:
    """A transaction's name: the ledger's method, and for a save what its operations become."""
    name = getattr(getattr(work, "func", work), "__name__", "transaction")
    records = next(iter(getattr(work, "args", ())), ())
    if name == "save" and isinstance(records, Sequence):
        return f"save {'+'.join(sorted({one.state.value for one in records}))}"
    return str(name)


async def play(order: Order, points: Points, todo: Mapping[str, Any]) -> None:
    rng, clock = random.Random(), order.time.clock()

    async def run_blocking(work: Callable[[], Result]) -> Result:
        name = named(work)
        points(f"before {name}")
        result = await asyncio.to_thread(work)
        points(f"after {name}")
        return result

    async with AsyncExitStack() as stack:
        target = await target_of(Options(sandbox=order.base), clock, RequestLog())
        services = await signed_in(target, clock, RequestLog(), stack)
        xero, procore = PointedXero(services.xero, services.limiter), PointedProcore(services.procore)
        xero.points = procore.points = points
        ledger = order.time.open(order.ledger)
        stack.callback(ledger.close)
        engine = Engine(ledger, xero, procore, clock, owner=f"worker:{os.getpid()}", run_blocking=run_blocking)
        organisation = todo["books"].organisation
        await engine.work(organisation, who="worker")
        done = ended_items(ledger, todo["tenant"], todo["since"], todo["action"])
        locked = [key for key in todo["unlock"] if key not in done]
        for key in rng.sample(locked, min(order.share, len(locked))):
            await _unlock(engine, todo["items"][key], organisation)
        left = [plan for plan in todo["plans"] if plan.item not in done]
        plans = rng.sample(left, min(order.share, len(left)))
        await engine.run(plans, approved_by="worker", items=todo["items"], books=todo["books"])


async def _unlock(engine: Engine, item: Any, organisation: Any) -> None:
    try:
        await unsync(engine, item, organisation, who="worker")
    except LedgerError:
        raise
    except SmoothxError:
        return  # done already, or at work elsewhere


def main(order: Order, pipe: Connection) -> None:
    """A worker's whole life. An error of ours ends it with a line, anything else is a fault of this program."""
    points = Points(pipe, order.deed, order.enough)
    try:
        asyncio.run(play(order, points, pickle.loads(Path(order.work).read_bytes())))
    except SmoothxError as error:
        pipe.send(("said", error.line()))
        raise SystemExit(CLEAR_MESSAGE) from None
    except BaseException:
        pipe.send(("crashed", traceback.format_exc()))
        raise
    finally:
        pipe.send(("passed", points.passed))
