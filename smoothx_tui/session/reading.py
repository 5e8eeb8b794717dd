"""Both sides as last read, and what a new reading says of the one before."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.link import Link
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.procore.packed import plain_number
from smoothx_tui.procore.reference import LoadProblem, Reference
from smoothx_tui.procore.shelf import ListName, Shelf, ShelfItems
from smoothx_tui.session.place import Progress
from smoothx_tui.xero.documents import Document

Report = Callable[[Progress], None]

OVERLAP: Final = dt.timedelta(minutes=5)
"""How far before the newest document a list of changes begins: pages take time, and Xero's times are to the second."""
_PREFIXES: Final = frozenset(kind.prefix for kind in Kind)


@dataclass(frozen=True)
class Reading:
    """Both sides as last read. `problems` are what could not be read; the rest stands all the same."""

    items: Mapping[str, Item] = field(default_factory=dict)
    books: Books | None = None
    links: Mapping[str, Link] = field(default_factory=dict)
    reference: Reference = field(default_factory=lambda: Reference(""))
    problems: tuple[LoadProblem, ...] = ()
    read_at: dt.datetime | None = None
    """When both sides had been read; None while they never were."""
    full_at: dt.datetime | None = None
    """When they had been read with nothing left out."""
    reference_at: dt.datetime | None = None
    """When all of the reference data had been read."""
    gone: tuple[str, ...] = ()
    """Items that Procore no longer has, but a link or a document names."""
    old: bool = False
    """As kept from an earlier start: nothing was read since."""
    changed: frozenset[str] | None = None
    """The only items that can differ from the reading before; None: all of it can."""
    partial: bool = False
    """A first reading that is still going on: items are missing."""


def changed_items(before: Reading, reading: Reading, shelf: Shelf) -> frozenset[str] | None:
    """Which items can differ, where nothing but items was read anew."""
    moved = frozenset(shelf.moved)
    shelf.moved.clear()
    same = (
        reading.books is before.books
        and reading.reference is before.reference
        and reading.links == before.links
        and reading.gone == before.gone
        and not before.partial
        and isinstance(before.items, ShelfItems)
    )
    if not same or reading.books is None:
        return None
    # What was read after a sync stood beside the shelf, and a claim's stored materials come from the one before it.
    also = before.items.also if isinstance(before.items, ShelfItems) else {}
    heads = shelf.heads if any(key in shelf.heads for key in moved) else ()
    return moved.union(also, heads)


def numbers_of(books: Books, documents: Sequence[Document], number_prefix: str) -> set[str]:
    """Plain numbers that items of these documents can have, as they are and as the books have them."""
    both = [*documents, *(books.documents[one.id] for one in documents if one.id in books.documents)]
    plain = {plain_number(document.number) for document in both}
    return plain | {number.removeprefix(plain_number(number_prefix)) for number in plain}


def due(last: dt.datetime | None, now: dt.datetime, every: dt.timedelta) -> bool:
    """Whether something is to be done again; a clock that went back is no reason to wait."""
    return last is None or not dt.timedelta() <= now - last < every


def changed_since(documents: Iterable[Document]) -> dt.datetime | None:
    """From when on Xero is asked for changes; None: everything."""
    newest = max((document.updated_at for document in documents), default="")
    with suppress(ValueError):
        found = dt.datetime.fromisoformat(newest)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)) - OVERLAP
    return None


def doubt(name: ListName, documents: int) -> LoadProblem:
    project, kind = name
    what = f"{kind.value.replace('_', ' ')}s of project {clean(project)}"
    text = f"the list is empty, but {documents} documents in Xero name such items: is a permission missing?"
    return LoadProblem(project, what, text)


def gone_as(key: str, books: Books, links: Mapping[str, Link]) -> Item | None:
    """An item that is gone, from its document; None where there is none."""
    document = document_of(key, books, links)
    if document is None or key.partition(":")[0] not in _PREFIXES:
        return None
    return gone_item(key, document)


def document_of(key: str, books: Books, links: Mapping[str, Link]) -> Document | None:
    if key in links:
        return books.documents.get(links[key].document_id)
    return next(iter(books.by_item.get(key, ())), None)
