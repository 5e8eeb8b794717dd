"""Looking again: a quarter of an hour after an operation is done, and over everything on `verify`.

Both services can answer 200, lose a change, or carry out a call that was given up long ago. So each document is looked
up once more by its marker, and exactly one must be alive; and the item's lock must still name it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import AuditFault, OperationRecord, State
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.link import Link
from smoothx_tui.procore.items import Item
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.frozen import UNLOCK
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.lookup import live, named, naming
from smoothx_tui.syncing.ports import ItemState, our_document
from smoothx_tui.xero.documents import Document

SWEEP_AFTER: Final = 840.0
"""Seconds. Consoles and workers ask every minute: who was paid twice is told within a quarter of an hour."""
_AT_A_TIME: Final = 50
_NOT_LOCKED: Final = "posted, but not locked in Procore"
_LOCK_AGAIN: Final = "it can be changed in Procore until its next update locks it again"


class Fault(StrEnum):
    """What `verify` can find."""

    DUPLICATE = "duplicate"
    BROKEN_LINK = "broken_link"
    ENDED = "ended"
    LOCK = "lock"
    NOT_LINKED = "not_linked"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not hold. `item` is "" for the audit chain."""

    fault: Fault
    item: str
    text: str
    fix: str


async def sweep(engine: Engine, older_than: float = SWEEP_AFTER) -> list[Found]:
    """Look again at what was done a while ago; no call where nothing is due.

    A second live document opens the operation again, as held: nothing more is sent for the item until a person has
    resolved it. Raises what the ports and the ledger raise.
    """
    desk = engine.desk()
    due = await desk.book(engine.ledger.sweeps.due, desk.organisation, older_than)
    found: list[Found] = []
    for start in range(0, len(due), _AT_A_TIME):
        found += await _sweep_some(desk, [Job.of(record, 0.0) for record in due[start : start + _AT_A_TIME]])
    return found


async def _sweep_some(desk: Desk, jobs: Sequence[Job]) -> list[Found]:
    documents = await desk.xero.find([job.plan.marker for job in jobs])
    locked = [job for job in jobs if job.plan.lock and job.plan.action != UNLOCK and not job.plan.ending]
    states = await desk.procore.states([job.plan.ref for job in locked])
    faults = [(job, fault) for job in locked if (fault := _lock_fault(desk, job, states[job.plan.ref.key]))]
    found = [fault for job, fault in faults if await _is_newest(desk, job)]
    looked: list[OperationRecord] = []
    for job in jobs:
        alive, record = live(naming(job, documents)), job.record
        if len(alive) > 1:
            fault = _duplicate(record.item, alive, f"smoothx-tui resolve {record.id}")
            found.append(fault)
            record = replace(record, state=State.HELD, open=True, text=fault.text, fix=fault.fix, next_at=0.0)
        looked.append(record)
    await desk.book(desk.ledger.sweeps.looked_at, looked)
    return found


async def _is_newest(desk: Desk, job: Job) -> bool:
    """Whether nothing was done with the item since: one that a person has unlocked is as it should be."""
    done = await desk.book(desk.ledger.operations, job.record.item, desk.organisation)
    return done[0].id == job.record.id


def _lock_fault(desk: Desk, job: Job, state: ItemState | None) -> Found | None:
    if state is None:
        return None  # deleted in Procore since: the next plan says what follows
    ours, document = our_document(state.origin_id, desk.organisation), job.record.document_id
    if ours == "":
        return Found(Fault.LOCK, job.record.item, _NOT_LOCKED, _LOCK_AGAIN)
    return None if ours == document.lower() else _other_lock(job.record.item, state.origin_id, document)


def _other_lock(item: str, origin_id: str, document: str) -> Found:
    text = f"Procore's lock says {clean(origin_id)}, the ledger {document}"
    return Found(Fault.LOCK, item, text, f"smoothx-tui unlink {item}, then link it to the right one")


def _duplicate(item: str, alive: Iterable[Document], then: str = "refresh") -> Found:
    documents = list(alive)
    text = clean(f"{len(documents)} live documents in Xero name this item: {named(documents)}")
    return Found(Fault.DUPLICATE, item, text, f"void or delete all but one in Xero, then {then}")


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found, and the audit chain's head, to be kept somewhere else."""

    found: tuple[Found, ...]
    links: int
    audit_head: str

    @property
    def ok(self) -> bool:
        return not self.found


def verify_links(links: Mapping[str, Link], items: Mapping[str, Item], books: Books, *, locking: bool) -> list[Found]:
    """Links against both sides: documents that are missing, doubled or ended, locks that say something else. Pure."""
    found: list[Found] = []
    for item, documents in books.by_item.items():
        alive = live(documents)
        if len(alive) > 1:
            found.append(_duplicate(item, alive))
        elif alive and item not in links and item in items:
            text = f"document {alive[0].number} names it, the ledger has no link"
            found.append(Found(Fault.NOT_LINKED, item, clean(text), "the next plan adopts it; or smoothx-tui link"))
    for item, link in links.items():
        found += _verify_link(item, link, items.get(item), books, locking=locking)
    return found


def _verify_link(item: str, link: Link, known: Item | None, books: Books, *, locking: bool) -> list[Found]:
    document = books.documents.get(link.document_id)
    if document is None:
        text = f"the ledger links it to document {link.document_id}, which Xero does not have"
        return [Found(Fault.BROKEN_LINK, item, text, f"smoothx-tui unlink {item}")]
    if document.ended:
        text = f"document {clean(document.number)} is {document.status.words} in Xero"
        return [Found(Fault.ENDED, item, text, "plan it again (resync_deleted), or leave it")]
    if known is None or not locking:
        return []
    ours = our_document(known.origin_id, books.organisation.tenant_id)
    if ours == "":
        return [Found(Fault.LOCK, item, _NOT_LOCKED, _LOCK_AGAIN)]
    return [] if ours == link.document_id.lower() else [_other_lock(item, known.origin_id, link.document_id)]


async def verify(engine: Engine, items: Mapping[str, Item], books: Books, *, locking: bool = True) -> Verification:
    """Links against both sides, duplicates, broken links, the audit chain. Changes nothing."""
    desk = engine.desk()
    links = await desk.book(engine.ledger.links, desk.organisation)
    head, faults = await desk.book(engine.ledger.verify)
    found = verify_links(links, items, books, locking=locking)
    found += [_audit_fault(fault) for fault in faults]
    return Verification(tuple(found), len(links), head)


def _audit_fault(fault: AuditFault) -> Found:
    return Found(Fault.AUDIT, "", f"audit entry {fault.number} {fault.text}", "compare with a copy of the ledger")
