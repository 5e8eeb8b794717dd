"""Xero's own arithmetic (half up per line, tax per line), to know a payload's totals before Xero does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.xero.organisation import Organisation

_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """What Xero would answer as SubTotal, TotalTax and Total, in the document's currency."""

    sub_total: Decimal
    total_tax: Decimal
    total: Decimal


def line_amount(quantity: Decimal, unit_amount: Decimal) -> Decimal:
    """Quantity x unit amount, half up to cents."""
    return cents(quantity * unit_amount)


def line_tax(amount: Decimal, percent: Decimal, amount_types: str = "Exclusive") -> Decimal:
    """The tax of one line, half up to cents: on top of `Exclusive`, within `Inclusive`, none with `NoTax`."""
    if amount_types == "Exclusive":
        return cents(amount * percent / _HUNDRED)
    if amount_types == "Inclusive":
        return cents(amount * percent / (_HUNDRED + percent))
    return ZERO


def totals_of(lines: Iterable[tuple[Decimal, Decimal]], amount_types: str = "Exclusive") -> DocumentTotals:
    """Of (line amount, tax in percent) pairs: tax is rounded per line and then summed."""
    amounts = tax = ZERO
    for amount, percent in lines:
        amounts += amount
        tax += line_tax(amount, percent, amount_types)
    sub_total = amounts - tax if amount_types == "Inclusive" else amounts
    return DocumentTotals(sub_total, tax, sub_total + tax)


def payload_totals(payload: Mapping[str, Any], organisation: Organisation) -> DocumentTotals:
    """Of a payload: a line without a tax type takes its account's, an unknown one counts as no tax."""
    lines = []
    for line in payload.get("LineItems") or ():
        account = organisation.accounts.get(line.get("AccountCode", ""))
        tax_type = line.get("TaxType") or (account.tax_type if account is not None else "")
        rate = organisation.tax_rates.get(tax_type)
        amount = line_amount(Decimal(line["Quantity"]), Decimal(line["UnitAmount"]))
        lines.append((amount, rate.rate if rate is not None else ZERO))
    return totals_of(lines, payload.get("LineAmountTypes", "Exclusive"))
