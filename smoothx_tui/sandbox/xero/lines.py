"""The lines of a document: checked, computed and kept as Xero does (facts/xero.md 4, 6, 8 and 14)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from smoothx_tui.base.money import ZERO, cents, four_places
from smoothx_tui.sandbox.xero.answers import Invalid
from smoothx_tui.sandbox.xero.reading import Exponent
from smoothx_tui.sandbox.xero.state import XeroState
from smoothx_tui.sandbox.xero.tracking import kept_tracking

_HUNDRED: Final = Decimal(100)
_LARGEST: Final = Decimal("9999999999.99")
_WHOLE: Final = Decimal(1)
_POSTABLE_SYSTEM_ACCOUNTS: Final = frozenset(
    {"", "ROUNDING", "CISLABOUR", "CISLABOUREXPENSE", "CISLABOURINCOME", "CISMATERIALS"}
)
_FLAG_OF_CLASS: Final = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


@dataclass(frozen=True, slots=True)
class LineContext:
    """What a line's rules depend on besides the line: the document it stands in, and the call's `unitdp`."""

    state: XeroState
    kind: str
    amount_types: str
    approved: bool
    places: int


def build_lines(given: list[dict[str, Any]], known: dict[str, Any], context: LineContext) -> list[dict[str, Any]]:
    """The lines as they will be kept. `known` are the document's present lines by id.

    A line with a known id keeps it; any other gets a new one. Members that are not sent are not taken over from the
    old line: a client has to send lines whole. Raises Invalid.
    """
    if not given:
        raise Invalid("One or more line items must be specified")
    problems: list[str] = []
    lines: list[dict[str, Any]] = []
    for line in given:
        try:
            lines.append(_build(line, context))
        except Invalid as invalid:
            problems.extend(invalid.messages)
            continue
        line_id = line.get("LineItemID")
        lines[-1]["LineItemID"] = line_id if line_id in known else context.state.make_id()
        if line_id in known:
            known = {name: known[name] for name in known if name != line_id}
    if problems:
        raise Invalid(*dict.fromkeys(problems))
    return lines


def totals(lines: list[dict[str, Any]], amount_types: str) -> dict[str, Decimal]:
    """SubTotal, TotalTax, Total: tax per line, rounded, then summed."""
    tax = cents(sum((line["TaxAmount"] for line in lines), ZERO))
    amounts = cents(sum((line["LineAmount"] for line in lines), ZERO))
    net = amounts - tax if amount_types == "Inclusive" else amounts
    return {"SubTotal": net, "TotalTax": tax, "Total": net + tax}


def reprice(line: dict[str, Any], context: LineContext) -> None:
    """A write without `unitdp=4` cuts the unit amounts of lines that it does not even touch (facts/xero.md 4)."""
    unit = _round(line["UnitAmount"], context.places)
    if unit == line["UnitAmount"]:
        return
    line["UnitAmount"] = unit
    line["LineAmount"] = _discounted(line, line["Quantity"] * unit)
    line["TaxAmount"] = _tax(line["LineAmount"], line["TaxType"], context)


def _build(line: dict[str, Any], context: LineContext) -> dict[str, Any]:
    _check_form(line, context)
    account = _account(line, context)
    out: dict[str, Any] = {"Description": line.get("Description", "")}
    out["Quantity"] = four_places(line.get("Quantity", _WHOLE))
    out["UnitAmount"] = _unit_amount(line, context.places)
    for member in ("DiscountRate", "DiscountAmount"):
        if member in line:
            out[member] = line[member]
    out["LineAmount"] = _line_amount(line, out)
    out["TaxType"] = _tax_type(line, account, context)
    computed = _tax(out["LineAmount"], out["TaxType"], context)
    given = line.get("TaxAmount")
    out["TaxAmount"] = computed if given is None or context.amount_types == "NoTax" else cents(given)
    if account is not None:
        out["AccountCode"] = account["Code"]
        out["AccountID"] = account["AccountID"]
    out["Tracking"] = kept_tracking(line.get("Tracking"), context.state)
    return out


def _check_form(line: dict[str, Any], context: LineContext) -> None:
    if any(isinstance(value, Exponent) for value in line.values()):
        raise Invalid("Account must be valid.")
    description = line.get("Description")
    if description == "" or (description is None and context.approved):
        raise Invalid("Description needs to be at least 1 char long")
    if description is not None and len(description) > 4000:
        raise Invalid("Description must not exceed 4000 characters")
    quantity = line.get("Quantity", _WHOLE)
    if quantity < 0:
        raise Invalid(f"The quantity value '{quantity:.4f}' is invalid. Quantity must not be less than zero.")
    if abs(quantity) > _LARGEST or abs(line.get("UnitAmount", ZERO)) > _LARGEST:
        raise Invalid("The line total is too large.")
    if context.kind == "ACCPAY" and ("DiscountRate" in line or "DiscountAmount" in line):
        raise Invalid("Discounts can only be applied to ACCREC invoices.")
    if "ItemCode" in line:
        raise Invalid(f"Item code '{line['ItemCode']}' is not valid")


def _unit_amount(line: dict[str, Any], places: int) -> Decimal:
    if "UnitAmount" in line or "LineAmount" not in line:
        return _round(line.get("UnitAmount", ZERO), places)
    quantity = four_places(line.get("Quantity", _WHOLE))
    return _round(line["LineAmount"] / quantity, places) if quantity else ZERO


def _line_amount(line: dict[str, Any], out: dict[str, Any]) -> Decimal:
    expected = _discounted(out, out["Quantity"] * out["UnitAmount"])
    if abs(expected) > _LARGEST:
        raise Invalid("The line total is too large.")
    given = line.get("LineAmount")
    if given is None or given == expected:
        return expected
    if "UnitAmount" not in line and "DiscountRate" not in line and "DiscountAmount" not in line:
        return cents(given)
    raise Invalid(f"The line total {given:.2f} does not match the expected line total {expected:.2f}")


def _discounted(line: dict[str, Any], amount: Decimal) -> Decimal:
    rate, fixed = line.get("DiscountRate", ZERO), line.get("DiscountAmount", ZERO)
    return cents(amount * (_HUNDRED - rate) / _HUNDRED - fixed)


def _account(line: dict[str, Any], context: LineContext) -> dict[str, Any] | None:
    code, account_id = line.get("AccountCode"), line.get("AccountID")
    if not code and not account_id:
        if context.approved and not _description_only(line):
            raise Invalid("Account code must be specified")
        return None
    account = context.state.account(code=code) if code else context.state.account(account_id=account_id)
    shown = code or account_id
    if account is None or not _takes_lines(account):
        raise Invalid(f"Account code '{shown}' is not a valid code for this document.")
    if account["Status"] != "ACTIVE":
        raise Invalid(
            f"Account code '{shown}' has been archived, or has been deleted. Each line item must reference a valid"
            " account."
        )
    return account


def _takes_lines(account: dict[str, Any]) -> bool:
    return account["Type"] != "BANK" and (account.get("SystemAccount") or "") in _POSTABLE_SYSTEM_ACCOUNTS


def _description_only(line: dict[str, Any]) -> bool:
    return not any(member in line for member in ("Quantity", "UnitAmount", "LineAmount", "TaxType"))


def _tax_type(line: dict[str, Any], account: dict[str, Any] | None, context: LineContext) -> str:
    given = line.get("TaxType")
    if given:
        _check_tax(given, account, context)
    if context.amount_types == "NoTax":
        return "NONE"
    return given or (str(account["TaxType"]) if account else "NONE")


def _check_tax(tax_type: str, account: dict[str, Any] | None, context: LineContext) -> None:
    rate = context.state.tax_rate(tax_type)
    side = "CanApplyToExpenses" if context.kind == "ACCPAY" else "CanApplyToRevenue"
    if rate is None or rate.get("Status", "ACTIVE") != "ACTIVE" or not rate.get(side, True):
        raise Invalid(f"The TaxType code {tax_type} does not exist or cannot be used for this type of transaction.")
    if account is not None and not rate.get(_FLAG_OF_CLASS.get(account["Class"], ""), True):
        raise Invalid(f"The TaxType code '{tax_type}' cannot be used with account code '{account['Code']}'.")


def _tax(amount: Decimal, tax_type: str, context: LineContext) -> Decimal:
    rate = context.state.tax_rate(tax_type)
    if rate is None or context.amount_types == "NoTax":
        return cents(ZERO)
    share = Decimal(rate["EffectiveRate"]) / _HUNDRED
    return cents(amount * share if context.amount_types == "Exclusive" else amount * share / (1 + share))


def _round(value: Decimal, places: int) -> Decimal:
    return Decimal(value).quantize(_WHOLE.scaleb(-places), ROUND_HALF_UP)
