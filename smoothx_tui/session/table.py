"""The rows of a table by column: 100,000 of them in some 15 MB, each made when it is looked at."""

import datetime as dt
from array import array
from collections.abc import Collection, Iterable, Iterator, MutableMapping
from decimal import Decimal
from itertools import compress
from typing import Final

from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.procore.places import Places
from smoothx_tui.session.rows import Row

_ACTIONS: Final = tuple(Action)
_KINDS: Final = tuple(Kind)
_ACTION_AT: Final = {action: at for at, action in enumerate(_ACTIONS)}
_KIND_AT: Final = {kind: at for at, kind in enumerate(_KINDS)}
_DANGER: Final = 64
_NO_DATE: Final = 0
_LARGEST: Final = 10**15
_CENT: Final = Decimal("0.01")


class _Texts:
    """A column of texts of which many are the same."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._texts: list[str] = []
        self._column = array("i")

    def grow(self, missing: int) -> None:
        self._column.extend([-1] * missing)

    def put(self, at: int, text: str) -> None:
        number = self._at.get(text)
        if number is None:
            number = self._at[text] = len(self._texts)
            self._texts.append(text)
        self._column[at] = number

    def get(self, at: int) -> str:
        return self._texts[self._column[at]]


class Table(MutableMapping[str, Row]):
    """Rows by item key. `places` may be shared with whoever else keeps something about the same items."""

    def __init__(self, places: Places | None = None) -> None:
        self.places: Final = places or Places()
        self._made = bytearray()
        self._count = 0
        self._numbers: list[str] = []
        self._action = bytearray()
        self._kind = bytearray()
        self._date = array("i")
        self._cents = array("q")
        self._odd: dict[int, Decimal] = {}
        self._group = array("i")
        self._contact, self._project, self._currency, self._why = _Texts(), _Texts(), _Texts(), _Texts()

    def __setitem__(self, key: str, row: Row) -> None:
        at = self.places.of(key)
        if at >= len(self._made):
            self._grow(max(at + 1, len(self.places.keys)))
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
        kind, date, odd = self._kind[at], self._date[at], self._odd
        return Row(
            key,
            _ACTIONS[self._action[at]],
            _KINDS[kind & (_DANGER - 1)],
            self._numbers[at],
            self._contact.get(at),
            self._project.get(at),
            dt.date.fromordinal(date) if date else None,
            odd[at] if at in odd else Decimal(self._cents[at]).scaleb(-2),
            self._currency.get(at),
            self._why.get(at),
            kind >= _DANGER,
            self._group[at],
        )

    def __delitem__(self, key: str) -> None:
        at = self._place(key)
        if at < 0:
            raise KeyError(key)
        self._made[at] = 0
        self._numbers[at] = ""
        self._count -= 1

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._place(key) >= 0

    def __iter__(self) -> Iterator[str]:
        return compress(self.places.keys, self._made)

    def __len__(self) -> int:
        return self._count

    def of_groups(self, groups: Collection[int]) -> Iterable[str]:
        """The keys of the rows in these groups."""
        rows = zip(self.places.keys, self._made, self._group, strict=False)
        return (key for key, made, group in rows if made and group in groups)

    def _place(self, key: str) -> int:
        at = self.places.at.get(key, -1)
        return at if 0 <= at < len(self._made) and self._made[at] else -1

    def _grow(self, size: int) -> None:
        missing = size - len(self._made)
        for column in (self._made, self._action, self._kind):
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
            self._odd[at] = total
