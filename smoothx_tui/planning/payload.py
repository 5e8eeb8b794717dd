"""The payload: Xero's members in a fixed order, and what is behind each of them."""

from typing import Any

from smoothx_tui.base.money import ZERO
from smoothx_tui.planning.draft import Draft, PayloadLine, PlannedLine
from smoothx_tui.planning.matching import match_lines
from smoothx_tui.planning.traits import Traits, reads, unseen
from smoothx_tui.planning.why import Why, Whys
from smoothx_tui.settings.schema import SyncStatus
from smoothx_tui.xero.documents import DocumentType, Status

_NEW = {SyncStatus.AWAITING_APPROVAL: Status.SUBMITTED, SyncStatus.AWAITING_PAYMENT: Status.AUTHORISED}


def _new_bill(traits: Traits) -> bool:
    return traits.fresh and traits.bill


def _due_for_sure(traits: Traits) -> bool:
    return traits.due_for_sure


@reads(sync_as_draft=_new_bill, sync_status=_new_bill)
@unseen(sync_as_draft=_due_for_sure, sync_status=_due_for_sure)
def document_status(draft: Draft) -> None:
    """A new document's status by the settings; an update never moves it."""
    document, settings = draft.live_document, draft.settings
    if document is not None:
        draft.status = document.status
        draft.because("Status", "the document has this status, and an update never changes it")
    elif not draft.bill:
        draft.because(
            "Status", "head contract claims are always created as Draft (sync_as_draft does not apply to them)"
        )
    elif settings.sync_as_draft:
        draft.because("Status", "sync_as_draft is on")
    else:
        draft.status = _NEW[SyncStatus(settings.sync_status)]
        draft.because("Status", f"sync_as_draft is off: sync_status is {SyncStatus(settings.sync_status).value}")


def line_members(draft: Draft) -> None:
    """The lines in Procore's order; a line on which only retention moved has none of its own."""
    shared: dict[tuple[Why | None, Why | None], list[dict[str, str]]] = {}
    for line in draft.lines:
        if not line.amount:
            continue
        uses = line.project_option, line.second_option
        tracking = shared.get(uses)
        if tracking is None:
            tracking = shared[uses] = [{"Name": use[0], "Option": use[1]} for use in uses if use]
        draft.payload_lines.append(_members(line, tracking))


def _members(line: PlannedLine, tracking: list[dict[str, str]]) -> PayloadLine:
    members: dict[str, Any] = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": line.unit_amount,
    }
    if line.account:
        members["AccountCode"] = line.account
    if line.tax_type:
        members["TaxType"] = line.tax_type
    if tracking:
        members["Tracking"] = tracking
    return PayloadLine(line.source.id, members, line.amount, line.why)


def assemble(draft: Draft) -> None:
    """Build the payload of what the rules found; a member that no rule could fill is absent, and a blocker says so."""
    if not draft.payload_lines:
        return
    document = draft.live_document
    payload: dict[str, Any] = {}
    if document is not None:
        payload["InvoiceID"] = document.id
        draft.because("InvoiceID", "the linked document")
    kind = DocumentType.BILL if draft.bill else DocumentType.SALES_INVOICE
    payload["Type"] = kind.value
    if draft.contact_member is not None:
        payload["Contact"] = draft.contact_member
    payload["InvoiceNumber"] = draft.number
    if draft.reference:
        payload["Reference"] = draft.reference
    if draft.url:
        payload["Url"] = draft.url
    if draft.date is not None:
        payload["Date"] = draft.date.isoformat()
    if draft.due_date is not None:
        payload["DueDate"] = draft.due_date.isoformat()
    payload["LineAmountTypes"] = "Exclusive"
    payload["CurrencyCode"] = draft.currency
    if draft.rate is not None:
        payload["CurrencyRate"] = draft.rate
    payload["Status"] = draft.status.value
    payload["LineItems"] = _lines(draft)
    draft.because(
        "Type", "a bill: progress claim or direct cost" if draft.bill else "a sales invoice: head contract claim"
    )
    draft.because("LineAmountTypes", "Procore's amounts exclude tax")
    draft.payload = payload
    draft.total = sum([line.amount for line in draft.payload_lines], ZERO)
    draft.why = Whys(draft.head_why, tuple(payload), [line.why for line in draft.payload_lines])


def _lines(draft: Draft) -> list[dict[str, Any]]:
    document, lines = draft.live_document, draft.payload_lines
    if document is None:
        return [line.members for line in lines]
    items: list[dict[str, Any]] = []
    for line, line_id in zip(lines, match_lines(lines, document, draft.adoption.link), strict=True):
        if line_id:
            line.why.append(("LineItemID", "the line that stands in Xero"))
            items.append({"LineItemID": line_id, **line.members})
        else:
            items.append(line.members)
    return items
