"""JSON in and out, strict, and exact about numbers.

Reading: fractions become Decimal; duplicate members, NaN and infinities are refused. Writing: a Decimal is written as
a JSON number with its own digits, never in exponent notation (Xero answers such a number with an unrelated error).
"""

import json
import json.encoder
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")


class BadJson(ValueError):  # noqa: N818 - reads as what is wrong
    """The text is not JSON, or is JSON that two readers would understand differently."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise BadJson(f"member {next(name for name in names if names.count(name) > 1)!r} appears twice")
    return members


def _no_constant(name: str) -> Any:
    raise BadJson(f"{name} is not JSON")


def loads(data: str | bytes) -> Any:
    """Parse strictly. Raises BadJson."""
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except BadJson:
        raise
    except (ValueError, RecursionError) as error:
        raise BadJson(str(error)) from None


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Write compactly (or indented), members in the order given, Decimals as numbers with their own digits."""
    if indent is None:
        text = _compact(value)
    else:
        out: list[str] = []
        _write(value, out.append, indent, 0)
        text = "".join(out)
    # Half of a surrogate pair (a JSON text can bring one in) has no bytes of its own; its escape has.
    return text if text.isascii() else _HALF_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _compact(value: Any) -> str:
    """Without spaces. Thousands of answers and documents go through here, so the common types come first."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is dict:
        return "{" + ",".join([f"{_quoted(str(name))}:{_compact(member)}" for name, member in value.items()]) + "}"
    if kind is list:
        return "[" + ",".join([_compact(member) for member in value]) + "]"
    if kind is int:
        return repr(value)
    if value is None:
        return "null"
    if isinstance(value, dict):
        return _compact(dict(value))
    if isinstance(value, list | tuple):
        return _compact(list(value))
    return _scalar(value)


def _write(value: Any, put: Any, indent: int, depth: int) -> None:
    if isinstance(value, dict):
        _write_members(
            [(_quoted(str(name)) + ": ", member) for name, member in value.items()],
            "{}",
            put,
            indent,
            depth,
        )
    elif isinstance(value, list | tuple):
        _write_members([("", member) for member in value], "[]", put, indent, depth)
    else:
        put(_scalar(value))


def _write_members(members: list[tuple[str, Any]], brackets: str, put: Any, indent: int, depth: int) -> None:
    if not members:
        put(brackets)
        return
    between = ",\n" + " " * (indent * (depth + 1))
    put(brackets[0] + between[1:])
    for number, (prefix, member) in enumerate(members):
        if number:
            put(between)
        put(prefix)
        _write(member, put, indent, depth + 1)
    put("\n" + " " * (indent * depth) + brackets[1])


_quoted: Final[Callable[[str], str]] = json.encoder.encode_basestring
"""A JSON string, in C: what json's own encoder is made of."""


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise BadJson(f"{value} is not JSON")
        return f"{value:f}"
    if isinstance(value, float):
        raise BadJson("a float would lose digits; use Decimal")
    if isinstance(value, str):
        return _quoted(str(value))
    return json.dumps(value)
