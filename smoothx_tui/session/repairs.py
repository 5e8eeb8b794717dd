"""What an operator puts right by hand, and what an earlier process left behind: functions over a session that was read.

Every repair is refused with its fix where it does not fit, and written into the ledger's audit chain by the engine.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import POSTED, OperationRecord, State, moment
from smoothx_tui.planning.plan import document_type
from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.syncing import recovery, repairs
from smoothx_tui.syncing.ports import our_document
from smoothx_tui.syncing.report import ItemResult, Outcome, SyncEvent, SyncReport
from smoothx_tui.xero.documents import Document

if TYPE_CHECKING:
    from smoothx_tui.planning.books import Books
    from smoothx_tui.session.session import Session

GUID: Final = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_SHORTEST_PREFIX: Final = 4


@dataclass(frozen=True, slots=True)
class Left:
    """An operation that has not ended: where it stands, in words, and what to do.

    `owner` is the process that is at it, "" where nobody is.
    """

    item: str
    operation_id: str
    state: State
    text: str
    fix: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an earlier process left: `report` tells what was taken up now, `left` what still stands open."""

    report: SyncReport = field(default_factory=SyncReport)
    left: tuple[Left, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.report.results or self.left)


def _silent(_: SyncEvent) -> None: ...


async def recover(
    session: "Session", on_event: Callable[[SyncEvent], None] = _silent, stop: asyncio.Event | None = None
) -> Recovered:
    """As `syncing.recovery.recover`, in words. Read-only, it only says.

    Call it after `refresh` and before anything is planned or sent; what it moved has been read again then. Raises
    SmoothxError.
    """
    if session.place.read_only:
        return Recovered(left=await left(session))
    found = await recovery.recover(
        session.engine, session.books.organisation, who=session.operator, on_event=on_event, stop=stop
    )
    if found.report.results:
        await session.refresh()
    return Recovered(found.report, await _standing_of(session, found.left))


async def left(session: "Session") -> tuple[Left, ...]:
    """What has not ended and was begun, or is held for a person: where it stands, and what to do."""
    records = await open_operations(session)
    return await _standing_of(session, [one for one in records if recovery.was_begun(one)])


async def open_operations(session: "Session") -> list[OperationRecord]:
    """Everything of this organisation that has not ended, oldest first."""
    return await asyncio.to_thread(session.ledger.open_operations, session.place.tenant_id)


async def _standing_of(session: "Session", records: Sequence[OperationRecord]) -> tuple[Left, ...]:
    now = await asyncio.to_thread(session.ledger.now)
    return tuple(_standing(record, now) for record in records)


def _standing(record: OperationRecord, now: float) -> Left:
    text, fix, owner = record.text or record.state.value, record.fix, ""
    if record.owner and record.lease_until > now:
        owner = clean(record.owner)
        text, fix = f"{owner} is at it ({record.state.value})", "wait until it is finished"
    elif record.state is State.HELD:
        then = f"{fix + ', ' if fix else ''}then smoothx-tui resolve {record.id}"
        fix = fix if "smoothx-tui resolve" in fix else then
    elif record.next_at > now:
        fix = fix or f"it is taken up again after {moment(record.next_at):%Y-%m-%d %H:%M:%S} UTC"
    return Left(record.item, record.id, record.state, text, fix or "it is taken up by the next run", owner)


# repairs -------------------------------------------------------------------------------------------------------------


async def unsync(session: "Session", key: str, on_event: Callable[[SyncEvent], None] = _silent) -> ItemResult:
    """Clear our lock in Procore; document and link stay, so that the next sync is an update. Raises SmoothxError."""
    item = _item(session, key)
    if item.gone:
        raise UsageError(f"{key} is not in Procore any more", "there is no lock to clear; see smoothx-tui show")
    await _nobody_is_at(session, key)
    result = await repairs.unsync(
        session.engine, item, session.books.organisation, who=session.operator, on_event=on_event
    )
    await session.refresh()
    return result


async def link(session: "Session", key: str, document: Document) -> ItemResult:
    """Say which document an item has. Raises UsageError where it does not fit, naming what is in the way."""
    item = _item(session, key)
    await _nobody_is_at(session, key)
    links = await asyncio.to_thread(session.ledger.links, session.place.tenant_id)
    known = links.get(key)
    name = clean(document.number) or document.id
    if known and known.document_id == document.id:
        return ItemResult(key, Outcome.DONE, document.id, f"is linked to {name} already")
    if known:
        raise UsageError(f"{key} is linked to document {known.document_id}", f"smoothx-tui unlink {key} first")
    named = item_named_by(document.url) if document.url else None
    if named and f"{named[0].prefix}:{named[1]}" != key:
        raise UsageError(f"{name} names {named[0].prefix}:{named[1]} in its Url, not {key}", "link it to that item")
    locked = our_document(item.origin_id, session.place.tenant_id)
    if locked is None:
        owner = f"{key} belongs to another integration ({clean(item.origin_id)})"
        raise UsageError(owner, "have it unlinked there first")
    if locked and locked != document.id.lower():
        raise UsageError(f"Procore's lock on {key} names document {locked}", f"smoothx-tui unsync {key} first")
    await repairs.link(session.engine, item, document.id, session.books, who=session.operator)
    await session.refresh()
    return ItemResult(key, Outcome.DONE, document.id, f"is linked to {name}; the next plan compares the two")


async def unlink(session: "Session", key: str) -> ItemResult:
    """Forget an item's link; nothing changes in Procore or Xero. Raises UsageError without a link."""
    _may_write(session)
    await _nobody_is_at(session, key)
    known = await asyncio.to_thread(session.ledger.link, session.place.tenant_id, key)
    await repairs.unlink(session.engine, key, who=session.operator)
    document_id = known.document_id if known else ""
    await session.refresh()
    return ItemResult(key, Outcome.DONE, document_id, "is not linked any more", _found_again(session, key, document_id))


def _found_again(session: "Session", key: str, document_id: str) -> str:
    """A link that the two services still know of comes back by itself: that has to be said."""
    item = session.items.get(key)
    if item and our_document(item.origin_id, session.place.tenant_id) == document_id.lower():
        return f"Procore's lock still names the document, so the next plan finds it again; smoothx-tui unsync {key}"
    if any(one.id == document_id for one in session.books.by_item.get(key, ())):
        return "the document's Url still names the item, so the next plan finds it again"
    return ""


async def resolve(
    session: "Session",
    record: OperationRecord,
    *,
    not_there: bool = False,
    on_event: Callable[[SyncEvent], None] = _silent,
) -> ItemResult:
    """Settle a held or unknown operation by looking once more; `syncing.repairs` has the rules. Raises SmoothxError."""
    _may_write(session)
    result = await repairs.resolve(
        session.engine,
        record.id,
        session.books.organisation,
        who=session.operator,
        not_there=not_there,
        on_event=on_event,
    )
    await session.refresh()
    return result


# what is meant -------------------------------------------------------------------------------------------------------


def document_named(books: "Books", text: str, kind: Kind | None = None) -> Document:
    """The document meant by an id, a Xero address, or a number. Raises UsageError where there is none, or several.

    A number may be a bill's and a sales invoice's: the one that fits an item of `kind` counts, and one that is alive
    before one that has ended.
    """
    named = text.strip()
    ids = {guid.replace("-", "").lower() for guid in GUID.findall(named)}
    if ids:
        by_id = [one for one in books.documents.values() if one.id.replace("-", "").lower() in ids]
        if by_id:
            return by_id[0]
        raise UsageError(f"Xero has no document {clean(named)}", "take its id from its address in Xero")
    if "/" in named and "://" in named:
        raise UsageError(f"{clean(named)}: names no document", "paste the address of the document's page in Xero")
    found = [one for one in books.documents.values() if one.number.strip().casefold() == named.casefold()]
    if kind is not None:
        found = [one for one in found if one.type is document_type(kind)] or found
    found = [one for one in found if not one.ended] or found
    if not found:
        raise UsageError(f"Xero has no document with the number {clean(named)}", "give its id or its address in Xero")
    if len(found) > 1:
        which = ", ".join(f"{one.id} ({clean(one.contact_name)}, {one.status.words})" for one in found[:5])
        raise UsageError(f"{clean(named)}: {len(found)} documents have this number", f"say which: {which}")
    return found[0]


async def operation_named(session: "Session", text: str, key: str = "") -> OperationRecord:
    """The operation meant by its id or the beginning of it; else the open one of the item `key`. Raises UsageError."""
    named = text.strip().lower()
    records = await open_operations(session)
    found = [one for one in records if one.id == named or one.item == key]
    if not found and len(named) >= _SHORTEST_PREFIX:
        found = [one for one in records if one.id.startswith(named)]
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(f"{one.id} ({one.item})" for one in found[:5])
        raise UsageError(f"{clean(text)}: names {len(found)} operations", f"say which: {which}")
    ended = await asyncio.to_thread(session.ledger.operation, named)
    if ended is not None and ended.organisation == session.place.tenant_id:
        raise repairs.nothing_to_resolve(ended)
    raise UsageError(f"{clean(text)}: there is no open operation by that name", "smoothx-tui log names them")


def _item(session: "Session", key: str) -> Item:
    _may_write(session)
    if key not in session.items:
        raise UsageError(f"there is no item {clean(key)}", "smoothx-tui items lists them")
    return session.items[key]


def _may_write(session: "Session") -> None:
    if session.place.read_only:
        raise UsageError("this session is read-only", "start without --read-only to repair")


async def _nobody_is_at(session: "Session", key: str) -> None:
    """A link is not changed under an operation. Raises UsageError, saying whose it is."""
    mine = [record for record in await open_operations(session) if record.item == key]
    if not mine or mine[0].state in POSTED:
        return
    standing = (await _standing_of(session, mine))[0]
    raise UsageError(f"{key} has an operation that has not ended: {standing.text}", standing.fix)
