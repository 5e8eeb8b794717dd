"""Tax types: the mapped Procore tax code, else nothing, so that Xero takes the account's own."""

from decimal import Decimal
from functools import partial
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.lines import line_name
from smoothx_tui.planning.why import Why
from smoothx_tui.procore.items import TaxCode
from smoothx_tui.xero.organisation import TaxRate

_HUNDRED: Final = Decimal(100)
_CLASSES: Final = {
    "ASSET": "ASSETS",
    "EQUITY": "EQUITY",
    "EXPENSE": "EXPENSES",
    "LIABILITY": "LIABILITIES",
    "REVENUE": "REVENUE",
}


def line_tax(draft: Draft) -> None:
    """Bills: the mapped tax code. Sales invoices: Procore's head contract lines carry none."""
    if not draft.bill:
        return
    for line in draft.lines:
        codes = line.source.tax_codes
        if not codes:
            continue
        if len(codes) > 1:
            name = line_name(line.source)
            names = " and ".join(clean(code.name or code.id) for code in codes)
            draft.block("two_tax_codes", f"{name} has two tax codes: {names}", f"leave only one on {name} in Procore")
            continue
        code = codes[0]
        place = "line_tax", code.id, code.name, str(code.rate), line.account
        found = draft.known.get(place) or draft.once(place, partial(_mapped, draft, code, line.account))
        if found is not None:
            line.tax_type, why = found
            line.why.append(why)


def _mapped(draft: Draft, code: TaxCode, account: str) -> tuple[str, Why] | None:
    """(tax type, what is behind it), checked against the account; None where the code is not mapped."""
    row = f'mapping.bill.tax_codes."{clean(code.id)}"'
    tax_type = draft.mapping.bill.tax_codes.get(code.id)
    if not tax_type:
        text = f"tax code {clean(code.name or code.id)} is not mapped, so Xero takes the account's own tax"
        draft.note("tax_not_mapped", text, f"map {row}")
        return None
    _check(draft, tax_type, account, code, row)
    return tax_type, ("TaxType", row)


def _check(draft: Draft, tax_type: str, account: str, code: TaxCode, row: str) -> None:
    rate = draft.books.organisation.tax_rates.get(tax_type)
    shown = clean(tax_type)
    if rate is None:
        draft.block("tax_unknown", f"Xero has no tax type {shown}", f"correct {row}", row)
        return
    if rate.status != "ACTIVE":
        draft.block("tax_archived", f"tax type {shown} is {clean(rate.status).lower()} in Xero", f"correct {row}", row)
        return
    if "REVENUE" in rate.applies_to and "EXPENSES" not in rate.applies_to:
        draft.block("tax_side", f"tax type {shown} is for sales, not for bills", f"correct {row}", row)
        return
    if account:
        check_tax_fits(draft, rate, account, row)
    stated = code.rate
    if stated is not None and stated.is_finite() and abs(stated) < _HUNDRED and stated * _HUNDRED != rate.rate:
        theirs, ours = (stated * _HUNDRED).normalize(), rate.rate.normalize()
        draft.note("tax_rate", f"{clean(code.name or code.id)} is {theirs:f} % in Procore, {shown} {ours:f} % in Xero")


def check_tax_fits(draft: Draft, rate: TaxRate, account_code: str, row: str) -> None:
    """Xero refuses a tax type on an account of a class that it does not apply to."""
    account = draft.books.organisation.accounts.get(account_code)
    if account is None or not rate.applies_to:
        return
    needed = _CLASSES.get(account.class_)
    if needed is None or needed in rate.applies_to:
        return
    shown = clean(rate.tax_type)
    draft.block(
        "tax_account",
        f"tax type {shown} cannot be used with account {clean(account_code)} ({clean(account.class_).lower()})",
        f"change {row}, or the account's row",
        row,
    )


def effective_tax(draft: Draft, tax_type: str, account_code: str) -> str:
    """The tax type Xero ends up with: the one sent, else the account's own."""
    if tax_type:
        return tax_type
    account = draft.books.organisation.accounts.get(account_code)
    return account.tax_type if account is not None else ""
