"""Bodies of writes: read as the service reads them, or refused as unreadable (ErrorNumber 14).

Members that Xero does not know, and those that are read-only, are passed over in silence; a null is as good as absent.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from smoothx_tui.sandbox.xero.answers import unreadable
from smoothx_tui.sandbox.xero.wire import as_guid, read_date

Reader = Callable[[Any, str], Any]

_LARGEST = Decimal("1e15")


class Exponent(Decimal):
    """A number that was written with an exponent, which Xero misreads (facts/xero.md 1, "Numbers")."""


def parse(body: bytes) -> Any:
    """The body as data. Raises Refused where it is no JSON."""
    try:
        return json.loads(body, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise unreadable("The request body could not be read as JSON.") from None


def elements(body: bytes, key: str) -> list[dict[str, Any]]:
    """The objects of `{"Invoices": [...]}`, or the one bare object. Raises Refused."""
    data = parse(body)
    if not isinstance(data, dict):
        raise unreadable(f"Error converting value to type '{key}'. Path ''")
    listed = data.get(key, [data])
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise unreadable(f"Error converting value to type '{key}'. Path '{key}'")
    if not listed:
        raise unreadable(f"No {key} were given. Path '{key}'")
    return listed


def read(data: Mapping[str, Any], members: Mapping[str, Reader], path: str) -> dict[str, Any]:
    """The known members of `data`, each in its type; unknown and null ones are left out. Raises Refused."""
    return {
        name: members[name](value, f"{path}.{name}")
        for name, value in data.items()
        if name in members and value is not None
    }


def text(value: Any, path: str) -> str:
    """Text; half of a surrogate pair becomes the replacement character, as UTF-8 cannot carry it."""
    if not isinstance(value, str):
        raise _bad(value, "System.String", path)
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(value: Any, path: str) -> Decimal:
    """A JSON number; a number in quotes is not one."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _bad(value, "System.Decimal", path)
    found = value if isinstance(value, Decimal) else Decimal(value)
    if abs(found) >= _LARGEST:
        raise _bad(value, "System.Decimal", path)
    return found


def flag(value: Any, path: str) -> bool:
    """A JSON boolean."""
    if not isinstance(value, bool):
        raise _bad(value, "System.Boolean", path)
    return value


def day(value: Any, path: str) -> str:
    """A date, kept as `YYYY-MM-DD`."""
    found = read_date(value) if isinstance(value, str) else None
    if found is None:
        raise _bad(value, "System.DateTime", path)
    return found.isoformat()


def guid(value: Any, path: str) -> str:
    """A guid, kept in lower case."""
    found = as_guid(value) if isinstance(value, str) else None
    if found is None:
        raise _bad(value, "System.Guid", path)
    return found


def one_of(type_name: str, *choices: str) -> Reader:
    """One word of a closed list, in exactly this case."""

    def reader(value: Any, path: str) -> str:
        if value not in choices:
            raise _bad(value, type_name, path)
        return str(value)

    return reader


def anything(value: Any, _path: str) -> Any:
    """Not looked at here."""
    return value


def one(members: Mapping[str, Reader]) -> Reader:
    """An object with these members."""

    def reader(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _bad(value, "System.Object", path)
        return read(value, members, path)

    return reader


def many(members: Mapping[str, Reader]) -> Reader:
    """A list of objects with these members."""
    single = one(members)

    def reader(value: Any, path: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise _bad(value, "System.Collections.Generic.List", path)
        return [single(entry, f"{path}[{index}]") for index, entry in enumerate(value)]

    return reader


def _number(literal: str) -> Decimal:
    return Exponent(literal) if "e" in literal.lower() else Decimal(literal)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _bad(value: Any, type_name: str, path: str) -> Exception:
    shown = json.dumps(value if isinstance(value, str | bool | int) else str(value))[:200]
    return unreadable(f"Error converting value {shown} to type '{type_name}'. Path '{path}'.")
