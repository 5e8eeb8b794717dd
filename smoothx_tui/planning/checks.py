"""Checks over the whole document, before anything is sent."""

from decimal import Decimal
from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.links import describe

_LARGEST_TOTAL: Final = Decimal("9999999999.99")
_LARGEST_READ: Final = Decimal("1e15")


def total_not_negative(draft: Draft) -> None:
    """Xero wants a credit note for a negative total, which this console does not write."""
    total = draft.total
    if total < 0:
        draft.block(
            "negative_total",
            f"the total is {show(total)}: Xero wants a credit note, not a {'bill' if draft.bill else 'sales invoice'}",
            "enter a credit note in Xero by hand, or offset it in the next claim in Procore",
        )
    elif total > _LARGEST_TOTAL:
        draft.block("total_too_large", f"the total is {show(total)}, more than Xero holds", "split the item in Procore")


def duplicate_bill(draft: Draft) -> None:
    """A new bill with the contact, number and total of one that stands may be the same bill, entered by hand."""
    contact = draft.contact
    if not draft.bill or contact is None or draft.live_document is not None:
        return
    total = draft.total
    for document in draft.books.bill_numbers.get((contact.id, draft.number), ()):
        if not document.ended and document.sub_total == total:
            draft.danger(
                "duplicate_suspected",
                f"{describe(document)} has the same contact, number and total",
                "if it is this item's document: smoothx-tui link " + draft.item.key + " and that document",
            )


def certificate(draft: Draft) -> None:
    """The standard certificate's identities; a difference is said, never refused."""
    block = draft.item.certificate
    if block is None:
        return
    _holds(draft, "contract sum to date", block.contract_sum_to_date, block.original_contract_sum, block.net_change, 1)
    _holds(
        draft, "earned less retention", block.earned_less_retention, block.completed_and_stored, block.total_retention
    )
    _holds(draft, "payment due", block.payment_due, block.earned_less_retention, block.less_previous)
    _holds(draft, "balance to finish", block.balance_to_finish, block.contract_sum_to_date, block.earned_less_retention)


def _holds(
    draft: Draft, name: str, stated: Decimal | None, left: Decimal | None, right: Decimal | None, sign: int = -1
) -> None:
    if stated is None or left is None or right is None:
        return
    if not all(value.is_finite() and abs(value) < _LARGEST_READ for value in (stated, left, right)):
        return
    computed = left + right * sign
    if computed != stated:
        text = f"the certificate's {name} is {stated:f}, its parts give {computed:f}"
        draft.note("certificate", text)
