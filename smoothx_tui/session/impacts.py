"""What unsaved settings do to very many items: from the rows, planning only what a changed setting can touch.

`planning.impact` compares two whole sets of plans, which a hundred thousand items have no room for.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, overload

from smoothx_tui.base.money import ZERO
from smoothx_tui.base.turns import Turns
from smoothx_tui.planning.impact import Impact, ItemImpact, Pair, TotalsMove
from smoothx_tui.planning.plan import Action, Outline
from smoothx_tui.planning.planner import Planner
from smoothx_tui.session.rows import Row, row_from, row_moved
from smoothx_tui.settings.schema import Settings

_WITH_PAYLOAD: Final = frozenset({Action.CREATE, Action.RECREATE, Action.UPDATE})
_STEP: Final = 8
"""Items looked at between two chances to stop: some milliseconds where they have to be planned."""


class NotedGroups:
    """The planner's `wide_groups` by an item's place, noted when its row was made."""

    def __init__(self) -> None:
        self._groups = array("i")

    def note(self, place: int, group: int) -> None:
        missing = place + 1 - len(self._groups)
        if missing > 0:
            self._groups.extend([-1] * missing)
        self._groups[place] = group

    def at(self, place: int) -> int:
        """-1 where no row was made."""
        return self._groups[place] if place < len(self._groups) else -1

    def forget(self) -> None:
        self._groups = array("i")


@dataclass
class Comparison:
    """`rows` as they are under `after`; `wide_group` as the planner's."""

    planner: Planner
    rows: Mapping[str, Row]
    before: Settings
    after: Settings
    wide_group: Callable[[str], int]
    _pairs: Counter[tuple[Action, Action]] = field(default_factory=Counter)
    _old: dict[str, Decimal] = field(default_factory=dict)
    _new: dict[str, Decimal] = field(default_factory=dict)
    _changed: list[tuple[str, Row | None]] = field(default_factory=list)
    """Keys with the row as it was; None where the row stays and only the content moves."""

    async def in_slices(self, report: Callable[[int], None]) -> Impact:
        """Compare everything, a few milliseconds at a time; `report` hears how many items are done."""
        turns = Turns()
        for done in self.steps():
            if turns.over:
                report(done)
                await turns.others()
        return self.impact()

    def steps(self) -> Iterator[int]:
        """Compare, and say now and then how many items are done."""
        wide = self.planner.wide_groups.touched(self.before, self.after)
        narrow = self.planner.groups.touched(self.before, self.after)
        for number, key in enumerate(list(self.rows)):
            row = self.rows[key]
            group = self.wide_group(key)
            # An item that is in no group yet was never looked at.
            if group in wide or group < 0:
                old = self._row_before(key, row) if row.group in narrow or group < 0 else row
                self._note(key, old, row)
            else:
                _add(self._old, row)
            _add(self._new, row)
            if number % _STEP == _STEP - 1:
                yield number

    def impact(self) -> Impact:
        """After the last step."""
        pairs = sorted(self._pairs.items(), key=lambda entry: (entry[0][0] is entry[0][1], -entry[1], entry[0]))
        moves = (
            TotalsMove(code, self._old.get(code, ZERO), self._new.get(code, ZERO))
            for code in sorted({*self._old, *self._new})
        )
        return Impact(
            tuple(Pair(was, becomes, count) for (was, becomes), count in pairs),
            tuple(move for move in moves if move.difference),
            _Changed(self, self._changed),
            len(self.rows) - len(self._changed),
        )

    def _row_before(self, key: str, row: Row) -> Row:
        standing = self.planner.standing_of(key, self.before)
        if standing is not None:
            return row_moved(row, standing)
        return row_from(self.planner.outline_of(key, self.before), self.planner.group_of(key))

    def _note(self, key: str, old: Row, row: Row) -> None:
        _add(self._old, old)
        self._pairs[old.action, row.action] += 1
        self._changed.append((key, None if old == row else old))


class _Changed(Sequence[ItemImpact]):
    """Each made when it is looked at."""

    def __init__(self, comparison: Comparison, changed: list[tuple[str, Row | None]]) -> None:
        self._comparison = comparison
        self._entries = changed

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, at: int) -> ItemImpact: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ItemImpact]: ...
    def __getitem__(self, at: int | slice) -> ItemImpact | Sequence[ItemImpact]:
        if isinstance(at, slice):
            return _Changed(self._comparison, self._entries[at])
        key, old = self._entries[at]
        made = self._comparison
        row, planner = made.rows[key], made.planner
        return ItemImpact(
            key,
            _outline(old or row),
            _outline(row),
            lambda: (planner.plan_of(key, made.before), planner.plan_of(key, made.after)),
        )


def _outline(row: Row) -> Outline:
    """Of a row what a list of changes shows."""
    return Outline(
        row.key, row.kind, row.number, row.contact, row.project, row.date, row.action, None, row.why,
        sendable=False, has_payload=False, has_dangers=row.danger,
    )  # fmt: skip


def _add(sums: dict[str, Decimal], row: Row) -> None:
    if row.action in _WITH_PAYLOAD:
        sums[row.currency] = sums.get(row.currency, ZERO) + row.total
