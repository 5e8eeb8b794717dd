"""A session on few and on many items: what a reading, a start, a row and a changed setting cost.

`python -m benchmarks session`; processor time and calls, side by side in one run. Every item is a call of its first
reading, so many are some thousands here; the numbers of an item hold for more.
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from benchmarks.made import engine_on, session_on
from benchmarks.measure import Table, ratio
from smoothx_tui.composition.sandboxed import Target
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.session import Session
from smoothx_tui.session.table import Table as Rows

FEW: Final = 1_000
PAGE: Final = 40


@dataclass
class Measured:
    """Of one size: processor seconds, a run each; calls are of the first and the second reading."""

    items: int = 0
    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    flip: list[float] = field(default_factory=list)
    calls: tuple[int, int] = (0, 0)
    planned: int = 0


def measured(folder: Path, runs: int, many: int) -> Table:
    """The table of this benchmark."""
    sizes = {FEW: Measured(), many: Measured()}
    for size, found in sizes.items():
        asyncio.run(_measure(folder / f"{size}.sqlite3", size, min(runs, 5), found))
    few, large = sizes.values()
    table = Table(f"Session, {few.items:,} and {large.items:,} items")
    each = [[one / found.items for one in found.rows] for found in (few, large)]
    table.add("a row, planned", "the same among few", ratio(each[1], each[0]), "1.3", "processor time")
    table.add("what is kept, shown with a page of rows", "reading it", ratio(large.shown, large.first), "0.05")
    table.add("reading with nothing new", "reading it", ratio(large.second, large.first), "0.1", "processor time")
    table.add(
        "calls of such a reading", "of the first", f"{large.calls[1] / large.calls[0]:.3f}", "", f"{large.calls[1]}"
    )
    table.add("a flipped sync_as_draft, every row right", "making the rows", ratio(large.flip, large.rows), "0.05",
              f"{large.planned} of {large.items:,} planned again")  # fmt: skip
    grown = (_resident(folder, many) - _resident(folder, FEW)) / (large.items - few.items)
    table.add(
        "memory of an item with its row", "a kilobyte", f"{grown / 1000:.2f}", "0.8", "resident, from what is kept"
    )
    return table


async def _measure(ledger: Path, size: int, runs: int, found: Measured) -> None:
    async with AsyncExitStack() as stack:
        session, calls = await _session(stack, ledger, size)
        began = calls()
        found.first.append(await _seconds(session.refresh))
        middle = calls()
        found.second.append(await _seconds(session.refresh))
        found.calls = (middle - began, calls() - middle)
        found.items = len(session.items)
        for _ in range(runs):
            await _one_run(stack, ledger, size, found)
        found.first *= runs
        found.second *= runs


async def _one_run(stack: AsyncExitStack, ledger: Path, size: int, found: Measured) -> None:
    session, _ = await _session(stack, ledger, size)

    async def show() -> None:
        await session.show_cached()
        for key in list(session.items)[:PAGE]:
            session.row(key)

    found.shown.append(await _seconds(show))
    table = await _filled(session, found.rows)
    before = session.trial.current
    session.trial.put(replace(before, sync_as_draft=not before.sync_as_draft))
    planned, began = session.planner.planned, time.process_time()
    table.spoil_groups(session.touched(before, session.trial.current))
    for key in table.stale_keys():
        table[key] = session.row(key, table[key])
        table.settle(key)
    found.flip.append(time.process_time() - began)
    found.planned = session.planner.planned - planned


async def _filled(session: Session, seconds: list[float]) -> Rows:
    rows = Rows(session.places)
    began = time.process_time()
    for key in session.items:
        rows[key] = session.row(key)
    seconds.append(time.process_time() - began)
    return rows


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    gc.collect()
    began = time.process_time()
    await work()
    return time.process_time() - began


async def _session(stack: AsyncExitStack, ledger: Path, size: int) -> tuple[Session, Callable[[], int]]:
    """A session on a sandbox of that size in this process, and how many calls were made so far."""
    scenario = default_scenario()
    target = Target("http://127.0.0.1", Sandbox.from_scenario(more_items(scenario, size, 1)).transport())
    book = Ledger.open(str(ledger))
    stack.callback(book.close)
    made = await engine_on(stack, target, book, scenario=scenario, kept_as="benchmark")
    calls = 0

    def count(_: object) -> None:
        nonlocal calls
        calls += 1

    made.requests.listen(count)
    return session_on(made), lambda: calls


def _resident(folder: Path, size: int) -> int:
    """Bytes that a new process holds with everything of that size shown."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.session_scale", str(folder / f"{size}.sqlite3")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


async def _shown(ledger: Path) -> int:
    async with AsyncExitStack() as stack:
        # The sandbox is a small one: what is kept is shown without asking it.
        session, _ = await _session(stack, ledger, 0)
        await session.show_cached()
        rows = await _filled(session, [])
        assert len(rows) == len(session.items)
        return _own_resident()


def _own_resident() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    print(asyncio.run(_shown(Path(sys.argv[1]))))
