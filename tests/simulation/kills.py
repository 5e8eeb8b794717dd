"""Real processes, killed: `python -m tests.simulation.kills --items 500 --kills 500 [--postgres] [--workers 3]`.

A served sandbox that follows a fault plan, up to three workers at once that share one ledger, `kill -9` at every point
that they pass and at random moments, and stops of up to 130 s. Create, then unlock and update, then unlock and void.
After each the documents are counted in the sandbox's own books, and the product plans and verifies once more.
"""

import argparse
import os
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.syncing.sweep import Fault, Found
from tests.simulation import kill_judge
from tests.simulation.kill_crew import Crew
from tests.simulation.kill_judge import Verdict, judge
from tests.simulation.kill_place import Place, View, serve
from tests.simulation.kill_time import Time
from tests.simulation.kill_worker import Order

_ROUNDS: Final = 6
_PHASE_SECONDS: Final = 2400.0
_STORIES: Final = 5
_UNLOCK: Final = "unlock"
_SHARES: Final = {"create": 0.4, "unlock 1": 0.1, "update": 0.2, "unlock 2": 0.1, "void": 0.2}


@dataclass
class Run:
    """One run: who works where, and what was found."""

    place: Place
    ledger: Ledger
    directory: Path
    workers: int
    pauses: float
    """Stops for each kill."""
    crew: Crew
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    view: View | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    left_unlocked: set[str] = field(default_factory=set)
    """Unlocked by us, and what was edited afterwards asked for no document."""
    late: list[str] = field(default_factory=list)
    """Phases that did not end in their time."""

    @property
    def seen(self) -> View:
        assert self.view is not None
        return self.view

    @property
    def wrong(self) -> int:
        return sum(verdict.wrong for verdict in self.verdicts.values()) + len(self.late) + len(self.crew.crashes)

    def phase(self, action: str, items: Sequence[str], kills: int, plans: Mapping[str, Plan]) -> None:
        """Start workers and kill them until so many were killed and every item has ended or is held."""
        began = self.ledger.now()
        unlock = list(items) if action == _UNLOCK else []
        todo = {"plans": [plans[key] for key in items if key in plans], "unlock": unlock, "action": action}
        todo |= {"items": {key: self.seen.items[key] for key in items}, "books": self.seen.books}
        work = self.directory / "work"
        work.write_bytes(pickle.dumps({**todo, "since": began, "tenant": self.seen.tenant}))
        crew, quota = self.crew, self.crew.kills + kills
        stops = crew.stopped_at.total() + round(self.pauses * kills)
        started = time.monotonic()
        deadline = started + _PHASE_SECONDS
        while time.monotonic() < deadline:
            crew.tend()
            more = crew.kills < quota or self._waiting_for(items, action, began)
            if not more and not crew.workers:
                say(f"    {action}: {len(items)} items in {time.monotonic() - started:.0f} s")
                return
            if more and crew.awake < self.workers and len(crew.workers) < 2 * self.workers:
                mortal = crew.kills + crew.doomed < quota and self.rng.random() < 0.9
                crew.start(
                    lambda **fate: self._order(work, **fate), mortal=mortal, stops=crew.stopped_at.total() < stops
                )
            time.sleep(0.01)
        self.late.append(action)
        crew.end()

    def _order(self, work: Path, **fate: Any) -> Order:
        place, share = self.place, self.rng.choice([1, 1, 2, 3, 8])
        return Order(place.base, place.ledger_url, str(work), place.time, share, **fate)

    def _waiting_for(self, items: Sequence[str], action: str, began: float) -> bool:
        """Whether an item has neither ended in this phase nor is held for a person."""
        try:
            done = kill_judge.ended_items(self.ledger, self.seen.tenant, began, action)
            opened = kill_judge.open_items(self.ledger, self.seen.tenant)
        except LedgerError:
            return True  # a worker that is stopped holds the file
        return not set(items) <= done | {item for item, state in opened.items() if state == State.HELD.value}

    def settle(self, name: str, items: Sequence[str]) -> list[str]:
        """Look, and let what was resolved or planned anew be done without kills; what is still to be done then."""
        left: list[str] = []
        for _ in range(_ROUNDS):
            self.view = self.place.look()
            left = [key for key in items if key in self.seen.plans]
            if not left:
                return []
            for action in sorted({self.seen.plans[key].action for key in left}):
                self.phase(
                    action.value, [key for key in left if self.seen.plans[key].action is action], 0, self.seen.plans
                )
        return [f"{name}: {key} would be sent again" for key in left]

    def judged(self, name: str, urls: Mapping[str, str], before: kill_judge.Books) -> None:
        """Settle, count, and say it."""
        other = self.settle(name, list(urls))
        voided = kill_judge.voided_items(self.ledger, self.seen.tenant)
        told = [one for one in self.seen.found if not self._meant(one, voided)]
        other += [f"verify: {one.item} {one.text}" for one in told if one.item in urls or not one.item]
        self.count(name, urls, before, other)

    def count(self, name: str, urls: Mapping[str, str], before: kill_judge.Books, other: Sequence[str] = ()) -> None:
        tenant = self.seen.tenant
        verdict = judge(
            urls,
            self.place.books(),
            before,
            {item: link.document_id for item, link in self.ledger.links(tenant).items()},
            kill_judge.voided_items(self.ledger, tenant),
            kill_judge.stuck_items(self.ledger, tenant),
            other,
        )
        self.verdicts[name] = verdict
        say(f"{name}: {verdict.items} items, {verdict.documents} documents, {verdict.wrong} wrong")
        say(f"    so far {self.crew.summary()}")
        for line in verdict.lines():
            say(f"    {line}")
        for item in [key for key in urls if verdict.names(key)][:_STORIES]:
            for line in (item, *kill_judge.story(self.ledger, item)):
                say(f"        {line}")

    def _meant(self, found: Found, voided: set[str]) -> bool:
        """What `verify` must say: a voided document has ended, and what was unlocked and needed nothing is unlocked."""
        return (found.fault is Fault.ENDED and found.item in voided) or (
            found.fault is Fault.LOCK and found.item in self.left_unlocked
        )

    def plant(self, url: str, other: str) -> None:
        """Two documents for one item, and none for another."""
        first, second = (
            next(one for one in self.place.invoices() if one.get("Url") == which) for which in (url, other)
        )
        names = ("Url", "InvoiceNumber") if first["Type"] == "ACCPAY" else ("Url",)
        self.place.tell(f"xero/invoices/{second['InvoiceID']}/edit", {name: first[name] for name in names})


def play(run: Run, items: int, kills: int, *, plant: bool = False) -> None:
    """Create, then unlock and update, then unlock and void."""
    before = run.place.books()
    run.view = run.place.look()
    creates = [key for key, plan in run.seen.plans.items() if plan.action is Action.CREATE]
    keys = run.rng.sample(creates, min(items, len(creates)))
    urls = {key: str((run.seen.plans[key].payload or {})["Url"]) for key in keys}
    with run.place.faults():
        run.phase("create", keys, round(kills * _SHARES["create"]), run.seen.plans)
    run.judged("create", urls, before)
    if plant:
        run.plant(*list(urls.values())[:2])
        run.count("planted", urls, before)
        return
    for number, action, deed in ((1, Action.UPDATE, "edit"), (2, Action.VOID, "delete")):
        locked = [key for key in keys if run.seen.items[key].origin_id]
        with run.place.faults():
            run.phase(_UNLOCK, locked, round(kills * _SHARES[f"unlock {number}"]), {})
        run.view = run.place.look()
        freed = [key for key in locked if not run.seen.items[key].origin_id]
        for key in freed:
            run.place.tell(f"procore/items/{key}/{deed}", {"amount": "7.00"} if deed == "edit" else {})
        run.view = run.place.look()
        moved = [key for key in keys if key in run.seen.plans and run.seen.plans[key].action is action]
        run.left_unlocked |= set(freed) - set(moved)
        say(f"unlocked {len(freed)} of {len(locked)}; {len(moved)} to {action.value}")
        with run.place.faults():
            run.phase(action.value, moved, kills_left(run, kills, action), run.seen.plans)
        run.judged(action.value, urls, before)


def kills_left(run: Run, kills: int, action: Action) -> int:
    """The last phase takes what rounding left over."""
    return kills - run.crew.kills if action is Action.VOID else round(kills * _SHARES[action.value])


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(run: Run) -> str:
    """What was counted after each phase, and where the workers died and stood still."""
    crew = run.crew
    lines = ["", "| after | items | documents | doubled | lost | stuck | stray | otherwise |", "|---|" + "---|" * 7]
    for name, one in run.verdicts.items():
        counts = (one.items, one.documents, *map(len, (one.doubled, one.lost, one.stuck, one.strays, one.other)))
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines += ["", "| point | passed | killed | stopped |", "|---|---|---|---|"]
    for point in [*sorted(crew.passed, key=lambda name: name.split(" ", 1)[::-1]), "at random"]:
        lines.append(f"| {point} | {crew.passed[point] or ''} | {crew.killed_at[point]} | {crew.stopped_at[point]} |")
    outcomes = kill_judge.calls_by_outcome(run.ledger, run.seen.tenant)
    lines += ["", "writes to Xero by outcome: " + ", ".join(f"{name} {n}" for name, n in outcomes.most_common())]
    lines += [f"{number} workers said: {words}" for words, number in crew.said.most_common()]
    lines += [f"not resolved: {words} ({number} times)" for words, number in run.place.said.most_common()]
    lines += [f"not ended in time: {phase}" for phase in run.late]
    return "\n".join([*lines, *crew.crashes, ""])


def place_of(stack: ExitStack, items: int, speed: float, *, postgres: bool) -> tuple[Path, Place]:
    """A directory, a served sandbox and an empty ledger, gone with the stack."""
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothx-kills-")))
    for name in ("STATE", "CONFIG", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(directory / name.lower())
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    ledger = f"sqlite:///{directory / 'ledger.sqlite3'}"
    began = Time(time.time(), speed)
    if postgres:
        from tests.ledger.postgres import server

        tools = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothx-pg-")))
        ledger = stack.enter_context(server(tools)).new_database()
        began.hasten(ledger)
    return directory, Place(serve(stack, items, directory, speed), ledger, began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--stops", type=float, default=0.1, help="stops for each kill")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--speed", type=float, default=1.0, help="let all clocks run that much faster")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--plant", action="store_true", help="make a double by hand after the first phase: it must be seen"
    )
    chosen = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        # Some of the sandbox's items cannot be sent: twice as many, so that enough can.
        directory, place = place_of(stack, chosen.items * 2, chosen.speed, postgres=chosen.postgres)
        ledger = place.time.open(place.ledger_url)
        stack.callback(ledger.close)
        crew = Crew(chosen.speed, random.Random(chosen.seed))
        stack.callback(crew.end)
        run = Run(place, ledger, directory, chosen.workers, chosen.stops, crew, random.Random(chosen.seed))
        play(run, chosen.items, chosen.kills, plant=chosen.plant)
        _, faults = ledger.verify()
        say(table(run))
    kind = "PostgreSQL" if chosen.postgres else "SQLite"
    say(f"{kind}: {crew.summary()}; {run.wrong} wrong, {len(faults)} faults in the audit chain")
    fast = f", all clocks {chosen.speed:g} times as fast" if chosen.speed != 1 else ""
    say(f"{time.monotonic() - began:.0f} s{fast}")
    return 1 if run.wrong or faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
