"""What the commands print. Standard output belongs to data, standard error to talk.

JSON is exact and inert: every character that a terminal could obey is escaped, so that a document can be looked at and
read back without loss. Tables are for people: whole where they are piped, fitted to the terminal where one shows them.
"""

import os
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.streams import leave, terminal_gone
from smoothx_tui.base.text import clean

SCHEMA_VERSION: Final = 1
"""`"schema"` of every JSON document; it counts up when a member changes its meaning or goes."""
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def json_text(document: Mapping[str, Any]) -> str:
    r"""The document with `"schema"` first, indented; unsafe characters are `\uXXXX`. Decimals become JSON numbers."""
    from smoothx_tui.base import jsontext

    text = jsontext.dumps({"schema": SCHEMA_VERSION, **document}, indent=2)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(map(_inert, text))


def _inert(char: str) -> str:
    if char == "\n" or unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class Output:
    """Where a command's data and talk go."""

    def __init__(self, data: TextIO | None = None, talk: TextIO | None = None) -> None:
        self._data = data
        self._talk = talk
        self._progress = False

    def _end_progress(self) -> None:
        if self._progress:
            _put(self._talk or sys.stderr, "\r\x1b[K")
            self._progress = False

    def data(self, text: str) -> None:
        """A result, with its line break. Raises ConfigurationError where a full disk does not take it."""
        self._end_progress()
        stream = self._data or sys.stdout
        try:
            _write(stream, text)
        except BrokenPipeError:
            raise
        except OSError as error:
            leave(stream)
            said = f"standard output cannot be written: {error.strerror}"
            raise ConfigurationError(said, "write it elsewhere; what was done is in smoothx-tui log") from None

    def json(self, document: Mapping[str, Any]) -> None:
        """A result as one JSON document."""
        self.data(json_text(document))

    def table(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        empty: str,
        wraps: bool = True,
        spare: Sequence[str] = (),
    ) -> None:
        """A result as a table; where it has no rows, `empty` says so on standard error.

        On a terminal it is as wide as that: texts that are too long are wrapped, or cut where not `wraps`; `spare`
        columns are left out where it is narrow, the first one first.
        """
        if not rows:
            self.say(empty)
            return
        from smoothx_tui.cli.tables import Fit, table

        stream = self._data or sys.stdout
        room = columns(stream)
        self.data(table(headers, rows, Fit(room, wraps, _cut_sign(stream), spare) if room else None))

    def say(self, text: str) -> None:
        """Advice, a warning, what was done."""
        self._end_progress()
        _write(self._talk or sys.stderr, text)

    def progress(self, text: str) -> None:
        """A line that the next one replaces; only on a terminal, so that logs stay readable."""
        stream = self._talk or sys.stderr
        if room := columns(stream):
            from smoothx_tui.cli.tables import clipped

            line = clipped(clean(text), room - 1, _cut_sign(stream))
            _put(stream, f"\r\x1b[K{line}")
            self._progress = True

    @property
    def shows_progress(self) -> bool:
        """Whether `progress` is seen by anybody."""
        return (self._talk or sys.stderr).isatty()

    @property
    def asks(self) -> bool:
        """Whether there is a person at a terminal who can be asked."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def ask_yes(self, question: str) -> bool:
        """Ask on standard error; only the typed word yes is a yes."""
        self._end_progress()
        _put(self._talk or sys.stderr, f"{question} Type yes: ")
        return sys.stdin.readline().strip() == "yes"


def columns(stream: TextIO) -> int:
    """The width of the terminal that the stream is, in cells; 0 where it is none."""
    if not stream.isatty():
        return 0
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _cut_sign(stream: TextIO) -> str:
    try:
        "…".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "~"
    return "…"


def _write(stream: TextIO, text: str) -> None:
    line = f"{text}\n"
    try:
        _put(stream, line)
    except UnicodeEncodeError:
        # A terminal that cannot show a character gets its escape, not a traceback.
        encoding = stream.encoding or "ascii"
        _put(stream, line.encode(encoding, "backslashreplace").decode(encoding))


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if not terminal_gone(stream, error):
            raise
