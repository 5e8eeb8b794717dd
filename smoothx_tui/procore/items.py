"""Procore items as planning reads them: one shape for the three kinds, with every reference resolved.

Text here is as Procore sent it (planning sends it on); whoever shows it cleans it. Amounts exclude tax. What could not
be read is not guessed: it is listed in `Item.problems` and planning blocks the item, naming it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from smoothx_tui.base.money import ZERO
from smoothx_tui.procore.kinds import Kind

__all__ = [
    "Address",
    "Certificate",
    "Company",
    "Contract",
    "CostCode",
    "CostType",
    "Currency",
    "Item",
    "ItemLine",
    "ItemProblem",
    "Kind",
    "Project",
    "SubJob",
    "TaxCode",
]


@dataclass(frozen=True, slots=True)
class Address:
    """A Procore company's address, as typed there; blank is ""."""

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A vendor, or the client of a head contract."""

    id: str
    name: str
    email: str = ""
    phone: str = ""
    tax_number: str = ""
    address: Address = Address()


@dataclass(frozen=True, slots=True)
class Project:
    """A Procore project; `number` is "" where it has none."""

    id: str
    name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """The commitment or head contract that a claim belongs to."""

    id: str
    number: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class CostCode:
    id: str
    full_code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CostType:
    """A Procore line item type. `id` is "" where only the code is known (head contract lines)."""

    id: str
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SubJob:
    id: str
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code on a line. `rate` is a fraction (0.1 is 10 %) or None where Procore does not say."""

    id: str
    name: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Currency:
    """An item's currency and what Procore knows of its rate.

    `project_rate` multiplies project currency into company currency (`company_currency_exchange_rate_override`);
    `company_rate` is the company's: 1 base = company_rate x code. `item_rate` is the item's own, told as a note only.
    """

    code: str
    base: str
    item_rate: Decimal | None = None
    project_rate: Decimal | None = None
    company_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line. `amount` is what moved this period; `retained` and `released` are retention, both positive.

    Claims: `amount` = work this period + new materials stored. `quantity` and `unit_cost` are a direct cost's own.
    """

    id: str
    position: int
    description: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_cost: Decimal | None = None
    cost_code: CostCode | None = None
    cost_type: CostType | None = None
    sub_job: SubJob | None = None
    tax_codes: tuple[TaxCode, ...] = ()
    retained: Decimal = ZERO
    released: Decimal = ZERO

    @property
    def moved(self) -> bool:
        """Whether anything happened on this line this period."""
        return bool(self.amount or self.retained or self.released)

    @property
    def net(self) -> Decimal:
        return self.amount - self.retained + self.released


@dataclass(frozen=True, slots=True)
class Certificate:
    """The header block of a claim (Procore's `summary` / `g702`); None where absent."""

    original_contract_sum: Decimal | None = None
    net_change: Decimal | None = None
    contract_sum_to_date: Decimal | None = None
    completed_and_stored: Decimal | None = None
    total_retention: Decimal | None = None
    earned_less_retention: Decimal | None = None
    less_previous: Decimal | None = None
    payment_due: Decimal | None = None
    balance_to_finish: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an item. `size` in bytes, None where Procore does not say."""

    id: str
    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """A member that could not be read: `path` in Procore's answer, and what is wrong with it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One pending or synced Procore item with its lines."""

    kind: Kind
    id: str
    project: Project
    status: str
    number: str = ""
    """Procore's invoice number, "" where it has none."""
    claim_number: str = ""
    contract: Contract | None = None
    company: Company | None = None
    employee: str = ""
    title: str = ""
    date: dt.date | None = None
    """Billing date of a claim, date of a direct cost."""
    due_date: dt.date | None = None
    """From the billing period, where there is one."""
    direct_cost_type: str = ""
    currency: Currency = Currency("", "")
    lines: tuple[ItemLine, ...] = ()
    certificate: Certificate | None = None
    origin_id: str = ""
    """The ERP lock; "" where it has none (null, "" and "null" all are none)."""
    updated_at: str = ""
    url: str = ""
    """Its page in Procore's web application."""
    gone: bool = False
    """Found deleted by the rule of facts: a complete list lacks it and its GET answers 404, or `deleted_at` is set."""
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[ItemProblem, ...] = ()

    @property
    def key(self) -> str:
        """`claim:ID`, `direct:ID` or `head:ID`."""
        return f"{self.kind.prefix}:{self.id}"

    @property
    def total(self) -> Decimal:
        """Procore's amount of this period: without tax, net of retention."""
        return sum((line.net for line in self.lines), ZERO)
