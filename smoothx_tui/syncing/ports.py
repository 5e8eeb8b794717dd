"""What the engine needs of the two services. The real clients are fitted to it in adapters.py; the simulation's models
stand behind the same lines.

Every call may raise NotSent (no effect), Unknown (a write that may have had its effect), SignInNeeded, DayLimitReached
or ServiceError, as `base.answers` and the clients describe them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from smoothx_tui.base.answers import Answer
from smoothx_tui.procore.attachments import FileLink
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.procore.origin import as_origin_id, origin_of
from smoothx_tui.xero.attachments import Attached
from smoothx_tui.xero.documents import Document, DocumentType
from smoothx_tui.xero.organisation import Contact, TrackingCategory

Result = TypeVar("Result")
Guard = Callable[[], None]
"""Called in the moment before the bytes leave; raises NotSent where they must not any more."""


class Runner(Protocol):
    """Runs a blocking ledger call: in one worker thread, so that the event loop never waits for a disk."""

    def __call__(self, work: Callable[[], Result]) -> Awaitable[Result]: ...


@dataclass(frozen=True, slots=True)
class ItemRef:
    """Where an item lives in Procore, and the version that was planned. `contract` is "" for a direct cost."""

    kind: Kind
    id: str
    project: str
    contract: str = ""
    updated_at: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind.prefix}:{self.id}"

    @classmethod
    def of(cls, item: Item) -> "ItemRef":
        return cls(item.kind, item.id, item.project.id, item.contract.id if item.contract else "", item.updated_at)


@dataclass(frozen=True, slots=True)
class ItemState:
    """An item's lock and version as Procore has them now.

    `mark` is a hash over what the item says, without its lock and times: a lock changes the version, not the mark. What
    stands before its colon says what kind of answer it was made from; only marks of one kind can be compared.
    """

    origin_id: str
    updated_at: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """How a document of ours is found again: its number, and the item that its `Url` names."""

    type: DocumentType
    number: str
    item: str


def same_mark(one: str, other: str) -> bool:
    """Whether two marks may stand for the same content: equal, or made from different kinds of answer."""
    return one == other or one.partition(":")[0] != other.partition(":")[0]


class XeroPort(Protocol):
    """One Xero organisation."""

    @property
    def tenant_id(self) -> str: ...

    @property
    def calls(self) -> int:
        """Calls made so far, those that were refused included."""
        ...

    def room(self, calls: int, given_up: Callable[[], bool]) -> AbstractAsyncContextManager[bool]:
        """Wait until Xero's minute has so many calls left, and keep them for those made in this context.

        Gives False where `given_up()` is true before there is room.
        """
        ...

    async def write(self, method: str, path: str, body: bytes, key: str, guard: Guard) -> Answer: ...

    async def find(self, markers: Sequence[Marker]) -> list[Document]:
        """Documents with one of these numbers, of every status; whoever asks compares the `Url`."""
        ...

    async def documents(self, ids: Iterable[str]) -> list[Document]: ...

    async def locked_to(self) -> date | None: ...

    async def contacts(self) -> list[Contact]: ...

    async def tracking(self) -> Sequence[TrackingCategory]: ...

    async def attachments(self, document_id: str) -> list[Attached]: ...

    async def attach(self, path: str, content: bytes, content_type: str, key: str, guard: Guard) -> Answer:
        """Put one file; Xero replaces one of that name."""
        ...


class ProcorePort(Protocol):
    """One Procore company."""

    @property
    def calls(self) -> int: ...

    async def states(self, refs: Sequence[ItemRef]) -> Mapping[str, ItemState | None]:
        """Item key -> state; None: Procore answers that there is no such item."""
        ...

    async def set_origin(self, ref: ItemRef, origin_id: str | None, guard: Guard) -> None:
        """Lock (or with None unlock) an item. A return says only that Procore answered with success."""
        ...

    async def files(self, ref: ItemRef) -> Mapping[str, FileLink]:
        """File id -> the file with a link that is good now; none where the item is gone."""
        ...

    async def fetch(self, link: FileLink, most: int) -> bytes:
        """A file of up to `most` bytes. Raises ServiceError for one that can not be had."""
        ...


def our_document(origin: str, tenant_id: str) -> str | None:
    """The document that an `origin_id` of ours names; "" where the item is not locked, None where it is another's."""
    if not as_origin_id(origin):
        return ""
    found = origin_of(origin)
    return found.document_id if found and found.belongs_to(tenant_id) else None
