"""The real clients, fitted to the engine's ports."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ServiceError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.procore.attachments import FileLink, links_of
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Contract as ItemContract
from smoothx_tui.procore.items import Currency, Item, Kind, Project
from smoothx_tui.procore.loading import item_path, list_path
from smoothx_tui.procore.locking import lock_request
from smoothx_tui.procore.origin import as_origin_id
from smoothx_tui.procore.refusals import error_of
from smoothx_tui.syncing.limiter import GuardedLimiter, guarding
from smoothx_tui.syncing.ports import Guard, ItemRef, ItemState, Marker
from smoothx_tui.xero.attachments import Attached
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.lookup import by_numbers
from smoothx_tui.xero.organisation import Contact, TrackingCategory

_IDS_A_CALL: Final = 50
_ROWS_A_CALL: Final = 50
_AT_ONCE: Final = 4
# The links of attachments are signed anew with every answer, and no file is part of the document that is sent.
_MARK_LEAVES_OUT: Final = frozenset(
    {"origin_id", "origin_data", "updated_at", "erp_status", "created_at", "attachments", "attachments_count"}
)


class XeroAdapter:
    """XeroPort by the Xero client."""

    def __init__(self, client: XeroClient, limiter: GuardedLimiter | None = None) -> None:
        self._client = client
        self._limiter = limiter
        self._calls = 0

    @property
    def tenant_id(self) -> str:
        return self._client.tenant_id

    @property
    def calls(self) -> int:
        return self._limiter.calls if self._limiter else self._calls

    @asynccontextmanager
    async def room(self, calls: int, given_up: Callable[[], bool]) -> AsyncIterator[bool]:
        if self._limiter is None:
            yield True
            return
        async with self._limiter.room(calls, given_up) as there:
            yield there

    async def write(self, method: str, path: str, body: bytes, key: str, guard: Guard) -> Answer:
        with self._guarded(guard):
            return await self._client.write(method, path, body, key)

    async def attach(self, path: str, content: bytes, content_type: str, key: str, guard: Guard) -> Answer:
        with self._guarded(guard):
            return await self._client.attach(path, content, content_type, key)

    async def attachments(self, document_id: str) -> list[Attached]:
        self._calls += 1
        return await self._client.attachments(document_id)

    @contextmanager
    def _guarded(self, guard: Guard) -> Iterator[None]:
        """A write, counted; the guard is asked now, and once more when the limiter lets it go."""
        guard()
        self._calls += 1
        token = guarding.set(guard)
        try:
            yield
        finally:
            guarding.reset(token)

    async def find(self, markers: Sequence[Marker]) -> list[Document]:
        """One look-up for many, bills and sales invoices alike."""
        return await by_numbers(self._search, (one.number for one in markers))

    async def documents(self, ids: Iterable[str]) -> list[Document]:
        wanted = list(dict.fromkeys(ids))
        found: list[Document] = []
        for start in range(0, len(wanted), _IDS_A_CALL):
            found += await self._search({"IDs": ",".join(wanted[start : start + _IDS_A_CALL])})
        return found

    async def _search(self, params: Mapping[str, str]) -> list[Document]:
        self._calls += 1
        return await self._client.search(params)

    async def locked_to(self) -> dt.date | None:
        self._calls += 1
        locks = await self._client.lock_dates()
        return max((day for day in (locks.period, locks.year) if day), default=None)

    async def contacts(self) -> list[Contact]:
        self._calls += 1
        return await self._client.contacts()

    async def tracking(self) -> Sequence[TrackingCategory]:
        self._calls += 1
        return await self._client.tracking()


class ProcoreAdapter:
    """ProcorePort by the Procore client: many items of a project by one filtered list, the others one by one.

    A list that leaves an item out says nothing of it (a filter may not be known there): that one is read by itself.
    """

    def __init__(self, client: ProcoreClient) -> None:
        self._client = client
        self.calls = 0

    async def states(self, refs: Sequence[ItemRef]) -> Mapping[str, ItemState | None]:
        found: dict[str, ItemState | None] = {}
        groups: dict[tuple[Kind, str], list[ItemRef]] = {}
        for ref in refs:
            groups.setdefault((ref.kind, ref.project), []).append(ref)
        for (kind, project), group in groups.items():
            if kind.bill and len(group) > 1:
                found |= await self._listed(kind, project, group)
        missing = [ref for ref in refs if ref.key not in found]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(ref: ItemRef) -> None:
            async with gate:
                found[ref.key] = await self._state(ref)

        async with task_group() as tasks:
            for ref in missing:
                tasks.create_task(one(ref))
        return found

    async def _listed(self, kind: Kind, project: str, group: Sequence[ItemRef]) -> dict[str, ItemState | None]:
        path, params = list_path(kind, project)
        wanted = {ref.id: ref.key for ref in group}
        found: dict[str, ItemState | None] = {}
        for start in range(0, len(group), _ROWS_A_CALL):
            ids = "&".join(f"filters[id][]={ref.id}" for ref in group[start : start + _ROWS_A_CALL])
            self.calls += 1
            rows = await self._client.rows(
                f"{path}?{ids}", {**params, "per_page": "100"}, f"read {kind.prefix} versions"
            )
            for row in rows:
                if (key := wanted.get(str(row.get("id")))) is not None:
                    found[key] = _state_of(row, "list")
        return found

    async def _state(self, ref: ItemRef) -> ItemState | None:
        path, params = item_path(ref.kind, ref.project, ref.id)
        self.calls += 1
        try:
            raw = await self._client.get(path, params, f"read {ref.key}")
        except ServiceError as error:
            if error.status == 404:
                return None
            raise
        return _state_of(raw, "detail")

    async def set_origin(self, ref: ItemRef, origin_id: str | None, guard: Guard) -> None:
        path, body = lock_request(_item_of(ref), origin_id)
        self.calls += 1
        answer = await self._client.patch(path, body, guard)
        if not answer.ok:
            raise error_of(answer, f"lock {ref.key}" if origin_id else f"unlock {ref.key}")

    async def files(self, ref: ItemRef) -> Mapping[str, FileLink]:
        path, params = item_path(ref.kind, ref.project, ref.id)
        self.calls += 1
        try:
            raw = await self._client.get(path, params, f"read the files of {ref.key}")
        except ServiceError as error:
            if error.status == 404:
                return {}
            raise
        return {link.file.id: link for link in links_of(raw)}

    async def fetch(self, link: FileLink, most: int) -> bytes:
        if link.url is None:
            raise ServiceError("Procore gives no link to the file", "attach it by hand")
        self.calls += 1
        return await self._client.files.fetch(link.url, link.file.name, most)


def _state_of(raw: Mapping[str, Any], form: str) -> ItemState | None:
    if raw.get("deleted_at"):
        return None
    updated = raw.get("updated_at")
    mark = f"{form}:{mark_of(raw)}"
    return ItemState(as_origin_id(raw.get("origin_id")), updated if isinstance(updated, str) else "", mark)


def mark_of(raw: Mapping[str, Any]) -> str:
    """A hash over an item's answer without what a lock changes."""
    kept = {name: value for name, value in raw.items() if name not in _MARK_LEAVES_OUT}
    return hashlib.sha256(jsontext.dumps(kept).encode("utf-8", "surrogatepass")).hexdigest()


def _item_of(ref: ItemRef) -> Item:
    contract = ItemContract(ref.contract) if ref.contract else None
    return Item(ref.kind, ref.id, Project(ref.project, ""), "", contract=contract, currency=Currency("", ""))
