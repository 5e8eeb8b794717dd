"""The filter language that the console and the commands share.

    quay claim            both words, anywhere in the row
    "quay st"             a phrase
    !claim                not
    act:blocked           a field; also type, number, contact, project, why, currency; act:new,update is either
    total>1000            total with > >= < <= =
    date>=2026-06-01      date with the same; date:2026-06 is a month

Words are compared without case. Everything has to hold. Pure: a filter is made once and asked for every row.
"""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.money import NotAnAmount, amount, plain, show
from smoothx_tui.base.text import clean


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


AnyRow = TypeVar("AnyRow", bound=FilterRow)
Test = Callable[[FilterRow, str], bool]
"""Whether a row passes; the text is its `search_line`."""

TEXT_FIELDS: Final[dict[str, Callable[[FilterRow], tuple[str, ...]]]] = {
    "act": lambda row: (row.act, row.action),
    "type": lambda row: (row.type, row.kind),
    "number": lambda row: (row.number,),
    "contact": lambda row: (row.contact,),
    "project": lambda row: (row.project,),
    "why": lambda row: (row.why,),
    "currency": lambda row: (row.currency,),
}
FIELDS: Final = (*TEXT_FIELDS, "total", "date")
_FROM_THE_START: Final = frozenset({"act", "type", "currency"})
"""Fields of fixed words: `act:new` must not find `renewed`."""
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq, ":": operator.eq,
}  # fmt: skip
_TOKEN: Final = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_FIELD: Final = re.compile(r"([A-Za-z]+)(:|>=|<=|>|<|=)(.*)", re.DOTALL)


class BadFilter(UsageError):  # noqa: N818 - reads as what is wrong
    """The expression can not be read; the message names the token."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A read expression. The empty one lets everything pass."""

    text: str
    tests: tuple[Test, ...]

    def matches(self, row: FilterRow, line: str = "") -> bool:
        """Whether everything holds. `line` is the row's `search_line`, where the caller keeps it."""
        line = line or search_line(row)
        return all(test(row, line) for test in self.tests)

    def of(self, rows: Iterable[AnyRow]) -> Iterator[AnyRow]:
        """The rows that pass, in their order."""
        return (row for row in rows if self.matches(row))


def search_line(row: FilterRow) -> str:
    """Everything that a bare word is looked for in, in lower case; make it once for each row."""
    date = row.date.isoformat() if row.date else ""
    texts = (row.act, row.action, row.type, row.number, row.contact, row.project, date, row.currency, row.why)
    return "\n".join((*texts, show(row.total), plain(row.total))).casefold()


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
    test = _field_test(token, *found.groups()) if found else _word_test(body.replace('"', ""))
    return (lambda row, line: not test(row, line)) if negated else test


def _word_test(word: str) -> Test:
    wanted = word.casefold()
    return lambda _, line: wanted in line


def _field_test(token: str, name: str, sign: str, value: str) -> Test:
    field = name.lower()
    if field not in FIELDS:
        raise BadFilter(f"filter: {clean(token)}: no field {clean(name)}", f"fields: {', '.join(FIELDS)}")
    if not value.replace('"', ""):
        raise BadFilter(f"filter: {clean(token)}: wants a value after {sign}")
    if field == "total":
        return _total_test(token, sign, value)
    if field == "date":
        return _date_test(token, sign, value)
    if sign not in ":=":
        raise BadFilter(f"filter: {clean(token)}: {field} is text, so it takes : and not {sign}")
    return _text_test(field, value)


def _text_test(field: str, value: str) -> Test:
    read = TEXT_FIELDS[field]
    whole = [value.replace('"', "")] if '"' in value else [part for part in value.split(",") if part]
    wanted = tuple(part.casefold() for part in whole)
    if field in _FROM_THE_START:
        return lambda row, _: any(text.casefold().startswith(wanted) for text in read(row))
    return lambda row, _: any(part in text.casefold() for text in read(row) for part in wanted)


def _total_test(token: str, sign: str, value: str) -> Test:
    try:
        wanted = amount(value.replace('"', "").replace(",", ""))
    except NotAnAmount:
        raise BadFilter(f"filter: {clean(token)}: wants an amount after {sign}", "such as total>1000") from None
    compare = _COMPARE[sign]
    return lambda row, _: compare(row.total, wanted)


def _date_test(token: str, sign: str, value: str) -> Test:
    part = sign in ":=" and re.fullmatch(r"\d{4}(-\d{2}){0,2}", value)
    try:
        wanted = dt.date.fromisoformat(value + "-01-01"[len(value) - 4 :] if part else value)
    except ValueError:
        raise BadFilter(f"filter: {clean(token)}: wants a date after {sign}", "such as date>=2026-06-01") from None
    if part:
        return lambda row, _: row.date is not None and row.date.isoformat().startswith(value)
    compare = _COMPARE[sign]
    return lambda row, _: row.date is not None and compare(row.date, wanted)
