"""The two types of documents and their statuses, apart from the documents: the console names them at its start."""

from enum import StrEnum


class DocumentType(StrEnum):
    """Xero's two invoice types that we write."""

    BILL = "ACCPAY"
    SALES_INVOICE = "ACCREC"


class Status(StrEnum):
    """Xero's document statuses."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AUTHORISED = "AUTHORISED"
    PAID = "PAID"
    VOIDED = "VOIDED"
    DELETED = "DELETED"
    UNKNOWN = "UNKNOWN"
    """Read from Xero, and none of the above: shown as it is, and never written to."""

    @property
    def words(self) -> str:
        """As Xero's screens say it."""
        return _WORDS[self]


_WORDS = {
    Status.DRAFT: "Draft",
    Status.SUBMITTED: "Awaiting Approval",
    Status.AUTHORISED: "Awaiting Payment",
    Status.PAID: "Paid",
    Status.VOIDED: "Voided",
    Status.DELETED: "Deleted",
    Status.UNKNOWN: "Unknown",
}

ENDED = frozenset({Status.VOIDED, Status.DELETED})
