"""`where`, `order` and paging of lists (facts/xero.md 12).

`where` knows comparisons, AND, OR, brackets, text, numbers, booleans, null, `DateTime(…)`, `Guid("…")`, and the calls
Contains, StartsWith and EndsWith. Anything else is a QueryParseException, as at Xero.
"""

import functools
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import bad_query
from smoothx_tui.sandbox.xero.wire import as_guid, read_instant


def names(listed: str) -> frozenset[str]:
    """Member names, written as one line of words."""
    return frozenset(listed.split())


Test = Callable[[dict[str, Any]], bool]

_TOKEN: Final = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w.]*)'
    r"|(?P<sign>==|!=|>=|<=|&&|\|\||[()<>,=]))"
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_CALLS: Final[dict[str, Callable[[str, str], bool]]] = {
    "Contains": lambda value, part: part in value,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}
_DATES: Final = frozenset({"Date", "DueDate", "UpdatedDateUTC", "FullyPaidOnDate", "ExpectedPaymentDate"})
_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class _Guid:
    value: str


class Where:
    """A parsed `where`. `members` are the names (with dots) that this kind of object can be asked for."""

    def __init__(self, source: str, members: frozenset[str]) -> None:
        self._members = members
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0
        self.test: Test = self._either()
        if self._at != len(self._tokens):
            raise _syntax(f"Unexpected '{self._tokens[self._at][1]}'")

    def _either(self) -> Test:
        tests = [self._both()]
        while self._takes("OR", "||"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda found: any(test(found) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND", "&&"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda found: all(test(found) for test in tests)

    def _one(self) -> Test:
        if self._takes("("):
            self._depth += 1
            if self._depth > _DEPTH:
                raise _syntax("The expression is nested too deeply")
            inner = self._either()
            self._needs(")")
            self._depth -= 1
            return inner
        kind, name = self._next()
        if kind != "name":
            raise _syntax(f"Unexpected '{name}'")
        path, _, call = name.rpartition(".")
        if call in _CALLS and self._takes("("):
            return self._call(path, call)
        return self._comparison(name)

    def _call(self, path: str, call: str) -> Test:
        get = self._getter(path)
        value = self._value()
        self._needs(")")
        if not isinstance(value, str):
            raise _syntax(f"{call} needs text")
        run = _CALLS[call]
        return lambda found: run(str(get(found) or ""), value)

    def _comparison(self, name: str) -> Test:
        get = self._getter(name)
        kind, sign = self._next()
        if kind != "sign" or sign not in _COMPARE:
            raise _syntax(f"Expected a comparison after '{name}'")
        value = self._value()
        wanted = _typed(name, value)
        compare = _COMPARE[sign]
        if value is None and sign not in ("==", "=", "!="):
            raise _syntax(f"'{name}' cannot be compared so with null")
        return lambda found: _compared(compare, get(found), wanted, name)

    def _value(self) -> Any:
        kind, shown = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", shown[1:-1])
        if kind == "number":
            return Decimal(shown)
        literals = {"true": True, "false": False, "null": None}
        if shown.lower() in literals:
            return literals[shown.lower()]
        if shown in ("Guid", "DateTime"):
            self._needs("(")
            made = _guid(self._value()) if shown == "Guid" else self._moment()
            self._needs(")")
            return made
        raise _syntax(f"No property or field '{shown}' exists")

    def _moment(self) -> datetime:
        parts = [self._whole()]
        while self._takes(","):
            parts.append(self._whole())
        if not 3 <= len(parts) <= 6:
            raise _syntax("DateTime needs year, month and day")
        try:
            year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (ValueError, OverflowError):
            raise _syntax("DateTime cannot be read") from None

    def _whole(self) -> int:
        value = self._value()
        if not isinstance(value, Decimal) or value != int(value):
            raise _syntax("DateTime needs whole numbers")
        return int(value)

    def _getter(self, name: str) -> Callable[[dict[str, Any]], Any]:
        if name not in self._members:
            raise _syntax(f"No property or field '{name}' exists")
        return lambda found: _comparable(name, found)

    def _takes(self, *words: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1].upper() in words:
            self._at += 1
            return True
        return False

    def _needs(self, word: str) -> None:
        if not self._takes(word):
            raise _syntax(f"Expected '{word}'")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _syntax("Unexpected end")
        self._at += 1
        return self._tokens[self._at - 1]


def ordered(found: Sequence[dict[str, Any]], order: str, members: frozenset[str]) -> list[dict[str, Any]]:
    """`found` by `UpdatedDateUTC DESC, Total`. Raises Refused."""
    out = list(found)
    for part in reversed(order.split(",")):
        words = part.split()
        name, *way = words or [""]
        if name not in members or [word.upper() for word in way] not in ([], ["ASC"], ["DESC"]):
            raise _syntax(f"Order '{part.strip()}' cannot be read")
        descending = bool(way) and way[0].upper() == "DESC"
        out.sort(key=functools.partial(_sorted_by, name), reverse=descending)
    return out


def _sorted_by(name: str, one: dict[str, Any]) -> Any:
    return _sortable(_comparable(name, one))


def page_of(
    found: Sequence[dict[str, Any]], page: str, page_size: str | None
) -> tuple[Sequence[dict[str, Any]], dict[str, int]]:
    """One page and its `pagination`; sizes out of range are adjusted. Raises Refused for what is no number."""
    number = max(1, _integer("page", page))
    size = min(1000, max(1, _integer("pageSize", page_size))) if page_size is not None else 100
    count = -(-len(found) // size)
    paging = {"page": number, "pageSize": size, "pageCount": count, "itemCount": len(found)}
    return found[(number - 1) * size : number * size], paging


def _integer(name: str, shown: str) -> int:
    try:
        return int(shown) if len(shown) < 12 else 10**12
    except ValueError:
        raise bad_query(f"{name} cannot be read as a number") from None


def _tokens(source: str) -> list[tuple[str, str]]:
    tokens = []
    at = 0
    stripped = source.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise _syntax(f"Syntax error at position {at}")
        tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return tokens


def _guid(value: Any) -> _Guid:
    found = as_guid(value) if isinstance(value, str) else None
    if found is None:
        raise _syntax("Guid cannot be read")
    return _Guid(found)


def _is_id(name: str) -> bool:
    return name.endswith("ID")


def _typed(name: str, value: Any) -> Any:
    """Refuse a comparison of unlike types: .NET does, above all an id with plain text."""
    if value is None:
        return None
    last = name.rpartition(".")[2]
    fits = {
        _Guid: _is_id(last),
        datetime: last in _DATES,
        str: not _is_id(last) and last not in _DATES,
    }.get(type(value), not _is_id(last) and last not in _DATES)
    if not fits:
        raise _syntax(f"Operator incompatible with operand types of '{name}'")
    return value.value if isinstance(value, _Guid) else value


def _comparable(name: str, found: dict[str, Any]) -> Any:
    value: Any = found
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str) and name.rpartition(".")[2] in _DATES:
        return read_instant(value)
    return value.lower() if isinstance(value, str) and _is_id(name) else value


def _compared(compare: Callable[[Any, Any], bool], have: Any, wanted: Any, name: str) -> bool:
    if have is None and wanted is not None:
        return compare is operator.ne
    try:
        return compare(have, wanted)
    except TypeError:
        raise _syntax(f"Operator incompatible with operand types of '{name}'") from None


def _sortable(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, bool | int | Decimal) else (2, value)


def _syntax(message: str) -> Exception:
    return bad_query(message)
