"""Our frozen dataclasses as JSON and back, so that what was read can be shown again at the next start.

Members are written by position: whoever reads must know the same classes (`shape_of` says whether it does). Reading is
strict: text of another shape raises BadShape, whatever it is.
"""

import datetime as dt
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_Read = Callable[[Any], Any]
_MAPPINGS: Final = (Mapping, dict)


class BadShape(ValueError):  # noqa: N818 - reads as what is wrong
    """What was kept is not of the shape that this program reads."""


def encode(value: Any) -> Any:
    """As plain JSON values: no floats, no Decimals."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal | dt.date):
        return str(value) if isinstance(value, Decimal) else value.isoformat()
    if is_dataclass(value):
        return [encode(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, Mapping):
        return [[encode(key), encode(member)] for key, member in value.items()]
    if isinstance(value, frozenset):
        return [encode(one) for one in sorted(value)]
    return [encode(one) for one in value]


def decode(wanted: type[_T], value: Any) -> _T:
    """What `encode` made of an object of this class. Raises BadShape."""
    read: Callable[[Any], _T] = _reader(wanted)  # type: ignore[arg-type]  # a class is hashable
    return read(value)


def shape_of(*classes: type) -> str:
    """A digest over the members of these classes and of all that they hold."""
    seen: dict[str, str] = {}
    for one in classes:
        _describe(one, seen)
    return sha256(repr(sorted(seen.items())).encode()).hexdigest()[:16]


def _describe(wanted: Any, seen: dict[str, str]) -> None:
    for part in get_args(wanted):
        _describe(part, seen)
    if not isinstance(wanted, type) or wanted.__name__ in seen:
        return
    if is_dataclass(wanted) or hasattr(wanted, "_fields"):
        members = _members(wanted)
        seen[wanted.__name__] = repr([(name, str(kind)) for name, kind in members])
        for _, kind in members:
            _describe(kind, seen)
    elif issubclass(wanted, Enum):
        seen[wanted.__name__] = repr([one.value for one in wanted])


def _members(wanted: Any) -> list[tuple[str, Any]]:
    hints = get_type_hints(wanted)
    names = [one.name for one in fields(wanted)] if is_dataclass(wanted) else list(wanted._fields)
    return [(name, hints[name]) for name in names]


@cache
def _reader(wanted: Any) -> _Read:
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        (inner,) = [part for part in parts if part is not type(None)]
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        return _sequence(parts)
    if origin is frozenset:
        each = _reader(parts[0])
        return lambda value: frozenset(map(each, _list(value)))
    if origin is not None and issubclass(origin, _MAPPINGS):
        return _mapping(_reader(parts[0]), _reader(parts[1]))
    if is_dataclass(wanted) or hasattr(wanted, "_fields"):
        return _object(wanted)
    if issubclass(wanted, Enum):
        return lambda value: _made(wanted, value, str)
    return _SIMPLE[wanted]


def _sequence(parts: tuple[Any, ...]) -> _Read:
    if len(parts) == 2 and parts[1] is Ellipsis:
        each = _reader(parts[0])
        return lambda value: tuple(map(each, _list(value)))
    readers = tuple(map(_reader, parts))
    return lambda value: tuple(read(one) for read, one in zip(readers, _list(value, len(readers)), strict=True))


def _mapping(read_key: _Read, read_member: _Read) -> _Read:
    return lambda value: {
        read_key(key): read_member(member) for key, member in (_list(pair, 2) for pair in _list(value))
    }


def _object(wanted: Any) -> _Read:
    readers = tuple(_reader(kind) for _, kind in _members(wanted))
    many = len(readers)
    return lambda value: wanted(*[read(one) for read, one in zip(readers, _list(value, many), strict=True)])


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise BadShape("a list of another length, or none")
    return value


def _made(make: Callable[[Any], Any], value: Any, form: type) -> Any:
    if not isinstance(value, form):
        raise BadShape(f"{type(value).__name__} instead of {form.__name__}")
    try:
        return make(value)
    except (ValueError, InvalidOperation):
        raise BadShape("a text that cannot be read") from None


# Documents say the same again and again: contacts, codes, tracking, days, and an amount as line, net and total. Equal
# ones that come soon after each other are one object; some thousand are remembered, so that ids do not pile up.


@lru_cache(1024)
def _text(value: str) -> str:
    return value


@lru_cache(1024)
def _decimal(value: str) -> Decimal:
    return Decimal(value)


@lru_cache(1024)
def _day(value: str) -> dt.date:
    return dt.date.fromisoformat(value)


def _as_is(form: type) -> _Read:
    def read(value: Any) -> Any:
        if type(value) is not form:
            raise BadShape(f"{type(value).__name__} instead of {form.__name__}")
        return value

    return read


_SIMPLE: Final[dict[type, _Read]] = {
    str: lambda value: _made(_text, value, str),
    int: _as_is(int),
    bool: _as_is(bool),
    Decimal: lambda value: _made(_decimal, value, str),
    dt.date: lambda value: _made(_day, value, str),
}
