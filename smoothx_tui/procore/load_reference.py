"""Reads everything that items refer to: the company's own lists, then each project's, several at a time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from smoothx_tui.base.errors import ServiceError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Company, Project
from smoothx_tui.procore.parse_reference import (
    maybe,
    offered,
    parse_budget_code,
    parse_company,
    parse_company_rates,
    parse_contract,
    parse_cost_code,
    parse_cost_type,
    parse_due_date,
    parse_head_contract,
    parse_project,
    parse_sub_job,
    parse_tax_code,
)
from smoothx_tui.procore.reference import HeadContract, LoadProblem, Offers, ProjectBooks, Reference

Progress = Callable[[str, int, int], None]
"""(what is read, how many are done, how many in all; 0 while not known)."""

_COMMITMENTS: Final = {
    "WorkOrderContract": "/rest/v1.0/work_order_contracts",
    "PurchaseOrderContract": "/rest/v1.0/purchase_order_contracts",
}


@dataclass(slots=True)
class _Reading:
    """Reads one place's lists; a list that Procore refuses is noted, and the others go on."""

    client: ProcoreClient
    project: str = ""
    name: str = ""
    unread: dict[str, str] = field(default_factory=dict)

    async def rows(self, what: str, path: str, params: Mapping[str, str]) -> list[Row]:
        try:
            return list((await self.client.listing(path, params, self._doing(what))).rows)
        except ServiceError as error:
            self._refused(what, error)
            return []

    async def object(self, what: str, path: str) -> Row:
        try:
            return await self.client.get(path, {}, self._doing(what))
        except ServiceError as error:
            self._refused(what, error)
            return {}

    def _doing(self, what: str) -> str:
        return f"read the {what}" + (f" of {clean(self.name)}" if self.name else "")

    def _refused(self, what: str, error: ServiceError) -> None:
        if error.status == 429:
            raise error
        self.unread[what] = error.message

    def problems(self) -> list[LoadProblem]:
        return [LoadProblem(self.project, what, text) for what, text in self.unread.items()]


async def load_reference(
    client: ProcoreClient, progress: Progress | None = None, known: Reference | None = None
) -> Reference:
    """Read it all, but of the projects that `known` has only the company's own lists.

    Raises SignInNeeded, ConnectionFailed, and ServiceError where the projects cannot be listed.
    """
    company = client.company_id
    reading = _Reading(client)
    own = {"company_id": company}
    listed = await client.listing("/rest/v1.1/projects", own, "list the projects")
    async with task_group() as group:
        vendors = group.create_task(reading.rows("companies", "/rest/v1.0/vendors", own))
        types = group.create_task(reading.rows("cost types", "/rest/v1.0/line_item_types", own))
        taxes = group.create_task(reading.rows("tax codes", "/rest/v1.0/tax_codes", own))
        currency = group.create_task(_company_currency(reading, company))
    companies = {one.id: one for one in map(parse_company, vendors.result()) if one.id}
    base, rates = currency.result()
    # An inactive project takes no new claims; reading all of a company's past would take hours of its limits.
    live = [parse_project(row) for row in listed.rows if row.get("active") is not False and as_id(row.get("id"))]
    kept = _still_good(live, companies, known) if known else {}
    read, refused = await _projects(client, [one for one in live if one.id not in kept], companies, progress)
    projects = {one.id: kept.get(one.id) or read[one.id] for one in live}
    cost_types = {one.id: one for one in map(parse_cost_type, types.result()) if one.id}
    tax_codes = {one.id: one for one in map(parse_tax_code, taxes.result()) if one.id}
    return Reference(
        company_id=company,
        base_currency=base,
        company_rates=parse_company_rates(rates, base),
        projects=projects,
        vendors=companies,
        cost_types=cost_types,
        tax_codes=tax_codes,
        offers=Offers(
            cost_types=offered((one.id, _labelled(one.code, one.name)) for one in cost_types.values()),
            tax_codes=offered((as_id(row.get("id")), _tax_label(row)) for row in taxes.result()),
            companies=offered((one.id, one.name) for one in companies.values()),
        ),
        problems=(*reading.problems(), *refused),
        web=client.web,
    )


def _labelled(code: str, name: str) -> str:
    return " - ".join(part for part in (code, name) if part)


def _tax_label(row: Row) -> str:
    return _labelled(as_text(row.get("code")), as_text(row.get("description")))


async def _company_currency(reading: _Reading, company: str) -> tuple[str, Any]:
    path = f"/rest/v1.0/companies/{company}/currency_configuration"
    own = await reading.object("currency", path)
    rates = await reading.object("exchange rates", f"{path}/exchange_rates") if own else {}
    return as_text(own.get("currency_iso_code")).strip().upper(), rates


async def load_projects(
    client: ProcoreClient, reference: Reference, ids: Collection[str], progress: Progress | None = None
) -> Reference:
    """The reference with these projects read again. Raises as `load_reference`."""
    wanted = [books.project for key, books in reference.projects.items() if key in ids]
    read, refused = await _projects(client, wanted, reference.vendors, progress)
    problems = (*(one for one in reference.problems if one.project not in ids), *refused)
    return replace(reference, projects={**reference.projects, **read}, problems=problems)


def _still_good(live: Iterable[Project], companies: Mapping[str, Company], known: Reference) -> dict[str, ProjectBooks]:
    """Projects that read as before, with their clients as the directory has them now."""
    found = {}
    for project in live:
        books = known.projects.get(project.id)
        if books is not None and books.project == project and not books.unread:
            heads = {key: _renewed(head, companies, known) for key, head in books.head_contracts.items()}
            found[project.id] = replace(books, head_contracts=heads)
    return found


def _renewed(head: HeadContract, companies: Mapping[str, Company], known: Reference) -> HeadContract:
    client = head.client
    if client is None or known.vendors.get(client.id) != client:
        return head
    return replace(head, client=companies.get(client.id, Company(client.id, client.name)))


async def _projects(
    client: ProcoreClient, wanted: list[Project], companies: Mapping[str, Company], progress: Progress | None
) -> tuple[dict[str, ProjectBooks], list[LoadProblem]]:
    found: dict[str, ProjectBooks] = {}
    problems: list[LoadProblem] = []

    async def read(project: Project) -> None:
        books, refused = await _project(client, project, companies)
        found[project.id] = books
        problems.extend(refused)
        if progress:
            progress("projects", len(found), len(wanted))

    async with task_group() as group:
        for project in wanted:
            group.create_task(read(project))
    return {one.id: found[one.id] for one in wanted}, problems


async def _project(
    client: ProcoreClient, project: Project, companies: Mapping[str, Company]
) -> tuple[ProjectBooks, list[LoadProblem]]:
    reading = _Reading(client, project.id, project.name)
    own, below = {"project_id": project.id}, f"/rest/v1.0/projects/{project.id}"
    money = f"/rest/v1.0/companies/{client.company_id}/projects/{project.id}/currency_configuration"
    async with task_group() as group:
        codes = group.create_task(reading.rows("cost codes", "/rest/v1.0/cost_codes", own))
        jobs = group.create_task(reading.rows("sub jobs", "/rest/v1.0/sub_jobs", own))
        budget = group.create_task(reading.rows("budget codes", f"{below}/work_breakdown_structure/wbs_codes", {}))
        periods = group.create_task(reading.rows("billing periods", f"{below}/billing_periods", {}))
        heads = group.create_task(reading.rows("head contracts", "/rest/v1.0/prime_contracts", own))
        currency = group.create_task(reading.object("currency", money))
        commitments = [
            (kind, group.create_task(reading.rows("commitments", path, own))) for kind, path in _COMMITMENTS.items()
        ]
    contracts = [(f"{kind}:{as_id(one.get('id'))}", one) for kind, task in commitments for one in task.result()]
    books = ProjectBooks(
        project=project,
        currency=as_text(currency.result().get("currency_iso_code")).strip().upper(),
        rate=maybe(currency.result().get("company_currency_exchange_rate_override")),
        cost_codes={one.code.id: one for one in map(parse_cost_code, codes.result())},
        sub_jobs={one.id: one for one in map(parse_sub_job, jobs.result())},
        budget_codes={as_id(one.get("id")): parse_budget_code(one) for one in budget.result()},
        commitments={key: parse_contract(one) for key, one in contracts},
        commitment_vendors={
            key: parse_company(one["vendor"]).id for key, one in contracts if isinstance(one.get("vendor"), dict)
        },
        head_contracts={as_id(one.get("id")): parse_head_contract(one, companies) for one in heads.result()},
        due_dates={as_id(one.get("id")): parse_due_date(one) for one in periods.result()},
        unread=dict(reading.unread),
    )
    return books, reading.problems()
