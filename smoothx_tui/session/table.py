"""The rows of a table by column: 100,000 of them in some 15 MB, each made when it is looked at.

What is done with all of them is done by column: filtering and sorting (`sieve`), counting, and finding what a changed
setting can touch.
"""

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from decimal import Decimal
from itertools import compress
from operator import add, and_
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.procore.places import Places
from smoothx_tui.session.rows import ACTION_WORDS, ALARM, TYPE_WORDS, Row, why_of

if TYPE_CHECKING:
    from smoothx_tui.planning.remainders import Alike, Standing

_ACTIONS: Final = tuple(Action)
_KINDS: Final = tuple(Kind)
_ACTION_AT: Final = {action: at for at, action in enumerate(_ACTIONS)}
_KIND_AT: Final = {kind: at for at, kind in enumerate(_KINDS)}
_DANGER: Final = 64
_NO_DATE: Final = 0
_LARGEST: Final = 10**15
_CENT: Final = Decimal("0.01")
_BY_CODE: Final[Mapping[str, tuple[str, ...]]] = {
    "act": tuple(ACTION_WORDS[action] for action in _ACTIONS),
    "action": _ACTIONS,
    # The code of a kind has the danger beside it.
    "type": tuple(TYPE_WORDS[_KINDS[code % _DANGER % len(_KINDS)]] for code in range(2 * _DANGER)),
    "kind": tuple(_KINDS[code % _DANGER % len(_KINDS)] for code in range(2 * _DANGER)),
    "alarm": ("",) * _DANGER + (ALARM,) * _DANGER,
}
_URGENCY: Final = (
    Action.CREATE, Action.RECREATE, Action.UPDATE, Action.DELETE, Action.VOID, Action.BLOCKED, Action.HELD,
    Action.ORPHANED, Action.LOCKED_ELSEWHERE, Action.NOT_READY, Action.SKIPPED, Action.UNCHANGED,
)  # fmt: skip
"""The order of actions: what is to be done first."""
_ACTION_ORDER: Final = bytes(_URGENCY.index(action) for action in _ACTIONS)
_TYPE_ORDER: Final = bytes(sorted(TYPE_WORDS.values()).index(word) for word in _BY_CODE["type"])


class _Texts:
    """A column of texts of which many are the same."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self.texts: list[str] = []
        self.column = array("i")

    def grow(self, missing: int) -> None:
        self.column.extend([-1] * missing)

    def number(self, text: str) -> int:
        """The text's number in the column."""
        number = self._at.get(text)
        if number is None:
            number = self._at[text] = len(self.texts)
            self.texts.append(text)
        return number

    def put(self, at: int, text: str) -> None:
        self.column[at] = self.number(text)

    def get(self, at: int) -> str:
        return self.texts[self.column[at]]


class Table(MutableMapping[str, Row]):
    """Rows by item key. `places` may be shared with whoever else keeps something about the same items.

    A row may be stale: it has to be made (again) before it is shown. One that was never made has no values, and may be
    stale all the same.
    """

    def __init__(self, places: Places | None = None) -> None:
        self.places: Final = places or Places()
        self._made = bytearray()
        self._stale = bytearray()
        self._count = 0
        self._numbers: list[str] = []
        self._action = bytearray()
        self._kind = bytearray()
        self._date = array("i")
        self._cents = array("q")
        self._odd: dict[int, Decimal] = {}
        self._group = array("i")
        self._contact, self._project, self._currency, self._why = _Texts(), _Texts(), _Texts(), _Texts()
        self._texts: Final = {
            "contact": self._contact, "project": self._project, "currency": self._currency, "why": self._why,
        }  # fmt: skip

    def __setitem__(self, key: str, row: Row) -> None:
        at = self.places.of(key)
        self._reach(at)
        self._count += not self._made[at]
        self._made[at] = 1
        self._numbers[at] = row.number
        self._action[at] = _ACTION_AT[row.action]
        self._kind[at] = _KIND_AT[row.kind] + (_DANGER if row.danger else 0)
        self._date[at] = row.date.toordinal() if row.date else _NO_DATE
        self._group[at] = row.group
        self._contact.put(at, row.contact)
        self._project.put(at, row.project)
        self._currency.put(at, row.currency)
        self._why.put(at, row.why)
        self._put_total(at, row.total)

    def __getitem__(self, key: str) -> Row:
        at = self._place(key)
        if at < 0:
            raise KeyError(key)
        kind, date = self._kind[at], self._date[at]
        return Row(
            key,
            _ACTIONS[self._action[at]],
            _KINDS[kind & (_DANGER - 1)],
            self._numbers[at],
            self._contact.get(at),
            self._project.get(at),
            dt.date.fromordinal(date) if date else None,
            self._total(at),
            self._currency.get(at),
            self._why.get(at),
            kind >= _DANGER,
            self._group[at],
        )

    def __delitem__(self, key: str) -> None:
        at = self._place(key)
        if at < 0:
            raise KeyError(key)
        self._made[at] = self._stale[at] = 0
        self._numbers[at] = ""
        self._group[at] = -1
        self._count -= 1

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._place(key) >= 0

    def __iter__(self) -> Iterator[str]:
        return compress(self.places.keys, self._made)

    def __len__(self) -> int:
        return self._count

    # -- what has to be made again ------------------------------------------------------------------------------------

    @property
    def stale(self) -> int:
        """How many rows are stale."""
        return self._stale.count(1)

    def is_stale(self, key: str) -> bool:
        at = self.places.at.get(key, -1)
        return 0 <= at < len(self._stale) and bool(self._stale[at])

    def spoil(self, key: str) -> None:
        """Say that a row is stale."""
        at = self.places.of(key)
        self._reach(at)
        self._stale[at] = 1

    def settle(self, key: str) -> None:
        """Say that a row is as it should be."""
        self._stale[self.places.at[key]] = 0

    def spoil_only(self, places: Iterable[int]) -> None:
        """The rows at these places are stale, no others."""
        self._reach(len(self.places.keys) - 1)
        self._stale = self._mask(places)

    def spoil_groups(self, groups: Collection[int]) -> None:
        """The rows in these groups are stale, besides those that are."""
        if not groups or not self._made:
            return
        highest = max(groups), max(self._group)
        touched = bytearray(max(highest) + 2)  # the last one: rows that are in no group
        for group in groups:
            touched[group] = 1
        mask = int.from_bytes(bytes(map(touched.__getitem__, self._group)), "little")
        both = mask | int.from_bytes(self._stale, "little")
        self._stale = bytearray(both.to_bytes(len(self._stale), "little"))

    def stale_keys(self) -> list[str]:
        """The keys of the stale rows, in the order of their places."""
        return list(compress(self.places.keys, self._stale))

    def staleness(self, places: Iterable[int]) -> Iterator[int]:
        """For each of the places whether its row is stale."""
        return map(self._stale.__getitem__, places)

    def stale_of(self, places: Sequence[int]) -> Iterator[int]:
        """Those of the places whose rows were made and are stale."""
        return compress(places, map(and_, self.staleness(places), map(self._made.__getitem__, places)))

    def besides(self, places: Iterable[int]) -> list[str]:
        """The keys of rows that are here and at none of these places."""
        self._reach(len(self.places.keys) - 1)
        there = int.from_bytes(self._mask(places), "little")
        others = int.from_bytes(self._made, "little") & ~there
        return list(compress(self.places.keys, others.to_bytes(len(self._made), "little"))) if others else []

    def _mask(self, places: Iterable[int]) -> bytearray:
        size = len(self._made)
        if isinstance(places, array) and len(places) == size:
            return bytearray(b"\1" * size)  # all of them: no place is named twice
        found = bytearray(size)
        for at in places:
            found[at] = 1
        return found

    def put_alike(self, rows: "Alike") -> None:
        """Rows that differ in the amount alone, as `row_moved` makes them one by one."""
        action, kind, cents, stale = self._action, self._kind, self._cents, self._stale
        currencies, whys, standing = self._currency.column, self._why.column, rows.standing
        code, danger = _ACTION_AT[standing.action], _DANGER if standing.danger else 0
        currency, why = self._currency.number(standing.currency), self._why.number(why_of(standing))
        for at, amount in zip(rows.places, rows.cents, strict=True):
            action[at] = code
            kind[at] = kind[at] % _DANGER + danger
            cents[at] = amount
            currencies[at] = currency
            whys[at] = why
            stale[at] = 0
        for at in self._odd.keys() & rows.places if self._odd else ():
            del self._odd[at]

    def put_standing(self, at: int, standing: "Standing") -> None:
        """The row of an item that needs no plan, as `row_moved` makes it."""
        self._action[at] = _ACTION_AT[standing.action]
        self._kind[at] = self._kind[at] % _DANGER + (_DANGER if standing.danger else 0)
        self._cents[at] = standing.cents
        self._odd.pop(at, None)
        self._currency.put(at, standing.currency)
        self._why.put(at, why_of(standing))
        self._stale[at] = 0

    # -- by column ----------------------------------------------------------------------------------------------------

    def made(self, places: Sequence[int]) -> int:
        """A byte for each of the places, the first one lowest: 1 where the row was made."""
        return int.from_bytes(bytes(map(self._made.__getitem__, places)), "little")

    def coded(self, name: str) -> "tuple[Sequence[int], Sequence[Any] | Mapping[int, Any]] | None":
        """A column that holds few values: by place the number of the value, and the values by number. None for the
        others.
        """
        if name in self._texts:
            return self._texts[name].column, self._texts[name].texts
        if name == "date":
            return self._date, {day: dt.date.fromordinal(day) if day else None for day in set(self._date)}
        if name not in _BY_CODE:
            return None
        return self._kind if name in {"type", "kind", "alarm"} else self._action, _BY_CODE[name]

    def singly(self, name: str, places: Iterable[int]) -> Iterator[Any]:
        """The numbers or the totals at these places."""
        return map(self._numbers.__getitem__ if name == "number" else self._total, places)

    def order(self, name: str) -> Sequence[Any]:
        """By place something to sort a column by."""
        if name in self._texts:
            return self._order_of_texts(self._texts[name], dangers_first=name == "why")
        if name == "date":
            return self._date
        if name == "number":
            return [number.casefold() for number in self._numbers]
        if name == "total":
            odd = self._odd
            return (
                [odd[at] * 100 if at in odd else cents for at, cents in enumerate(self._cents)] if odd else self._cents
            )
        codes, order = (self._kind, _TYPE_ORDER) if name == "type" else (self._action, _ACTION_ORDER)
        return bytes(map(order.__getitem__, codes))

    def _order_of_texts(self, texts: _Texts, *, dangers_first: bool) -> Sequence[int]:
        """Ranks without case; a text that differs from another one in case only has the same."""
        folded = [text.casefold() for text in texts.texts]
        at = {text: rank for rank, text in enumerate(sorted(set(folded)))}
        ranks = [*(at[text] for text in folded), 0]  # the last one: rows that were never made
        found = map(ranks.__getitem__, texts.column)
        if not dangers_first:
            return array("i", found)
        behind = [0 if code >= _DANGER else len(at) for code in range(2 * _DANGER)]
        return array("i", map(add, found, map(behind.__getitem__, self._kind)))

    def totals(self) -> dict[tuple[Action, str], tuple[int, Decimal]]:
        """Of all rows that were made: how many and how much, by action and currency."""
        texts, many = self._currency.texts, len(_ACTIONS)
        # One number for both, so that the rows are counted in C and only the amounts are gone through.
        both = list(compress(map(add, self._action, map(many.__mul__, self._currency.column)), self._made))
        sums = [0] * (many * len(texts))
        for of, cents in zip(both, compress(self._cents, self._made), strict=True):
            sums[of] += cents
        exact = [Decimal(cents).scaleb(-2) for cents in sums]
        for at, total in self._odd.items():
            if self._made[at]:
                exact[self._action[at] + many * self._currency.column[at]] += total
        return {(_ACTIONS[of % many], texts[of // many]): (count, exact[of]) for of, count in Counter(both).items()}

    def _place(self, key: str) -> int:
        at = self.places.at.get(key, -1)
        return at if 0 <= at < len(self._made) and self._made[at] else -1

    def _total(self, at: int) -> Decimal:
        return self._odd[at] if at in self._odd else Decimal(self._cents[at]).scaleb(-2)

    def _reach(self, at: int) -> None:
        """Columns as long as this place needs."""
        if at < len(self._made):
            return
        missing = max(at + 1, len(self.places.keys)) - len(self._made)
        for column in (self._made, self._stale, self._action, self._kind):
            column.extend(bytes(missing))
        self._numbers.extend([""] * missing)
        self._date.extend([_NO_DATE] * missing)
        self._cents.extend([0] * missing)
        self._group.extend([-1] * missing)
        for texts in (self._contact, self._project, self._currency, self._why):
            texts.grow(missing)

    def _put_total(self, at: int, total: Decimal) -> None:
        """In cents where it has no more, which is nearly always."""
        self._odd.pop(at, None)
        if -_LARGEST < total < _LARGEST and total == total.quantize(_CENT):
            self._cents[at] = int(total.scaleb(2))
        else:
            self._odd[at], self._cents[at] = total, 0
