"""Checks over the whole document, before anything is sent."""

from decimal import Decimal
from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.links import describe
from smoothx_tui.planning.rivals import kept_total, rivals
from smoothx_tui.planning.traits import Traits, reads

LARGEST_TOTAL: Final = Decimal("9999999999.99")
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
    elif total > LARGEST_TOTAL:
        draft.block(
            "total_too_large", f"the total is {show(total)}, more than Xero can hold", "split the item in Procore"
        )


def _bill_with_rivals(traits: Traits) -> bool:
    return traits.ready and traits.rivals and traits.bill


@reads(
    ignore_contacts=_bill_with_rivals,
    ignore_cost_types=_bill_with_rivals,
    ignore_tax_codes=_bill_with_rivals,
    resync_deleted=_bill_with_rivals,
)
def duplicate_bill(draft: Draft) -> None:
    """A new bill with the contact, number and total of one that stands may be the same bill, entered by hand; with
    those of another pending item it may have been entered twice in Procore.
    """
    if not draft.bill or draft.live_document is not None:
        return
    contact, total = draft.contact, draft.total
    place = (contact.id if contact is not None else "", draft.number.casefold())
    for document in draft.books.bill_numbers.get(place, ()):
        if not document.ended and document.sub_total == total:
            draft.danger(
                "duplicate_suspected",
                f"{describe(document)} has the same contact, number and total",
                f"if it is the same bill: smoothx-tui link {clean(draft.item.key)} {clean(document.id)}",
            )
    for rival in rivals(draft):
        if kept_total(rival, draft.settings) == kept_total(draft.item, draft.settings):
            text = f"{clean(rival.key)} is pending with the same contact, number and total"
            draft.danger("duplicate_suspected", text, "if both are one bill, delete one of the two in Procore")


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
        text = f"the certificate's {name} is {stated:,f}, its parts give {computed:,f}"
        draft.note("certificate", text)
