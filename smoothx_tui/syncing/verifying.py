"""Reading back: Xero may answer 200 and have dropped part of a change. What it holds is compared with what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from smoothx_tui.base.text import clean
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.planning.drift import differences
from smoothx_tui.syncing.attaching import finished
from smoothx_tui.syncing.checking import end
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.firststeps import FirstSteps
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.links import link_for
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.organisation import Organisation

_MISSING_TRIES = 3
_SHOWN = 4


async def read_back(desk: Desk, jobs: Sequence[Job], organisation: Organisation, steps: FirstSteps) -> None:
    """Sent operations become verified, done (nothing to lock), or drift. Raises what the port raises."""
    if not jobs:
        return
    options = {
        (category.name, option.name): option.id for category in organisation.tracking for option in category.options
    } | dict(await steps.options())
    found = {document.id: document for document in await desk.xero.documents([j.record.document_id for j in jobs])}
    now = await desk.now() if len(found) < len(jobs) else 0.0
    changes, links = [], []
    for job in jobs:
        document = found.get(job.record.document_id)
        changes.append((job, _judge(desk, job, document, organisation, steps.contact_ids, now)))
        if document is not None:
            job.document = document
            links.append(link_for(job, document.id, document, options))
    await desk.save(changes, links=links, durable=False)


def _judge(
    desk: Desk,
    job: Job,
    document: Document | None,
    organisation: Organisation,
    contact_ids: Mapping[str, str],
    now: float,
) -> OperationRecord:
    if document is None:
        job.failures += 1
        if job.failures < _MISSING_TRIES:
            return replace(job.record, text="not to be read in Xero yet", next_at=now + 5.0)
        text = f"Xero answered with document {job.record.document_id}, but does not have it"
        return end(job, State.DRIFT, text, "smoothx-tui verify")
    text = _difference(job, document, organisation, contact_ids)
    if text and desk.rules.keeps("read_back"):
        return end(job, State.DRIFT, text, "refresh, look at the difference, and sync again")
    if job.plan.lock:
        return replace(job.record, state=State.VERIFIED, text="", next_at=0.0, tries=0)
    return finished(job)


def _difference(job: Job, document: Document, organisation: Organisation, contact_ids: Mapping[str, str]) -> str:
    if job.plan.ending:
        return "" if document.ended else f"Xero answered with success, but the document is {document.status.words}"
    if document.ended:
        return f"the document is {document.status.words} in Xero"
    payload = _with_contact(job.plan.effect or {}, contact_ids)
    changes = differences(payload, document, organisation)
    parts = [f"{c.path}: {c.xero or 'nothing'} instead of {c.planned or 'nothing'}" for c in changes[:_SHOWN]]
    more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
    return clean("Xero holds something else than was sent: " + "; ".join(parts) + more) if changes else ""


def _with_contact(payload: Mapping[str, Any], contact_ids: Mapping[str, str]) -> Mapping[str, Any]:
    """A new contact is named by its number in the payload; once made it is known by id."""
    made = contact_ids.get(str(payload.get("Contact", {}).get("ContactNumber", "")))
    return {**payload, "Contact": {"ContactID": made}} if made else payload
