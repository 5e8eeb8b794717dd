"""Retention lines: retained leaves the document, released comes back, each on its own account."""

from decimal import Decimal
from typing import Final, TypeAlias

from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.base.text import clean
from smoothx_tui.planning.accounts import check_account
from smoothx_tui.planning.draft import Draft, PayloadLine
from smoothx_tui.planning.lines import LARGEST_LINE, ONE
from smoothx_tui.planning.plan import LeftOut
from smoothx_tui.planning.taxes import check_tax_fits, effective_tax
from smoothx_tui.planning.why import Why

_Group: TypeAlias = tuple[str, Why | None]
_WORDS: Final = {"retained": "Retention retained this period", "released": "Retention released this period"}


def retention(draft: Draft) -> None:
    """One line per mapped tax type and project option, so that tax falls on the net; no second category on them."""
    if not any(line.source.retained or line.source.released for line in draft.lines):
        return
    retained: dict[_Group, Decimal] = {}
    released: dict[_Group, Decimal] = {}
    taxed_as: dict[_Group, set[str]] = {}
    for line in draft.lines:
        source = line.source
        if not (source.retained or source.released):
            continue
        group = (line.tax_type, line.project_option)
        if source.retained:
            retained[group] = retained.get(group, ZERO) - source.retained
        if source.released:
            released[group] = released.get(group, ZERO) + source.released
        if line.account and not line.tax_type:
            taxed_as.setdefault(group, set()).add(effective_tax(draft, line.tax_type, line.account))
    _add(draft, "retained", draft.side.retention_retained, retained, taxed_as)
    _add(draft, "released", draft.side.retention_released, released, taxed_as)


def _add(
    draft: Draft, which: str, account: str, groups: dict[_Group, Decimal], taxed_as: dict[_Group, set[str]]
) -> None:
    row = f"{draft.side_name}.retention_{which}"
    if not any(groups.values()):
        return
    if not account:
        text = f"retention was {which} this period, and no account is configured for it"
        draft.block("no_retention_account", text, f"set {row}", row)
    else:
        check_account(draft, account, row)
    for group, exact in groups.items():
        if amount := cents(exact):
            _check_tax(draft, group, account, row, taxed_as.get(group, set()))
            draft.payload_lines.append(_line(which, account, group, amount, row))
            if abs(amount) > LARGEST_LINE:
                draft.block("line_too_large", f"{_WORDS[which]}: too large for one line", "split the claim in Procore")
        if amount != exact:
            draft.left_out.append(LeftOut(f"{_WORDS[which]}, rounding", exact - amount, "half_up"))


def _line(which: str, account: str, group: _Group, amount: Decimal, row: str) -> PayloadLine:
    tax_type, option = group
    members: dict[str, object] = {"Description": _WORDS[which], "Quantity": ONE, "UnitAmount": amount}
    why = [
        ("Description", f"retention {which}"),
        ("Quantity", "retention is 1 x its amount"),
        ("UnitAmount", f"Procore: retention {which} this period"),
    ]
    if account:
        members["AccountCode"] = account
        why.append(("AccountCode", row))
    if tax_type:
        members["TaxType"] = tax_type
        why.append(("TaxType", "as the lines it belongs to, so that tax falls on the net"))
    if option:
        members["Tracking"] = [{"Name": option[0], "Option": option[1]}]
        why.append(("Tracking", "as the lines it belongs to"))
    return PayloadLine(f"{which}/{tax_type}/{option[1] if option else ''}", members, amount, why)


def _check_tax(draft: Draft, group: _Group, account: str, row: str, taxed_as: set[str]) -> None:
    tax_type = group[0]
    if not account:
        return
    if tax_type:
        rate = draft.books.organisation.tax_rates.get(tax_type)
        if rate is not None:
            check_tax_fits(draft, rate, account, row)
        return
    own = effective_tax(draft, "", account)
    if taxed_as and taxed_as != {own}:
        others = " and ".join(sorted(clean(tax) or "none" for tax in taxed_as))
        draft.note(
            "retention_tax",
            f"Xero takes {clean(own) or 'no tax'} on retention account {clean(account)}, and {others} on the lines: "
            "tax does not fall on the net",
            f"give account {clean(account)} the lines' tax in Xero, or map the tax codes",
        )
