"""What an operator can put right by hand: unsync, link, unlink, resolve. Each is written into the audit chain."""

from collections.abc import Callable
from dataclasses import replace

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.operations import LEASE_SECONDS, new_id
from smoothx_tui.ledger.records import POSTED, OperationRecord, State
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.link import Link, LinkSource
from smoothx_tui.planning.plan import document_type
from smoothx_tui.procore.items import Item
from smoothx_tui.syncing.checking import adopted, end
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.frozen import UNLOCK, FrozenPlan
from smoothx_tui.syncing.job import Job
from smoothx_tui.syncing.links import link_for
from smoothx_tui.syncing.lookup import live, named, naming
from smoothx_tui.syncing.ports import ItemRef, our_document
from smoothx_tui.syncing.report import ItemResult, SyncEvent, result_of
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.organisation import Organisation

Events = Callable[[SyncEvent], None]


def _silent(_: SyncEvent) -> None: ...


async def unsync(
    engine: Engine, item: Item, organisation: Organisation, *, who: str, on_event: Events = _silent
) -> ItemResult:
    """Clear our lock in Procore. The document and the link stay, so that the next sync is an update.

    Raises UsageError where the item is not locked by us, LedgerError.
    """
    document_id = our_document(item.origin_id, organisation.tenant_id)
    if not document_id:
        whose = "is not locked" if document_id == "" else f"belongs to another ({clean(item.origin_id)})"
        raise UsageError(f"{item.key} {whose} in Procore", "there is nothing of ours to clear")
    desk = engine.desk(on_event, who)
    frozen = FrozenPlan(ItemRef.of(item), UNLOCK, document_type(item.kind), item.number, document_id=document_id)
    record = OperationRecord(
        id=new_id(engine.random.getrandbits(128)),
        organisation=desk.organisation,
        item=item.key,
        action=UNLOCK,
        state=State.APPROVED,
        frozen=frozen.text(),
        planned_by=who,
        approved_by=who,
        owner=engine.owner,
        fence=1,
        document_id=document_id,
    )
    sure = desk.tick() + LEASE_SECONDS
    made, conflicts = await desk.book(
        engine.ledger.freeze_or_conflict, [record], who=who, supersede=_only_posted, durable=False
    )
    if conflicts:
        raise UsageError(f"{item.key} is at work: {conflicts[0].state.value}", "wait until it is finished")
    job = Job.of(made[0], sure)
    await engine.drive(desk, [job], organisation, withdraw=True)
    return result_of(job.record)


def _only_posted(record: OperationRecord) -> bool:
    return record.state in POSTED


async def link(engine: Engine, item: Item, document_id: str, books: Books, *, who: str) -> Link:
    """Say which document an item has. Raises UsageError where it does not fit, LedgerError where it is taken."""
    document = books.documents.get(document_id)
    if document is None:
        raise UsageError(f"Xero has no document {clean(document_id)}", "take its id from its address in Xero")
    if document.type is not document_type(item.kind):
        raise UsageError(f"{clean(document.number)} is of the wrong type for {item.key}", "choose another document")
    if document.ended:
        raise UsageError(f"{clean(document.number)} is {document.status.words}", "choose one that is alive")
    made = Link(item.key, document.id, LinkSource.PERSON, item_updated_at=item.updated_at)
    desk = engine.desk(who=who)
    note = Note("link", who, desk.organisation, item.key, document.id)
    await desk.book(engine.ledger.put_link, desk.organisation, made, note)
    return made


async def unlink(engine: Engine, item: str, *, who: str) -> None:
    """Forget which document an item has; nothing changes in Procore or Xero. Raises UsageError without a link."""
    desk = engine.desk(who=who)
    gone = await desk.book(
        engine.ledger.remove_link, desk.organisation, item, Note("unlink", who, desk.organisation, item)
    )
    if not gone:
        raise UsageError(f"{item} has no link in the ledger", "see smoothx-tui verify")


async def resolve(
    engine: Engine,
    operation_id: str,
    organisation: Organisation,
    *,
    who: str,
    not_there: bool = False,
    on_event: Events = _silent,
) -> ItemResult:
    """Settle an operation that is held or unknown, by looking once more.

    One live document: it is adopted, read back and locked. None: with `not_there` a person says that it was looked for
    and never made, and the item is free again. Raises UsageError otherwise, naming what was found.
    """
    desk = engine.desk(on_event, who)
    record = await desk.book(engine.ledger.operation, operation_id)
    if record is None or record.organisation != desk.organisation:
        raise UsageError(f"there is no operation {clean(operation_id)}", "see smoothx-tui log")
    if not record.open or record.state not in {State.HELD, State.UNKNOWN, State.SENDING, State.WAITING}:
        raise nothing_to_resolve(record)
    sure = desk.tick() + LEASE_SECONDS
    taken = await desk.book(engine.ledger.reclaim, [record], engine.owner)
    if not taken:
        raise UsageError(f"{record.owner} is at it", "wait until it is finished")
    job = Job.of(taken[0], sure)
    try:
        settled = await _settled(engine, job, who=who, not_there=not_there)
    except SmoothxError:
        await desk.save([(job, replace(job.record, owner=""))])
        raise
    links = [link_for(job, settled.document_id)] if settled.state is State.SENT else []
    await desk.save([(job, settled)], links=links)
    await desk.book(
        engine.ledger.append, Note("resolve", who, desk.organisation, record.item, f"{record.id} {settled.text}")
    )
    await engine.drive(desk, [job], organisation)
    return result_of(job.record)


def nothing_to_resolve(record: OperationRecord) -> UsageError:
    """For an operation that waits for nobody. One that ended as held says what is to be done instead."""
    what = f"operation {record.id} is {record.state.value}"
    if record.state is State.HELD:
        return UsageError(f"{what} and closed, nothing of it is in the air: {clean(record.text)}", record.fix)
    return UsageError(what, "there is nothing to resolve")


async def _settled(engine: Engine, job: Job, *, who: str, not_there: bool) -> OperationRecord:
    if job.record.swept_at:
        return await _settled_again(engine, job, who=who)
    alive = [d for d in live(await _candidates(engine, job)) if not job.plan.creating or d.id not in job.plan.known]
    if len(alive) == 1:
        job.document = alive[0]
        return adopted(job, alive[0].id, f"resolved by {who}: {named(alive)}")
    if alive:
        raise UsageError(f"{len(alive)} live documents name it: {clean(named(alive))}", "void or delete all but one")
    if not not_there:
        hint = "if you have looked for it in Xero and it was never made: resolve it as not there"
        raise UsageError(f"Xero has no document that names {job.record.item}", hint)
    return replace(end(job, State.REFUSED, f"resolved by {who}: it was never made", "plan it again"), key="")


async def _settled_again(engine: Engine, job: Job, *, who: str) -> OperationRecord:
    """It was done, and the sweep found a second document: what is left in Xero decides."""
    alive = live(naming(job, await engine.xero.find([job.plan.marker])))
    if len(alive) > 1:
        text = f"{len(alive)} live documents still name {job.record.item}: {clean(named(alive))}"
        raise UsageError(text, "void or delete all but one in Xero, then resolve it again")
    record = replace(job.record, swept_at=0.0)  # it is looked at once more, like all that is done
    if job.plan.ending or job.plan.action == UNLOCK:
        return replace(
            end(job, State.DONE, f"resolved by {who}: {named(alive) or 'no document is left'}"), swept_at=0.0
        )
    if not alive:
        text = f"resolved by {who}: no live document is left in Xero"
        return end(job, State.DRIFT, text, "refresh, look at the new plan, and sync again")
    (document,) = alive
    # The other one may be in Procore's lock: this one takes its place there.
    job.plan = replace(job.plan, known=(*job.plan.known, record.document_id))
    job.record, job.document, job.mark = record, document, record.evidence
    return adopted(job, document.id, f"resolved by {who}: {named(alive)}")


async def _candidates(engine: Engine, job: Job) -> list[Document]:
    if job.plan.creating:
        return naming(job, await engine.xero.find([job.plan.marker]))
    return await engine.xero.documents([job.plan.document_id])
