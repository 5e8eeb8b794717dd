"""Unknown: the write may have happened. Reading tells, and "none" is believed only when it is too late for late news.

one -> adopt · several -> held · none -> wait to 480 s after the last bytes can have left, look, look once more 60 s
later; then a sales invoice is tried again (Xero refuses its number a second time), and a bill is held for a person.
"""

from collections.abc import Sequence
from dataclasses import replace

from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.planning.drift import differences
from smoothx_tui.syncing.checking import adopted, end
from smoothx_tui.syncing.desk import KEY_SECONDS, LATE_SECONDS, SECOND_LOOK, Desk
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.links import link_for
from smoothx_tui.syncing.lookup import live, named, naming
from smoothx_tui.xero.documents import Document, DocumentType
from smoothx_tui.xero.organisation import Organisation


async def resolve(desk: Desk, jobs: Sequence[Job], organisation: Organisation) -> None:
    """Look for what became of the jobs' writes. Raises what the ports raise."""
    if not jobs:
        return
    now = await desk.now()
    left = await _left(desk, jobs)
    changes: list[tuple[Job, OperationRecord]] = []
    made = [job for job in jobs if job.plan.creating]
    if made:
        found = await desk.xero.find([job.plan.marker for job in made])
        changes += [(job, _of_create(desk, job, naming(job, found), left[job.record.id], now)) for job in made]
    others = [job for job in jobs if not job.plan.creating]
    if others:
        documents = {d.id: d for d in await desk.xero.documents([job.plan.document_id for job in others])}
        for job in others:
            document = documents.get(job.plan.document_id)
            changes.append((job, _of_change(desk, job, document, organisation, left[job.record.id], now)))
    links = [link_for(job, record.document_id) for job, record in changes if record.state is State.SENT]
    await desk.save(changes, links=links)


async def _left(desk: Desk, jobs: Sequence[Job]) -> dict[str, float]:
    """By operation: when the last bytes under its key can have left, by the database's clock.

    A process that died says nothing of it, so as long as the key was young enough to be sent with.
    """
    ends: dict[str, list[float]] = {}
    for attempt in await desk.book(desk.ledger.attempts, sorted({job.record.key for job in jobs})):
        ends.setdefault(attempt.key, []).append(attempt.ended_at)
    left = {}
    for job in jobs:
        latest, known = job.record.first_sent_at + KEY_SECONDS, ends.get(job.record.key, [])
        left[job.record.id] = min(latest, max(known)) if known and all(known) else latest
    return left


def _of_create(desk: Desk, job: Job, documents: Sequence[Document], left: float, now: float) -> OperationRecord:
    new = [document for document in documents if document.id not in job.plan.known]
    alive = live(new)
    if len(alive) == 1:
        job.document = alive[0]
        return adopted(job, alive[0].id, "found in Xero: it had been made")
    if len(alive) > 1:
        text = f"{len(alive)} live documents in Xero name this item: {named(alive)}"
        fix = f"void or delete all but one in Xero, then smoothx-tui resolve {job.record.id}"
        return replace(job.record, state=State.HELD, text=text, fix=fix, evidence=named(alive))
    if new:
        text = f"it was made, and then deleted or voided in Xero: {named(new)}"
        return end(job, State.DRIFT, text, "refresh, look at the new plan")
    return _none(desk, job, left, now)


def _of_change(
    desk: Desk, job: Job, document: Document | None, organisation: Organisation, left: float, now: float
) -> OperationRecord:
    if document is not None and _has_taken(job, document, organisation):
        job.document = document
        return adopted(job, document.id, "found in Xero: it had been changed")
    return _none(desk, job, left, now)


def _has_taken(job: Job, document: Document, organisation: Organisation) -> bool:
    if job.plan.ending:
        return document.ended
    return not differences(job.plan.effect or {}, document, organisation)


def _none(desk: Desk, job: Job, left: float, now: float) -> OperationRecord:
    """Nothing there (yet). A look counts only after everything that could still come late has come."""
    late = left + LATE_SECONDS
    text = "no answer, and nothing in Xero yet"
    if now < late and desk.rules.keeps("late_wait"):
        return replace(job.record, text=f"{text}: looked up again later", looks=0, next_at=late)
    if job.record.looks == 0 and desk.rules.keeps("second_look"):
        return replace(job.record, text=f"{text}: looked up once more", looks=1, next_at=now + SECOND_LOOK)
    bill = job.plan.creating and job.plan.type is DocumentType.BILL
    if bill and not desk.rules.resend_bills and desk.rules.keeps("bill_hold"):
        text = "no clear answer when the bill was sent, and it is not in Xero: it could still have been made elsewhere"
        fix = f"look for it in Xero, then smoothx-tui resolve {job.record.id}"
        return replace(job.record, state=State.HELD, text=text, fix=fix)
    job.ambiguous = False
    return replace(
        job.record, state=State.APPROVED, key="", first_sent_at=0.0, looks=0, text="not in Xero: sent again", next_at=0
    )
