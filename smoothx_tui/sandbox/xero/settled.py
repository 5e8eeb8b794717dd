"""What may still change on a bill with a payment or credit on it (facts/xero.md 5, since March 2026)."""

from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Invalid
from smoothx_tui.sandbox.xero.state import XeroState
from smoothx_tui.sandbox.xero.tracking import kept_tracking

PAID: Final = "This document cannot be edited as it has a payment or credit note allocated to it."
_FREE: Final = ("DueDate", "InvoiceNumber", "BrandingThemeID", "Url", "PlannedPaymentDate")
_FIXED: Final = ("Date", "LineAmountTypes", "CurrencyCode", "CurrencyRate")
_FIXED_IN_LINES: Final = ("Quantity", "UnitAmount", "LineAmount", "TaxType", "TaxAmount")


def change_settled(state: XeroState, invoice: dict[str, Any], given: dict[str, Any]) -> None:
    """Put the allowed members of `given` into `invoice`. Raises Invalid where it moves anything else."""
    if any(name in given and given[name] != invoice.get(name) for name in _FIXED):
        raise Invalid(PAID)
    invoice.update({name: given[name] for name in _FREE if name in given})
    if "LineItems" in given:
        _lines(state, invoice["LineItems"], given["LineItems"])


def _lines(state: XeroState, kept: list[dict[str, Any]], given: list[dict[str, Any]]) -> None:
    known = {line["LineItemID"]: line for line in kept}
    if len(given) != len(kept) or {line.get("LineItemID") for line in given} != set(known):
        raise Invalid(PAID)
    for line in given:
        old = known[line["LineItemID"]]
        if any(name in line and line[name] != old.get(name) for name in _FIXED_IN_LINES):
            raise Invalid(PAID)
        if "AccountCode" in line:
            account = state.account(code=line["AccountCode"])
            if account is None or account["Status"] != "ACTIVE":
                raise Invalid(f"Account code '{line['AccountCode']}' is not a valid code for this document.")
            old.update(AccountCode=account["Code"], AccountID=account["AccountID"])
        if "Description" in line:
            old["Description"] = line["Description"]
        if "Tracking" in line:
            old["Tracking"] = kept_tracking(line["Tracking"], state)
