"""The document's date after the locked period rule, and when it falls due."""

from datetime import date

from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.plan import Action
from smoothx_tui.planning.saying import in_locked_period
from smoothx_tui.planning.terms import due, first_of_next_month, terms_of
from smoothx_tui.planning.traits import Traits, reads
from smoothx_tui.procore.items import Item
from smoothx_tui.settings.mapping import Mapping, Terms
from smoothx_tui.xero.documents import Status
from smoothx_tui.xero.organisation import Organisation


def _lock_matters(traits: Traits) -> bool:
    return traits.ready and traits.in_locked_period


@reads(sync_prior_locked_period=_lock_matters)
def document_date(draft: Draft) -> None:
    """Procore's date; a linked document keeps its own unless Procore's changed since our last write."""
    item, document = draft.item, draft.live_document
    what = "direct_cost_date" if item.kind.prefix == "direct" else "billing_date"
    if item.date is None:
        if document is not None and document.date is not None:
            _keep(draft, document.date, f"Procore has no {what}: the document keeps its date")
            return
        words = what.replace("_", " ")
        draft.block("no_date", f"Procore has no {words}", f"set the {words} in Procore")
        return
    if document is not None and document.date is not None and document.date != item.date:
        link = draft.adoption.link
        changed = link is not None and link.item_date is not None and link.item_date != item.date
        if not changed:
            _keep(draft, document.date, f"the document keeps its date: {what} ({item.date}) has not changed since")
            return
    draft.date = item.date
    draft.because("Date", f"Procore: {what}")
    locked_to = draft.books.locked_to
    if locked_to is not None and item.date <= locked_to and (document is None or document.date != item.date):
        _locked(draft, item.date, locked_to)


def _keep(draft: Draft, day: date, why: str) -> None:
    draft.date = day
    draft.because("Date", why)
    if draft.item.date is not None:
        draft.note("date_kept", f"dated {day} in Xero, {draft.item.date} in Procore: a date is not moved twice")


def _locked(draft: Draft, day: date, locked_to: date) -> None:
    """Moved, where the setting allows it; else the deciding rule blocks it."""
    if not draft.settings.sync_prior_locked_period:
        draft.date_locked = True
        return
    try:
        moved = first_of_next_month(locked_to)
    except OverflowError:
        draft.date_locked = True
        return
    draft.date = moved
    draft.because("Date", "sync_prior_locked_period: the first day of the month after the locked period")
    draft.reason(f"locked period to {locked_to}: the date moves", "sync_prior_locked_period", f"{day}", f"{moved}")


def due_date(draft: Draft) -> None:
    """Procore's, else by terms: the contact's, the mapping's, the organisation's."""
    day = draft.date
    if day is None:
        return
    if (theirs := draft.item.due_date) is not None:
        draft.due_date = max(theirs, day)
        moved = ", moved to the document's date" if theirs < day else ""
        draft.because("DueDate", f"Procore: the billing period's due date{moved}")
        return
    terms, source = _terms(draft)
    if terms is None:
        _without_terms(draft)
        return
    draft.due_date = due(day, terms)
    if draft.due_date is None:
        draft.block("due_date", f"{terms.day} days after {day} is past the end of the calendar", f"correct {source}")
        return
    draft.because("DueDate", f"{source}: {terms.day} {terms.type.value}")


def _terms(draft: Draft) -> tuple[Terms | None, str]:
    organisation, contact = draft.books.organisation, draft.contact
    if contact is not None and (own := terms_of(contact.bill_terms if draft.bill else contact.sales_terms)):
        return own, "the contact's payment terms in Xero"
    if draft.side.terms is not None:
        return draft.side.terms, f"{draft.side_name}.terms"
    default = terms_of(organisation.bill_terms if draft.bill else organisation.sales_terms)
    return default, "the organisation's payment terms in Xero"


def due_for_sure(item: Item, mapping: Mapping, organisation: Organisation) -> bool:
    """Whether an item falls due by Procore's own date or by some terms, whoever its contact and whatever its status."""
    bill = item.kind.bill
    default = organisation.bill_terms if bill else organisation.sales_terms
    own = (mapping.bill if bill else mapping.sale).terms
    return item.due_date is not None or own is not None or terms_of(default) is not None


def _without_terms(draft: Draft) -> None:
    document = draft.live_document
    if document is not None and document.due_date is not None:
        draft.due_date = document.due_date
        draft.because("DueDate", "no payment terms anywhere: the document keeps its due date")
        return
    if draft.status is Status.DRAFT:
        draft.note("no_due_date", "no due date: neither Procore nor any payment terms give one")
        return
    row = f"{draft.side_name}.terms"
    draft.block("no_terms", f"a document {draft.status.words} needs a due date, and there are no payment terms",
                f"set {row}, or payment terms of the contact in Xero", row)  # fmt: skip


@reads(sync_prior_locked_period=_lock_matters)
def locked_period(draft: Draft) -> Action | None:
    """Nothing is dated into the locked period, and nothing that stands in it is changed."""
    locked_to, document = draft.books.locked_to, draft.live_document
    if locked_to is None:
        return None
    if document is not None and document.date is not None and document.date <= locked_to:
        draft.block(
            "locked_period",
            f"the document is dated {document.date}, in the locked period to {locked_to}: Xero refuses any change",
            "move the lock date in Xero, or leave the document as it is",
        )
        return Action.BLOCKED
    if draft.date_locked and draft.date is not None:
        setting = "sync_prior_locked_period"
        draft.block(
            "locked_period",
            in_locked_period(draft.date, locked_to),
            "turn sync_prior_locked_period on, move the lock date in Xero, or change the date in Procore",
            setting,
        )
        return Action.BLOCKED
    return None
