"""Reads the items: each project's lists, then each item's details, as a list has no lines.

A fetched detail is kept in `details` under the item's key with the `updated_at` of its row; a row that did not change
is not fetched again, and what was fetched before a cut is not lost.
"""

import asyncio
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Final

from smoothx_tui.base.errors import ServiceError, UsageError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.procore.applications import by_contract, contract_of, previous_of
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Company, Item, ItemProblem, Kind
from smoothx_tui.procore.load_reference import Progress, load_reference
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.parse_reference import parse_company
from smoothx_tui.procore.reference import LoadProblem, ProjectBooks, Reference

__all__ = ["LoadedItems", "RawDetail", "Reference", "is_gone", "load_item", "load_items", "load_reference"]

_WORKERS: Final = 8
_BREATH: Final = 200
_PLURAL: Final = {
    Kind.PROGRESS_CLAIM: "progress claims",
    Kind.DIRECT_COST: "direct costs",
    Kind.HEAD_CONTRACT_CLAIM: "head contract claims",
}


@dataclass(frozen=True, slots=True)
class RawDetail:
    """An item's answer as Procore sent it, and the `updated_at` of the row it was fetched for."""

    updated_at: str
    raw: Row


@dataclass(frozen=True)
class LoadedItems:
    """What was read. `complete_lists` names the (project id, kind) whose list was read whole: only there does a
    missing item mean anything.
    """

    items: tuple[Item, ...]
    complete_lists: frozenset[tuple[str, Kind]] = frozenset()
    problems: tuple[LoadProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of a list, and where it was found."""

    kind: Kind
    project: str
    row: Row

    @property
    def id(self) -> str:
        return as_id(self.row.get("id"))

    @property
    def key(self) -> str:
        return f"{self.kind.prefix}:{self.id}"

    @property
    def gone(self) -> bool:
        return self.row.get("deleted_at") is not None


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


async def load_items(
    client: ProcoreClient,
    reference: Reference,
    progress: Progress | None = None,
    details: MutableMapping[str, RawDetail] | None = None,
) -> LoadedItems:
    """Every item of every project. Raises SignInNeeded and ConnectionFailed; a refused list or item is a problem."""
    kept: MutableMapping[str, RawDetail] = {} if details is None else details
    found, complete, problems = await _lists(client, reference, progress)
    refused = await _details(client, found, kept, progress)
    reference = await _with_missing_vendors(client, reference, (kept[f.key].raw for f in found if f.key in kept))
    heads = by_contract(one.row for one in found if one.kind is Kind.HEAD_CONTRACT_CLAIM)
    items = []
    for number, one in enumerate(found):
        if number % _BREATH == _BREATH - 1:
            await asyncio.sleep(0)
        item = _parsed(one, heads, kept, reference)
        items.append(replace(item, problems=(ItemProblem("", refused[one.key]),)) if one.key in refused else item)
    return LoadedItems(tuple(items), frozenset(complete), tuple(problems))


async def _lists(
    client: ProcoreClient, reference: Reference, progress: Progress | None
) -> tuple[list[_Found], set[tuple[str, Kind]], list[LoadProblem]]:
    places = [(project, kind) for project in reference.projects for kind in Kind]
    rows: dict[tuple[str, Kind], list[_Found]] = {}
    complete: set[tuple[str, Kind]] = set()
    problems: list[LoadProblem] = []

    async def read(project: str, kind: Kind) -> None:
        what = _PLURAL[kind]
        path, params = list_path(kind, project)
        doing = f"list the {what} of {clean(reference.projects[project].project.name)}"
        try:
            listing = await client.listing(path, params, doing)
        except ServiceError as error:
            if error.status == 429:
                raise
            problems.append(LoadProblem(project, what, error.message))
            return
        found = (_Found(kind, project, row) for row in listing.rows)
        rows[project, kind] = [one for one in found if one.id]
        if listing.complete:
            complete.add((project, kind))
        if progress:
            progress("lists", len(rows) + len(problems), len(places))

    async with task_group() as group:
        for project, kind in places:
            group.create_task(read(project, kind))
    return [one for place in places for one in rows.get(place, [])], complete, problems


async def _details(
    client: ProcoreClient, found: list[_Found], kept: MutableMapping[str, RawDetail], progress: Progress | None
) -> dict[str, str]:
    """Fetch what is new or changed, a few at a time. Returns item key -> why its details were refused."""
    wanted = [one for one in found if not one.gone and not _fresh(one, kept)]
    waiting, refused, done = iter(wanted), dict[str, str](), 0

    async def work() -> None:
        nonlocal done
        for one in waiting:
            path, params = item_path(one.kind, one.project, one.id)
            kept.pop(one.key, None)
            try:
                raw = await client.get(path, params, f"read {one.key}")
            except ServiceError as error:
                if error.status == 429:
                    raise
                refused[one.key] = error.message
            else:
                kept[one.key] = RawDetail(as_text(one.row.get("updated_at")), raw)
            done += 1
            if progress:
                progress("items", done, len(wanted))

    async with task_group() as group:
        for _ in range(min(_WORKERS, len(wanted))):
            group.create_task(work())
    return refused


def _fresh(one: _Found, kept: MutableMapping[str, RawDetail]) -> bool:
    updated = as_text(one.row.get("updated_at"))
    return bool(updated) and one.key in kept and kept[one.key].updated_at == updated


def _parsed(
    one: _Found, heads: Mapping[str, list[Row]], kept: MutableMapping[str, RawDetail], reference: Reference
) -> Item:
    books = reference.projects[one.project]
    detail = kept.get(one.key)
    if one.gone or detail is None:
        # Without details there are no lines, which is no news of an item that is gone.
        item = parse_item(one.kind, one.row, reference, books)
        return replace(item, gone=True, problems=()) if one.gone else item
    if one.kind is not Kind.HEAD_CONTRACT_CLAIM:
        return parse_item(one.kind, detail.raw, reference, books)
    earlier, trouble = previous_of(one.row, heads.get(contract_of(one.row), []))
    previous = kept.get(f"{one.kind.prefix}:{as_id(earlier.get('id'))}") if earlier else None
    if earlier and not previous:
        trouble = "the application before this one could not be read"
    item = parse_head_claim(detail.raw, previous.raw if previous else None, reference, books)
    return replace(item, problems=(*item.problems, ItemProblem("number", trouble))) if trouble else item


def parse_item(kind: Kind, raw: Row, reference: Reference, books: ProjectBooks) -> Item:
    """One raw answer as an item; a head contract claim as if none came before it."""
    if kind is Kind.PROGRESS_CLAIM:
        return parse_claim(raw, reference, books)
    if kind is Kind.DIRECT_COST:
        return parse_direct_cost(raw, reference, books)
    return parse_head_claim(raw, None, reference, books)


async def _with_missing_vendors(client: ProcoreClient, reference: Reference, raws: Iterable[Row]) -> Reference:
    """A company that left the directory is still on its old items; it is read by its id where that is allowed."""
    missing = {vendor for raw in raws if (vendor := _vendor_of(raw))} - set(reference.vendors)
    found: dict[str, Company] = {}
    for vendor in sorted(missing):
        path, params = f"/rest/v1.0/vendors/{vendor}", {"company_id": reference.company_id}
        try:
            found[vendor] = parse_company(await client.get(path, params, f"read company {vendor}"))
        except ServiceError as error:
            if error.status not in {403, 404}:
                raise
    return replace(reference, vendors={**reference.vendors, **found}) if found else reference


def _vendor_of(raw: Row) -> str:
    given = raw.get("vendor")
    return as_id(raw.get("vendor_id")) or (as_id(given.get("id")) if isinstance(given, dict) else "")


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
        known = await _with_missing_vendors(client, reference, [raw])
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

    Only for items that a complete list lacks (`LoadedItems.complete_lists`): a permission that was taken away looks
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
