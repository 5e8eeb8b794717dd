"""Filtering and sorting a table by its columns, in small steps.

A test is asked once for each value of a column, and rows are then looked up in C: a hundred thousand rows take some
40 ms, which is a tenth of making each row to ask it. Rows that were never made do not pass, and are sorted last.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress
from typing import Final

from smoothx_tui.session.filters import Filter, Holds
from smoothx_tui.session.table import Table

STEP: Final = 4000
"""Rows at a time: a millisecond or two."""


def parts(places: Sequence[int]) -> Iterator[Sequence[int]]:
    """The places, some at a time."""
    for start in range(0, len(places), STEP):
        yield places[start : start + STEP]


class Sieve:
    """A filter, made ready for one table as it is now."""

    def __init__(self, table: Table, wanted: Filter, stay: Collection[int] = ()) -> None:
        """`stay`: places that pass whatever the filter says."""
        self._table = table
        self._tests = wanted.tests
        self._stay = frozenset(stay)
        self._hits: dict[tuple[int, str], Sequence[int] | Mapping[int, int]] = {}

    def readying(self) -> Iterator[None]:
        """Ask the tests for every value of the columns that hold few."""
        for number, test in enumerate(self._tests):
            for name, holds in test.columns.items():
                coded = self._table.coded(name)
                if coded is None:
                    continue
                values = coded[1]
                if isinstance(values, Mapping):
                    self._hits[number, name] = {code: holds(value) for code, value in values.items()}
                    continue
                hits = bytearray()
                for start in range(0, len(values), STEP):
                    hits += bytes(map(holds, values[start : start + STEP]))
                    yield
                if any(hits):
                    self._hits[number, name] = hits
                yield

    def passing(self, places: Sequence[int]) -> list[int]:
        """Those of the places that pass, after `readying`."""
        size = len(places)
        ones = int.from_bytes(b"\1" * size, "little")
        found = self._table.made(places)
        for number, test in enumerate(self._tests):
            hit = 0
            for name, holds in test.columns.items():
                hit |= int.from_bytes(self._column(number, name, holds, places), "little")
            found &= hit ^ ones if test.negated else hit
        kept = list(compress(places, found.to_bytes(size, "little")))
        if self._stay:
            wanted = self._stay.union(kept)
            kept = [place for place in places if place in wanted]
        return kept

    def _column(self, number: int, name: str, holds: Holds, places: Sequence[int]) -> bytes:
        coded = self._table.coded(name)
        if coded is None:
            return bytes(map(holds, self._table.singly(name, places)))
        hits = self._hits.get((number, name))
        return b"" if hits is None else bytes(map(hits.__getitem__, map(coded[0].__getitem__, places)))


def sort(table: Table, name: str, places: list[int]) -> Iterator[None]:
    """Sort in place by a column, in steps."""
    order = table.order(name)
    yield
    made: list[list[int]] = []
    late: list[int] = []
    for part in parts(places):
        mask = table.made(part).to_bytes(len(part), "little")
        run = list(compress(part, mask))
        if len(run) < len(part):
            late += (place for place, is_made in zip(part, mask, strict=True) if not is_made)
        run.sort(key=order.__getitem__)
        made.append(run)
        yield
    while len(made) > 1:
        # Python's sort merges two sorted runs in a fraction of a sort from nothing.
        for at in range(0, len(made) - 1, 2):
            made[at] += made[at + 1]
            made[at].sort(key=order.__getitem__)
            yield
        made = made[::2]
    places[:] = [*(made[0] if made else []), *late]
