"""The table as it was last planned, kept for the first frame of the next start.

It is shown before anything is opened, to look at and no more: nothing of it can be marked, planned or sent. It is read
with the standard library alone, and whatever is odd about the file (another place, another owner, damage, another
version) makes it as good as none. The form: a line with a checksum, a line of JSON that says what the file is, and
pages of rows, each a packed JSON list.
"""

import datetime as dt
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, overload

from smoothx_tui.base.text import clean
from smoothx_tui.planning.actions import Action
from smoothx_tui.procore.kinds import Kind
from smoothx_tui.session.rows import Row

PAGE: Final = 64
"""Rows of a page: a fifth of a millisecond to open."""
_FORM: Final = b"smoothx rows 1"
_LARGEST: Final = 64 * 1024 * 1024
_LARGEST_PAGE: Final = 1024 * 1024
_DIGITS: Final = 30
_DAMAGE: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, zlib.error)
"""What text of another shape makes of the code that reads it."""


class Snapshot:
    """Rows of an earlier start. `as_of`: when both sides had been read for them."""

    def __init__(self, as_of: dt.datetime, *, same_settings: bool, count: int, pages: Sequence[bytes]) -> None:
        self.as_of: Final = as_of
        self.same_settings: Final = same_settings
        """They were planned under the settings that are in force now."""
        self.keys: Final[Sequence[str]] = _Keys(self, count)
        self._packed: Final = pages
        self._pages: dict[int, list[Row]] = {}
        self._rows: dict[str, Row] = {}

    def at(self, place: int) -> Row:
        """The row in that place, from 0."""
        number, line = divmod(place, PAGE)
        rows = self._pages.get(number)
        if rows is None:
            rows = self._pages[number] = self._opened(number)
            self._rows.update((row.key, row) for row in rows)
        return rows[line]

    def row(self, key: str) -> Row:
        """The row of a key that `keys` gave."""
        return self._rows[key]

    def _opened(self, number: int) -> list[Row]:
        first = number * PAGE
        size = min(PAGE, len(self.keys) - first)
        try:
            unpack = zlib.decompressobj()
            rows = [_row(given) for given in json.loads(unpack.decompress(self._packed[number], _LARGEST_PAGE))]
            if len(rows) == size:
                return rows
        except _DAMAGE:
            pass  # the checksum was right, so somebody wrote it so: there is nothing to be shown of it
        return [_unreadable(first + at) for at in range(size)]


class _Keys(Sequence[str]):
    """The keys of all rows, each page opened when it is looked at."""

    def __init__(self, snapshot: Snapshot, count: int) -> None:
        self._snapshot = snapshot
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._snapshot.at(one).key for one in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        return self._snapshot.at(at % self._count).key


@dataclass(frozen=True)
class SnapshotFile:
    """Where the snapshot of one place is. `place` is a digest of profile, organisation, company and ledger."""

    path: Path
    place: str
    settings: str
    """The revision of the settings in force at the start."""
    revision: Callable[[], str]
    """The same, as the file and the layers around it say now. Blocking."""

    def read(self) -> Snapshot | None:
        """What an earlier start has kept; None where there is nothing that can be used."""
        data = _private(self.path)
        if data is None:
            return None
        try:
            head, body = _parted(data)
            if head["place"] != self.place:
                return None
            sizes = [int(size) for size in head["pages"]]
            count = int(head["count"])
            if count <= 0 or min(sizes, default=0) <= 0 or sum(sizes) != len(body) or -(-count // PAGE) != len(sizes):
                return None
            as_of = dt.datetime.fromisoformat(head["as_of"]).astimezone(dt.UTC)
            same = head["settings"] == self.settings
        except _DAMAGE:
            return None
        return Snapshot(as_of, same_settings=same, count=count, pages=list(_cut(body, sizes)))

    def write(self, pages: Sequence[bytes], count: int, as_of: dt.datetime) -> None:
        """Keep these `packed` pages instead. Blocking. Raises ConfigurationError."""
        head = {
            "place": self.place,
            "settings": self.revision(),
            "as_of": as_of.isoformat(),
            "count": count,
            "pages": [len(page) for page in pages],
        }
        self._put(head, b"".join(pages))

    def still_so(self, as_of: dt.datetime) -> None:
        """What is kept was found to be right at a later time. Blocking. Raises ConfigurationError."""
        data = _private(self.path)
        if data is None:
            return
        try:
            head, body = _parted(data)
        except _DAMAGE:
            return
        self._put(head | {"as_of": as_of.isoformat()}, body)

    def _put(self, head: dict[str, Any], body: bytes) -> None:
        from smoothx_tui.accounts.privatefile import write_private

        rest = json.dumps(head).encode() + b"\n" + body
        write_private(self.path, b"%s %08x\n" % (_FORM, zlib.crc32(rest)) + rest)


def packed(rows: Iterable[Row]) -> bytes:
    """A page of at most `PAGE` rows."""
    return zlib.compress(json.dumps([_given(row) for row in rows], separators=(",", ":")).encode(), 1)


def _private(path: Path) -> bytes | None:
    """The file's bytes, where it is this user's alone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        found = os.fstat(handle)
        ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
        if not ours or found.st_size > _LARGEST:
            return None
        with open(handle, "rb", closefd=False) as file:
            return file.read()
    except OSError:
        return None
    finally:
        os.close(handle)


def _parted(data: bytes) -> tuple[dict[str, Any], bytes]:
    """What the file says of itself, and its pages. Raises one of `_DAMAGE`."""
    first, rest = data.split(b"\n", 1)
    if first != b"%s %08x" % (_FORM, zlib.crc32(rest)):
        raise ValueError("damaged, or of another version")
    head, body = rest.split(b"\n", 1)
    found = json.loads(head)
    if not isinstance(found, dict):
        raise TypeError("not a table")
    return found, body


def _cut(body: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def _given(row: Row) -> list[Any]:
    date = row.date.toordinal() if row.date else 0
    return [
        row.key, row.action.value, row.kind.value, row.number, row.contact, row.project, date, str(row.total),
        row.currency, row.why, int(row.danger),
    ]  # fmt: skip


def _row(given: list[Any]) -> Row:
    """Text is cleaned again: the file may say anything. Raises one of `_DAMAGE`."""
    key, action, kind, number, contact, project, date, total, currency, why, danger = given
    amount = Decimal(str(total))
    if not amount.is_finite() or abs(amount.adjusted()) > _DIGITS:
        raise ValueError("no amount")
    return Row(
        clean(key), Action(action), Kind(kind), clean(number), clean(contact), clean(project),
        dt.date.fromordinal(date) if date else None, amount, clean(currency), clean(why), bool(danger),
    )  # fmt: skip


def _unreadable(at: int) -> Row:
    return Row(
        f"unreadable:{at}", Action.NOT_READY, next(iter(Kind)), "", "", "", None, Decimal(0), "",
        "this row cannot be read; the plan will bring it", danger=False,
    )  # fmt: skip
