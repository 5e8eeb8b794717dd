"""The rows of a table by column: 100,000 of them in some 15 MB, each made when it is looked at."""

import datetime as dt
from array import array
from collections.abc import Collection, Iterable, Iterator, MutableMapping
from decimal import Decimal
from typing import Final

from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
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

    def append(self) -> None:
        self._column.append(-1)

    def put(self, at: int, text: str) -> None:
        number = self._at.get(text)
        if number is None:
            number = self._at[text] = len(self._texts)
            self._texts.append(text)
        self._column[at] = number

    def get(self, at: int) -> str:
        return self._texts[self._column[at]]


class Table(MutableMapping[str, Row]):
    """Rows by item key."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._at: dict[str, int] = {}
        self._numbers: list[str] = []
        self._action = bytearray()
        self._kind = bytearray()
        self._date = array("i")
        self._cents = array("q")
        self._odd: dict[int, Decimal] = {}
        self._group = array("i")
        self._contact, self._project, self._currency, self._why = _Texts(), _Texts(), _Texts(), _Texts()

    def __setitem__(self, key: str, row: Row) -> None:
        at = self._at.get(key)
        if at is None:
            at = self._add(key)
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
        at = self._at[key]
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
        """Its place stays empty until `keep`."""
        del self._at[key]

    def __contains__(self, key: object) -> bool:
        return key in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def keep(self, keys: Collection[str]) -> None:
        """Forget all other rows."""
        gone = self._at.keys() - set(keys)
        if len(gone) == len(self._at):
            self._clear()
        for key in gone & self._at.keys():
            del self._at[key]

    def of_groups(self, groups: Collection[int]) -> Iterable[str]:
        """The keys of the rows in these groups."""
        column = self._group
        return (key for key, at in self._at.items() if column[at] in groups)

    def _add(self, key: str) -> int:
        at = self._at[key] = len(self._numbers)
        self._numbers.append("")
        self._action.append(0)
        self._kind.append(0)
        self._date.append(_NO_DATE)
        self._cents.append(0)
        self._group.append(-1)
        for column in (self._contact, self._project, self._currency, self._why):
            column.append()
        return at

    def _put_total(self, at: int, total: Decimal) -> None:
        """In cents where it has no more, which is nearly always."""
        self._odd.pop(at, None)
        if -_LARGEST < total < _LARGEST and total == total.quantize(_CENT):
            self._cents[at] = int(total.scaleb(2))
        else:
            self._odd[at] = total
