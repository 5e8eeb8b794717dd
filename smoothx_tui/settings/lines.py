"""On which line of a TOML text a key stands; no TOML reader of ours keeps that.

Only for text that `tomllib` has accepted: this walks it, it does not judge it.
"""

import json
import re
import tomllib
from typing import Final

Path = tuple[str, ...]
_OPEN: Final = "[{"
_CLOSE: Final = "]}"
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def key_path(text: str) -> Path:
    """A dotted key as TOML writes it (`mapping.bill.cost_codes."01-540.E"`) as its parts. Raises ValueError."""
    if "\n" in text or "\r" in text:
        raise ValueError("a key has no line break")
    node = tomllib.loads(f"{text} = 0")
    parts: list[str] = []
    while isinstance(node, dict):
        if len(node) != 1:
            raise ValueError("not one key")
        name, node = next(iter(node.items()))
        parts.append(name)
    return tuple(parts)


def quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's, but for U+007F, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def dotted(path: Path) -> str:
    """A path as TOML writes it, parts quoted where they have to be."""
    return ".".join(part if _BARE.fullmatch(part) else quoted(part) for part in path)


def key_lines(text: str) -> dict[Path, int]:
    """Path of every key and table header -> its line, from 1. Members of inline tables are not listed."""
    found: dict[Path, int] = {}
    table: Path = ()
    at = 0
    line = 1
    while at < len(text):
        char = text[at]
        if char == "\n":
            line += 1
            at += 1
        elif char in " \t\r":
            at += 1
        elif char == "#":
            at = _line_end(text, at)
        elif char == "[":
            end = _key_end(text, at, "]")
            table = key_path(text[at:end].strip("[] \t"))
            found.setdefault(table, line)
            at = _line_end(text, end)
        else:
            end = _key_end(text, at, "=")
            found.setdefault(table + key_path(text[at:end]), line)
            after = _value_end(text, end + 1)
            line += text.count("\n", at, after)
            at = after
    return found


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest thing around it that has one; 0 where nothing has."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _key_end(text: str, at: int, stop: str) -> int:
    """Where the unquoted `stop` after a key is."""
    while at < len(text) and text[at] != stop:
        at = _string_end(text, at) if text[at] in "\"'" else at + 1
    return at


def _value_end(text: str, at: int) -> int:
    """Where the line break after a value is; values may span lines."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char in "\"'":
            at = _string_end(text, at)
            continue
        if char == "#":
            at = _line_end(text, at)
            continue
        if char == "\n" and depth == 0:
            return at
        depth += (char in _OPEN) - (char in _CLOSE)
        at += 1
    return at


def _string_end(text: str, at: int) -> int:
    """Just behind the string that begins at `at`."""
    quote = text[at]
    stop = quote * 3 if text.startswith(quote * 3, at) else quote
    at += len(stop)
    while at < len(text) and not text.startswith(stop, at):
        at += 2 if quote == '"' and text[at] == "\\" else 1
    at += len(stop)
    # A multi-line string may end in up to two quotes of its own before the three that close it.
    while len(stop) == 3 and at < len(text) and text[at] == quote:
        at += 1
    return at
