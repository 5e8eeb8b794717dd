"""What is known of a Xero organisation: base currency, lock dates, accounts, tax rates, tracking, contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Account:
    """A row of the chart of accounts. `class_` is ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE."""

    code: str
    name: str = ""
    status: str = "ACTIVE"
    type: str = ""
    class_: str = ""
    tax_type: str = ""
    system_account: str = ""

    @property
    def active(self) -> bool:
        return self.status == "ACTIVE"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax type; `rate` in percent (10 is 10 %), and the account classes that may use it."""

    tax_type: str
    name: str = ""
    rate: Decimal = Decimal(0)
    status: str = "ACTIVE"
    applies_to: frozenset[str] = frozenset()
    """Of ASSETS, EQUITY, EXPENSES, LIABILITIES, REVENUE (Xero's CanApplyTo… flags)."""


@dataclass(frozen=True, slots=True)
class TrackingOption:
    id: str
    name: str
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class TrackingCategory:
    id: str
    name: str
    status: str = "ACTIVE"
    options: tuple[TrackingOption, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """One address of a contact; `type` is POBOX (postal) or STREET."""

    type: str
    line1: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""

    @property
    def empty(self) -> bool:
        return not (self.line1 or self.city or self.region or self.postal_code or self.country)


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """Xero's payment terms as it writes them: a day and one of the four types."""

    day: int
    type: str


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    number: str = ""
    """ContactNumber: the place for an outside key; ours is the Procore company id."""
    status: str = "ACTIVE"
    addresses: tuple[ContactAddress, ...] = ()
    bill_terms: PaymentTerms | None = None
    sales_terms: PaymentTerms | None = None

    @property
    def active(self) -> bool:
        return self.status == "ACTIVE"


@dataclass(frozen=True)
class Contacts:
    """The organisation's contacts with the three look-ups that planning needs."""

    all: tuple[Contact, ...] = ()

    @classmethod
    def of(cls, contacts: Iterable[Contact]) -> "Contacts":
        return cls(tuple(contacts))

    @cached_property
    def by_id(self) -> Mapping[str, Contact]:
        return {contact.id: contact for contact in self.all}

    @cached_property
    def by_number(self) -> Mapping[str, Contact]:
        return {contact.number: contact for contact in self.all if contact.number}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Contact, ...]]:
        """By name without case, as Xero compares names; active ones first."""
        named: dict[str, list[Contact]] = {}
        for contact in sorted(self.all, key=lambda c: not c.active):
            named.setdefault(contact.name.strip().casefold(), []).append(contact)
        return {name: tuple(found) for name, found in named.items()}


@dataclass(frozen=True)
class Organisation:
    """One Xero organisation as last read. `tenant_id` is what the `xero-tenant-id` header carries."""

    tenant_id: str
    name: str
    base_currency: str
    country: str = ""
    period_lock: date | None = None
    year_lock: date | None = None
    currencies: frozenset[str] = frozenset()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    tracking: tuple[TrackingCategory, ...] = ()
    contacts: Contacts = field(default_factory=Contacts)
    bill_terms: PaymentTerms | None = None
    sales_terms: PaymentTerms | None = None

    @property
    def locked_to(self) -> date | None:
        """The last locked day: the later of the two lock dates, either of which may be absent."""
        return max((day for day in (self.period_lock, self.year_lock) if day), default=None)
