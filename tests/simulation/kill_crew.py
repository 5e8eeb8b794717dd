"""The workers of kills.py at work: started, killed and stopped, and what they told.

Each is forked from a process that has loaded the program already, so that a life costs no start-up; it is a process
of its own, and `kill -9` is what ends it.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from tests.simulation.kill_worker import Order, main

_PATIENCE: Final = 60.0
"""Seconds: who was to kill itself at a point and did not come there is killed then."""
_PAUSES: Final = (3.0, 25.0, 70.0, 130.0)
"""Seconds of the ledger's time: shorter and longer than what a check may be old, and than a lease."""


@dataclass
class Worker:
    """One process. `doom` and `faint`: when it is killed or stopped from outside (monotonic; 0: never)."""

    process: BaseProcess
    pipe: Connection
    mortal: bool
    doom: float = 0.0
    faint: float = 0.0
    wakes: float = 0.0
    died_at: str = ""


@dataclass
class Crew:
    """All workers of a run."""

    speed: float = 1.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    workers: list[Worker] = field(default_factory=list)
    started: int = 0
    killed_at: Counter[str] = field(default_factory=Counter)
    """Point -> kills there; "at random" for those from outside."""
    stopped_at: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    """Point -> how often those that were not killed came there."""
    said: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.simulation.kill_worker"])

    @property
    def kills(self) -> int:
        return self.killed_at.total()

    @property
    def awake(self) -> int:
        return sum(not worker.wakes for worker in self.workers)

    @property
    def doomed(self) -> int:
        return sum(worker.mortal for worker in self.workers)

    def summary(self) -> str:
        points = sum(self.killed_at[point] > 0 for point in self.passed)
        inside = self.kills - self.killed_at["at random"]
        return (
            f"{self.started} workers, {self.kills} killed ({inside} at {points} of {len(self.passed)} points), "
            f"{self.stopped_at.total()} stopped"
        )

    def start(self, order_of: Callable[..., Order], *, mortal: bool, stops: bool) -> None:
        """One more. A mortal one is killed at a point where few were killed so far, or at a random moment."""
        inside = self.rng.random() < 0.7
        deed = "" if not inside else "kill" if mortal else "pause" if stops else ""
        enough = self._enough(self.killed_at if mortal else self.stopped_at)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=main, args=(order_of(deed=deed, enough=enough), theirs))
        process.start()
        theirs.close()
        self.started += 1
        now = time.monotonic()
        doom = now + (_PATIENCE if inside else self.rng.uniform(0.1, 2.0)) if mortal else 0.0
        faint = now + self.rng.uniform(0.1, 1.5) if stops and not mortal and not inside else 0.0
        self.workers.append(Worker(process, ours, mortal, doom, faint))

    def _enough(self, counts: Counter[str]) -> frozenset[str]:
        """The points that had more than their share."""
        inside = [counts[point] for point in self.passed]
        return frozenset(point for point in self.passed if counts[point] > sum(inside) / len(inside))

    def tend(self) -> None:
        """Hear what they tell, kill, stop and wake those whose time has come, forget those that have ended."""
        now = time.monotonic()
        for worker in self.workers:
            self._hear(worker)
            if worker.doom and now > worker.doom and not worker.died_at:
                worker.died_at = "at random"
                worker.process.kill()
            elif worker.faint and now > worker.faint:
                self._stop(worker, "at random")
            elif worker.wakes and now > worker.wakes:
                worker.wakes = 0.0
                _signal(worker.process, signal.SIGCONT)
        for worker in [worker for worker in self.workers if not worker.process.is_alive()]:
            self._bury(worker)

    def _stop(self, worker: Worker, where: str) -> None:
        worker.faint = 0.0
        if where == "at random":
            _signal(worker.process, signal.SIGSTOP)
        worker.wakes = time.monotonic() + self.rng.choice(_PAUSES) / self.speed
        self.stopped_at[where] += 1

    def _hear(self, worker: Worker) -> None:
        while worker.pipe.poll():
            try:
                kind, told = worker.pipe.recv()
            except (EOFError, ConnectionResetError):
                return
            self._take(worker, kind, told)

    def _take(self, worker: Worker, kind: str, told: Any) -> None:
        match kind:
            case "kill":
                worker.died_at = told
                self.passed[told] += 1
            case "pause":
                self._stop(worker, told)
            case "passed":
                self.passed.update(told)
            case "said":
                self.said[told] += 1
            case _:
                self.crashes.append(told)

    def _bury(self, worker: Worker) -> None:
        self._hear(worker)
        worker.process.join()
        if worker.process.exitcode == -signal.SIGKILL:
            self.killed_at[worker.died_at or "at random"] += 1
        worker.pipe.close()
        self.workers.remove(worker)

    def end(self) -> None:
        """Leave nothing behind."""
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        self.workers.clear()


def _signal(process: BaseProcess, number: signal.Signals) -> None:
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, number)
