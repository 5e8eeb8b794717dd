"""Every item at once, as plain values: what the session does step by step, over its shelf."""

from collections.abc import MutableMapping
from dataclasses import dataclass

from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.load_reference import Progress
from smoothx_tui.procore.loading import RawDetail, read_details, read_lists, with_missing_vendors
from smoothx_tui.procore.reference import LoadProblem, Reference
from smoothx_tui.procore.shelf import ListName, Shelf, ShelfItems


@dataclass(frozen=True)
class LoadedItems:
    """What was read. `complete_lists`: as `ListsRead.complete`."""

    items: tuple[Item, ...]
    complete_lists: frozenset[ListName]
    problems: tuple[LoadProblem, ...]


async def load_items(
    client: ProcoreClient,
    reference: Reference,
    progress: Progress | None = None,
    details: MutableMapping[str, RawDetail] | None = None,
) -> LoadedItems:
    """Every item of every project. `details` keeps what was fetched, for the next time."""
    shelf = Shelf({} if details is None else details)
    read = await read_lists(client, reference, shelf, progress)
    await read_details(client, shelf, progress)
    reference = await with_missing_vendors(client, reference, shelf.vendors)
    view = ShelfItems(shelf, reference, shelf.keys())
    return LoadedItems(tuple(view[key] for key in view), read.complete, read.problems)
