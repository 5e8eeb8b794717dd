"""The two ports of one process on the world: where it may be stopped or killed, before and after each call."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from smoothx_tui.base.answers import Answer, NotSent, TooLarge
from smoothx_tui.procore.attachments import FileLink
from smoothx_tui.syncing.ports import Guard, ItemRef, ItemState, Marker
from smoothx_tui.xero.attachments import Attached
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.organisation import Contact, TrackingCategory
from tests.simulation.world import CONTACT, TENANT, World

Step = Callable[[str], Any]


@dataclass
class XeroModel:
    """XeroPort of one process. `step` is where the process may be killed or stopped."""

    world: World
    step: Step
    tenant_id: str = TENANT

    @property
    def calls(self) -> int:
        return self.world.calls

    async def write(self, method: str, path: str, body: bytes, key: str, guard: Guard) -> Answer:
        await self.step("before a write")
        guard()
        # From here the request is on its way: what happens to the process changes nothing for it.
        call = asyncio.ensure_future(self.world.write(method, path, body, key))
        try:
            answer = await asyncio.shield(call)
        finally:
            if not call.done():
                self.world.late.add(call)
                call.add_done_callback(self.world.landed)
        await self.step("after a write")
        return answer

    async def find(self, markers: Sequence[Marker]) -> list[Document]:
        await self._read("find")
        numbers = {marker.number for marker in markers}
        return [found.document for found in self.world.documents.values() if found.document.number in numbers]

    async def documents(self, ids: Iterable[str]) -> list[Document]:
        wanted = list(ids)
        await self._read("documents")
        return [self.world.documents[one].document for one in wanted if one in self.world.documents]

    @asynccontextmanager
    async def room(self, _calls: int, _given_up: Callable[[], bool]) -> AsyncIterator[bool]:
        yield True

    async def locked_to(self) -> dt.date | None:
        await self._read("lock date")
        return self.world.lock_date

    async def contacts(self) -> list[Contact]:
        return [Contact(CONTACT, "Harbour Concrete")]

    async def tracking(self) -> Sequence[TrackingCategory]:
        return ()

    async def attachments(self, document_id: str) -> list[Attached]:
        await self._read("attachments")
        return [Attached("", name, size) for name, (size, _) in self.world.files_on.get(document_id, {}).items()]

    async def attach(self, path: str, content: bytes, content_type: str, key: str, guard: Guard) -> Answer:
        await self.step("before a file")
        guard()
        answer = await self.world.attach(path, content, content_type)
        await self.step("after a file")
        return answer

    async def _read(self, what: str) -> None:
        await self.step(f"before {what}")
        await self.world.read()
        await self.step(f"after {what}")


@dataclass
class ProcoreModel:
    """ProcorePort of one process."""

    world: World
    step: Step

    @property
    def calls(self) -> int:
        return self.world.locks

    async def states(self, refs: Sequence[ItemRef]) -> Mapping[str, ItemState | None]:
        await self.step("before states")
        await self.world.latency()
        if self.world.rng.random() < self.world.faults.read_fails:
            raise NotSent("no connection")
        found = {ref.key: self._state(ref.key) for ref in refs}
        await self.step("after states")
        return found

    def _state(self, key: str) -> ItemState | None:
        found = self.world.items[key]
        return None if found.gone else ItemState(found.origin, found.item.updated_at, f"model:{found.content}")

    async def set_origin(self, ref: ItemRef, origin_id: str | None, guard: Guard) -> None:
        await self.step("before a lock")
        guard()
        call = asyncio.ensure_future(self.world.set_origin(ref.key, origin_id))
        try:
            await asyncio.shield(call)
        finally:
            if not call.done():
                self.world.late.add(call)
                call.add_done_callback(self.world.landed)
        await self.step("after a lock")

    async def files(self, ref: ItemRef) -> Mapping[str, FileLink]:
        await self.step("before the links")
        await self.world.latency()
        return {one.id: FileLink(one) for one in self.world.items[ref.key].item.attachments}

    async def fetch(self, link: FileLink, most: int) -> bytes:
        await self.step("before a download")
        await self.world.latency()
        content = self.world.contents.get(link.file.id)
        if isinstance(content, Exception):
            raise content
        if content is None or len(content) > most:
            raise TooLarge("the file is too large" if content else "the file is no longer there")
        await self.step("after a download")
        return content
