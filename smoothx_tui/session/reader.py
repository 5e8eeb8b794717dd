"""Reads both sides: kindly, a part at a time, and never the same thing twice.

What was read is kept (`cache`), shown at the next start with its age, and brought up to date by what changed since. A
full reading is made now and then: only a whole list tells what is gone, and some changes of Xero's documents are not
told by its `If-Modified-Since` (facts: xero.md). A cut in the middle loses nothing that was fetched.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import LedgerError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.link import Link
from smoothx_tui.procore.addresses import project_named_by
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.packed import Packed
from smoothx_tui.procore.reference import LoadProblem, Reference
from smoothx_tui.procore.shelf import ListName, Shelf, ShelfItems
from smoothx_tui.session.cache import BadCache, Cache, Kept
from smoothx_tui.session.place import Progress
from smoothx_tui.session.reading import (
    Reading,
    Report,
    changed_items,
    changed_since,
    document_of,
    doubt,
    due,
    gone_as,
    numbers_of,
)
from smoothx_tui.xero.documents import Document

if TYPE_CHECKING:
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.procore.loading import ListsRead
    from smoothx_tui.xero.client import XeroClient

FULL_EVERY: Final = dt.timedelta(hours=24)
REFERENCE_EVERY: Final = dt.timedelta(hours=1)
"""A project's codes, contracts and periods (eight calls and more) are read so often, and when its items changed."""
_FIRST_LOOK, _LAST_LOOK = 1.0, 10.0
"""Seconds between two looks at a first reading that goes on for long."""
_BREATH: Final = 2000


class Reader:
    """Reads for one session. Not more than one `read` at a time."""

    def __init__(
        self, procore: "ProcoreClient", xero: "XeroClient", ledger: "Ledger", clock: Clock, scope: str = ""
    ) -> None:
        """`scope` names what is kept between starts; "": nothing is."""
        self._procore = procore
        self._xero = xero
        self._ledger = ledger
        self._clock = clock
        self._cache = Cache(ledger, scope)
        self._shelf: Shelf | None = None
        self._kept: Kept | None = None
        self._trouble: tuple[LoadProblem, ...] = ()
        self._unsaved: dict[str, Document] = {}
        """Documents that were read after a sync, and are not kept yet."""
        self._writing: asyncio.Task[None] | None = None
        self._unwritable = ""

    async def kept(self) -> Reading | None:
        """What an earlier start has kept, as a reading; None where there is nothing that can be used."""
        shelf = await self._open()
        kept = self._kept
        if kept is None:
            return None
        links = await asyncio.to_thread(self._ledger.links, self._xero.tenant_id)
        keys = await self._keys(shelf, kept.reference, kept.books, links)
        gone = {key: item for key in kept.gone if (item := gone_as(key, kept.books, links)) is not None}
        return Reading(
            items=ShelfItems(shelf, kept.reference, keys, gone),
            books=kept.books,
            links=links,
            reference=kept.reference,
            problems=self._trouble,
            read_at=kept.read_at,
            full_at=kept.full_at,
            reference_at=kept.reference_at,
            gone=kept.gone,
            old=True,
        )

    async def read(
        self, before: Reading, report: Report, *, full: bool = False, came: Callable[[Reading], None] | None = None
    ) -> Reading:
        """Bring `before` up to date; the two services side by side. `came` gets the readings of a first one on its way.

        Raises SmoothxError where a side cannot be read at all; what was fetched is kept and not fetched again.
        """
        from smoothx_tui.procore.loading import (
            load_projects,
            load_reference,
            read_details,
            read_lists,
            with_missing_vendors,
        )

        shelf = await self._open()
        before = await self.kept() or before if before.books is None else before
        began = self._clock.now()
        full = full or due(before.full_at, began, FULL_EVERY)

        def tell(what: str, done: int, of: int) -> None:
            report(Progress(f"Procore {what}", done, of))

        async with self._keeping(shelf), task_group() as group:
            links_task = group.create_task(asyncio.to_thread(self._ledger.links, self._xero.tenant_id))
            books_task = group.create_task(self._books(before, report, links_task, full=full))
            known = None if full or due(before.reference_at, began, REFERENCE_EVERY) else before.reference
            reference = await load_reference(self._procore, tell, known)
            lists = await read_lists(self._procore, reference, shelf, tell, full=full)
            if known is not None:
                reference = await load_projects(self._procore, reference, lists.changed & known.projects.keys(), tell)
            looking = None
            if came is not None and before.books is None:
                looking = group.create_task(self._look(shelf, reference, books_task, links_task, came))
            await read_details(self._procore, shelf, tell, lambda _: self._write_behind())
            reference = await with_missing_vendors(self._procore, reference, shelf.vendors)
            books, documents = await books_task
            links = await links_task
            if looking is not None:
                looking.cancel()
        if reference == before.reference:
            reference = before.reference
        reading = await self._put_together(before, shelf, reference, lists, books, links)
        reading = replace(
            reading,
            changed=changed_items(before, reading, shelf),
            read_at=began,
            full_at=began if full else before.full_at,
            reference_at=began if known is None else before.reference_at,
        )
        shelf.settle()
        self._kept, self._trouble = None, ()
        return replace(reading, problems=(*reading.problems, *await self._save(shelf, reading, documents, whole=full)))

    async def again(
        self, before: Reading, keys: Iterable[str], documents: Iterable[str], number_prefix: str = ""
    ) -> Reading:
        """The reading with these items and documents read again, and what the organisation gained by first steps.

        `number_prefix` is what our sales invoices' numbers begin with.
        """
        from smoothx_tui.procore.loading import load_item

        assert before.books is not None
        assert self._shelf is not None
        assert isinstance(before.items, ShelfItems)
        keys = set(keys)
        wanted = [key for key in keys if key in before.items and not before.items[key].gone]
        now = await asyncio.to_thread(self._ledger.links, self._xero.tenant_id)
        # What a colleague linked meanwhile is not half known: its item and document come with the next reading.
        others = {key: link for key, link in before.links.items() if key not in keys}
        links = {**others, **{key: now[key] for key in keys if key in now}}
        linked = {link.document_id for key, link in links.items() if link != before.links.get(key)}
        async with task_group() as group:
            organisation = group.create_task(self._xero.organisation())
            found = group.create_task(self._xero.documents_by_ids(linked.union(documents)))
            loading = {
                key: group.create_task(load_item(self._procore, before.reference, key, before.items[key].project.id))
                for key in wanted
            }
        read = {key: task.result() for key, task in loading.items()}
        items = ShelfItems(self._shelf, before.reference, before.items, {**before.items.also, **read})
        self._unsaved.update((document.id, document) for document in found.result())
        books = Books(organisation.result(), {**before.books.documents, **self._unsaved})
        changed = None
        if books.organisation == before.books.organisation:
            books = Books(before.books.organisation, books.documents)
            numbers = numbers_of(before.books, found.result(), number_prefix)
            changed = frozenset(await asyncio.to_thread(items.numbered_like, numbers)).union(keys)
        return replace(before, items=items, links=links, books=books, changed=changed)

    # on the way ------------------------------------------------------------------------------------------------------

    async def _open(self) -> Shelf:
        """The shelf, with what was kept in it; a damaged cache is dropped and told."""
        if self._shelf is None:
            try:
                self._kept = await asyncio.to_thread(self._cache.load)
                self._shelf = self._kept.shelf if self._kept else await asyncio.to_thread(self._cache.shelf_of_cut)
            except BadCache as error:
                await asyncio.to_thread(self._cache.drop)
                self._shelf = self._cache.new_shelf()
                text = f"the copy of the last reading cannot be used, so all is read again ({clean(str(error))})"
                self._trouble = (LoadProblem("", "the cache", text),)
        return self._shelf

    async def _books(
        self, before: Reading, report: Report, links: "asyncio.Task[dict[str, Link]]", *, full: bool
    ) -> tuple[Books, list[Document]]:
        """The books, and the documents that are new in them (`full`: all of them).

        The links are read first: a document is there before its link, so that no link names one that is not read.
        """
        await asyncio.shield(links)
        organisation = await self._xero.organisation()
        known = {} if full or before.books is None else before.books.documents
        found = await self._xero.documents(
            changed_since(known.values()), lambda done, of: report(Progress("Xero documents", done, of))
        )
        if before.books is not None and before.books.organisation == organisation:
            organisation = before.books.organisation
        changed = [document for document in found if known.get(document.id) != document]
        if before.books is not None and not (full or changed) and organisation is before.books.organisation:
            return before.books, []
        return Books(organisation, {**known, **{document.id: document for document in found}}), changed

    async def _look(
        self,
        shelf: Shelf,
        reference: Reference,
        books_task: "asyncio.Task[tuple[Books, list[Document]]]",
        links_task: "asyncio.Task[dict[str, Link]]",
        came: Callable[[Reading], None],
    ) -> None:
        """Show what is there while the rest is being fetched, more and more seldom."""
        wait = _FIRST_LOOK
        books, _ = await asyncio.shield(books_task)
        links = await asyncio.shield(links_task)
        while True:
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, _LAST_LOOK)
            if any(key not in shelf.details and key not in shelf.refused for key in shelf.heads):
                continue  # others' plans depend on them
            keys = await self._keys(shelf, reference, books, links)
            came(
                Reading(ShelfItems(shelf, reference, keys), books, links, reference, read_at=self._clock.now(),
                        partial=True)
            )  # fmt: skip

    async def _keys(self, shelf: Shelf, reference: Reference, books: Books, links: Mapping[str, Link]) -> list[str]:
        """What is shown, in order. A deleted item that nobody ever synced is nobody's business."""
        found = []
        deleted = ShelfItems(shelf, reference, shelf.deleted)
        for number, key in enumerate(shelf.keys()):
            if key in shelf.deleted:
                item = deleted[key]
                if item.origin_id or key in links or key in books.by_item:
                    found.append(key)
            elif shelf.readable(key):
                found.append(key)
            if number % _BREATH == _BREATH - 1:
                await asyncio.sleep(0)
        return found

    async def _put_together(
        self,
        before: Reading,
        shelf: Shelf,
        reference: Reference,
        lists: "ListsRead",
        books: Books,
        links: Mapping[str, Link],
    ) -> Reading:
        keys = await self._keys(shelf, reference, books, links)
        listed = await asyncio.to_thread(ShelfItems, shelf, reference, keys)
        gone, doubts = await self._gone(before, shelf, listed, lists, books, links)
        return Reading(
            items=await asyncio.to_thread(ShelfItems, shelf, reference, keys, gone) if gone else listed,
            books=books,
            links=links,
            reference=reference,
            problems=(*self._trouble, *reference.problems, *lists.problems, *doubts),
            gone=tuple(gone),
        )

    async def _gone(
        self,
        before: Reading,
        shelf: Shelf,
        listed: Container[str],
        lists: "ListsRead",
        books: Books,
        links: Mapping[str, Link],
    ) -> tuple[dict[str, Item], list[LoadProblem]]:
        """Items that a link or a document's Url names and that a complete list lacks, where Procore says they are gone.

        What was found gone before stays so, and nobody is asked again: gone is for ever. A list that is empty
        while several documents name its items looks just like a permission that was taken away, so nothing of it is
        taken for deleted: a document would be deleted for it.
        """
        from smoothx_tui.procore.loading import is_gone

        found: dict[str, Item] = {}
        missing: dict[ListName, list[Item]] = {}
        for key in sorted(key for key in {*books.by_item, *links} if key not in listed):
            item = gone_as(key, books, links)
            document = document_of(key, books, links)
            project = project_named_by(document.url) if document is not None else None
            if item is None or project is None:
                continue
            if key in before.gone:
                found[key] = item
            elif (project, item.kind) in lists.complete:
                missing.setdefault((project, item.kind), []).append(item)
        doubtful = {name for name, items in missing.items() if len(items) > 1 and not shelf.lists.get(name)}
        for name, items in missing.items():
            for item in items if name not in doubtful else ():
                if await is_gone(self._procore, item.kind, name[0], item.id):
                    found[item.key] = item
        return found, [doubt(name, len(missing[name])) for name in doubtful]

    # keeping ---------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _keeping(self, shelf: Shelf) -> AsyncIterator[None]:
        """Whatever becomes of the reading, what was fetched is kept."""
        try:
            yield
        finally:
            if self._writing is not None:
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([self._writing])
            self._seal(shelf)
            await self._write()

    def _write_behind(self) -> None:
        """Blocks of answers are written as they fill, beside the reading."""
        shelf = self._shelf
        if shelf is None or not isinstance(shelf.details, Packed) or not shelf.details.unsaved:
            return
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    def _seal(self, shelf: Shelf) -> None:
        if isinstance(shelf.details, Packed):
            shelf.details.tidy()
            shelf.details.seal()

    async def _write(self) -> None:
        shelf = self._shelf
        assert shelf is not None
        assert isinstance(shelf.details, Packed)
        while shelf.details.unsaved and not self._unwritable:
            blocks = dict(shelf.details.unsaved)
            shelf.details.unsaved.clear()
            try:
                await asyncio.to_thread(self._cache.save_details, blocks)
            except LedgerError as error:
                self._unwritable = error.line()

    async def _save(
        self, shelf: Shelf, reading: Reading, changed: Iterable[Document], *, whole: bool
    ) -> tuple[LoadProblem, ...]:
        """Keep the rest; where that fails it is told, as the next start will have nothing to show."""
        if self._cache.on and not self._unwritable:
            assert reading.books is not None
            assert reading.read_at is not None
            assert reading.full_at is not None
            assert reading.reference_at is not None
            times = (reading.read_at, reading.full_at, reading.reference_at)
            kept = Kept(shelf, reading.reference, reading.books, *times, reading.gone)
            if reading.changed == frozenset() and not (whole or self._unsaved):
                return await self._save_time(kept)
            ids = {*self._unsaved, *(document.id for document in changed)}
            known = reading.books.documents
            documents = list(known.values()) if whole else [known[one] for one in ids if one in known]
            try:
                await asyncio.to_thread(self._cache.save, kept, documents, whole=whole)
            except LedgerError as error:
                self._unwritable = error.line()
            else:
                self._unsaved.clear()
        return (LoadProblem("", "keeping what was read", self._unwritable),) if self._unwritable else ()

    async def _save_time(self, kept: Kept) -> tuple[LoadProblem, ...]:
        """Nothing is new but the time at which that was so."""
        with suppress(LedgerError):
            await asyncio.to_thread(self._cache.save_time, kept)
        return ()
