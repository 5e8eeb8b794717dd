"""The rules that decide before a payload is thought of: gone, not ready, ignored, somebody else's."""

from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.links import describe
from smoothx_tui.planning.plan import Action
from smoothx_tui.planning.saying import all_ignored
from smoothx_tui.planning.traits import reads, whenever_ready
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.settings.mapping import Mapping
from smoothx_tui.xero.documents import Document, Status

_APPROVED: Final = "approved"
_AS_NOTED: Final = "approved_as_noted"
_PAYROLL: Final = "payroll"


@reads(delete_matching=lambda traits: traits.gone and traits.bill)
def gone_in_procore(draft: Draft) -> Action | None:
    """Deleted in Procore: the document goes too, by its status, where `delete_matching` says so."""
    if not draft.item.gone:
        return None
    if draft.adoption.trouble:
        draft.block("link_unclear", draft.adoption.trouble, draft.adoption.fix)
        return Action.HELD
    document = draft.document
    if document is None:
        draft.reason("deleted in Procore, and never synced")
        return Action.SKIPPED
    what = f"deleted in Procore; {describe(document)}"
    if document.ended:
        draft.reason(f"{what} has ended already")
        return Action.ORPHANED
    if not draft.bill:
        draft.reason(f"{what} stays: delete_matching does not apply to head contract claims", "delete_matching")
        return Action.ORPHANED
    if not draft.settings.delete_matching:
        draft.reason(f"{what} stays: delete_matching is off", "delete_matching")
        return Action.ORPHANED
    return _remove(draft, document, what)


def _remove(draft: Draft, document: Document, what: str) -> Action:
    locked_to = draft.books.locked_to
    if document.settled:
        draft.block(
            "settled",
            f"{what} has a payment or credit on it, so Xero refuses to remove it",
            "remove the payment or credit in Xero, or turn delete_matching off",
            "delete_matching",
        )
        return Action.BLOCKED
    if document.date is not None and locked_to is not None and document.date <= locked_to:
        draft.block(
            "locked_period",
            f"{what} is dated {document.date}, in the locked period to {locked_to}: Xero refuses to remove it",
            "move the lock date in Xero, or turn delete_matching off",
            "delete_matching",
        )
        return Action.BLOCKED
    if document.status is Status.AUTHORISED:
        draft.danger("void", f"{what} would be voided", setting="delete_matching")
        draft.reason(f"{what} is voided", "delete_matching", document.status.value, Status.VOIDED.value)
        return Action.VOID
    draft.reason(f"{what} is deleted", "delete_matching", document.status.value, Status.DELETED.value)
    return Action.DELETE


def procore_status(draft: Draft) -> Action | None:
    """Only approved items are sent; payroll never is."""
    text, setting = why_not_ready(draft.item, draft.mapping)
    if not text:
        return None
    draft.reason(text, setting)
    return Action.NOT_READY


def why_not_ready(item: Item, mapping: Mapping) -> tuple[str, str]:
    """(why the item is not ready, mapping row behind it), both "" where it is ready."""
    status = item.status
    direct = item.kind is Kind.DIRECT_COST
    if status == _AS_NOTED and not direct:
        if not mapping.approved_as_noted:
            return "approved as noted, which the mapping does not count as ready", "mapping.approved_as_noted"
    elif status != _APPROVED:
        return f"Procore's status is {clean(status) or 'missing'}", ""
    if not direct:
        return "", ""
    if item.direct_cost_type == _PAYROLL:
        return "payroll has its own flow in Smoothx", ""
    if item.direct_cost_type not in mapping.direct_cost_types:
        kind = clean(item.direct_cost_type) or "missing"
        return f"the direct cost type is {kind}, which is not synced", "mapping.direct_cost_types"
    return "", ""


@reads(ignore_contacts=whenever_ready)
def ignored_contact(draft: Draft) -> Action | None:
    """Items of a chosen company are left alone, and so is a document they already have."""
    company = draft.item.company
    if company is None or company.id not in draft.settings.ignore_contacts:
        return None
    draft.reason(f"contact ignored: {clean(company.name)} ({clean(company.id)})", "ignore_contacts")
    _stays(draft)
    return Action.SKIPPED


def locked_elsewhere(draft: Draft) -> Action | None:
    """Procore's lock belongs to another integration, or to another Xero organisation."""
    if not draft.adoption.elsewhere:
        return None
    draft.reason(f"Procore's origin_id belongs to {draft.adoption.elsewhere}")
    return Action.LOCKED_ELSEWHERE


def link_unclear(draft: Draft) -> Action | None:
    """The document cannot be named: there is none, or more than one."""
    if draft.adoption.trouble:
        draft.block("link_unclear", draft.adoption.trouble, draft.adoption.fix)
        return Action.HELD
    return None


def adopted_link(draft: Draft) -> None:
    """A link that the ledger does not remember is said."""
    if draft.adoption.text:
        draft.reason(f"link adopted: {draft.adoption.text}")


def no_line_left(draft: Draft) -> Action | None:
    """Nothing moved this period, or everything that moved is ignored."""
    if draft.lines or draft.findings_block():
        return None
    if draft.left_out:
        rules = sorted({left.rule for left in draft.left_out})
        draft.reason(all_ignored(rules), rules[0])
    elif draft.item.lines:
        draft.reason("nothing moved this period")
    else:
        draft.reason("the item has no lines")
    _stays(draft)
    return Action.SKIPPED


def _stays(draft: Draft) -> None:
    if document := draft.live_document:
        draft.note("document_stays", f"{describe(document)} stays as it is")
