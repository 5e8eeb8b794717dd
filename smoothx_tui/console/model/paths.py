"""Paths into a payload: `LineItems[2].AccountCode`."""

import re
from collections.abc import Iterator
from typing import Any, Final

_LINE: Final = re.compile(r"^LineItems\[(\d+)\]\.?")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no object and no list, with its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for number, member in enumerate(value):
            yield from leaves(member, f"{path}[{number}]")
    else:
        yield path, value


def short(path: str) -> str:
    """As people count: `LineItems[1].AccountCode` is `line 2 AccountCode`."""
    found = _LINE.match(path)
    return f"line {int(found[1]) + 1} {path[found.end() :]}".rstrip() if found else path
