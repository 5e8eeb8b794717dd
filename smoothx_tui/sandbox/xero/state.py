"""What the emulated organisation holds. Objects keep the shapes of a scenario: ISO dates, Decimal amounts."""

import copy
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.sandbox.xero.files import Files
from smoothx_tui.sandbox.xero.wire import instant_text

_LISTS = ("Accounts", "TaxRates", "Currencies", "TrackingCategories")


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock that binds: a day `YYYY-MM-DD`, and which of the two dates it is."""

    day: str
    kind: Literal["period", "end of year"]


class XeroState:
    """One organisation. Reads are free; whoever changes an invoice or contact goes through `put_…` and `touch`."""

    def __init__(
        self, xero: dict[str, Any], rates: dict[str, Decimal], clock: Clock, make_id: Callable[[], str]
    ) -> None:
        self.clock = clock
        self.make_id = make_id
        self.rates = dict(rates)
        data = copy.deepcopy(xero)
        self.organisation: dict[str, Any] = data.pop("Organisation")
        self.accounts: list[dict[str, Any]] = data.pop("Accounts")
        self.tax_rates: list[dict[str, Any]] = data.pop("TaxRates")
        self.currencies: list[dict[str, Any]] = data.pop("Currencies")
        self.categories: list[dict[str, Any]] = data.pop("TrackingCategories")
        self.contacts: dict[str, dict[str, Any]] = {one["ContactID"]: one for one in data.pop("Contacts")}
        self.invoices: dict[str, dict[str, Any]] = {}
        self._numbers: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for one in data.pop("Invoices"):
            self.put_invoice(one)
        self.own: set[str] = set(data.pop("CreatedByMyApp", ()))
        self.connected: bool = data.pop("Connected", True)
        self.files = Files(data.pop("Attachments", ()), data.pop("HistoryRecords", ()))
        self.other = data

    @classmethod
    def from_scenario(cls, scenario: Scenario, clock: Clock, make_id: Callable[[], str] | None = None) -> "XeroState":
        """The organisation as the scenario has it; the scenario itself stays as it is."""
        return cls(scenario.xero, scenario.rates, clock, make_id or (lambda: str(uuid.uuid4())))

    def dump(self) -> dict[str, Any]:
        """The `xero` object of a scenario that starts where this is now."""
        return {
            **copy.deepcopy(self.other),
            "Organisation": copy.deepcopy(self.organisation),
            "Accounts": copy.deepcopy(self.accounts),
            "TaxRates": copy.deepcopy(self.tax_rates),
            "Currencies": copy.deepcopy(self.currencies),
            "TrackingCategories": copy.deepcopy(self.categories),
            "Contacts": copy.deepcopy(list(self.contacts.values())),
            "Invoices": copy.deepcopy(list(self.invoices.values())),
            "CreatedByMyApp": sorted(self.own),
            "Connected": self.connected,
            **self.files.dump(),
        }

    # -- the organisation

    @property
    def tenant(self) -> str:
        """The tenant's id."""
        return str(self.organisation["OrganisationID"])

    @property
    def base_currency(self) -> str:
        """The organisation's own currency."""
        return str(self.organisation["BaseCurrency"])

    def lock(self) -> Lock | None:
        """The later of the two lock dates; None where nothing is locked."""
        kinds: dict[str, Literal["period", "end of year"]] = {
            "PeriodLockDate": "period",
            "EndOfYearLockDate": "end of year",
        }
        locks = [Lock(day, kind) for name, kind in kinds.items() if (day := self.organisation.get(name))]
        return max(locks, key=lambda lock: lock.day, default=None)

    def now_text(self) -> str:
        """The present moment as objects keep it."""
        return instant_text(self.clock.now())

    def today(self) -> str:
        """The sandbox's day. The organisation's own zone is not emulated."""
        return self.clock.now().date().isoformat()

    def account(self, *, code: str | None = None, account_id: str | None = None) -> dict[str, Any] | None:
        """An account by code or by id."""
        member, wanted = ("Code", code) if code is not None else ("AccountID", account_id)
        return next((one for one in self.accounts if one.get(member) == wanted), None)

    def tax_rate(self, tax_type: str) -> dict[str, Any] | None:
        """A tax rate by its TaxType."""
        return next((one for one in self.tax_rates if one["TaxType"] == tax_type), None)

    def currency_enabled(self, code: str) -> bool:
        """Whether documents may be in this currency."""
        return any(one["Code"] == code for one in self.currencies)

    def category(self, category_id: str) -> dict[str, Any] | None:
        """A tracking category by id."""
        return next((one for one in self.categories if one["TrackingCategoryID"] == category_id), None)

    # -- contacts

    def contact_named(self, name: str, *, status: str = "ACTIVE") -> dict[str, Any] | None:
        """A contact by name, compared without case."""
        wanted = name.casefold()
        return next(
            (
                one
                for one in self.contacts.values()
                if one["Name"].casefold() == wanted and one.get("ContactStatus") == status
            ),
            None,
        )

    def contact_by(self, member: str, value: str) -> dict[str, Any] | None:
        """A contact by its ContactNumber or AccountNumber."""
        return next((one for one in self.contacts.values() if one.get(member) == value), None)

    def put_contact(self, contact: dict[str, Any]) -> None:
        """Add or replace, and stamp it."""
        contact["UpdatedDateUTC"] = self.now_text()
        self.contacts[contact["ContactID"]] = contact

    # -- invoices

    def put_invoice(self, invoice: dict[str, Any]) -> None:
        """Add or replace; keeps the index of numbers."""
        old = self.invoices.get(invoice["InvoiceID"])
        if old is not None:
            self._numbers[_folded(old)].pop(old["InvoiceID"], None)
        self.invoices[invoice["InvoiceID"]] = invoice
        self._numbers[_folded(invoice)][invoice["InvoiceID"]] = None

    def touch(self, invoice: dict[str, Any]) -> None:
        """Stamp and keep an invoice that was changed."""
        invoice["UpdatedDateUTC"] = self.now_text()
        self.put_invoice(invoice)

    def numbered(self, number: str) -> Iterable[dict[str, Any]]:
        """All invoices and bills of that number, compared without case."""
        return [self.invoices[found] for found in self._numbers.get(number.casefold(), ())]

    def sales_invoice(self, number: str) -> dict[str, Any] | None:
        """The live sales invoice of that number. A deleted or voided one has given its number free (not proven)."""
        live = (one for one in self.numbered(number) if one["Type"] == "ACCREC" and not is_gone(one))
        return next(live, None)


def is_gone(invoice: dict[str, Any]) -> bool:
    """Deleted or voided."""
    return invoice["Status"] in ("DELETED", "VOIDED")


def _folded(invoice: dict[str, Any]) -> str:
    return str(invoice.get("InvoiceNumber") or "").casefold()
