"""The items table's state: rows, order, filter, cursor, marks. Flat in the number of rows where a key is concerned."""

from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress

from smoothx_tui.console.model.tally import Tally
from smoothx_tui.planning.actions import SENDABLE
from smoothx_tui.procore.places import Places
from smoothx_tui.session.filters import read_filter
from smoothx_tui.session.rows import Row
from smoothx_tui.session.sieve import STEP, Sieve, parts, sort
from smoothx_tui.session.snapshot import Snapshot
from smoothx_tui.session.table import Table


@dataclass(frozen=True, slots=True)
class Live:
    """What a sync is doing with an item, instead of its planned action. The results stay until the next plan."""

    sign: str
    word: str
    role: str
    text: str = ""


class ItemsModel:
    """Rows by key, and the list of keys that is shown.

    A row is made when it is looked at: drawing pulls the plans of what is on the screen, a worker fetches the rest in
    slices. After a changed setting every row is stale until it is made again; stale values sort and filter meanwhile.
    """

    def __init__(self, provide: Callable[[str], Row]) -> None:
        self._provide = provide
        self._rows = Table()
        self._places = array("i")
        """Of each of `keys` its number in the columns."""
        self.keys: Sequence[str] = []
        self.shown: Sequence[str] = []
        self.last: Snapshot | None = None
        """Rows of an earlier start, shown until there are plans: to look at and no more."""
        self.marks: set[str] = set()
        self.marked = Tally()
        self.lapsed: set[str] = set()
        """Marked before, and with nothing to send under the settings being tried: marked again when there is."""
        self.live: dict[str, Live] = {}
        self._let_go: frozenset[str] = frozenset()
        """Of those the ones that a filter entered after them shows only where they pass it."""
        self.elsewhere: dict[str, Live] = {}
        """What colleagues have in hand."""
        self.submitted: dict[str, Live] = {}
        """What waits for a second person."""
        self.cursor = 0
        self.anchor: int | None = None
        """Where a range began, while one is being made."""
        self.sort = ""
        self.reverse = False
        self.filter = read_filter("")

    # -- rows ---------------------------------------------------------------------------------------------------

    def show_last(self, last: Snapshot) -> None:
        """Rows of an earlier start in place of plans; the next `load` takes them away."""
        self.last = last
        self.keys = self.shown = last.keys

    def load(self, keys: Iterable[str], places: Places | None = None, changed: frozenset[str] | None = None) -> None:
        """All items anew. The cursor stays on its item; marks stay on items that are still there.

        `places` are the session's, where it has some: the rows take less room then. `changed`: only the rows of these,
        and those that are stale, have to be made again.
        """
        here = self.current_key
        self.lapsed = set()
        self.last = None
        before, self.keys = self.keys, list(keys)
        if changed is not None and self.keys == before:
            self.live = {}
            for key in changed & self._rows.keys():
                self._rows.spoil(key)
            return
        if places is not None and places is not self._rows.places:
            self._rows = Table(places)
            self.marked.clear()
        self._put_places(changed)
        self.live = {}
        if len(self.keys) > STEP and (self.filtered or self.sort):
            # Arranging them takes a while: that is done in slices when the rows are made.
            there = set(self.keys)
            self.shown = [key for key in self.shown if key in there]
            self.cursor = max(0, min(self.cursor, len(self.shown) - 1))
        else:
            self.arrange(here)

    def _put_places(self, changed: frozenset[str] | None) -> None:
        """The places of the keys; rows that are gone are dropped, and what has to be made is stale."""
        rows = self._rows
        self._places = array("i", map(rows.places.of, self.keys))
        for key in rows.besides(self._places):
            self._drop(key)
        if self.marks:
            self.marks &= set(self.keys)
        if changed is None:
            self.forget()
        else:
            rows.spoil_only(
                at
                for at, key in zip(self._places, self.keys, strict=True)
                if key in changed or key not in rows or rows.is_stale(key)
            )

    def _drop(self, key: str) -> None:
        """Forget the row of an item that is not there any more."""
        row = self._rows.pop(key)
        if key in self.marks:
            self.marked.drop(row)

    def forget(self, groups: frozenset[int] | None = None) -> None:
        """Every plan may have changed, or those of these groups (`Row.group`): their rows are made again when they are
        looked at.
        """
        if groups is None:
            self._rows.spoil_only(self._places)
        else:
            self._rows.spoil_groups(groups)

    @property
    def stale(self) -> int:
        """Rows that are not made yet."""
        return self._rows.stale

    def is_stale(self, key: str) -> bool:
        return self._rows.is_stale(key)

    def stale_keys(self) -> list[str]:
        """The keys of those rows, in the order of the items."""
        return list(compress(self.keys, self._rows.staleness(self._places)))

    def moving(self, move: Callable[[Table, Sequence[int]], Iterator[None]]) -> Iterator[None]:
        """Have rows made right by column, as far as `move` can; marked ones by themselves, for they may lose it."""
        at = self._rows.places.at
        marked = {at[key] for key in self.marks}
        places = list(compress(self._places, self._rows.staleness(self._places)))
        return move(self._rows, [place for place in places if place not in marked] if marked else places)

    def row(self, key: str) -> Row:
        """The row, made now where it is stale. While it has nothing to send, a marked item's mark lapses."""
        if self.last is not None:
            return self.last.row(key)
        rows = self._rows
        if not rows.is_stale(key):
            return rows[key]
        row = self._provide(key)
        rows.settle(key)
        old = rows.get(key)
        if old == row:
            return old
        rows[key] = row
        if key in self.marks:
            if old is not None:
                self.marked.drop(old)
            if row.action in SENDABLE:
                self.marked.add(row)
            else:
                self.marks.discard(key)
                self.lapsed.add(key)
        elif key in self.lapsed and row.action in SENDABLE:
            self.lapsed.discard(key)
            self.marks.add(key)
            self.marked.add(row)
        return row

    def known(self, key: str) -> Row | None:
        """The row as it was last made, even where it is stale; None where it never was."""
        return self._rows.get(key)

    @property
    def rows(self) -> Table:
        """The rows as they were last made."""
        return self._rows

    def numbers(self) -> list[str]:
        """The numbers of what is shown, for completion."""
        if self.last is not None:
            return []
        return [row.number for key in self.shown if (row := self._rows.get(key)) is not None and row.number]

    def arrange(self, here: str | None = None) -> None:
        """Filter and sort again, at once."""
        for _ in self.arranging(here):
            pass

    def arranging(self, here: str | None = None) -> Iterator[None]:
        """Filter and sort again in small steps; nothing is seen of it before the last one.

        The cursor goes to `here` (default: where it is), or stays at its place where that is not shown.
        """
        here = here or self.current_key
        keys: Sequence[str]
        if self.last is not None:
            keys = self.last.keys if not self.filtered else (yield from self._passing_last(self.last))
        elif self.filtered or self.sort:
            places: list[int] = []
            yield from self._passing(places)
            if self.sort:
                yield from sort(self._rows, self.sort, places)
            keys = list(map(self._rows.places.keys.__getitem__, places))
        else:
            keys = list(self.keys)
        self.shown = keys[::-1] if self.reverse else keys
        self.anchor = None
        self.cursor = min(self.cursor, max(0, len(self.shown) - 1))
        if here is not None and self.current_key != here:
            with suppress(ValueError):
                self.cursor = self.shown.index(here)

    def _passing(self, found: list[int]) -> Iterator[None]:
        """What passes the filter; what a sync has just ended stays in sight with its result until the next plan or the
        next filter.
        """
        if not self.filtered:
            found += self._places
            return
        at = self._rows.places.at
        sieve = Sieve(self._rows, self.filter, [at[key] for key in self.live.keys() - self._let_go if key in at])
        yield from sieve.readying()
        for part in parts(self._places):
            found += sieve.passing(part)
            yield

    def _passing_last(self, last: Snapshot) -> Generator[None, None, list[str]]:
        """The same of the rows of an earlier start."""
        found: list[str] = []
        for at in range(len(last.keys)):
            row = last.at(at)
            if self.filter.matches(row):
                found.append(row.key)
            if not at % STEP:
                yield
        return found

    def set_filter(self, text: str) -> None:
        """Show only what passes; "" shows all. `arrange` or `arranging` then does it. Raises BadFilter."""
        wanted = read_filter(text)
        if wanted.text != self.filter.text:
            self._let_go = frozenset(self.live)
        self.filter = wanted

    def show_results(self, results: dict[str, Live]) -> None:
        """How a sync has ended: in sight, whatever the filter says."""
        self.live, self._let_go = results, frozenset()

    def to_top_unless(self, here: str | None) -> None:
        """The first row, where the one that was looked at is not shown any more."""
        if self.current_key != here:
            self.cursor = 0

    @property
    def filtered(self) -> bool:
        return bool(self.filter.tests)

    def set_sort(self, column: str) -> None:
        """Sort by a column, "" as read; the same one again turns it round. `arrange` or `arranging` then does it."""
        self.reverse = not self.reverse if column and column == self.sort else False
        self.sort = column

    def turn_round(self) -> None:
        """The same rows from the end; the cursor stays on its item."""
        self.reverse = not self.reverse
        self.shown = self.shown[::-1]
        self.anchor = None
        self.cursor = max(0, len(self.shown) - 1 - self.cursor)

    # -- cursor -------------------------------------------------------------------------------------------------

    @property
    def current_key(self) -> str | None:
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def current(self) -> Row | None:
        key = self.current_key
        return self.row(key) if key is not None else None

    def move(self, to: int) -> tuple[int, int]:
        """The cursor to a row, kept inside; (old, new)."""
        old = self.cursor
        self.cursor = max(0, min(to, len(self.shown) - 1))
        return old, self.cursor

    def find(self, text: str) -> int | None:
        """The row whose number, key or bare id is `text`, as it is or without case."""
        wanted = text.strip().casefold()
        for at, key in enumerate(self.shown):
            row = self._rows.get(key)
            if wanted in (key, key.partition(":")[2]) or (row is not None and wanted == row.number.casefold()):
                return at
        return None

    # -- marks --------------------------------------------------------------------------------------------------

    def can_mark(self, key: str) -> bool:
        """Only what has something to send is marked; the rest would only be refused later."""
        return self.last is None and self.row(key).action in SENDABLE

    def mark(self, key: str, *, on: bool) -> bool:
        """Mark or unmark; True where that changed something."""
        if on == (key in self.marks):
            return False
        if on and not self.can_mark(key):
            return False
        if on:
            self.marks.add(key)
            self.marked.add(self.row(key))
        else:
            self.marks.discard(key)
            self.marked.drop(self.row(key))
        return True

    def toggle(self) -> bool:
        """Mark or unmark where the cursor is."""
        key = self.current_key
        return key is not None and self.mark(key, on=key not in self.marks)

    def mark_range(self, first: int, last: int) -> int:
        """Mark from one row to another, both included; how many are new."""
        low, high = sorted((first, last))
        return sum(self.mark(key, on=True) for key in self.shown[low : high + 1])

    def mark_all(self) -> tuple[int, int]:
        """Mark what is shown and can be sent, but nothing with a danger: (newly marked, dangers left out)."""
        left_out = marked = 0
        for key in self.shown:
            if self.row(key).danger and self.can_mark(key) and key not in self.marks:
                left_out += 1
            else:
                marked += self.mark(key, on=True)
        return marked, left_out

    def invert(self) -> None:
        """Of what is shown: marked ones unmarked, the others marked, except those with a danger."""
        for key in self.shown:
            if key in self.marks:
                self.mark(key, on=False)
            elif not self.row(key).danger:
                self.mark(key, on=True)

    def unmark_all(self) -> None:
        self.marks.clear()
        self.marked.clear()
        self.lapsed.clear()
        self.anchor = None

    def in_range(self, at: int) -> bool:
        """Whether a row lies in the range that is being made."""
        return self.anchor is not None and min(self.anchor, self.cursor) <= at <= max(self.anchor, self.cursor)

    @property
    def hidden_marks(self) -> int:
        """Marked items that the filter does not show. They are synced too, so it has to be said."""
        if not self.marks or not self.filtered:
            return 0
        return sum(1 for key in self.marks if not self.filter.matches(self.row(key)))

    def marked_keys(self) -> Sequence[str]:
        """The marked items in the order of the items."""
        return [key for key in self.keys if key in self.marks]
