"""Two consoles and a worker on one PostgreSQL ledger: no item is sent twice, and each sees what the others are at.

    python -m benchmarks.three_consoles            500 items and more, the times printed
    python -m benchmarks.three_consoles --items 0  the default scenario alone

Everything is a process of its own: the consoles at a pseudo-terminal each, the worker, a fourth person at the command
line, the served sandbox, PostgreSQL. Both consoles take some of the same items at the same time. Duplicates are counted
in the sandbox's Xero; when a console shows that an item is busy is read off its screen, and when that began off the
ledger.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from benchmarks.terminal.session import Session
from smoothx_tui.ledger.database import Database
from tests.ledger.postgres import server

PROGRAM: Final = (sys.executable, "-m", "smoothx_tui")
_BUSY: Final = re.compile(r"> busy +(?:claim|direct|head) +(\S+)")
_HELD: Final = sa.text("select item, owner from operations where owner <> ''")
_SAVED: Final = sa.text("select max(at) from shared_settings")


@dataclass(frozen=True)
class Shares:
    """Filters: what each console marks, what the worker gets before and meanwhile, and where each one's items are."""

    ann: Sequence[str] = ("quay act:new",)
    robin: Sequence[str] = ("depot act:new", "quay type:claim act:new")
    worker: tuple[str, str] = ("wharf type:claim act:new", "wharf type:direct act:new")
    places: tuple[str, str, str] = ("quay type:direct", "depot", "wharf")


@dataclass
class Ledger:
    """Who had which item in hand from when to when, looked up all the time in a thread."""

    database: Database
    began: dict[tuple[str, str], float] = field(default_factory=dict)
    """(who, item) -> seconds of the wall clock."""
    ended: dict[tuple[str, str], float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        held: set[tuple[str, str]] = set()
        while not self._stop.wait(0.02):
            with self.database.transaction() as connection:
                now = {(row.owner.partition("@")[0], row.item) for row in connection.execute(_HELD)}
            at = time.time()
            self.began.update((key, at) for key in now - held if key not in self.began)
            self.ended.update((key, at) for key in held - now)
            held = now

    @contextmanager
    def watched(self) -> Iterator[None]:
        thread = threading.Thread(target=self.watch)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


@dataclass
class Person:
    """Somebody at a console, and what the screen has shown of the others' items."""

    name: str
    terminal: Session
    began: dict[str, float] = field(default_factory=dict)
    """Number of an item -> when it was first shown as busy, seconds of the wall clock."""

    def filter(self, expression: str) -> None:
        self.terminal.press("escape", "/", quiet=0.2)
        self.terminal.press(expression, quiet=0.2)
        self.terminal.press("enter", quiet=0.3)

    def look(self) -> None:
        """Read what came, and note what it shows."""
        changed = False
        while self.terminal.pump(0):
            changed = True
        if changed:
            at = time.time()
            for number in _BUSY.findall(self.terminal.text()):
                self.began.setdefault(number, at)


@dataclass(frozen=True)
class Outcome:
    """`seen`: seconds from a claim in the ledger to the other's screen, by who saw whom. `settings`: from the save."""

    documents: int
    items: int
    by: Mapping[str, int]
    conflicts: int
    seen: Mapping[tuple[str, str], Sequence[float]]
    settings: Mapping[str, float]
    took: float

    @property
    def duplicates(self) -> int:
        return self.documents - self.items


@dataclass
class Stage:
    """Where it all happens."""

    folder: Path
    ledger: str
    sandbox: str

    @property
    def where(self) -> tuple[str, ...]:
        return ("--sandbox", self.sandbox, "--ledger", self.ledger)

    def environ(self, who: str) -> dict[str, str]:
        home = self.folder / who
        home.mkdir(exist_ok=True)
        places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
        return {**os.environ, **places, "USER": who, "SUDO_USER": ""}

    def command(self, who: str, *arguments: str) -> str:
        """Run one command to its end; its standard output."""
        argv = [*PROGRAM, *arguments, *self.where]
        done = subprocess.run(
            argv, check=False, env=self.environ(who), cwd=self.folder / who, capture_output=True, text=True
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    @contextmanager
    def console(self, who: str) -> Iterator[Person]:
        environ = self.environ(who)
        with Session([*PROGRAM, *self.where], rows=50, env=environ, cwd=self.folder / who) as terminal:
            terminal.wait_for(r"\d+ pending", timeout=120)
            yield Person(who, terminal)

    @contextmanager
    def worker(self, who: str) -> Iterator[None]:
        log = (self.folder / "worker.log").open("w")
        argv = [*PROGRAM, "worker", *self.where]
        with log, subprocess.Popen(argv, stderr=log, env=self.environ(who), cwd=self.folder / who) as child:
            try:
                yield
            finally:
                child.terminate()

    def state(self) -> Any:
        with urllib.request.urlopen(f"{self.sandbox}/admin/state") as answer:
            return json.loads(answer.read())


@contextmanager
def sandbox(*arguments: str) -> Iterator[str]:
    """The address of a served one."""
    argv = [*PROGRAM, "sandbox", "serve", *arguments]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        try:
            yield child.stderr.readline().split()[2]
        finally:
            child.terminate()
            child.communicate()


def run(stage: Stage, shares: Shares, seconds: float = 900.0) -> Outcome:
    """Have it done. Raises TimeoutError where it takes longer."""
    anns, robins, workers = shares.places
    before = Counter(_ours(stage.state()))
    began = time.monotonic()
    watching = Ledger(Database(stage.ledger))
    with stage.console("ann") as ann, stage.console("robin") as robin, stage.worker("wendy"), watching.watched():
        numbers = _numbers(json.loads(stage.command("carl", "plan", "--json")))
        _mark(ann, *shares.ann)
        _mark(robin, *shares.robin)
        ann.filter(workers)
        robin.filter(workers)
        with _approving(stage, shares.worker[0]):
            _until_done(watching, (ann, robin), seconds, least=1)
        ann.filter(robins)
        robin.filter(anns)
        for person in (ann, robin):
            person.terminal.press("s", "yes", quiet=0.2)
        with _approving(stage, shares.worker[1]):
            for person in (ann, robin):
                person.terminal.send("enter")
            _until_done(watching, (ann, robin), seconds, least=len(watching.began) + 1)
        settings = _settings(stage, watching, (ann, robin))
        took = time.monotonic() - began
    stage.command("carl", "sync", "--all", "--yes")
    watching.database.close()
    shown = {(one.name, who): _latencies(one, who, watching, numbers) for one in (ann, robin) for who in _OTHERS}
    return Outcome(
        documents=(made := Counter(_ours(stage.state())) - before).total(),
        items=len(made),
        by=Counter(who for who, _ in watching.began),
        conflicts=sum(count - 1 for count in Counter(item for _, item in watching.began).values() if count > 1),
        seen={key: found for key, found in shown.items() if found and key[0] != key[1]},
        settings=settings,
        took=took,
    )


_OTHERS: Final = ("ann", "robin", "wendy")


def _mark(person: Person, *expressions: str) -> None:
    for expression in expressions:
        person.filter(expression)
        person.terminal.press("a", quiet=0.3)
    person.terminal.wait_for(r"\d+ marked")


@contextmanager
def _approving(stage: Stage, expression: str) -> Iterator[None]:
    """Meanwhile somebody at the command line approves for the worker."""

    def approve() -> None:
        found = json.loads(stage.command("carl", "plan", "--filter", expression, "--json"))["items"]
        stage.command("carl", "sync", *(f"--item={one['id']}" for one in found), "--approve-only", "--yes")

    thread = threading.Thread(target=approve)
    thread.start()
    yield
    thread.join()


def _until_done(ledger: Ledger, people: Sequence[Person], seconds: float, *, least: int) -> None:
    """Look at both screens until `least` items were taken and nobody has had anything in hand for a while."""
    began = quiet = time.monotonic()
    while time.monotonic() - quiet < 3:
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not done after {seconds} s:\n{people[0].terminal.text()}")
        if len(ledger.began) < least or set(ledger.began) - set(ledger.ended):
            quiet = time.monotonic()
        for person in people:
            person.look()
        time.sleep(0.01)


def _settings(stage: Stage, ledger: Ledger, people: Sequence[Person]) -> dict[str, float]:
    """Somebody saves a setting for everybody: seconds until each console says so."""
    shown: dict[str, float] = {}
    saving = threading.Thread(target=stage.command, args=("carl", "settings", "set", "sync_project_number", "off"))
    saving.start()
    until = time.monotonic() + 60
    while len(shown) < len(people):
        for person in people:
            person.look()
            if person.name not in shown and "newer settings: R" in person.terminal.text():
                shown[person.name] = time.time()
        if time.monotonic() > until:
            raise TimeoutError(people[0].terminal.text())
    saving.join()
    with ledger.database.transaction() as connection:
        saved = float(connection.scalar(_SAVED) or 0)
    return {who: at - saved for who, at in shown.items()}


def _latencies(person: Person, who: str, ledger: Ledger, numbers: Mapping[str, str]) -> list[float]:
    """From the claim in the ledger to the screen."""
    found = []
    for number, shown in person.began.items():
        claimed = ledger.began.get((who, numbers.get(number, "")))
        if claimed is not None and shown >= claimed:
            found.append(shown - claimed)
    return found


def _numbers(plan: Any) -> dict[str, str]:
    """Number -> item, where the number names one alone."""
    counts = Counter(one["number"] for one in plan["items"])
    return {one["number"]: one["id"] for one in plan["items"] if counts[one["number"]] == 1}


def _ours(state: Any) -> list[str]:
    """The marker of each live document that has one."""
    invoices = state["xero"]["Invoices"]
    return [one["Url"] for one in invoices if one.get("Url") and one["Status"] not in {"DELETED", "VOIDED"}]


def report(outcome: Outcome) -> Iterator[str]:
    """What was counted and measured, a line each."""
    yield f"{outcome.items} items sent, {outcome.documents} documents in Xero: {outcome.duplicates} duplicates"
    yield f"by {', '.join(f'{who} {count}' for who, count in sorted(outcome.by.items()))}; {outcome.took:.0f} s in all"
    for (viewer, who), found in sorted(outcome.seen.items()):
        yield (
            f"{viewer} saw what {who} had in hand: {len(found)} rows, "
            f"median {statistics.median(found):.2f} s, longest {max(found):.2f} s after the claim"
        )
    for who, seconds in sorted(outcome.settings.items()):
        yield f"{who} was told of settings that carl saved after {seconds:.2f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=500, help="items beside the default scenario's")
    items = parser.parse_args().items
    with (
        tempfile.TemporaryDirectory(prefix="smoothx-pg-") as data,
        tempfile.TemporaryDirectory(prefix="smoothx-three-") as folder,
        server(Path(data)) as postgres,
        sandbox(*(["--items", str(items)] if items else [])) as address,
    ):
        outcome = run(Stage(Path(folder), postgres.new_database(), address), Shares())
    for line in report(outcome):
        print(line)
    late = [one for found in outcome.seen.values() for one in found if one > 2.0]
    return 1 if outcome.duplicates or late or not outcome.seen else 0


if __name__ == "__main__":
    sys.exit(main())
