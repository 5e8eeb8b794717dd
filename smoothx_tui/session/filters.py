"""The filter language that the console and the commands share.

    quay claim            both words, anywhere in the row
    "quay st"             a phrase
    !claim                not
    act:blocked           a field; also type, number, contact, project, why, currency; act:new,update is either
    danger                what is sent only after a yes of its own
    total>1000            total with > >= < <= =
    date>=2026-06-01      date with the same; date:2026-06 is a month

Words are compared without case. Everything has to hold. Pure: a filter is made once and asked for every row, or for the
values of a column (`session.sieve`): of a hundred thousand rows most columns hold a few hundred values.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.money import NotAnAmount, amount, plain, show
from smoothx_tui.base.text import clean
from smoothx_tui.session.rows import ACTION_WORDS, TYPE_WORDS


class FilterRow(Protocol):
    """What a filter reads of a row; `rows.Row` is one."""

    @property
    def act(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def project(self) -> str: ...
    @property
    def date(self) -> dt.date | None: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def alarm(self) -> str: ...


AnyRow = TypeVar("AnyRow", bound=FilterRow)
Holds = Callable[[Any], bool]
"""Whether the value of a column is as wanted."""

TEXT_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "act": ("act", "action"),
    "type": ("type", "kind"),
    "number": ("number",),
    "contact": ("contact",),
    "project": ("project",),
    "why": ("why", "alarm"),
    "currency": ("currency",),
}
"""The columns that a field looks into."""
FIELDS: Final = (*TEXT_FIELDS, "total", "date")
_WORDS_IN: Final = tuple(column for columns in TEXT_FIELDS.values() for column in columns)
_FROM_THE_START: Final = frozenset({"act", "type", "currency"})
"""Fields of fixed words: `act:new` must not find `renewed`."""
_FIXED: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "act": (tuple(ACTION_WORDS.values()), tuple(ACTION_WORDS)),
    "type": (tuple(TYPE_WORDS.values()), tuple(TYPE_WORDS)),
}
"""The words that these fields can have: as the table shows them, and in full. Another one would find nothing, ever."""
_IN_DATES: Final = frozenset("0123456789-")
_IN_AMOUNTS: Final = frozenset("0123456789-.,")
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq, ":": operator.eq,
}  # fmt: skip
_TOKEN: Final = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_FIELD: Final = re.compile(r"([A-Za-z]+)(:|>=|<=|>|<|=)(.*)", re.DOTALL)


class BadFilter(UsageError):  # noqa: N818 - reads as what is wrong
    """The expression cannot be read; the message names the token."""


@dataclass(frozen=True, slots=True)
class Test:
    """Passes where one of the columns is as wanted; `negated`: where none is."""

    columns: Mapping[str, Holds]
    negated: bool = False

    def passes(self, row: FilterRow) -> bool:
        return any(holds(getattr(row, column)) for column, holds in self.columns.items()) is not self.negated


@dataclass(frozen=True, slots=True)
class Filter:
    """A read expression. The empty one lets everything pass."""

    text: str
    tests: tuple[Test, ...]

    def matches(self, row: FilterRow) -> bool:
        """Whether everything holds."""
        return all(test.passes(row) for test in self.tests)

    def of(self, rows: Iterable[AnyRow]) -> Iterator[AnyRow]:
        """The rows that pass, in their order."""
        return (row for row in rows if self.matches(row))


def read_filter(text: str) -> Filter:
    """The expression as a filter. Raises BadFilter."""
    return Filter(text, tuple(_test(token) for token in _TOKEN.findall(text)))


def _test(token: str) -> Test:
    if token.count('"') % 2:
        raise BadFilter(f"filter: {clean(token)}: a quote is not closed")
    negated = token.startswith("!")
    body = token[1:] if negated else token
    if not body.replace('"', ""):
        raise BadFilter(f"filter: {clean(token)}: names nothing to look for")
    found = None if body.startswith('"') else _FIELD.fullmatch(body)
    columns = _field(token, *found.groups()) if found else _word(body.replace('"', ""))
    return Test(columns, negated)


def _word(word: str) -> Mapping[str, Holds]:
    """Anywhere in the row; dates and amounts are left out where no such text can be in one."""
    wanted = word.casefold()

    def within(text: str) -> bool:
        return wanted in text.casefold()

    columns: dict[str, Holds] = dict.fromkeys(_WORDS_IN, within)
    if _IN_DATES.issuperset(wanted):
        columns["date"] = lambda date: date is not None and wanted in date.isoformat()
    if _IN_AMOUNTS.issuperset(wanted):
        columns["total"] = lambda total: _in_amount(wanted, total)
    return columns


def _in_amount(wanted: str, total: Decimal) -> bool:
    """As people see it, `1,234.50`, or without the commas; with two places the second holds what the first does."""
    text = plain(total)
    if wanted in text:
        return True
    return ("," in wanted or len(text.partition(".")[2]) != len("00")) and wanted in show(total)


def _field(token: str, name: str, sign: str, value: str) -> Mapping[str, Holds]:
    field = name.lower()
    if field not in FIELDS:
        raise BadFilter(f"filter: {clean(token)}: no field {clean(name)}", f"fields: {', '.join(FIELDS)}")
    if not value.replace('"', ""):
        raise BadFilter(f"filter: {clean(token)}: expected a value after {sign}")
    if field == "total":
        return {field: _total(token, sign, value)}
    if field == "date":
        return {field: _date(token, sign, value)}
    if sign not in ":=":
        raise BadFilter(f"filter: {clean(token)}: {field} is text, so it takes : and not {sign}")
    return dict.fromkeys(TEXT_FIELDS[field], _text(token, field, value))


def _text(token: str, field: str, value: str) -> Holds:
    whole = [value.replace('"', "")] if '"' in value else [part for part in value.split(",") if part]
    wanted = tuple(part.casefold() for part in whole)
    if field in _FIXED:
        _known(token, field, wanted)
    if field in _FROM_THE_START:
        return lambda text: text.casefold().startswith(wanted)
    return lambda text: any(part in text.casefold() for part in wanted)


def _known(token: str, field: str, wanted: tuple[str, ...]) -> None:
    """Raises BadFilter for what is the start of none of the field's words."""
    shown, whole = _FIXED[field]
    for part in wanted:
        if not any(word.startswith(part) for word in (*shown, *whole)):
            raise BadFilter(f"filter: {clean(token)}: no {field} {clean(part)}", f"one of {', '.join(shown)}")


def _total(token: str, sign: str, value: str) -> Holds:
    try:
        wanted = amount(value.replace('"', "").replace(",", ""))
    except NotAnAmount:
        raise BadFilter(f"filter: {clean(token)}: expected an amount after {sign}", "such as total>1000") from None
    compare = _COMPARE[sign]
    return lambda total: compare(total, wanted)


def _date(token: str, sign: str, value: str) -> Holds:
    part = sign in ":=" and re.fullmatch(r"\d{4}(-\d{2}){0,2}", value)
    try:
        wanted = dt.date.fromisoformat(value + "-01-01"[len(value) - 4 :] if part else value)
    except ValueError:
        raise BadFilter(f"filter: {clean(token)}: expected a date after {sign}", "such as date>=2026-06-01") from None
    if part:
        return lambda date: date is not None and date.isoformat().startswith(value)
    compare = _COMPARE[sign]
    return lambda date: date is not None and compare(date, wanted)
