"""The endpoints /Organisation, /Accounts, /TaxRates and /Currencies (facts/xero.md 9); most are read only."""

from collections.abc import Iterable
from typing import Any, Final

from smoothx_tui.sandbox.xero.answers import Answer, Invalid, envelope, good, not_found
from smoothx_tui.sandbox.xero.gate import Call
from smoothx_tui.sandbox.xero.members import CURRENCY
from smoothx_tui.sandbox.xero.query import Where, names, ordered
from smoothx_tui.sandbox.xero.rendering import shown_account
from smoothx_tui.sandbox.xero.sifting import modified_since
from smoothx_tui.sandbox.xero.wire import day_out, ms_date, read_instant

_ACCOUNT: Final = names(
    "AccountID Code Name Status Type Class TaxType SystemAccount EnablePaymentsToAccount UpdatedDateUTC"
)
_TAX: Final = names(
    "Name TaxType Status EffectiveRate CanApplyToAssets CanApplyToEquity CanApplyToExpenses CanApplyToLiabilities"
    " CanApplyToRevenue"
)
_CURRENCY: Final = frozenset(("Code", "Description"))


def get_organisation(call: Call) -> Answer:
    """GET /Organisation: a list with one entry; lock dates only where they are set."""
    out: dict[str, Any] = {}
    for name, value in call.state.organisation.items():
        if name in ("PeriodLockDate", "EndOfYearLockDate"):
            if value:
                out[name] = day_out(value)
        elif name == "CreatedDateUTC" and (moment := read_instant(str(value))):
            out[name] = ms_date(moment)
        else:
            out[name] = value
    return good(envelope(call.state.clock.now(), "Organisations", [out]))


def list_accounts(call: Call) -> Answer:
    """GET /Accounts: never paged."""
    found = _selected(call, modified_since(call, call.state.accounts), _ACCOUNT, "Code")
    return good(envelope(call.state.clock.now(), "Accounts", [shown_account(one) for one in found]))


def get_account(call: Call) -> Answer:
    """GET /Accounts/{id}."""
    account = call.state.account(account_id=call.params["id"].lower())
    if account is None:
        raise not_found()
    return good(envelope(call.state.clock.now(), "Accounts", [shown_account(account)]))


def list_tax_rates(call: Call) -> Answer:
    """GET /TaxRates."""
    found = _selected(call, call.state.tax_rates, _TAX, "Name")
    return good(envelope(call.state.clock.now(), "TaxRates", found))


def get_tax_rate(call: Call) -> Answer:
    """GET /TaxRates/{TaxType}."""
    rate = call.state.tax_rate(call.params["id"])
    if rate is None:
        raise not_found()
    return good(envelope(call.state.clock.now(), "TaxRates", [rate]))


def list_currencies(call: Call) -> Answer:
    """GET /Currencies: the enabled ones."""
    found = _selected(call, call.state.currencies, _CURRENCY, "Code")
    return good(envelope(call.state.clock.now(), "Currencies", found))


def enable_currency(call: Call) -> Answer:
    """PUT /Currencies: one at a time."""
    given = call.elements("Currencies", CURRENCY)[0]
    code = given.get("Code")
    if code is None:
        raise Invalid("Code must be specified.")
    if call.state.currency_enabled(code):
        raise Invalid(f"Organisation is already subscribed to currency {code}")
    currency = {"Code": code, "Description": given.get("Description", code)}
    call.state.currencies.append(currency)
    return good(envelope(call.state.clock.now(), "Currencies", [currency]))


def _selected(call: Call, found: Iterable[dict[str, Any]], members: frozenset[str], order: str) -> list[dict[str, Any]]:
    if call.query.get("where"):
        test = Where(call.query["where"], members).test
        found = [one for one in found if test(one)]
    return ordered(list(found), call.query.get("order") or order, members)
