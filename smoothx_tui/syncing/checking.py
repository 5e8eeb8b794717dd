"""Before anything is sent: both sides are read, in an order that matters.

1. Procore's `origin_id`   ours: adopt that document; another's: held
2. our marker in Xero      one live document: adopt; several: held
3. Procore's version       moved: stale
4. lock dates              the date in the frozen body must be the one they ask for: else refused or stale
5. Xero's document         (update, delete, void) moved in a field of ours: drift

A staleness check before the look-up would leave an orphan after a ledger restore.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.planning.drift import owned_fields_hash
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.plan import Action
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.frozen import UNLOCK
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.links import link_for
from smoothx_tui.syncing.lookup import live, named, naming
from smoothx_tui.syncing.ports import ItemState, our_document
from smoothx_tui.xero.documents import Document

_PLAN_AGAIN = "refresh, look at the new plan, and sync again"


async def check(desk: Desk, jobs: Sequence[Job]) -> None:
    """Approved operations become ready to send, or end, or are adopted as sent. Raises what the ports raise."""
    if not jobs:
        return
    for job in jobs:
        job.record = replace(job.record, state=State.CHECKING)
        job.checked_at = desk.tick()
        desk.tell(job)
    states = await desk.procore.states([job.plan.ref for job in jobs])
    for job in jobs:
        found = states[job.plan.ref.key]
        job.mark = found.mark if found is not None else ""
    await _settle(desk, [(job, _owner_verdict(desk, job, states[job.plan.ref.key])) for job in jobs])
    await _look_up(desk, _unsettled(jobs))
    settings = await desk.run(desk.settings_now)
    verdicts = [(job, _version_verdict(desk, job, states[job.plan.ref.key], settings)) for job in _unsettled(jobs)]
    await _settle(desk, verdicts)
    await _check_dates(desk, _unsettled(jobs))
    await _check_documents(desk, _unsettled(jobs))


def _unsettled(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.live and job.state is State.CHECKING]


Verdict = OperationRecord | None


async def _settle(desk: Desk, verdicts: Sequence[tuple[Job, Verdict]]) -> None:
    changes = [(job, verdict) for job, verdict in verdicts if verdict is not None]
    links = [link_for(job, record.document_id) for job, record in changes if record.state is State.SENT]
    # Nothing is in the air: after a power cut the same reading says the same again.
    await desk.save(changes, links=links, durable=False)


def end(job: Job, state: State, text: str, fix: str = "") -> OperationRecord:
    """The operation closed in `state`; nothing of it is in the air."""
    return replace(job.record, state=state, open=False, text=clean(text), fix=fix, resume="")


def adopted(job: Job, document_id: str, text: str) -> OperationRecord:
    """The document was there already: it is taken as sent, and read back like any other.

    What the item said when it was read goes along: whoever finds it locked later can tell whether it is still that.
    """
    return replace(
        job.record, state=State.SENT, document_id=document_id, text=clean(text), key="", fix="", evidence=job.mark
    )


def _owner_verdict(desk: Desk, job: Job, state: ItemState | None) -> Verdict:
    if state is None:
        return _gone_verdict(job)
    ours = our_document(state.origin_id, desk.organisation)
    if ours is None:
        text = f"Procore says the item belongs to another integration ({state.origin_id})"
        return end(job, State.HELD, text, "unlink it there first")
    if job.plan.creating:
        # A document that is to be replaced still has its lock; one that a plan to create did not know of is the answer.
        old = {one.lower() for one in job.plan.known} if job.plan.action == Action.RECREATE.value else set()
        fresh = ours and ours not in old
        return adopted(job, ours, "Procore says it was synced before") if fresh and desk.rules.keeps("origin") else None
    if ours and ours != job.plan.document_id.lower():
        text = f"Procore's lock names document {ours}, the plan {job.plan.document_id}"
        return end(job, State.HELD, text, "smoothx-tui verify, then link or unlink the item")
    return None


def _gone_verdict(job: Job) -> Verdict:
    if job.plan.ending or job.plan.action == UNLOCK:
        return None
    return end(job, State.STALE, "the item is not in Procore any more", _PLAN_AGAIN)


async def _look_up(desk: Desk, jobs: Sequence[Job]) -> None:
    creating = [job for job in jobs if job.plan.creating]
    if not creating or not desk.rules.keeps("look_up"):
        return
    found = await desk.xero.find([job.plan.marker for job in creating])
    await _settle(desk, [(job, _marker_verdict(job, naming(job, found))) for job in creating])


def _marker_verdict(job: Job, found: Sequence[Document]) -> Verdict:
    alive = live(found)
    if not alive:
        # One that the plan does not know could pass for the one that is about to be sent, made and ended since.
        unknown = [document for document in found if document.id not in job.plan.known]
        text = f"a document of this item has come and gone in Xero since the preview: {named(unknown)}"
        return end(job, State.STALE, text, _PLAN_AGAIN) if unknown else None
    if len(alive) > 1:
        text = f"{len(alive)} live documents in Xero name this item: {named(alive)}"
        return end(job, State.HELD, text, "void or delete all but one in Xero, then refresh")
    job.document = alive[0]
    return adopted(job, alive[0].id, f"the document was in Xero already: {named(alive)}")


def _version_verdict(desk: Desk, job: Job, state: ItemState | None, settings: str) -> Verdict:
    if not desk.rules.keeps("version"):
        return None
    planned = job.plan.settings_revision
    if planned and settings and planned != settings:
        return end(job, State.STALE, "the settings changed since the preview", _PLAN_AGAIN)
    if state is None or job.plan.action == UNLOCK or state.updated_at == job.plan.ref.updated_at:
        return None
    moved = f"from {job.plan.ref.updated_at} to {state.updated_at}"
    return end(job, State.STALE, f"the item changed in Procore since the preview ({moved})", _PLAN_AGAIN)


async def _check_dates(desk: Desk, jobs: Sequence[Job]) -> None:
    dated = [job for job in jobs if job.plan.action != UNLOCK]
    if not dated or not desk.rules.keeps("lock_dates"):
        return
    locked_to, read_at = await desk.lock_date.read()
    for job in dated:
        job.checked_at = min(job.checked_at, read_at)
    await _settle(desk, [(job, _date_verdict(job, locked_to)) for job in dated])


def _date_verdict(job: Job, locked_to: dt.date | None) -> Verdict:
    sent, plan = job.plan.date, job.plan
    if sent is None:
        return None
    moved = f"Xero's lock date is {locked_to or 'none'} now, the plan was made with {plan.locked_to or 'none'}"
    if locked_to is not None and sent <= locked_to:
        if locked_to != plan.locked_to:
            return end(job, State.STALE, moved, _PLAN_AGAIN)
        return end(job, State.REFUSED, f"{sent} is in Xero's locked period, to {locked_to}", "plan it again")
    if not plan.creating or plan.item_date is None or sent == plan.item_date:
        return None
    return None if moved_date(plan.item_date, locked_to) == sent else end(job, State.STALE, moved, _PLAN_AGAIN)


def moved_date(day: dt.date, locked_to: dt.date | None) -> dt.date:
    """The date a document gets: its own, or the first of the month after the locked period."""
    if locked_to is None or day > locked_to:
        return day
    return (locked_to.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


async def _check_documents(desk: Desk, jobs: Sequence[Job]) -> None:
    linked = [job for job in jobs if not job.plan.creating and job.plan.action != UNLOCK]
    if not linked or not desk.rules.keeps("drift"):
        return
    found = {document.id: document for document in await desk.xero.documents([j.plan.document_id for j in linked])}
    verdicts = [(job, _document_verdict(job, found.get(job.plan.document_id))) for job in linked]
    if any(verdict is not None and verdict.state is State.DRIFT for _, verdict in verdicts):
        links = await desk.book(desk.ledger.links, desk.organisation)
        verdicts = [(job, _written_already(job, links.get(job.record.item)) or verdict) for job, verdict in verdicts]
    await _settle(desk, verdicts)


def _written_already(job: Job, link: Link | None) -> Verdict:
    """Where our own last write was of the same bytes and nothing came after it, what is left to do is its lock."""
    found = job.document
    if link is None or found is None or not link.sent or job.plan.ending:
        return None
    same = (link.document_id, link.sent, link.document_updated_at) == (
        found.id, job.plan.bytes_of_effect, found.updated_at
    )  # fmt: skip
    return adopted(job, found.id, "an earlier operation has written it already") if same else None


def _document_verdict(job: Job, document: Document | None) -> Verdict:
    if document is None:
        return end(job, State.DRIFT, f"Xero has no document {job.plan.document_id} any more", _PLAN_AGAIN)
    job.document = document
    if document.updated_at == job.plan.document_updated_at or owned_fields_hash(document) == job.plan.document_print:
        return None
    if job.plan.ending and document.ended:
        return adopted(job, document.id, f"the document is {document.status.words} already")
    what = f"the document changed in Xero since the preview (now {document.status.words}, {document.updated_at})"
    return end(job, State.DRIFT, what, _PLAN_AGAIN)
