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

import httpx

from benchmarks.made import engine_on, session_on
from benchmarks.measure import Table, ratio
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
_LATER_RUNS: Final = 2_000
_PAUSE: Final = 60.0
FEW: Final = 1_000
MIDDLE: Final = 5_000
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


def run(
    work: Work,
    ledger: Path,
    *,
    locking: bool,
    limits: bool = True,
    transport: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda given: given,
) -> Run:
    """Send it all, from the beginning of a minute of Xero's. `transport` may stand before the sandbox's."""
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

            target = Target(BASE, transport(sandbox.transport()))
            made = await engine_on(
                stack, target, book, clock=clock, run=direct, limiter_for=limiter, scenario=work.scenario
            )
            made.requests.listen(lambda entry: found.calls.update([_name(entry)]))
            began, used = loop.moment, time.process_time()
            report = await made.engine.run(work.plans, approved_by="ann", items=work.items, books=work.books)
            left = {one.item for one in report.results if one.outcome is not Outcome.DONE}
            for _ in range(_LATER_RUNS):
                if not left:
                    break
                await clock.sleep(_PAUSE)  # what had to wait too long for one run goes on in the next
                report = await made.engine.work(work.books.organisation)
                left -= {one.item for one in report.results if one.outcome is Outcome.DONE}
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


@dataclass
class Recorder(httpx.AsyncBaseTransport):
    """Keeps every exchange, and the processor time that the sandbox took for its answers."""

    inner: httpx.AsyncBaseTransport
    exchanges: list[tuple[httpx.Request, int, bytes]] = field(default_factory=list)
    answering: float = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began = time.process_time()
        response = await self.inner.handle_async_request(request)
        content = await response.aread()
        self.answering += time.process_time() - began
        self.exchanges.append((request, response.status_code, content))
        return response


def processor_times(work: Work, ledger: Path) -> tuple[float, float]:
    """Processor seconds of a run without limits: all of ours, and those of the same exchanges by httpx alone."""
    recorders: list[Recorder] = []

    def recorded(inner: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        recorders.append(Recorder(inner))
        return recorders[-1]

    found = run(work, ledger, locking=False, limits=False, transport=recorded)
    (recorder,) = recorders
    answers = iter(recorder.exchanges)

    def answer(_: httpx.Request) -> httpx.Response:
        _request, status, content = next(answers)
        return httpx.Response(status, content=content)

    async def alone() -> float:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            began = time.process_time()
            for request, *_ in recorder.exchanges:
                response = await client.request(
                    request.method, request.url, headers=request.headers, content=request.content
                )
                response.json()
            return time.process_time() - began

    return found.processor - recorder.answering, asyncio.run(alone())


def measured(folder: Path, runs: int, many: int) -> Table:
    """The table of this benchmark."""
    table = Table("Syncing new documents (virtual clock, both services' limits enforced, 0.6 s a call)")
    for count, locking in ((FEW, False), (MIDDLE, False), (FEW, True)):
        _efficiency(table, folder, count, locking=locking)
    if many > MIDDLE:
        _efficiency(table, folder, many, locking=False)
    work = work_for(10 * BATCH, locking=False)
    pairs = [processor_times(work, folder / f"processor{at}.sqlite3") for at in range(runs)]
    ours = sorted(one for one, _ in pairs)[len(pairs) // 2]
    note = f"{ours / len(work.plans) * 1000:.1f} ms a document, {ours / 10 * 1000:.0f} ms a batch of 50; SQLite on disk"
    measured_ratio = ratio(*zip(*pairs, strict=True))
    table.add("engine, clients and ledger, processor time", "the same requests by httpx", measured_ratio, "6", note)
    return table


def _efficiency(table: Table, folder: Path, count: int, *, locking: bool) -> None:
    found = run(work_for(count, locking=locking), folder / f"{count}{locking}.sqlite3", locking=locking)
    what = f"{count:,} items" + (", locked in Procore" if locking else ", erp_locking off")
    calls = ", ".join(f"{name.removeprefix('Xero ')} {number}" for name, number in sorted(found.calls.items()))
    note = f"{found.xero} to Xero, {found.needed} needed ({calls})"
    table.add(f"{what}: ideal calls", "calls made", f"{found.needed / found.xero:.3f}", "at least 0.99", note)
    lost = f"{found.missing} lost, {found.twice} twice, {found.processor / count * 1000:.1f} ms of processor a document"
    table.add(
        f"{what}: ideal time", f"{found.seconds:,.0f} s taken", f"{found.ideal_seconds / found.seconds:.3f}",
        "at least 0.98", lost,
    )  # fmt: skip
