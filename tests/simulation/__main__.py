"""`python -m tests.simulation --seeds 20000`: many seeds, and with `--without NAME` one safeguard less."""

import argparse
import sys
import time

from tests.simulation.safeguards import SAFEGUARDS
from tests.simulation.simulate import Simulation


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--table", action="store_true", help="for each safeguard the first seed that misses it")
    chosen = parser.parse_args()
    simulation = Simulation()
    if chosen.table:
        return _table(simulation, chosen.first, chosen.seeds)
    began = time.perf_counter()
    totals: dict[str, int] = {}
    bad = 0
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        outcome = simulation.run(seed, frozenset(chosen.without))
        for name in ("items", "kills", "pauses", "restores", "cuts", "flagged", "held", "done", "effects"):
            totals[name] = totals.get(name, 0) + getattr(outcome, name)
        if outcome.problems:
            bad += 1
            if bad <= 20:
                sys.stdout.write(f"seed {seed}: {outcome.problems[0]}\n")
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{chosen.seeds} seeds, {bad} with problems, {totals}, {seconds:.1f} s\n")
    return 1 if bad else 0


def _table(simulation: Simulation, first: int, most: int) -> int:
    missed = 0
    sys.stdout.write("| safeguard | without it | first seed |\n|---|---|---|\n")
    for name, (words, _) in SAFEGUARDS.items():
        found = "not found"
        for seed in range(first, first + most):
            outcome = simulation.run(seed, frozenset({name}))
            if outcome.problems:
                found = f"{outcome.problems[0]} | {seed}"
                break
        missed += found == "not found"
        sys.stdout.write(f"| {words} (`{name}`) | {found} |\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
