"""Bills and sales invoices as Xero holds them. Text is raw; whoever shows it cleans it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from smoothx_tui.base.money import ZERO
from smoothx_tui.xero.statuses import ENDED, DocumentType, Status

__all__ = [
    "ENDED",
    "Document",
    "DocumentLine",
    "DocumentType",
    "Status",
    "Tracking",
]


@dataclass(frozen=True, slots=True)
class Tracking:
    """One tracking entry of a line: category and option by name."""

    category: str
    option: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line as Xero answers it. Amounts exclude tax unless the document says otherwise."""

    id: str
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal | None = None
    account_code: str = ""
    tax_type: str = ""
    tax_amount: Decimal | None = None
    tracking: tuple[Tracking, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One bill or sales invoice. `updated_at` is Xero's `UpdatedDateUTC`, as text, compared for equality only."""

    id: str
    type: DocumentType
    status: Status
    number: str = ""
    reference: str = ""
    contact_id: str = ""
    contact_name: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    line_amount_types: str = "Exclusive"
    currency: str = ""
    rate: Decimal | None = None
    url: str = ""
    lines: tuple[DocumentLine, ...] = ()
    sub_total: Decimal = ZERO
    total_tax: Decimal = ZERO
    total: Decimal = ZERO
    amount_paid: Decimal = ZERO
    amount_credited: Decimal = ZERO
    updated_at: str = ""
    has_attachments: bool = False

    @property
    def ended(self) -> bool:
        """Voided or deleted: final, and its place is free."""
        return self.status in ENDED

    @property
    def settled(self) -> bool:
        """Any payment, credit or prepayment on it: Xero refuses changes. So is one whose status is not known here."""
        return self.status in {Status.PAID, Status.UNKNOWN} or self.amount_paid > 0 or self.amount_credited > 0
