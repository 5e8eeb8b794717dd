"""The last step: Procore's lock, set (or cleared) and read back, because a wrong PATCH can answer 200 and do nothing.

read the item: ours -> done · empty, or naming a document of ours that this one replaces -> set · another's -> held.
Three failures: "posted, not locked", its own result.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.base.errors import ServiceError, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.procore.origin import as_origin_id, origin_id_for
from smoothx_tui.syncing.attaching import finished
from smoothx_tui.syncing.checking import end
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.frozen import UNLOCK
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.ports import ItemState, our_document, same_mark

_AT_ONCE = 4
_RETRY_LATER = 300.0
_PLAN_AGAIN = "refresh, look at the new plan, and sync again"


async def lock(desk: Desk, jobs: Sequence[Job]) -> None:
    """Verified operations become done, or drift, held, or stay in `locking` for later. Raises what the port raises."""
    if not jobs:
        return
    states = await desk.procore.states([job.plan.ref for job in jobs])
    verdicts = [(job, _before(desk, job, states[job.plan.ref.key])) for job in jobs]
    await desk.save([(job, verdict) for job, verdict in verdicts if verdict is not None], durable=False)
    waiting = [job for job, verdict in verdicts if verdict is None]
    intended = [(job, _intent(job, states[job.plan.ref.key])) for job in waiting]
    # After a power cut Procore is read again, and says what happened. But it must be known that there was an operation.
    mine = await desk.save(intended, durable=not all(job.flushed for job in waiting))
    if not mine:
        return
    gate = asyncio.Semaphore(_AT_ONCE)
    failures = dict(
        zip([j.record.id for j in mine], await asyncio.gather(*(_set(desk, j, gate) for j in mine)), strict=True)
    )
    after = await desk.procore.states([job.plan.ref for job in mine])
    now = await desk.now()
    ended = [(job, _after(desk, job, after, failures[job.record.id], now)) for job in mine]
    await desk.save(ended, durable=False)


def _intent(job: Job, state: ItemState | None) -> OperationRecord:
    """What the item said when we looked is kept: after a crash it tells whether somebody was faster than the lock."""
    mark = state.mark if state is not None else ""
    return replace(job.record, state=State.LOCKING, tries=job.record.tries + 1, evidence=mark)


def _locked(desk: Desk, job: Job, state: ItemState) -> OperationRecord:
    """The lock is ours. An edit between our look and the lock is in the item, and not in the document."""
    if job.record.evidence and not same_mark(job.record.evidence, state.mark) and desk.rules.keeps("lock_mark"):
        text = "the item changed in Procore just before it was locked: the document holds the earlier version"
        return end(job, State.DRIFT, text, _PLAN_AGAIN)
    return finished(job)


def _clears(job: Job) -> bool:
    return job.plan.ending or job.plan.action == UNLOCK


def _ours(desk: Desk, job: Job, state: ItemState) -> bool:
    return our_document(state.origin_id, desk.organisation) == job.record.document_id.lower()


def _before(desk: Desk, job: Job, state: ItemState | None) -> OperationRecord | None:
    """What the item says before we touch it; None: the lock is to be set, or cleared."""
    if _clears(job):
        if state is None or not as_origin_id(state.origin_id):
            return end(job, State.DONE, "")
        if _ours(desk, job, state):
            return None
        text = f"Procore's lock is not ours ({state.origin_id}): it was left"
        return end(job, State.HELD if job.plan.action == UNLOCK else State.DONE, text)
    if state is None:
        return end(job, State.DRIFT, "the item was deleted in Procore while it was posted", "refresh")
    if _ours(desk, job, state):
        return _locked(desk, job, state)
    replaced = our_document(state.origin_id, desk.organisation) in {one.lower() for one in job.plan.known}
    if as_origin_id(state.origin_id) and not replaced:
        text = f"posted, but Procore says the item belongs to another ({state.origin_id})"
        return end(job, State.HELD, text, "unlink it there, then sync again")
    # Where our own earlier lock is replaced the version has moved with it: what the item says has to be the same.
    same = replaced and state.mark and state.mark == job.record.evidence
    if state.updated_at != job.plan.ref.updated_at and not same and desk.rules.keeps("lock_version"):
        text = "the item changed in Procore while it was posted: the document holds the earlier version"
        return end(job, State.DRIFT, text, _PLAN_AGAIN)
    return None


async def _set(desk: Desk, job: Job, gate: asyncio.Semaphore) -> str:
    """One PATCH; "" or why it failed. What it did is read afterwards either way."""
    wanted = None if _clears(job) else origin_id_for(desk.organisation, job.record.document_id)
    async with gate:
        try:
            await desk.procore.set_origin(job.plan.ref, wanted, desk.guard([job]))
        except (NotSent, Unknown, ServiceError) as error:
            return error.line()
        except SmoothxError as error:
            return error.line()
    return ""


def _after(
    desk: Desk,
    job: Job,
    after: Mapping[str, ItemState | None],
    failure: str,
    now: float,
) -> OperationRecord:
    later = after[job.plan.ref.key]
    if _clears(job):
        if later is None or not as_origin_id(later.origin_id):
            return end(job, State.DONE, "")
    elif later is not None and _ours(desk, job, later):
        return _locked(desk, job, later)
    why = clean(failure) or "Procore answered with success, but the item is not locked"
    if job.record.tries < desk.rules.lock_tries:
        return replace(job.record, text=why, next_at=now + 2.0**job.record.tries)
    job.given_up = True
    what = "not unlocked" if _clears(job) else "posted, not locked"
    fix = "smoothx-tui sync takes it up again; check the permissions in Procore"
    return replace(job.record, text=f"{what}: {why}", fix=fix, tries=0, next_at=now + _RETRY_LATER)
