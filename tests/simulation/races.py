"""Two operators, one item: `python -m tests.simulation.races --races 1000 [--postgres]`.

Two processes with a connection each to one ledger approve the same plan at the same moment, against a served sandbox.
One of them posts it, the other is told who is at it, and Xero has one document.
"""

import argparse
import asyncio
import multiprocessing
import os
import pickle
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Barrier
from typing import Any, Final

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import signed_in, target_of
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Action
from smoothx_tui.session.options import Options
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.report import ItemResult, Outcome
from tests.simulation.kill_place import Place
from tests.simulation.kills import place_of, say

NAMES: Final = ("ann", "bob")


@dataclass(frozen=True)
class Race:
    """What two operators were told of one item."""

    item: str
    told: Mapping[str, ItemResult]

    @property
    def winners(self) -> list[str]:
        return [name for name, result in self.told.items() if result.outcome is Outcome.DONE]

    @property
    def end(self) -> str:
        """How it ended, in a few words."""
        if len(self.winners) != 1:
            return "both were told that it is done" if self.winners else "nobody won"
        (winner,) = self.winners
        (other,) = (result for name, result in self.told.items() if name != winner)
        named = other.outcome is Outcome.HELD and other.text.startswith(f"{winner} is at it ({winner}@")
        return "one winner, the other was told who" if named else f"the other was told: {other.outcome} {other.text}"


RIGHT: Final = "one winner, the other was told who"


def operate(name: str, place: Place, work: Path, barrier: Barrier, pipe: Connection) -> None:
    """One operator's whole day: each item of the list, beginning with the other one."""
    asyncio.run(_operate(name, place, pickle.loads(work.read_bytes()), barrier, pipe))


async def _operate(name: str, place: Place, todo: Mapping[str, Any], barrier: Barrier, pipe: Connection) -> None:
    clock, books = SystemClock(), todo["books"]
    async with AsyncExitStack() as stack:
        target = await target_of(Options(sandbox=place.base), clock, RequestLog())
        services = await signed_in(target, clock, RequestLog(), stack)
        ledger = Ledger.open(place.ledger_url)
        xero, procore = XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore)
        engine = Engine(ledger, xero, procore, clock, owner=f"{name}@host:{os.getpid()}")
        stack.callback(ledger.close)
        stack.callback(engine.close)
        for plan in todo["plans"]:
            barrier.wait(60)
            report = await engine.run([plan], approved_by=name, items=todo["items"], books=books)
            pipe.send(report.results[0])


def race(place: Place, directory: Path, races: int) -> list[Race]:
    """So many items of the sandbox, each by two operators at once."""
    view = place.look()
    creates = sorted(key for key, plan in view.plans.items() if plan.action is Action.CREATE)
    keys = random.Random(1).sample(creates, races)
    todo = {"plans": [view.plans[key] for key in keys], "items": view.items, "books": view.books}
    work = directory / "work"
    work.write_bytes(pickle.dumps(todo))
    context = multiprocessing.get_context("forkserver")
    barrier, pipes, processes = context.Barrier(len(NAMES)), [], []
    for name in NAMES:
        ours, theirs = context.Pipe()
        processes.append(context.Process(target=operate, args=(name, place, work, barrier, theirs)))
        processes[-1].start()
        theirs.close()
        pipes.append(ours)
    try:
        return [Race(key, dict(zip(NAMES, [pipe.recv() for pipe in pipes], strict=True))) for key in keys]
    finally:
        for process in processes:
            process.join(10)
            process.kill()


def doubles(place: Place, races: Sequence[Race]) -> int:
    """The items of the races that have not just one document in the sandbox's own books."""
    ids = {result.document_id for one in races for result in one.told.values() if result.document_id}
    urls = Counter(one["Url"] for one in place.invoices() if one["InvoiceID"] in ids)
    made = Counter(one.get("Url", "") for one in place.invoices())
    return len(races) - sum(made[url] == 1 for url in urls)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        directory, place = place_of(stack, chosen.races * 2, 1.0, postgres=chosen.postgres)
        races = race(place, directory, chosen.races)
        ends, wins = Counter(one.end for one in races), Counter(name for one in races for name in one.winners)
        wrong = len(races) - ends[RIGHT] + doubles(place, races)
    for words, number in ends.most_common():
        say(f"{number} x {words}")
    kind = "PostgreSQL" if chosen.postgres else "SQLite"
    share = ", ".join(f"{name} won {number}" for name, number in sorted(wins.items()))
    say(f"{kind}: {len(races)} races, {wrong} wrong; {share}; {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
