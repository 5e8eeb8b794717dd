"""Currency and rate. Direction: Xero counts document currency per base, Procore's project rate the other way round."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.lines import total
from smoothx_tui.planning.saying import relabelled
from smoothx_tui.planning.traits import reads

SIX_PLACES: Final = Decimal("0.000001")
_ONE: Final = Decimal(1)
_SMALLEST_RATE: Final = Decimal("1e-7")
_LARGEST_RATE: Final = Decimal("1e7")


def inverted(rate: Decimal) -> Decimal | None:
    """1 / rate, half up to Xero's six places; None where that is no rate."""
    if not usable(rate):
        return None
    result = (_ONE / rate).quantize(SIX_PLACES, ROUND_HALF_UP)
    return result if result > 0 else None


def usable(rate: Decimal | None) -> bool:
    """Whether a rate can be reckoned with: beyond seven places either way it is no exchange rate."""
    return rate is not None and rate.is_finite() and _SMALLEST_RATE < rate < _LARGEST_RATE


@reads(multi_currency=lambda traits: traits.ready and traits.foreign)
def document_currency(draft: Draft) -> None:
    """On: the item's own currency. Off: the base currency, and a foreign item's amounts would be relabelled."""
    base, own = draft.books.organisation.base_currency, draft.item.currency.code
    if own in {"", base}:
        draft.currency = base
        draft.because(
            "CurrencyCode", "Xero's base currency" if own else "Procore names no currency: Xero's base currency"
        )
        return
    if draft.settings.multi_currency:
        _foreign(draft, own)
        return
    draft.currency = base
    draft.because("CurrencyCode", "multi_currency is off: Xero's base currency")
    draft.danger(
        "foreign_amounts",
        relabelled(own, base, total(draft.lines)),
        "turn multi_currency on",
        "multi_currency",
    )


def _foreign(draft: Draft, own: str) -> None:
    organisation = draft.books.organisation
    if not (own.isascii() and own.isalpha() and len(own) == 3):
        draft.currency = organisation.base_currency
        draft.because("CurrencyCode", "Xero's base currency, as Procore's is not a currency")
        draft.block("currency_unknown", f"{clean(own)} is not a currency", "correct the item's currency in Procore")
        return
    draft.currency = own
    draft.because("CurrencyCode", "Procore: currency_iso_code, as multi_currency is on")
    draft.reason(f"the document is in {clean(own)}", "multi_currency", organisation.base_currency, clean(own))
    if own not in organisation.currencies:
        draft.block(
            "currency_not_enabled",
            f"currency {clean(own)} is not enabled in Xero",
            f"add {clean(own)} to the organisation's currencies in Xero, or turn multi_currency off",
            "multi_currency",
        )


@reads(
    multi_currency=lambda traits: traits.ready and traits.foreign,
    accounting_currency_rate=lambda traits: traits.ready and traits.foreign,
)
def document_rate(draft: Draft) -> None:
    """Left out while Xero's own rates are used, and for the base currency; else Procore's, the right way round."""
    organisation, known = draft.books.organisation, draft.item.currency
    if draft.currency in {"", organisation.base_currency}:
        return
    if draft.settings.accounting_currency_rate:
        draft.reason("no rate is sent: Xero uses its own rate for the day", "accounting_currency_rate")
        return
    base = organisation.base_currency
    if known.base not in {"", base}:
        draft.block(
            "rate_base",
            f"Procore's rates are in {clean(known.base)}, Xero's in {base}",
            "turn accounting_currency_rate on",
            "accounting_currency_rate",
        )
        return
    rate, procore, source = _rate(draft)
    if rate is None:
        draft.block(
            "no_rate",
            f"Procore has no usable rate from {clean(draft.currency)} to {base}",
            "set the project's exchange rate in Procore, or turn accounting_currency_rate on",
            "accounting_currency_rate",
        )
        return
    draft.rate = rate
    draft.because("CurrencyRate", source)
    _tell(draft, rate, procore, source)


def _rate(draft: Draft) -> tuple[Decimal | None, Decimal | None, str]:
    """(the number for Xero, Procore's number, where it is from)."""
    known = draft.item.currency
    if known.project_rate is not None:
        return inverted(known.project_rate), known.project_rate, "Procore: the project's exchange rate, inverted"
    company = known.company_rate
    if company is None or not usable(company):
        return None, None, ""
    rate = company.quantize(SIX_PLACES, ROUND_HALF_UP)
    return (rate if rate > 0 else None), company, "Procore: the company's exchange rate, as it is"


def _tell(draft: Draft, rate: Decimal, procore: Decimal | None, source: str) -> None:
    base, amount = draft.books.organisation.base_currency, total(draft.lines)
    theirs = amount if procore is None else amount * procore
    if procore is not None and draft.item.currency.project_rate is None:
        theirs = amount / procore
    draft.reason(
        f"{source}: {draft.currency} {show(amount)} is {base} {show(theirs)} in Procore, {base} {show(amount / rate)} "
        "in Xero",
        "accounting_currency_rate",
        f"{procore:f}" if procore is not None else "",
        f"{rate:f}",
    )
    own = draft.item.currency.item_rate
    if own is not None and usable(own) and inverted(own) != rate:
        draft.note("item_rate", f"the item's own rate is {own:f}; {rate:f} is sent, from {source}")
