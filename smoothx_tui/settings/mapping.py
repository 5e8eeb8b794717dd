"""The `[mapping]` tables of settings.toml as values: which account, tax type, contact and tracking a payload uses.

Ids are text. An absent key is not configured: there is no built-in account.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


def _nothing() -> MappingProxyType[str, str]:
    return MappingProxyType({})


class TermsType(StrEnum):
    """Xero's four payment terms."""

    DAYS_AFTER_BILL_DATE = "DAYSAFTERBILLDATE"
    DAYS_AFTER_BILL_MONTH = "DAYSAFTERBILLMONTH"
    OF_CURRENT_MONTH = "OFCURRENTMONTH"
    OF_FOLLOWING_MONTH = "OFFOLLOWINGMONTH"


@dataclass(frozen=True, slots=True)
class Terms:
    """When a document falls due. `day` is a number of days or a day of the month, by `type`."""

    day: int
    type: TermsType


@dataclass(frozen=True, slots=True)
class CisRow:
    """A cost type (by Procore id) whose bill lines go to this account, before every other row."""

    cost_type: str
    account: str


@dataclass(frozen=True, slots=True)
class Side:
    """The rows of one side: `[mapping.bill]` or `[mapping.sale]`; they never share a row.

    `cost_codes` and each table of `projects` map a full cost code, or full cost code "." cost type code, to an account
    code. `tax_codes` (bills only) maps Procore tax code ids to Xero tax types. `number_prefix` is for sales only.
    """

    default_account: str = ""
    retention_retained: str = ""
    retention_released: str = ""
    terms: Terms | None = None
    number_prefix: str = ""
    cost_codes: MappingProxyType[str, str] = field(default_factory=_nothing)
    projects: MappingProxyType[str, MappingProxyType[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    tax_codes: MappingProxyType[str, str] = field(default_factory=_nothing)
    cis_labour: CisRow | None = None
    cis_materials: CisRow | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """`[mapping]` whole."""

    project_tracking_category: str = "Project"
    second_tracking_category: str = ""
    second_tracking_source: str = "cost_code"
    approved_as_noted: bool = True
    direct_cost_types: tuple[str, ...] = ("invoice", "expense")
    contacts: MappingProxyType[str, str] = field(default_factory=_nothing)
    """Procore company id -> Xero ContactID."""
    bill: Side = field(default_factory=Side)
    sale: Side = field(default_factory=Side)
