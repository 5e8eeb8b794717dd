"""What was last read, kept in the ledger's database, so that the next start has something to show at once.

One row for each block of answers and of documents, one each for the lists, the reference data and the organisation, and
one that says what all of it is: `about`. Whatever cannot be read drops the whole cache; nothing depends on it.
"""

import base64
import binascii
import datetime as dt
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base import jsontext
from smoothx_tui.planning.books import Books
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.packed import Block, Packed, RawDetail
from smoothx_tui.procore.reference import Reference
from smoothx_tui.procore.shelf import Shelf
from smoothx_tui.session.codec import BadShape, decode, encode, shape_of
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.organisation import Organisation

if TYPE_CHECKING:
    from smoothx_tui.ledger.store import Ledger

ABOUT: Final = "about"
_FORM: Final = 2
"""Raised when the rows of this module change their form."""
_LISTS: Final = "lists"
_REFERENCE: Final = "reference"
_ORGANISATION: Final = "organisation"
_DETAILS: Final = "details:"
_DOCUMENTS: Final = "documents:"
_DOCUMENTS_IN_ROW: Final = 200
_ROWS_AT_ONCE: Final = 10


class BadCache(ValueError):  # noqa: N818 - reads as what is wrong
    """What was kept cannot be used: damaged, or written by another version of this program."""


@dataclass(frozen=True)
class Kept:
    """What was kept. `read_at`: when both sides had been read; `full_at`, `reference_at`: when nothing was
    left out of that, and when all reference data was read.
    """

    shelf: Shelf
    reference: Reference
    books: Books
    read_at: dt.datetime
    full_at: dt.datetime
    reference_at: dt.datetime
    gone: tuple[str, ...] = ()
    """Items that Procore no longer has, but a document names."""


@dataclass
class Cache:
    """The rows of one `scope`: one Xero organisation and one Procore company at one place. Blocking; run it in a
    thread. With the scope "" nothing is kept.
    """

    ledger: "Ledger"
    scope: str
    _names: dict[int, str] = field(default_factory=dict)
    """Block number of the shelf's details -> the row that holds it."""
    _documents: list[str] = field(default_factory=list)

    @property
    def on(self) -> bool:
        return bool(self.scope)

    def new_shelf(self) -> Shelf:
        """An empty shelf whose blocks are kept."""
        self._names.clear()
        return Shelf(Packed(kept=self.on))

    def load(self) -> Kept | None:
        """What was kept; None where nothing was, or the first reading was cut (`shelf_of_cut` has its answers then).

        Raises BadCache.
        """
        rows = self._rows()
        if ABOUT not in rows:
            return None
        with _damage_told():
            return self._kept(rows)

    def shelf_of_cut(self) -> Shelf:
        """The answers that a first reading had fetched before it was cut. Raises BadCache."""
        shelf = self.new_shelf()
        with _damage_told():
            self._adopt(shelf, self._rows())
        return shelf

    def drop(self) -> None:
        """Forget everything of this scope."""
        self._names.clear()
        self._documents.clear()
        self.ledger.forget_cached(self.scope)

    def save_details(self, blocks: Mapping[int, Block]) -> None:
        """Write blocks of answers as they fill."""
        rows = []
        for number, block in blocks.items():
            name = self._names[number] = f"{_DETAILS}{number:09}:{secrets.token_hex(6)}"
            rows.append((name, "", _sealed(block.data, jsontext.dumps([list(one) for one in block.head]))))
        self.ledger.cache_items(self.scope, rows)

    def save(self, kept: Kept, documents: Iterable[Document], *, whole: bool) -> None:
        """Write the rest: all in one transaction. `whole`: these are all documents, else only what is new of them."""
        chunks = list(_chunks(documents, _DOCUMENTS_IN_ROW))
        moment = int(kept.read_at.timestamp() * 1000)
        names = [f"{_DOCUMENTS}{moment:015}:{at:06}:{secrets.token_hex(4)}" for at in range(len(chunks))]
        rows = [(name, "", _text([encode(one) for one in chunk])) for name, chunk in zip(names, chunks, strict=True)]
        rows.append((_LISTS, "", _text(_lists(kept))))
        rows.append((_REFERENCE, "", _text(encode(kept.reference))))
        rows.append((_ORGANISATION, "", _text(encode(kept.books.organisation))))
        rows.append((ABOUT, "", jsontext.dumps(self._about(kept))))
        gone = self._forgotten(kept.shelf)
        if whole:
            gone += self._documents
            self._documents = []
        self._documents += names
        self.ledger.replace_cached(self.scope, gone, rows)

    def save_time(self, kept: Kept) -> None:
        """Write only when it was read, where all else is as it was."""
        self.ledger.replace_cached(self.scope, (), [(ABOUT, "", jsontext.dumps(self._about(kept)))])

    def _about(self, kept: Kept) -> dict[str, Any]:
        return {
            "form": _FORM,
            "shape": _shape(),
            "scope": self.scope,
            "read_at": kept.read_at.isoformat(),
            "full_at": kept.full_at.isoformat(),
            "reference_at": kept.reference_at.isoformat(),
            "gone": list(kept.gone),
        }

    def _forgotten(self, shelf: Shelf) -> list[str]:
        assert isinstance(shelf.details, Packed)
        found = [self._names.pop(number) for number in shelf.details.emptied if number in self._names]
        shelf.details.emptied.clear()
        return found

    def _rows(self) -> "_Rows":
        return _Rows(self.ledger, self.scope, self.ledger.cached_names(self.scope) if self.on else ())

    def _kept(self, rows: "_Rows") -> Kept:
        about = jsontext.loads(rows[ABOUT])
        if (about["form"], about["shape"], about["scope"]) != (_FORM, _shape(), self.scope):
            raise BadCache("it was written by another version of this program, or for another place")
        shelf = self.new_shelf()
        self._adopt(shelf, rows)
        _put_lists(shelf, _read(rows[_LISTS]))
        self._documents = sorted(name for name in rows if name.startswith(_DOCUMENTS))
        documents = (decode(Document, one) for _, body in rows.some(self._documents) for one in _read(body))
        books = Books.of(decode(Organisation, _read(rows[_ORGANISATION])), documents)
        reference = decode(Reference, _read(rows[_REFERENCE]))
        read_at, full_at, reference_at = (_moment(about[name]) for name in ("read_at", "full_at", "reference_at"))
        return Kept(shelf, reference, books, read_at, full_at, reference_at, tuple(map(str, about["gone"])))

    def _adopt(self, shelf: Shelf, rows: "_Rows") -> None:
        assert isinstance(shelf.details, Packed)
        for name, body in rows.some(sorted(name for name in rows if name.startswith(_DETAILS))):
            data, head = _opened(body)
            entries = tuple((str(key), int(stamp), int(label)) for key, stamp, label in jsontext.loads(head))
            self._names[shelf.details.adopt(Block(entries, data))] = name


class _Rows:
    """The rows by name, a few in memory at a time: all of them are as large as the rest of the program."""

    def __init__(self, ledger: "Ledger", scope: str, names: Iterable[str]) -> None:
        self._ledger = ledger
        self._scope = scope
        self._names = frozenset(names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> str:
        return self._ledger.cached_bodies(self._scope, [name])[name]

    def some(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(name, body) of each, in the order given."""
        for start in range(0, len(names), _ROWS_AT_ONCE):
            part = names[start : start + _ROWS_AT_ONCE]
            found = self._ledger.cached_bodies(self._scope, part)
            yield from ((name, found[name]) for name in part)


@contextmanager
def _damage_told() -> Iterator[None]:
    """What a damaged or strange row makes of the code that reads it, as one error."""
    try:
        yield
    except BadCache:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, zlib.error, binascii.Error) as error:
        raise BadCache(str(error)) from None


def _shape() -> str:
    return shape_of(Reference, Organisation, Document)


def _lists(kept: Kept) -> dict[str, Any]:
    shelf = kept.shelf
    keys = shelf.places.keys
    special = sorted({*shelf.deleted, *shelf.refused})
    return {
        # As one text each: so many short ones would take much room on their way.
        "lists": [
            [
                project,
                kind.value,
                " ".join(keys[place].partition(":")[2] for place in places),
                " ".join(map(str, shelf.stamps((project, kind)))),
            ]
            for (project, kind), places in shelf.lists.items()
        ],
        "newest": [[project, kind.value, when.isoformat()] for (project, kind), when in shelf.newest.items()],
        "rows": [[key, row.updated_at, row.raw] for key in special if (row := shelf.rows.get(key)) is not None],
        "heads": list(shelf.heads.items()),
        "deleted": sorted(shelf.deleted),
        "refused": sorted(shelf.refused.items()),
        "vendors": sorted(shelf.vendors),
    }


def _put_lists(shelf: Shelf, found: Mapping[str, Any]) -> None:
    for project, kind, ids, stamps in found["lists"]:
        name = project, Kind(kind)
        keys = (f"{name[1].prefix}:{item_id}" for item_id in ids.split())
        shelf.restore_list(name, keys, map(int, stamps.split()))
    shelf.newest.update({(project, Kind(kind)): _moment(when) for project, kind, when in found["newest"]})
    for key, updated_at, raw in found["rows"]:
        shelf.rows[key] = RawDetail(updated_at, raw)
    shelf.heads.update({key: dict(row) for key, row in found["heads"]})
    shelf.deleted.update(found["deleted"])
    shelf.refused.update({key: str(why) for key, why in found["refused"]})
    shelf.vendors.update(found["vendors"])
    shelf.doubt_lists()


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _chunks(found: Iterable[Document], size: int) -> Iterator[list[Document]]:
    listed = list(found)
    return (listed[start : start + size] for start in range(0, len(listed), size))


def _text(value: Any) -> str:
    return _sealed(zlib.compress(jsontext.dumps(value).encode("utf-8", "surrogatepass")))


def _read(body: str) -> Any:
    return jsontext.loads(zlib.decompress(_opened(body)[0]))


def _sealed(data: bytes, head: str = "") -> str:
    """As text, for both databases; the checksum is for a damaged disk, not against a person."""
    return f"{zlib.crc32(data):08x}\n{head}\n{base64.b64encode(data).decode()}"


def _opened(body: str) -> tuple[bytes, str]:
    check, head, text = body.split("\n", 2)
    data = base64.b64decode(text)
    if f"{zlib.crc32(data):08x}" != check:
        raise BadShape("a row is damaged")
    return data, head
