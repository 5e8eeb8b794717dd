"""The rules that decide once the payload is known, in their order."""

from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.planning.diff import difference
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.links import describe
from smoothx_tui.planning.plan import Action, Level
from smoothx_tui.planning.saying import new_document
from smoothx_tui.planning.traits import always, reads, unseen, whenever_ready
from smoothx_tui.procore.origin import origin_id_for
from smoothx_tui.xero.documents import Status

_SWITCHES: Final = {
    Status.DRAFT: "update_draft",
    Status.SUBMITTED: "update_awaiting_approval",
    Status.AUTHORISED: "update_approved",
}


def mapping_gaps(draft: Draft) -> Action | None:
    """A gap or a refusal that is known before anything is sent."""
    blockers = [finding for finding in draft.findings if finding.level is Level.BLOCKER]
    if not blockers:
        return None
    more = f" (and {len(blockers) - 1} more)" if len(blockers) > 1 else ""
    draft.reason(f"{blockers[0].text}{more}")
    return Action.BLOCKED


def nothing_to_send(draft: Draft) -> Action | None:
    """What moved is less than a cent, or retention that cancels out."""
    if draft.payload is not None:
        return None
    draft.reason("nothing moved this period that amounts to a cent")
    return Action.SKIPPED


@reads(resync_deleted=lambda traits: traits.ready and traits.status in {Status.DELETED, Status.VOIDED})
def document_ended(draft: Draft) -> Action | None:
    """Deleted or voided in Xero: a new document, or held."""
    document = draft.document
    if document is None or not document.ended:
        return None
    if not draft.settings.resync_deleted:
        draft.reason(f"held by resync_deleted: {describe(document)}", "resync_deleted")
        return Action.HELD
    draft.reason(f"{describe(document)} is created again, as a new document", "resync_deleted")
    return None


@reads(erp_locking=whenever_ready)
def no_difference(draft: Draft) -> Action | None:
    """Xero already holds exactly this."""
    document = draft.live_document
    if document is None or draft.diff:
        return None
    draft.reason(f"{describe(document)} holds exactly this")
    if draft.settings.erp_locking and not _locked(draft):
        draft.note("not_locked", "the item is not locked in Procore")
    return Action.UNCHANGED


@reads(
    update_draft=lambda traits: traits.ready and traits.status is Status.DRAFT,
    update_awaiting_approval=lambda traits: traits.ready and traits.status is Status.SUBMITTED,
    update_approved=lambda traits: traits.ready and traits.status is Status.AUTHORISED,
)
def update_allowed(draft: Draft) -> Action | None:
    """By the document's status; one with any payment or credit on it is never updated."""
    document = draft.live_document
    if document is None:
        return None
    if document.settled:
        draft.reason(f"paid or credited: {describe(document)} cannot be changed in Xero")
        return Action.HELD
    switch = _SWITCHES.get(document.status)
    if switch is None:
        draft.reason(f"{describe(document)} cannot be changed")
        return Action.HELD
    if not getattr(draft.settings, switch):
        draft.reason(f"held by {switch}: {difference(draft)}", switch)
        return Action.HELD
    return None


@reads(erp_locking=whenever_ready)
@unseen(erp_locking=always)
def lock_in_procore(draft: Draft) -> None:
    """The last step, after Xero has the document; not where the item already carries this document's lock."""
    if not draft.settings.erp_locking:
        draft.reason("the item is not locked in Procore: erp_locking is off", "erp_locking")
    elif draft.live_document is not None and _locked(draft):
        draft.reason("the item is locked in Procore already", "erp_locking")
    else:
        draft.then = ("lock",)
        draft.reason("then the item is locked in Procore", "erp_locking")


def send(draft: Draft) -> Action:
    """Nothing stands in the way."""
    document = draft.live_document
    total = show(draft.total)
    if document is None:
        if draft.document is not None:
            draft.reason(f"created again, {draft.currency} {total}", "resync_deleted")
            return Action.RECREATE
        draft.reason(new_document(draft.currency, draft.total, bill=draft.bill))
        return Action.CREATE
    edited = [change for change in draft.diff if change.edited_in_xero]
    if edited:
        paths = ", ".join(change.path for change in edited)
        draft.danger("overwrites_bookkeeper", f"overwrites what a person changed in Xero: {paths}")
    elif draft.adoption.link is not None and not draft.adoption.link.sent:
        _deletes_unknown(draft)
        draft.note(
            "last_write_unknown", "our last write is not known, so a person's changes in Xero cannot be recognised"
        )
    draft.reason(difference(draft), _SWITCHES.get(document.status, ""), show(document.sub_total), total)
    return Action.UPDATE


def _deletes_unknown(draft: Draft) -> None:
    """Where our last write is not known, a line that Xero alone has may be a bookkeeper's."""
    lines = [change.xero for change in draft.diff if change.planned is None and change.path.startswith("LineItems[")]
    if lines:
        text = f"deletes what exists only in Xero, and may be a bookkeeper's: {'; '.join(filter(None, lines))}"
        draft.danger("overwrites_bookkeeper", text)


def _locked(draft: Draft) -> bool:
    """Whether the item carries the lock of this very document."""
    document = draft.document
    return document is not None and draft.item.origin_id.lower() == origin_id_for(
        draft.books.organisation.tenant_id, document.id
    )
