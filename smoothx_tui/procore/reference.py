"""What items refer to: projects, companies, cost codes, cost types, tax codes, contracts, periods, currencies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from smoothx_tui.procore.addresses import DEFAULT_HOST
from smoothx_tui.procore.items import Company, Contract, CostCode, CostType, Currency, Project, SubJob, TaxCode


class Named(NamedTuple):
    """An entry that a list setting can offer; the name is raw."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What the ignore lists can choose from, each in the order of its names."""

    cost_types: tuple[Named, ...] = ()
    tax_codes: tuple[Named, ...] = ()
    companies: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """Something that could not be read. `project` is its id, "" for the company's own; `text` is cleaned."""

    project: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownCostCode:
    """A cost code with whose it is: `sub_job` is the id of the sub job that bills it, "" for the project itself."""

    code: CostCode
    sub_job: str = ""


@dataclass(frozen=True, slots=True)
class BudgetCode:
    """The parts of a budget code that matter here. `cost_type` and `sub_job.code` are codes of segment items."""

    cost_code: str = ""
    cost_code_name: str = ""
    cost_type: CostType | None = None
    sub_job: SubJob | None = None


@dataclass(frozen=True, slots=True)
class HeadContract:
    """A prime contract and its client; `client` is None where Procore names none."""

    contract: Contract
    client: Company | None = None


@dataclass(frozen=True)
class ProjectBooks:
    """One project and what belongs to it. `unread` names the lists that could not be read, with the reason."""

    project: Project
    currency: str = ""
    rate: Decimal | None = None
    """Project currency into company currency (`company_currency_exchange_rate_override`)."""
    cost_codes: Mapping[str, KnownCostCode] = field(default_factory=dict)
    sub_jobs: Mapping[str, SubJob] = field(default_factory=dict)
    budget_codes: Mapping[str, BudgetCode] = field(default_factory=dict)
    commitments: Mapping[str, Contract] = field(default_factory=dict)
    commitment_vendors: Mapping[str, str] = field(default_factory=dict)
    head_contracts: Mapping[str, HeadContract] = field(default_factory=dict)
    due_dates: Mapping[str, date | None] = field(default_factory=dict)
    """Billing period id -> its due date."""
    unread: Mapping[str, str] = field(default_factory=dict)

    def sub_job_by_code(self, code: str) -> SubJob | None:
        return next((sub_job for sub_job in self.sub_jobs.values() if sub_job.code == code), None)


@dataclass(frozen=True)
class Reference:
    """Everything of one Procore company, as last read. Commitments are kept by `type:id`, as the two kinds of
    commitment count their ids apart.
    """

    company_id: str
    base_currency: str = ""
    company_rates: Mapping[str, Decimal] = field(default_factory=dict)
    """Currency -> units of it for one of the base currency, as Procore states it."""
    projects: Mapping[str, ProjectBooks] = field(default_factory=dict)
    vendors: Mapping[str, Company] = field(default_factory=dict)
    cost_types: Mapping[str, CostType] = field(default_factory=dict)
    tax_codes: Mapping[str, TaxCode] = field(default_factory=dict)
    offers: Offers = Offers()
    problems: tuple[LoadProblem, ...] = ()
    web: str = DEFAULT_HOST

    def cost_type_by_code(self, code: str) -> CostType | None:
        """The one cost type with this code; None where there is none, or several."""
        found = [cost_type for cost_type in self.cost_types.values() if cost_type.code == code]
        return found[0] if len(found) == 1 else None

    def currency(self, project: ProjectBooks, code: str, item_rate: Decimal | None) -> Currency:
        """An item's currency (its own, else the project's, else the company's) with what is known of its rate.

        The project's rate is for the project's currency, so it does not hold for an item in a third one.
        """
        own = code or project.currency or self.base_currency
        return Currency(
            code=own,
            base=self.base_currency,
            item_rate=item_rate,
            project_rate=project.rate if own == (project.currency or self.base_currency) else None,
            company_rate=self.company_rates.get(own),
        )
