"""Real processes, killed: `python -m tests.simulation.kills --items 500 --kills 500 [--postgres] [--workers 3]`.

A served sandbox, up to three workers at once that share one ledger, `kill -9` before a random step or at a random
moment. Four phases: create, unlock, update, void. Counted at the end of each in the sandbox's own books.
"""

import argparse
import asyncio
import json
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoothx_tui.composition.application import Application
from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Action
from smoothx_tui.session.options import Options

OVERRIDES = {
    "sync_as_draft": "false",
    "sync_status": "awaiting_payment",
    "update_approved": "true",
    "delete_matching": "true",
}
_KEPT_OUT = {"head"}
_LAST_WORDS = {State.DONE, State.DRIFT, State.HELD}


@dataclass
class Harness:
    base: str
    ledger_url: str
    directory: Path
    workers: int
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    kills: int = 0
    started: int = 0
    tenant: str = ""
    phase_began: float = 0.0

    async def plan(self, action: Action | None, most: int) -> tuple[list[Any], dict[str, Any], Any]:
        """(plans of this action, every item, the books) as they are now."""
        options = Options(sandbox=self.base, ledger=self.ledger_url, overrides=OVERRIDES)
        async with Application(dict(os.environ)).open_session(options) as session:
            await session.refresh()
            self.tenant = session.place.tenant_id
            plans = [plan for plan in session.plans().values() if plan.action is action and plan.request is not None]
            wanted = [plan for plan in plans if plan.item.split(":")[0] not in _KEPT_OUT][:most]
            return wanted, dict(session.items), session.books

    def phase(self, todo: dict[str, Any], kills: int, items: list[str], action: str) -> None:
        """Start workers and kill them until the quota is reached and every item has ended."""
        ledger = Ledger.open(self.ledger_url)
        self.phase_began = ledger.now()
        ledger.close()
        work = self.directory / "work"
        work.write_bytes(pickle.dumps({**todo, "action": action, "since": self.phase_began, "tenant": self.tenant}))
        running: dict[subprocess.Popen[bytes], float] = {}
        killed = 0
        while killed < kills or self.waiting_for(items, action):
            mortal = killed + sum(until > 0 for until in running.values()) < kills
            if len(running) < self.workers:
                running |= self._start(work, mortal=mortal)
            time.sleep(0.2)
            killed += _reap(running)
        for process in running:
            process.wait(timeout=600)
        self.kills += killed

    def _start(self, work: Path, *, mortal: bool) -> dict["subprocess.Popen[bytes]", float]:
        at_step = self.rng.randint(1, 24) if mortal and self.rng.random() < 0.7 else 0
        # One that kills itself is left alone for long.
        patience = (60.0 if at_step else self.rng.uniform(1.5, 6.0)) if mortal else 0.0
        until = time.monotonic() + patience if patience else 0.0
        share = self.rng.choice([1, 3, 8])
        command = [sys.executable, "-m", "tests.simulation.kill_worker", self.base, self.ledger_url, str(work)]
        process = subprocess.Popen([*command, str(share), str(at_step)], stderr=subprocess.DEVNULL)
        self.started += 1
        return {process: until}

    def waiting_for(self, items: list[str], action: str) -> bool:
        """Whether an item has neither ended in this phase nor is held for a person."""
        ledger = Ledger.open(self.ledger_url)
        try:
            done = ended_items(ledger, self.tenant, self.phase_began, action)
            held = {one.item for one in ledger.open_operations(self.tenant) if one.state is State.HELD}
        finally:
            ledger.close()
        return not set(items) <= done | held

    def last_words(self, items: list[str]) -> Counter[str]:
        """What the newest operation of each item came to."""
        ledger = Ledger.open(self.ledger_url)
        try:
            newest = [ledger.operations(item, self.tenant)[:1] for item in items]
        finally:
            ledger.close()
        return Counter(f"{one.action} {one.state.value} {one.text}".strip()[:90] for (one,) in newest)

    def books(self) -> dict[str, Counter[str]]:
        """Url -> how many documents of it are in which status."""
        with urllib.request.urlopen(f"{self.base}/admin/state") as answer:
            state = json.load(answer)
        counts: dict[str, Counter[str]] = {}
        for invoice in state["xero"]["Invoices"]:
            counts.setdefault(invoice.get("Url", ""), Counter())[invoice["Status"]] += 1
        return counts

    def deed(self, path: str, **body: Any) -> None:
        request = urllib.request.Request(
            f"{self.base}/admin/procore/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(request).close()


def ended_items(ledger: Ledger, tenant: str, since: float, action: str) -> set[str]:
    """The items that have an operation of this action that came to its end since then."""
    records = ledger.history(tenant, since=since)
    return {one.item for one in records if one.action == action and not one.open and one.state in _LAST_WORDS}


def _reap(running: dict["subprocess.Popen[bytes]", float]) -> int:
    """Kill those whose time has come, forget those that have ended; how many were killed."""
    killed = 0
    for process, until in list(running.items()):
        if process.poll() is None and until and time.monotonic() > until:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if process.poll() is not None:
            killed += process.returncode == -signal.SIGKILL
            del running[process]
    return killed


def live(counts: Counter[str]) -> int:
    return sum(number for status, number in counts.items() if status not in {"VOIDED", "DELETED"})


def run(harness: Harness, items: int, kills: int) -> int:
    """All phases; the number of doubled or lost documents."""
    plans, known, books = asyncio.run(harness.plan(Action.CREATE, items))
    urls = {plan.item: str(plan.payload["Url"]) for plan in plans}
    keys = list(urls)
    wrong = 0

    def judge(phase: str, of: list[str], expected: int) -> None:
        nonlocal wrong
        counts = harness.books()
        numbers = Counter(live(counts.get(url, Counter())) for url in (urls[key] for key in of))
        bad = sum(number for amount, number in numbers.items() if amount != expected)
        wrong += bad
        sys.stdout.write(f"{phase}: {len(of)} items, live documents {dict(numbers)}, kills so far {harness.kills}\n")
        for words, number in harness.last_words(of).most_common():
            sys.stdout.write(f"    {number} x {words}\n")
        sys.stdout.flush()

    def todo(plans: list[Any], known: Any, books: Any, unlock: list[str] | None = None) -> dict[str, Any]:
        return {"plans": plans, "items": known, "books": books, "unlock": unlock or []}

    harness.phase(todo(plans, known, books), kills // 2, keys, "create")
    judge("create", keys, 1)
    for phase, deed, action in (("update", "edit", Action.UPDATE), ("void", "delete", Action.VOID)):
        _, known, books = asyncio.run(harness.plan(None, 0))
        locked = [key for key in keys if known[key].origin_id]
        harness.phase(todo([], known, books, locked), kills // 8, locked, "unlock")
        for key in locked:
            harness.deed(f"items/{key}/{deed}", **({"amount": "7.00"} if deed == "edit" else {}))
        plans, known, books = asyncio.run(harness.plan(action, items))
        moved = [plan.item for plan in plans if plan.item in urls]
        harness.phase(todo(plans, known, books), kills // 8, moved, action.value)
        # A few items are planned otherwise after the edit (blocked, held): they keep their one document.
        judge(phase, moved, 1 if action is Action.UPDATE else 0)
    return wrong


def serve(stack: ExitStack, items: int, directory: Path) -> str:
    command = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0", "--items", str(items * 2)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=directory)
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://[0-9.:]+", line):
            return found[0]
    raise SystemExit("the sandbox did not start")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothx-kills-")))
        for name in ("STATE", "CONFIG", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = str(directory / name.lower())
        os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
        ledger = f"sqlite:///{directory / 'ledger.sqlite3'}"
        if chosen.postgres:
            from tests.ledger.postgres import server

            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothx-pg-")))
            ledger = stack.enter_context(server(place)).new_database()
        harness = Harness(serve(stack, chosen.items, directory), ledger, directory, chosen.workers)
        wrong = run(harness, chosen.items, chosen.kills)
        opened = Ledger.open(ledger)
        _, faults = opened.verify()
        opened.close()
    kind = "PostgreSQL" if chosen.postgres else "SQLite"
    seconds = time.monotonic() - began
    sys.stdout.write(
        f"{kind}: {harness.kills} kills of {harness.started} workers, {wrong} doubled or lost, "
        f"{len(faults)} faults in the audit chain, {seconds:.0f} s\n"
    )
    return 1 if wrong or faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
