"""Reading both sides: Procore's items, Xero's organisation and documents, the ledger's links, and what is gone."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from smoothx_tui.base.tasks import task_group
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.link import Link
from smoothx_tui.procore.addresses import project_named_by
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.procore.reference import LoadProblem, Reference
from smoothx_tui.session.place import Progress
from smoothx_tui.xero.documents import Document

if TYPE_CHECKING:
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.procore.loading import LoadedItems, RawDetail
    from smoothx_tui.xero.client import XeroClient

Report = Callable[[Progress], None]
_KINDS = {kind.prefix: kind for kind in Kind}


@dataclass(frozen=True)
class Reading:
    """Both sides as last read. `problems` are what could not be read; the rest stands all the same."""

    items: Mapping[str, Item] = field(default_factory=dict)
    books: Books | None = None
    links: Mapping[str, Link] = field(default_factory=dict)
    reference: Reference = field(default_factory=lambda: Reference(""))
    problems: tuple[LoadProblem, ...] = ()
    details: "dict[str, RawDetail]" = field(default_factory=dict)
    """Item answers already fetched: a row that did not change is not fetched again."""


async def read_both(
    before: Reading, procore: "ProcoreClient", xero: "XeroClient", ledger: "Ledger", report: Report
) -> Reading:
    """Read everything; the two services side by side. Raises SmoothxError where a side can not be read at all."""
    from smoothx_tui.procore.loading import load_items, load_reference

    def tell(what: str, done: int, of: int) -> None:
        report(Progress(f"Procore {what}", done, of))

    async with task_group() as group:
        books_task = group.create_task(_books(xero, report))
        links_task = group.create_task(asyncio.to_thread(ledger.links, xero.tenant_id))
        reference = await load_reference(procore, tell)
        loaded = await load_items(procore, reference, tell, before.details)
    books, links = books_task.result(), links_task.result()
    # A deleted item that nobody ever synced is nobody's business.
    items = {item.key: item for item in loaded.items if not item.gone or _known(item, books, links)}
    items |= await _gone(procore, items, loaded, books, links)
    problems = (*reference.problems, *loaded.problems)
    return replace(before, items=items, books=books, links=links, reference=reference, problems=problems)


async def read_again(
    before: Reading,
    keys: Iterable[str],
    documents: Iterable[str],
    procore: "ProcoreClient",
    xero: "XeroClient",
    ledger: "Ledger",
) -> Reading:
    """The reading with these items and documents read again, and what the organisation gained by first steps."""
    from smoothx_tui.procore.loading import load_item

    assert before.books is not None
    wanted = [key for key in keys if key in before.items and not before.items[key].gone]
    links = await asyncio.to_thread(ledger.links, xero.tenant_id)
    async with task_group() as group:
        organisation = group.create_task(xero.organisation())
        found = group.create_task(xero.documents_by_ids(documents))
        loading = {
            key: group.create_task(load_item(procore, before.reference, key, before.items[key].project.id))
            for key in wanted
        }
    items = {**before.items, **{key: task.result() for key, task in loading.items()}}
    merged = {**before.books.documents, **{document.id: document for document in found.result()}}
    return replace(before, items=items, links=links, books=Books(organisation.result(), merged))


async def _books(xero: "XeroClient", report: Report) -> Books:
    organisation = await xero.organisation()
    documents = await xero.documents(progress=lambda done, of: report(Progress("Xero documents", done, of)))
    return Books.of(organisation, documents)


async def _gone(
    procore: "ProcoreClient",
    items: Mapping[str, Item],
    loaded: "LoadedItems",
    books: Books,
    links: Mapping[str, Link],
) -> dict[str, Item]:
    """Items that a link or a document's Url names and that a complete list lacks, where Procore says they are gone."""
    from smoothx_tui.procore.loading import is_gone

    found: dict[str, Item] = {}
    for key in sorted({*books.by_item, *links} - items.keys()):
        kind, item_id = _KINDS[key.partition(":")[0]], key.partition(":")[2]
        document = _document_of(key, books, links)
        project = project_named_by(document.url) if document else None
        if document is None or project is None or (project, kind) not in loaded.complete_lists:
            continue
        if await is_gone(procore, kind, project, item_id):
            found[key] = gone_item(key, document)
    return found


def _known(item: Item, books: Books, links: Mapping[str, Link]) -> bool:
    return bool(item.origin_id) or item.key in links or item.key in books.by_item


def _document_of(key: str, books: Books, links: Mapping[str, Link]) -> Document | None:
    if key in links:
        return books.documents.get(links[key].document_id)
    return next(iter(books.by_item.get(key, ())), None)
