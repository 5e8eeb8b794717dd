"""Reads the items: each project's lists, then each item's details, as a list has no lines.

A fetched detail is kept in `details` under the item's key with the `updated_at` of its row; a row that did not change
is not fetched again, and what was fetched before a cut is not lost.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from smoothx_tui.base.errors import ServiceError, UsageError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.procore.applications import contract_of, previous_of
from smoothx_tui.procore.client import PER_PAGE, ProcoreClient
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Company, Item, ItemProblem, Kind
from smoothx_tui.procore.load_reference import Progress, load_projects, load_reference
from smoothx_tui.procore.packed import RawDetail
from smoothx_tui.procore.parse import parse_head_claim
from smoothx_tui.procore.parse_reference import parse_company
from smoothx_tui.procore.reference import LoadProblem, ProjectBooks, Reference
from smoothx_tui.procore.shelf import ListName, Shelf, parse_item, vendor_of

__all__ = [
    "ListsRead",
    "RawDetail",
    "Reference",
    "Shelf",
    "is_gone",
    "load_item",
    "load_projects",
    "load_reference",
    "read_details",
    "read_lists",
    "with_missing_vendors",
]

OVERLAP: Final = dt.timedelta(minutes=15)
"""How far before the newest row a list of changes begins: rows may have come while the last one was read."""
SMALL: Final = PER_PAGE
"""A list of so few is read whole: it is one call either way, and a whole one also tells what is gone."""
_SETTLES: Final = dt.timedelta(seconds=5)
"""After this long nothing gets an `updated_at` that was seen before: its second, and what their clocks differ by."""
_WORKERS: Final = 8
_LISTS_AT_ONCE: Final = 4
_BREATH: Final = 200
_FAR: Final = "2100-01-01T00:00:00Z"
_FILTERED: Final = frozenset({Kind.PROGRESS_CLAIM, Kind.DIRECT_COST})
_PLURAL: Final = {
    Kind.PROGRESS_CLAIM: "progress claims",
    Kind.DIRECT_COST: "direct costs",
    Kind.HEAD_CONTRACT_CLAIM: "head contract claims",
}


@dataclass(frozen=True)
class ListsRead:
    """`complete` names the lists that were read whole: only there does a missing item mean anything. `changed`: the
    projects with new or changed items.
    """

    complete: frozenset[ListName] = frozenset()
    changed: frozenset[str] = frozenset()
    problems: tuple[LoadProblem, ...] = ()


def list_path(kind: Kind, project: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a project's list."""
    if kind is Kind.DIRECT_COST:
        return f"/rest/v1.1/projects/{project}/direct_costs", {}
    path = "/rest/v1.1/requisitions" if kind is Kind.PROGRESS_CLAIM else "/rest/v1.0/payment_applications"
    return path, {"project_id": project}


def item_path(kind: Kind, project: str, item: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of one item with its lines."""
    path, params = list_path(kind, project)
    return f"{path}/{item}", {**params, "view": "extended"} if kind is Kind.PROGRESS_CLAIM else params


async def read_lists(
    client: ProcoreClient,
    reference: Reference,
    shelf: Shelf,
    progress: Progress | None = None,
    *,
    full: bool = True,
) -> ListsRead:
    """Read each project's lists into the shelf. Not `full`: of long lists only what changed since they were last read,
    where Procore can tell (facts: procore.md; head contract claims have no filter).

    Raises SignInNeeded and ConnectionFailed. A list that Procore refuses is a problem, and its items are not shown.
    """
    names = [(project, kind) for project in reference.projects for kind in Kind]
    waiting, done = iter(names), 0
    complete: set[ListName] = set()
    changed: set[str] = set()
    problems: list[LoadProblem] = []

    async def work() -> None:
        nonlocal done
        for name in waiting:
            since = None if full else _since(shelf, name)
            try:
                found = await _read_list(client, reference, shelf, name, since)
                if since is not None and await _lost_some(client, shelf, name):
                    whole = await _read_list(client, reference, shelf, name, None)
                    found, since = _OneList(whole.complete, found.changed or whole.changed), None
                if found.complete and since is None:
                    complete.add(name)
                if found.changed:
                    changed.add(name[0])
            except ServiceError as error:
                if error.status == 429:
                    raise
                problems.append(LoadProblem(name[0], _PLURAL[name[1]], error.message))
                shelf.drop_list(name)
            done += 1
            if progress:
                progress("lists", done, len(names))

    async with task_group() as group:
        for _ in range(_LISTS_AT_ONCE):
            group.create_task(work())
    shelf.keep_lists(names)
    return ListsRead(
        frozenset(complete), frozenset(changed), tuple(sorted(problems, key=lambda one: (one.project, one.what)))
    )


def _since(shelf: Shelf, name: ListName) -> dt.datetime | None:
    """From when on changes are enough; None: the list has to be read whole."""
    newest = shelf.newest.get(name)
    if newest is None or name[1] not in _FILTERED or len(shelf.lists.get(name, ())) <= SMALL:
        return None
    return newest - OVERLAP


async def _lost_some(client: ProcoreClient, shelf: Shelf, name: ListName) -> bool:
    """Whether a list of which only the changes were read has other items than we know: what was deleted is in no list
    of changes. The count costs one call, whatever the length (facts: procore.md, header `Total`).
    """
    path, params = list_path(name[1], name[0])
    total = await client.count(path, params, f"count the {_PLURAL[name[1]]}")
    return total is not None and total - shelf.uncounted.get(name, 0) != len(shelf.lists[name])


class _OneList(NamedTuple):
    """Whether a list was read to its end without rows coming or going meanwhile, and whether something is new in it."""

    complete: bool
    changed: bool


async def _read_list(
    client: ProcoreClient, reference: Reference, shelf: Shelf, name: ListName, since: dt.datetime | None
) -> _OneList:
    project, kind = name
    path, params = list_path(kind, project)
    if since is not None:
        params = {**params, "filters[updated_at]": f"{since.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}...{_FAR}"}
    places: list[int] = []
    newest = shelf.newest.get(name) if since is not None else None
    moved = False

    def take(rows: list[Row]) -> None:
        nonlocal newest, moved
        for row in rows:
            place = shelf.see(name, row)
            if place is not None:
                places.append(place)
                moved = moved or not shelf.fresh(shelf.places.keys[place])
            changed = _time(as_text(row.get("updated_at")))
            if changed is not None and (newest is None or changed > newest):
                newest = changed

    doing = f"list the {_PLURAL[kind]} of {clean(reference.projects[project].project.name)}"
    listing = await client.listing(path, params, doing, take)
    shelf.put_list(name, places, whole=since is None)
    if since is None:
        shelf.uncounted[name] = listing.uncounted
    if newest is not None and listing.complete:
        shelf.newest[name] = newest
    return _OneList(listing.complete, moved)


def _time(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


async def read_details(
    client: ProcoreClient,
    shelf: Shelf,
    progress: Progress | None = None,
    came: Callable[[int], None] | None = None,
) -> None:
    """Fetch what is new or changed, a few at a time, head contract claims first (others' plans depend on them).

    `came` hears of each answer with the number of them so far. What was fetched stays, whatever happens then.
    """
    wanted = [key async for key in _wanted(shelf)]
    waiting, done = iter(wanted), 0

    async def work() -> None:
        nonlocal done
        for key in waiting:
            await _read_detail(client, shelf, key)
            done += 1
            if progress:
                progress("items", done, len(wanted))
            if came:
                came(done)

    async with task_group() as group:
        for _ in range(min(_WORKERS, len(wanted))):
            group.create_task(work())


async def _wanted(shelf: Shelf) -> AsyncIterator[str]:
    names = sorted(shelf.lists, key=lambda name: name[1] is not Kind.HEAD_CONTRACT_CLAIM)
    keys = shelf.places.keys
    for name in names:
        for number, place in enumerate(shelf.lists[name]):
            key = keys[place]
            if key not in shelf.deleted and not shelf.fresh(key):
                yield key
            if number % _BREATH == _BREATH - 1:
                await asyncio.sleep(0)


async def _read_detail(client: ProcoreClient, shelf: Shelf, key: str) -> None:
    name = shelf.list_of(key)
    assert name is not None
    path, params = item_path(name[1], name[0], key.partition(":")[2])
    updated_at = shelf.rows[key].updated_at
    try:
        raw, served_at = await client.dated(path, params, f"read {key}")
    except ServiceError as error:
        if error.status == 429:
            raise
        shelf.details.pop(key, None)
        shelf.refuse(key, error.message)
    else:
        shelf.put_detail(key, RawDetail(_settled(updated_at, served_at), raw))


def _settled(updated_at: str, served_at: dt.datetime | None) -> str:
    """What the details are kept under: `updated_at`, or where a later change may still get the same one (it has whole
    seconds), something else. Then they are shown, but fetched once more at the next reading.
    """
    changed = _time(updated_at)
    if changed is None or served_at is None or served_at >= changed + _SETTLES:
        return updated_at
    return f"{updated_at} or later"


async def with_missing_vendors(client: ProcoreClient, reference: Reference, vendors: Iterable[str]) -> Reference:
    """A company that left the directory is still on its old items; it is read by its id where that is allowed."""
    found: dict[str, Company] = {}
    for vendor in sorted(set(vendors) - set(reference.vendors)):
        path, params = f"/rest/v1.0/vendors/{vendor}", {"company_id": reference.company_id}
        try:
            found[vendor] = parse_company(await client.get(path, params, f"read company {vendor}"))
        except ServiceError as error:
            if error.status not in {403, 404}:
                raise
    return replace(reference, vendors={**reference.vendors, **found}) if found else reference


async def load_item(client: ProcoreClient, reference: Reference, key: str, project: str = "") -> Item:
    """One item as it is now. Without `project` (its id) every project is asked, one after the other.

    Raises SmoothxError; ServiceError with status 404 where no project has it.
    """
    kind, item_id = _split(key)
    for place in [project] if project else list(reference.projects):
        books = reference.projects.get(place)
        if books is None:
            raise ServiceError(f"Procore: project {clean(place)} is not there", status=404)
        path, params = item_path(kind, place, item_id)
        try:
            raw = await client.get(path, params, f"read {key}")
        except ServiceError as error:
            if error.status not in {403, 404} or project:
                raise
            continue
        known = await with_missing_vendors(client, reference, filter(None, [vendor_of(raw)]))
        if kind is not Kind.HEAD_CONTRACT_CLAIM:
            return parse_item(kind, raw, known, books)
        return await _head_claim(client, raw, known, books)
    raise ServiceError(f"Procore: {clean(key)} is not there", status=404)


async def _head_claim(client: ProcoreClient, raw: Row, reference: Reference, books: ProjectBooks) -> Item:
    params = {"project_id": books.project.id}
    path = f"/rest/v1.0/prime_contracts/{contract_of(raw)}/payment_applications"
    listing = await client.listing(path, params, "list the applications of a head contract")
    earlier, trouble = previous_of(raw, listing.rows)
    previous = None
    if earlier:
        place, params = item_path(Kind.HEAD_CONTRACT_CLAIM, books.project.id, as_id(earlier.get("id")))
        previous = await client.get(place, params, "read the application before")
    item = parse_head_claim(raw, previous, reference, books)
    return replace(item, problems=(*item.problems, ItemProblem("number", trouble))) if trouble else item


async def is_gone(client: ProcoreClient, kind: Kind, project: str, item: str) -> bool:
    """Whether a missing item is really deleted: its GET answers 404 while its project's list still answers.

    Only for items that a complete list lacks (`ListsRead.complete`): a permission that was taken away looks
    the same otherwise (facts: procore.md, deleted items). Raises SignInNeeded and ConnectionFailed.
    """
    path, params = item_path(kind, project, item)
    try:
        raw = await client.get(path, params, "look for an item")
    except ServiceError as error:
        if error.status != 404:
            return False
    else:
        return raw.get("deleted_at") is not None
    path, params = list_path(kind, project)
    try:
        await client.rows(path, {**params, "page": "1", "per_page": "1"}, f"list the {_PLURAL[kind]}")
    except ServiceError:
        return False
    return True


def _split(key: str) -> tuple[Kind, str]:
    prefix, _, item_id = key.partition(":")
    kind = next((kind for kind in Kind if kind.prefix == prefix), None)
    if kind is None or not (item_id.isascii() and item_id.isdigit()):
        raise UsageError(f"{clean(key)} is not an item", "items are named claim:ID, direct:ID or head:ID")
    return kind, item_id
