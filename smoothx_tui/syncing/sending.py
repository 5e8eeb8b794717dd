"""The write itself: intent committed, bytes sent, result committed, each in its own transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import LedgerError, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.operations import LEASE_SECONDS
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.planning.link import Link
from smoothx_tui.syncing.answers import Judged, Next, Verdict, judge
from smoothx_tui.syncing.checking import adopted, end
from smoothx_tui.syncing.desk import CHECK_SECONDS, KEY_SECONDS, Desk
from smoothx_tui.syncing.job import Job, batch_and_mark
from smoothx_tui.syncing.links import link_for

_NOT_SENT_TRIES = 4
_LONGEST_BACKOFF = 45.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One call with its bytes."""

    method: str
    path: str
    body: bytes
    key: str


async def send(desk: Desk, batch: Sequence[Job]) -> None:
    """Send a batch for the first time, or the same bytes under the same key again. No outcome is raised."""
    first = batch[0]
    if first.state is State.SENDING and (await _key_too_old(desk, batch) or await _incomplete(desk, batch)):
        return
    if first.state is State.CHECKING and _check_too_old(desk, batch):
        return
    call = _call_of(desk, batch)
    sure = desk.tick() + LEASE_SECONDS
    intended = [
        replace(
            job.record,
            state=State.SENDING,
            key=call.key,
            position=position,
            attempt=job.record.attempt + 1,
            text="",
            fix="",
            next_at=0.0,
            evidence=job.evidence_of_batch(len(batch)),
        )
        for position, job in enumerate(batch)
    ]
    written, lost, attempt = await desk.book(
        desk.ledger.intend,
        intended,
        request=f"{call.method} {call.path}",
        body_hash=hashlib.sha256(call.body).hexdigest(),
        key=call.key,
    )
    if not attempt:
        await _broken_batch(desk, batch, {record.id for record in lost})
        return
    desk.adopt_rows(batch, written, sure)
    judged = await _exchange(desk, batch, call)
    await _record(desk, batch, judged, attempt)


async def _key_too_old(desk: Desk, batch: Sequence[Job]) -> bool:
    now = await desk.now()
    if now - batch[0].record.first_sent_at < KEY_SECONDS or not desk.rules.keeps("key_window"):
        return False
    await _look_up(desk, batch, "no clear answer for four minutes: what happened is looked up")
    return True


async def _incomplete(desk: Desk, batch: Sequence[Job]) -> bool:
    """A batch goes again whole or not at all: other bytes under its key would be refused."""
    if all(batch_and_mark(job.record)[0] in {"", str(len(batch))} for job in batch):
        return False
    await _look_up(desk, batch, "its batch was broken up: what happened is looked up")
    return True


async def _look_up(desk: Desk, batch: Sequence[Job], text: str) -> None:
    await desk.save([(job, replace(job.record, state=State.UNKNOWN, text=text, looks=0, next_at=0)) for job in batch])


def _check_too_old(desk: Desk, batch: Sequence[Job]) -> bool:
    """What was read before a long wait says nothing any more: from the top. Nothing was sent."""
    if desk.tick() - min(job.checked_at for job in batch) <= CHECK_SECONDS or not desk.rules.keeps("fresh_check"):
        return False
    for job in batch:
        job.record = replace(job.record, state=State.APPROVED, next_at=0.0)
    return True


def _call_of(desk: Desk, batch: Sequence[Job]) -> Sent:
    first = batch[0]
    key = first.record.key if desk.rules.keeps("same_key") else ""
    body = '{"Invoices":[' + ",".join(job.record.body for job in batch) + "]}"
    for job in batch:
        if job.record.body != job.plan.bytes_of_effect:
            raise LedgerError(f"operation {job.record.id}: the bytes are not those that were approved", "report this")
    return Sent(first.plan.method, first.plan.path, body.encode(), key or desk.new_key())


async def _broken_batch(desk: Desk, batch: Sequence[Job], lost: set[str]) -> None:
    """Part of a batch was taken over: its bytes can not be repeated, so what is left of it is looked up."""
    kept = []
    for job in batch:
        if job.record.id in lost:
            job.lost = True
            desk.tell(job, "another console has taken this over")
        else:
            kept.append(job)
    maybe = [job for job in kept if job.state is State.SENDING]
    await _look_up(desk, maybe, "its batch was broken up: what happened is looked up")


async def _exchange(desk: Desk, batch: Sequence[Job], call: Sent) -> Judged:
    guard = desk.guard(batch, await _age(desk, batch[0]))
    numbers = [job.plan.marker.number if job.plan.creating else "" for job in batch]
    outcome: Answer | SmoothxError
    asked = None
    try:
        outcome = await desk.xero.write(call.method, call.path, call.body, call.key, guard)
        asked = outcome.retry_after(desk.clock.now())
    except LedgerError:
        raise
    except SmoothxError as error:
        outcome = error
    return judge(outcome, numbers, asked)


async def _age(desk: Desk, job: Job) -> float | None:
    """Seconds since the key was first used; the guard counts on from here."""
    if job.record.attempt <= 1:
        return 0.0
    return await desk.now() - job.record.first_sent_at if desk.rules.keeps("key_window") else None


async def _record(desk: Desk, batch: Sequence[Job], judged: Judged, attempt: int) -> None:
    now = await desk.now() if any(v.next is not Next.SENT for v in judged.verdicts) else 0.0
    changes: list[tuple[Job, OperationRecord]] = []
    links: list[Link] = []
    # One time for all: a batch that goes again goes whole.
    pause = _pause_after(desk, batch, judged.verdicts[0])
    mixed = len({verdict.next for verdict in judged.verdicts}) > 1
    for job, verdict in zip(batch, judged.verdicts, strict=True):
        told = replace(verdict, next=Next.UNKNOWN) if mixed and verdict.next is Next.UNCLEAR else verdict
        record = replace(_after(desk, job, told, now, pause), request_id=clean(judged.request_id))
        changes.append((job, record))
        if record.state is State.SENT:
            links.append(link_for(job, record.document_id, job.document))
    if any(verdict.next is Next.WAIT for verdict in judged.verdicts):
        await _park(desk, judged.verdicts[0])
    result: dict[str, Any] = {"outcome": judged.outcome, "status": judged.status, "request_id": judged.request_id}
    await desk.save(changes, links=links, attempt=attempt, result=result)


def _pause_after(desk: Desk, batch: Sequence[Job], verdict: Verdict) -> float:
    """Seconds until the batch goes again: what was asked for, or longer with each failure."""
    if verdict.next is Next.WAIT:
        return verdict.seconds if verdict.seconds is not None else 1.0 + 4.0 * desk.random.random()
    if verdict.next in {Next.UNCLEAR, Next.NOT_SENT}:
        failures = max(job.failures for job in batch) + 1
        return float(min(2.0**failures, _LONGEST_BACKOFF) * (0.75 + 0.5 * desk.random.random()))
    return 0.0


async def _park(desk: Desk, verdict: Verdict) -> None:
    if verdict.day:
        await desk.book(desk.ledger.pacing.pause, desk.organisation, verdict.seconds or 3600.0, verdict.text)


def _after(desk: Desk, job: Job, verdict: Verdict, now: float, pause: float) -> OperationRecord:
    """The table of answers.py, one element. `pause`: seconds until it may go again."""
    match verdict.next:
        case Next.SENT:
            assert verdict.written is not None
            job.document = verdict.written.document
            return adopted(job, verdict.written.id, "")
        case Next.REFUSED:
            return _definite(job, State.REFUSED, verdict)
        case Next.ALONE if not job.ambiguous:
            job.alone = True
            return _again(job, f"its batch was refused: {verdict.text}", 0.0)
        case Next.HELD:
            return _definite(job, State.HELD, verdict)
        case Next.WAIT:
            return _waiting(job, verdict, now + pause)
        case Next.NOT_SENT:
            return _not_sent(job, verdict, now + pause)
        case Next.UNKNOWN:
            return replace(job.record, state=State.UNKNOWN, text=clean(verdict.text), looks=0, next_at=0.0)
        case _:
            job.ambiguous = True
            job.failures += 1
            if not desk.rules.keeps("unknown"):
                return end(job, State.REFUSED, verdict.text, "sync it again")
            return replace(job.record, text=clean(verdict.text), next_at=now + pause)


def _definite(job: Job, state: State, verdict: Verdict) -> OperationRecord:
    """A clear answer. Where an earlier call under the key may have happened it is not the whole story."""
    if job.ambiguous:
        return replace(job.record, state=State.UNKNOWN, text=clean(verdict.text), looks=0, next_at=0.0)
    return end(job, state, verdict.text, verdict.fix)


def _again(job: Job, text: str, next_at: float) -> OperationRecord:
    """Certainly not sent: from the top, under a new key."""
    return replace(job.record, state=State.APPROVED, key="", first_sent_at=0.0, text=clean(text), next_at=next_at)


def _waiting(job: Job, verdict: Verdict, until: float) -> OperationRecord:
    resume = State.SENDING if job.ambiguous else State.APPROVED
    record = job.record if job.ambiguous else _again(job, "", 0.0)
    return replace(record, state=State.WAITING, resume=resume.value, text=clean(verdict.text), next_at=until)


def _not_sent(job: Job, verdict: Verdict, next_at: float) -> OperationRecord:
    job.failures += 1
    if job.ambiguous:
        return replace(job.record, text=clean(verdict.text), next_at=next_at)
    if job.failures >= _NOT_SENT_TRIES:
        job.given_up = True
    return _again(job, verdict.text, next_at)
