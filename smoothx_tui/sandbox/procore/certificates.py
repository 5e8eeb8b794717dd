"""The totals of a claim, for scenarios that give lines only.

The standard certificate (facts/procore.md, "Progress claim"): contract to date = original + changes; earned =
completed - retention; due = earned - earlier certificates; balance = contract to date - earned.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, amount, cents, plain

Line = Mapping[str, Any]

_CHANGES = frozenset({"change_order_item", "whole_change_order_item", "ChangeOrderPackage"})
_RETAINED = (
    "work_completed_retainage_retained_this_period",
    "materials_stored_retainage_new_materials",
    "materials_stored_retainage_retained_this_period",
)
_RELEASED = (
    "work_completed_retainage_released_this_period",
    "materials_stored_retainage_released_this_period",
)
_RETAINED_BEFORE = (
    "work_completed_retainage_from_previous_application",
    "materials_stored_retainage_from_previous_application",
)


def total(lines: Iterable[Line], *members: str) -> Decimal:
    """The sum of these members over these lines; missing and null ones are nothing."""
    return sum((amount(line[name]) for line in lines for name in members if line.get(name) is not None), ZERO)


def money(value: Decimal) -> str:
    """As Procore writes money: text with two places."""
    return plain(cents(value))


def certificate(lines: list[Line], stored_before: Decimal) -> dict[str, str]:
    """The block `summary` or `g702`. `stored_before`: materials stored that the previous application had."""
    changes = total(
        (one for one in lines if one.get("item_type", one.get("origin_type")) in _CHANGES), "scheduled_value"
    )
    contract = total(lines, "scheduled_value")
    stored = total(lines, "materials_presently_stored")
    this_period = total(lines, "work_completed_this_period") + stored - stored_before
    before = total(lines, "work_completed_from_previous_application") + stored_before
    retained = total(lines, *_RETAINED)
    released = total(lines, *_RELEASED)
    retention = total(lines, *_RETAINED_BEFORE) + retained - released
    completed = before + this_period
    due = this_period - retained + released
    earned = completed - retention
    numbers = {
        "original_contract_sum": contract - changes,
        "net_change_by_change_orders": changes,
        "contract_sum_to_date": contract,
        "total_completed_and_stored_to_date": completed,
        "total_retainage": retention,
        "total_earned_less_retainage": earned,
        "less_previous_certificates_for_payment": earned - due,
        "current_payment_due": due,
        "balance_to_finish_including_retainage": contract - earned,
    }
    return {name: money(value) for name, value in numbers.items()}


def percent_complete(block: Mapping[str, Any]) -> str:
    """Two places, no sign; of a contract of nothing it is nothing."""
    contract = amount(block.get("contract_sum_to_date") or 0)
    done = amount(block.get("total_completed_and_stored_to_date") or 0)
    return money(done * 100 / contract) if contract else "0.00"
