"""The lists and details of reference objects: projects, directory, codes, contracts, periods, currency."""

from typing import Any

from smoothx_tui.sandbox.procore import filters, shapes_contracts
from smoothx_tui.sandbox.procore import shapes_reference as shapes
from smoothx_tui.sandbox.procore.answers import Listing, not_found
from smoothx_tui.sandbox.procore.call import Call

Json = dict[str, Any]


def me(_: Call) -> Json:
    return {"id": 900001, "login": "sandbox@harbourline.example", "name": "Sandbox"}


def companies(call: Call) -> Listing:
    return Listing([call.state.company], lambda _: shapes.company(call.state))


def projects(call: Call) -> Listing:
    """A project whose permission is lost as "not found" is not in the list."""
    call.company(call.query_id("company_id"))
    status = (filters.wanted(call.query, "by_status") or ["All"])[-1].lower()
    active = {"active": True, "inactive": False}.get(status)
    rows = [
        found
        for found in call.state.lists["projects"].values()
        if call.state.lost.get(found["id"]) != "not_found" and (active is None or found.get("active") is active)
    ]
    tests = (filters.within(call.query, "updated_at"), filters.one_of(call.query, "origin_id"))
    rows = filters.ordered(filters.matching(rows, tests), call.query, ("id", "name", "updated_at", "created_at"))
    return Listing(rows, lambda found: shapes.project(call.state, found), largest=300)


def project(call: Call) -> Json:
    call.company(call.query_id("company_id"))
    call.project(call.ids["id"], tool=False)
    return shapes.project_detail(call.state, call.need("projects", call.ids["id"]))


def vendors(call: Call) -> Listing:
    call.company(call.query_id("company_id"))
    return _vendors(call, list(call.state.lists["vendors"].values()))


def project_vendors(call: Call) -> Listing:
    """The companies of a project: those added to it, and those its contracts and costs name."""
    number = call.ids["project_id"]
    if not call.project(number):
        return _vendors(call, [])
    contracts = call.state.of_project("commitments", number) + call.state.of_project("prime_contracts", number)
    named = {(contract.get("vendor") or {}).get("id") for contract in contracts}
    rows = call.state.lists["vendors"].values()
    return _vendors(call, [one for one in rows if one["id"] in named or number in (one.get("project_ids") or [])])


def _vendors(call: Call, rows: list[Json]) -> Listing:
    search = [text.lower() for text in filters.wanted(call.query, "search")]
    tests = (
        filters.within(call.query, "updated_at"),
        filters.one_of(call.query, "origin_id"),
        lambda row: all(text in row["name"].lower() for text in search),
    )
    rows = filters.ordered(filters.matching(rows, tests), call.query, ("id", "name", "updated_at", "created_at"))
    return Listing(rows, shapes.vendor)


def vendor(call: Call) -> Json:
    call.company(call.query_id("company_id"))
    return shapes.vendor(call.need("vendors", call.ids["id"]))


def _of_project(call: Call, listing: str, number: int) -> list[Json]:
    return call.state.of_project(listing, number) if call.project(number) else []


def cost_codes(call: Call) -> Listing:
    """Under a query, not under /projects. A sub job's codes are those it bills."""
    rows = _of_project(call, "cost_codes", call.query_id("project_id"))
    if call.query.get("sub_job_id"):
        sub_job = call.query_id("sub_job_id")
        rows = [one for one in rows if one.get("biller_type") == "SubJob" and one.get("biller_id") == sub_job]
    rows = filters.matching(rows, (filters.within(call.query, "updated_at"),))
    return Listing(rows, lambda found: shapes.cost_code(call.state, found))


def line_item_types(call: Call) -> Listing:
    if call.query.get("company_id"):
        call.company(call.query_id("company_id"))
    else:
        call.project(call.query_id("project_id"))
    return Listing(list(call.state.lists["line_item_types"].values()), shapes.cost_type)


def tax_codes(call: Call) -> Listing:
    call.company(call.query_id("company_id"))
    return Listing(list(call.state.lists["tax_codes"].values()), shapes.tax_code, default=20)


def tax_types(call: Call) -> Listing:
    call.company(call.query_id("company_id"))
    return Listing(list(call.state.lists.get("tax_types", {}).values()), default=20)


def sub_jobs(call: Call) -> Listing:
    return Listing(_of_project(call, "sub_jobs", call.query_id("project_id")), shapes.sub_job)


def segments(call: Call) -> Listing:
    number = call.ids["project_id"]
    return Listing(shapes.segments(call.state, number) if call.project(number) else [], paged=False)


def wbs_codes(call: Call) -> Listing:
    rows = _of_project(call, "wbs_codes", call.ids["project_id"])
    return Listing(filters.matching(rows, (filters.within(call.query, "updated_at"),)), shapes.wbs_code)


def billing_periods(call: Call) -> Listing:
    rows = _of_project(call, "billing_periods", call.ids["project_id"])
    return Listing(filters.matching(rows, (filters.one_of(call.query, "status"),)), shapes.billing_period)


def _contracts(call: Call, listing: str, number: int) -> list[Json]:
    """Deleted ones only where `filters[include_deleted]` says so."""
    rows = _of_project(call, listing, number)
    if not filters.truth(call.query, "include_deleted"):
        rows = [one for one in rows if not one.get("deleted_at")]
    tests = (
        filters.within(call.query, "updated_at"),
        filters.one_of(call.query, "status"),
        filters.one_of(call.query, "origin_id"),
    )
    return filters.matching(rows, tests)


def _commitments(call: Call, kind: str) -> Listing:
    rows = _contracts(call, "commitments", call.query_id("project_id"))
    rows = [one for one in rows if one["commitment_type"] == kind]
    return Listing(rows, lambda found: shapes_contracts.commitment(call.state, found, detail=False))


def _commitment(call: Call, kind: str) -> Json:
    found = call.need("commitments", call.ids["id"], call.query_id("project_id"))
    if found["commitment_type"] != kind or found.get("deleted_at"):
        raise not_found(call.version)
    return shapes_contracts.commitment(call.state, found, detail=True)


def work_orders(call: Call) -> Listing:
    return _commitments(call, "WorkOrderContract")


def work_order(call: Call) -> Json:
    return _commitment(call, "WorkOrderContract")


def purchase_orders(call: Call) -> Listing:
    return _commitments(call, "PurchaseOrderContract")


def purchase_order(call: Call) -> Json:
    return _commitment(call, "PurchaseOrderContract")


def commitments_v2(call: Call) -> Listing:
    """v2.0: an envelope, ids as text, ten a page."""
    call.company(call.ids["company_id"])
    rows = _contracts(call, "commitments", call.ids["project_id"])
    shape = shapes_contracts.commitment_v2
    return Listing(rows, lambda found: shape(call.state, found), default=10, envelope=True)


def commitment_v2(call: Call) -> Json:
    call.company(call.ids["company_id"])
    found = call.need("commitments", call.ids["id"], call.ids["project_id"])
    return {"data": shapes_contracts.commitment_v2(call.state, found)}


def prime_contracts(call: Call) -> Listing:
    rows = _contracts(call, "prime_contracts", call.query_id("project_id"))
    return Listing(rows, lambda found: shapes_contracts.prime_contract(call.state, found, detail=False))


def prime_contract(call: Call) -> Json:
    """The path has no s: /prime_contract/{id}."""
    found = call.need("prime_contracts", call.ids["id"], call.query_id("project_id"))
    return shapes_contracts.prime_contract(call.state, found, detail=True)


def company_currency(call: Call) -> Json:
    call.company(call.ids["company_id"])
    return shapes.company_currency(call.state)


def company_rates(call: Call) -> Json:
    call.company(call.ids["company_id"])
    return shapes.company_rates(call.state)


def project_currency(call: Call) -> Json:
    call.company(call.ids["company_id"])
    call.project(call.ids["project_id"])
    return shapes.project_currency(call.state, call.ids["project_id"])


def project_rates(call: Call) -> Json:
    call.company(call.ids["company_id"])
    call.project(call.ids["project_id"])
    return shapes.project_rates(call.state, call.ids["project_id"])
