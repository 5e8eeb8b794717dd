"""The line is lost in the middle of a sync: `python -m tests.terminal.hangups --times 50`.

A console at a pseudo-terminal posts a few items; as soon as one is in a state that was drawn by lot, the console gets
SIGHUP. It must give the terminal back and end with 129; the next console takes up what is left. In the end every item
that was begun has one document in the sandbox's own books.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.terminal.session import Session
from smoothx_tui.planning.plan import Action, Plan
from tests.simulation.kill_place import Place, serve
from tests.simulation.kill_time import Time

STATES: Final = ("approved", "sending", "sent", "verified", "locking")
_AT_ONCE: Final = 3
_SLOW: Final = [
    {"side": "xero", "method": "PUT", "path": "Invoices", "what": "slow_drip", "seconds": 0.05},
    {"side": "procore", "method": "PATCH", "what": "slow_drip", "seconds": 0.02},
]
_LEFT_ON: Final = frozenset({1000, 1002, 1003, 1004, 1006, 1049, 2004, 2048})


@dataclass
class Count:
    """What was seen."""

    at: Counter[str] = field(default_factory=Counter)
    """State of an item when the line was lost -> how often."""
    gone: int = 0
    """How often the terminal was closed, too."""
    troubles: list[str] = field(default_factory=list)
    finished: int = 0
    """Operations that a later console or worker took up."""


@dataclass
class Scene:
    """A served sandbox, and a home with the ledger of its consoles."""

    place: Place
    home: Path

    def environ(self) -> dict[str, str]:
        return {"HOME": str(self.home)} | {
            f"XDG_{name}_HOME": str(self.home / name.lower()) for name in ("STATE", "CONFIG", "CACHE")
        }

    def console(self) -> Session:
        command = [sys.executable, "-m", "smoothx_tui", "--sandbox", self.place.base]
        return Session(command, env=self.environ(), cwd=Path(__file__).parents[2])

    def states(self) -> Counter[str]:
        """The operations in the ledger by state, "open" among them."""
        files = [one for one in self.home.glob("state/smoothx-tui/sandbox-*.sqlite3") if "settings" not in one.name]
        if not files:
            return Counter()
        with closing(sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True)) as connection:
            rows = connection.execute("select state, open, count(*) from operations group by state, open").fetchall()
        counts: Counter[str] = Counter()
        for state, is_open, number in rows:
            counts[state] += number
            counts["open"] += number * is_open
        return counts

    def finish(self) -> None:
        """What is left is taken up by a worker, as by the next console."""
        command = [sys.executable, "-m", "smoothx_tui", "worker", "--once", "--sandbox", self.place.base]
        root = Path(__file__).parents[2]
        subprocess.run(command, env={**os.environ, **self.environ()}, cwd=root, check=True, capture_output=True)


def hang_up(scene: Scene, plans: Sequence[Plan], state: str, count: Count) -> None:
    """One console: mark the items, sync, and lose the line when one of them is in that state."""
    with scene.console() as session:
        # Rows of the last start, "as of 09:41", are only to look at.
        session.wait_for(r"(?s)\A(?!.* as of ).*(nothing marked|of an earlier run)")
        for number, plan in enumerate(plans, start=1):
            session.press("/", plan.number, "enter", quiet=0.2)
            session.wait_for(r" 1/1 of ")
            session.press("space", "escape", quiet=0.2)
            session.wait_for(f"{number} marked")
        session.press("s", "yes", quiet=0.1)
        before = scene.states()
        session.send("enter")
        seen = _seen(scene, session, state, before)
        # Every other time the line is really gone: the kernel sends the signal, and nothing can be written any more.
        gone = count.at.total() % 2 == 1
        if gone:
            session.lose_line()
        else:
            session.kill(signal.SIGHUP)
        count.at[seen] += 1
        count.gone += gone
        code = session.wait_exit(30)
        if code != 129:
            count.troubles.append(f"exit {code} at {seen}{' (no line)' if gone else ''}:\n{session.text()}")
        if not gone and not restored(session):
            count.troubles.append(f"the terminal was not restored at {seen}: {session.emulator.modes}")


def _seen(scene: Scene, session: Session, state: str, before: Counter[str]) -> str:
    """Wait until an operation is in the state, or all that began have ended; the state that was met."""
    end = time.monotonic() + 30
    begun = False
    while time.monotonic() < end:
        session.pump(0.001)
        now = scene.states()
        if now[state] > before[state]:
            return state
        begun = begun or now["open"] > 0
        if begun and not now["open"]:
            return "ended"
    return "never begun"


def restored(session: Session) -> bool:
    """Whether the terminal is as a shell needs it: main screen, cursor, echo, no mouse, no paste marks."""
    screen = session.emulator
    return not screen.alternate and 25 in screen.modes and not screen.modes & _LEFT_ON and session.echoing()


def repeat(scene: Scene, times: int, rng: random.Random) -> Count:
    """So many lost lines in mid-sync; then what is left is finished, and everything is counted."""
    count, before = Count(), scene.place.books()
    view = scene.place.look()
    names = [plan.number for plan in view.plans.values()]
    free = [plan for plan in view.plans.values() if plan.action is Action.CREATE and not plan.first]
    free = [plan for plan in free if sum(plan.number in name for name in names) == 1]
    rng.shuffle(free)
    tried: list[Plan] = []
    scene.place.tell("faults", _SLOW)
    while sum(count.at[state] for state in STATES) < times and len(free) >= _AT_ONCE:
        plans, free = free[:_AT_ONCE], free[_AT_ONCE:]
        tried += plans
        hang_up(scene, plans, STATES[count.at.total() % len(STATES)], count)
    scene.place.tell("faults", [])
    count.finished = scene.states()["open"]
    scene.finish()
    _judge(scene, tried, before, count)
    return count


def _judge(scene: Scene, tried: Sequence[Plan], before: dict[str, Counter[str]], count: Count) -> None:
    after, states = scene.place.books(), scene.states()
    documents = [after.get(str((plan.payload or {})["Url"]), Counter()).total() for plan in tried]
    if any(number > 1 for number in documents):
        count.troubles.append(f"{sum(number > 1 for number in documents)} items have more than one document")
    if sum(documents) != states["done"] or states["open"]:
        count.troubles.append(f"{sum(documents)} documents, but the ledger says {dict(states)}")
    made = sum(map(Counter.total, after.values())) - sum(map(Counter.total, before.values()))
    if made != sum(documents):
        count.troubles.append(f"{made - sum(documents)} documents belong to no item of the run")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoothx-hangups-")))
        home = directory / "home"
        home.mkdir()
        os.environ |= {f"XDG_{name}_HOME": str(directory / name.lower()) for name in ("STATE", "CONFIG", "CACHE")}
        os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
        base = serve(stack, chosen.times * 16, directory)
        scene = Scene(Place(base, f"sqlite:///{directory / 'look.sqlite3'}", Time(time.time())), home)
        count = repeat(scene, chosen.times, random.Random(chosen.seed))
        states = scene.states()
    met = sum(count.at[state] for state in STATES)
    where = ", ".join(f"{state} {number}" for state, number in count.at.most_common())
    sys.stdout.write(
        f"SIGHUP in mid-sync {met} times ({where}; {count.gone} with the terminal closed); {states['done']} documents, "
    )
    sys.stdout.write(f"{count.finished} finished at the end; {len(count.troubles)} wrong; ")
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    for trouble in count.troubles:
        sys.stdout.write(f"    {trouble}\n")
    return 1 if count.troubles or met < chosen.times else 0


if __name__ == "__main__":
    raise SystemExit(main())
