"""Syncing under the real limits, against the ideal; and what it costs the processor beside the same requests alone.

The engine, the clients and the ledger are the product's, the services are the sandbox in this process with both
services' limits enforced, and the clock is virtual: it jumps to the next timer, so that limits, Retry-After and waits
are exact and repeatable, and say nothing of sockets.
"""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.made import engine_on, session_on
from benchmarks.virtual import EPOCH, VirtualClock, VirtualLoop
from smoothx_tui.base.requestlog import LogEntry
from smoothx_tui.composition.sandboxed import Target
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.procore.items import Item
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.limits import FixedWindow
from smoothx_tui.sandbox.procore.gate import CALLS_AN_HOUR, CALLS_IN_TEN_SECONDS
from smoothx_tui.sandbox.scenario import Scenario, default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.syncing.limiter import SharedLimiter
from smoothx_tui.syncing.report import Outcome
from smoothx_tui.xero.limits import AT_ONCE, PER_MINUTE, Limiter

BATCH: Final = 50
LATENCY: Final = 0.6
"""Seconds a call takes."""
BASE: Final = "http://127.0.0.1"
_SPARE: Final = 1.4
"""Items made for each that is wanted: not all of them can be sent."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Work:
    """Plans of new documents, with what the engine needs to send them, and the sandbox's scenario behind them."""

    scenario: Scenario
    plans: Sequence[Plan]
    items: Mapping[str, Item]
    books: Books


@dataclass
class Run:
    """What became of a run. Seconds are the virtual clock's, `processor` the machine's."""

    items: int
    locking: bool
    calls: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    processor: float = 0.0
    done: int = 0
    twice: int = 0
    missing: int = 0

    @property
    def xero(self) -> int:
        return sum(number for name, number in self.calls.items() if name.startswith("Xero"))

    @property
    def procore(self) -> int:
        return sum(number for name, number in self.calls.items() if name.startswith("Procore"))

    @property
    def refused(self) -> int:
        return sum(number for name, number in self.calls.items() if name.endswith("429"))

    @property
    def needed(self) -> int:
        """Xero calls that any sender needs: full batches, each looked up before and read back after; contacts made.

        The look-ups are as many as fit into addresses; the lock date is asked once a minute.
        """
        batches = math.ceil(self.items / BATCH)
        first = sum(
            self.calls[f"Xero {how}"] for how in ("GET Contacts", "PUT Contacts", "GET Tracking", "PUT Options")
        )
        looked_up = self.calls["Xero look-up"]
        return batches + looked_up + batches + first + math.ceil((3 * batches + first) / PER_MINUTE)

    @property
    def ideal_seconds(self) -> float:
        """The least time for the needed calls under both services' limits."""
        return max(_least(self.needed, ((PER_MINUTE, 60.0),)), _least(self.locks, _PROCORE))

    @property
    def locks(self) -> int:
        """Procore calls that locking needs: the lock itself, and three looks at up to fifty items."""
        if not self.locking:
            return 0
        return self.items + 3 * math.ceil(self.items / BATCH)


_PROCORE: Final = ((CALLS_IN_TEN_SECONDS, 10.0), (CALLS_AN_HOUR, 3600.0))


def _least(calls: int, windows: Sequence[tuple[int, float]]) -> float:
    """Seconds for so many calls, each window's worth as soon as it begins, five abreast in the last one."""
    if not calls:
        return 0.0
    size, seconds = max(windows, key=lambda one: (calls - 1) // one[0] * one[1])
    whole, rest = divmod(calls - 1, size)
    return whole * seconds + LATENCY * math.ceil((rest + 1) / AT_ONCE)


async def direct(work: Callable[[], Result]) -> Result:
    """The ledger's calls, in line: their time is the processor's and not the virtual clock's."""
    return work()


def work_for(count: int, *, locking: bool) -> Work:
    """So many new documents, read and planned from a sandbox without limits."""
    scenario = more_items(default_scenario(), int(count * _SPARE), 1)

    async def planned() -> Work:
        async with AsyncExitStack() as stack:
            book = Ledger.open(":memory:")
            stack.callback(book.close)
            target = Target(BASE, Sandbox.from_scenario(scenario).transport())
            session = session_on(await engine_on(stack, target, book, scenario=scenario))
            await session.refresh()
            session.trial.put(replace(session.trial.current, erp_locking=locking))
            plans = [plan for plan in session.plans().values() if plan.action is Action.CREATE and plan.sendable]
            safe = [plan for plan in plans if not plan.dangers]
            return Work(scenario, safe[:count], dict(session.items), session.books)

    work = asyncio.run(planned())
    if len(work.plans) < count:
        raise AssertionError(f"{len(work.plans)} plans instead of {count}")
    return work


def run(work: Work, ledger: Path, *, locking: bool, limits: bool = True) -> Run:
    """Send it all, from the beginning of a minute of Xero's."""
    found = Run(len(work.plans), locking)
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    clock = VirtualClock(loop)
    sandbox = Sandbox.from_scenario(work.scenario, clock=clock, real_limits=limits, latency=LATENCY if limits else 0.0)
    loop.moment += FixedWindow(PER_MINUTE, 60.0, offset=17).resets_in(clock.monotonic())
    book = Ledger.open(f"sqlite:///{ledger}", clock=lambda: EPOCH + loop.moment)

    async def send() -> None:
        async with AsyncExitStack() as stack:

            async def limiter(tenant: str) -> Limiter:
                return SharedLimiter(book, tenant, clock, direct)

            made = await engine_on(
                stack, Target(BASE, sandbox.transport()), book,
                clock=clock, run=direct, limiter_for=limiter, scenario=work.scenario,
            )  # fmt: skip
            made.requests.listen(lambda entry: found.calls.update([_name(entry)]))
            began, used = loop.moment, time.process_time()
            plans = list(work.plans)
            report = await made.engine.run(plans, approved_by="ann", items=work.items, books=work.books)
            while left := [one.item for one in report.results if one.outcome is not Outcome.DONE]:
                # As an operator does, or a worker: what had to wait too long for one run goes on in the next.
                plans = [plan for plan in work.plans if plan.item in left]
                await clock.sleep(60.0)
                report = await made.engine.work(work.books.organisation)
                done = {one.item for one in report.results if one.outcome is Outcome.DONE}
                if not done:
                    continue
                report = replace(report, results=[one for one in report.results if one.item not in done])
                if len(done) == len(left):
                    break
            found.seconds, found.processor = loop.moment - began, time.process_time() - used

    try:
        loop.run_until_complete(send())
    finally:
        book.close()
        loop.close()
    numbers = Counter(one.get("Url") for one in sandbox.dump().xero["Invoices"])
    urls = [(plan.payload or {})["Url"] for plan in work.plans]
    found.done = sum(numbers[url] == 1 for url in urls)
    found.twice = sum(numbers[url] > 1 for url in urls)
    found.missing = sum(not numbers[url] for url in urls)
    return found


def _name(entry: LogEntry) -> str:
    """What kind of call it was."""
    path, _, query = entry.path.partition("?")
    last = path.rsplit("/", 1)[-1]
    name = f"{entry.method} {last}"
    if entry.service == "Procore":
        name = entry.method
    elif entry.method == "GET" and last == "Invoices":
        name = "read-back" if "IDs=" in query else "look-up"
    return f"{entry.service} {name}" + (" 429" if entry.status == 429 else "")
