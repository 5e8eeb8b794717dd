"""Sentences that more than one part has to say in the same words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from smoothx_tui.base.money import show
from smoothx_tui.base.text import clean


def new_document(currency: str, total: Decimal, *, bill: bool) -> str:
    return f"new {'bill' if bill else 'sales invoice'}, {currency} {show(total)}"


def relabelled(own: str, base: str, total: Decimal) -> str:
    amount = show(total)
    return f"{clean(own)} {amount} would be booked as {base} {amount}"


def all_ignored(rules: Sequence[str]) -> str:
    return f"every line ignored by {' and '.join(rules)}"


def in_locked_period(day: date, locked_to: date) -> str:
    return f"locked period to {locked_to}: {day} lies in it (also for a draft, which Xero itself would take)"
