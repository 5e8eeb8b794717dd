"""Planning: one item beside code written by hand for the same payload, and what a changed setting costs at 100,000.

`python -m benchmarks.planning`; processor time, runs interleaved, the median of the ratios pair by pair.
"""

import argparse
import copy
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.measure import Table, ratio
from benchmarks.planning_by_hand import payload_by_hand
from benchmarks.planning_items import COMPANIES, books, items, mapping, planner
from smoothx_tui.planning.draft import Known
from smoothx_tui.planning.links import NOT_LINKED
from smoothx_tui.planning.plan import Action
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.rules import plan_adopted
from smoothx_tui.procore.items import Item
from smoothx_tui.session.moving import moving
from smoothx_tui.session.rows import row_from
from smoothx_tui.session.table import Table as RowTable
from smoothx_tui.settings.schema import Settings

FEW: Final = 1_000
MANY: Final = 100_000
SENT: Final = Settings(sync_prior_locked_period=True, multi_currency=True)
"""Settings under which every item of the benchmark is sent."""
FLIPS: Final[dict[str, dict[str, Any]]] = {
    "sync_as_draft off": {"sync_as_draft": False},
    "erp_locking off": {"erp_locking": False},
    "sync_project_number off": {"sync_project_number": False},
    "multi_currency on (1 in 20 foreign)": {"multi_currency": True},
    "sub_job_as_project off (1 in 12 has one)": {"sub_job_as_project": False},
    "sync_prior_locked_period on (1 in 15 dated in one)": {"sync_prior_locked_period": True},
    "ignore_contacts: one of 400": {"ignore_contacts": frozenset({COMPANIES[7].id})},
    "ignore_cost_types: one of 5": {"ignore_cost_types": frozenset({"10"})},
    "ignore_tax_codes: on every bill": {"ignore_tax_codes": frozenset({"88"})},
}
_ACTIONS: Final = tuple(Action)
BareLine: TypeAlias = tuple[int, int, str]
"""Cents, cents retained, cost type."""
_SKIPPED: Final = _ACTIONS.index(Action.SKIPPED)


def measured(_: Path, runs: int) -> Table:
    """The table of this benchmark."""
    table = Table("Planning")
    _one_item(table, runs)
    _changed_settings(table, runs, MANY)
    return table


def processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _one_item(table: Table, runs: int) -> None:
    pending, rows, ground = list(items(FEW)), mapping(), books()
    claims = Planner(pending, rows, ground).claims
    known: Known = {}

    def ours() -> list[Any]:
        return [plan_adopted(item, SENT, rows, ground, NOT_LINKED, claims, known).payload for item in pending]

    def by_hand() -> list[Any]:
        return [payload_by_hand(item, SENT, rows, ground) for item in pending]

    if ours() != by_hand():
        raise AssertionError("the two payloads differ")
    pairs = [(processor_seconds(ours), processor_seconds(by_hand)) for _ in range(runs)]
    note = "5 lines and retention; reasons, findings and the why of each value included"
    table.add("planning one item", "by hand", ratio(*zip(*pairs, strict=True)), "6", note)


class Rows:
    """The rows of a console's table, with the counts and totals over all."""

    def __init__(self, planner_: Planner, settings: Settings) -> None:
        self.planner = planner_
        self.settings = settings
        self.table = RowTable(planner_.places)
        for key in planner_.items:
            self._plan(key)
        self.places = [planner_.places.of(key) for key in planner_.items]
        self.totals = self.table.totals()
        self._remainders = self._copied(planner_._remainders)  # noqa: SLF001 - see `forget`

    def turn(self, settings: Settings) -> int:
        """Make every row right for other settings, and the totals; how many were looked at again."""
        touched = self.planner.groups.touched(self.settings, settings)
        self.settings = settings
        if not touched:
            return 0
        self.table.spoil_groups(touched)
        stale = list(compress(self.places, self.table.staleness(self.places)))
        for _ in moving(self.table, self.planner, settings, stale):
            pass
        for key in self.table.stale_keys():
            self._plan(key)
        self.totals = self.table.totals()
        return len(stale)

    def forget(self) -> None:
        """Be as after the first plan: that a setting is tried for the first time can be measured again and again."""
        self.planner._remainders = self._copied(self._remainders)  # noqa: SLF001
        for slot in self.planner._slots.values():  # noqa: SLF001
            slot.outlines.clear()

    def _copied(self, remainders: Any) -> Any:
        """The items keep their numbers: the table knows them by these."""
        places = self.table.places
        return copy.deepcopy(remainders, {id(places): places})

    def _plan(self, key: str) -> None:
        self.table[key] = row_from(self.planner.outline_of(key, self.settings), self.planner.group_of(key))
        self.table.settle(key)


def bare_loop(pending: Sequence[tuple[int, tuple[BareLine, ...]]], dropped: frozenset[str]) -> list[int]:
    """What no program can do without: go through all items, add up whole numbers, and count them by action."""
    counts, sums = [0] * len(_ACTIONS), [0] * len(_ACTIONS)
    for action, lines in pending:
        net, becomes = 0, _SKIPPED
        for cents, retained, cost_type in lines:
            if cost_type not in dropped:
                becomes = action
                net += cents - retained
        counts[becomes] += 1
        sums[becomes] += net
    return sums


def _changed_settings(table: Table, runs: int, count: int) -> None:
    rows = Rows(planner(count), Settings())
    bare = [(_ACTIONS.index(rows.table[key].action), _bare(item)) for key, item in rows.planner.items.items()]
    gc.collect()
    gc.freeze()
    start = rows.settings
    for name, changes in FLIPS.items():
        flipped, pairs, looked, planned = replace(start, **changes), [], 0, 0
        for _ in range(runs):
            rows.forget()
            before = rows.planner.planned
            began = time.process_time()
            looked = rows.turn(flipped)
            pairs.append((time.process_time() - began, processor_seconds(lambda: bare_loop(bare, frozenset({"10"})))))
            planned = rows.planner.planned - before
            rows.turn(start)
        table.add(
            f"{name}, {count:,} items", "a bare loop of totals", ratio(*zip(*pairs, strict=True)), "1.5",
            f"{looked:,} rows made again, {planned:,} items planned",
        )  # fmt: skip
    _check(rows, start)


def _bare(item: Item) -> tuple[BareLine, ...]:
    return tuple(
        (int(line.amount * 100), int(line.retained * 100), line.cost_type.id if line.cost_type else "")
        for line in item.lines
    )


def _check(rows: Rows, settings: Settings) -> None:
    """Every count and total is right after all that: the same as planned for the first time."""
    fresh = Rows(planner(len(rows.places)), settings)
    if fresh.totals != rows.totals:
        raise AssertionError("counts or totals differ from a full plan")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planning", description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    print(measured(Path(), parser.parse_args().runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
