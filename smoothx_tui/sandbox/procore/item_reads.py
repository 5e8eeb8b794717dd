"""The lists and details of the three kinds of item."""

from collections.abc import Callable, Iterable
from typing import Any

from smoothx_tui.sandbox.procore import filters, shapes_claims, shapes_costs
from smoothx_tui.sandbox.procore.answers import Listing, bad_request, not_found
from smoothx_tui.sandbox.procore.call import Call
from smoothx_tui.sandbox.procore.state import Kind

Json = dict[str, Any]

VIEWS = ("default", "extended", "items", "action_policy", "header_only")


def need_item(call: Call, kind: Kind, project: int) -> Json:
    """The item of that project, or 404: absent, deleted and not readable look the same."""
    if not call.project(project):
        raise not_found(call.version)
    found = call.state.items[kind].get(call.ids["id"])
    if found is None or found["project_id"] != project:
        raise not_found(call.version)
    return found


def _numbers(
    call: Call, kind: Kind, project: int, tests: Iterable[filters.Test | None], among: Iterable[int] | None = None
) -> list[int]:
    """Ids of the items that pass. The time of change is tested on its column; the rest reads the item."""
    if not call.project(project):
        return []
    items = call.state.items[kind]
    changed = filters.between(call.query, "updated_at")
    there = [test for test in (filters.one_of(call.query, "id"), *tests) if test]
    found = []
    for number in items.of_project(project) if among is None else among:
        if changed and not changed(items.updated_at(number)):
            continue
        if there and not _passes(items.get(number), there):
            continue
        found.append(number)
    return found


def _passes(found: Json | None, tests: Iterable[filters.Test]) -> bool:
    return found is not None and all(test(found) for test in tests)


def _shaped(call: Call, kind: Kind, shape: Callable[[Json], Json]) -> Callable[[int], Json]:
    def of(number: int) -> Json:
        found = call.state.items[kind].get(number)
        assert found is not None
        return shape(found)

    return of


def _view(call: Call) -> str:
    view = call.query.get("view", "default")
    if view not in VIEWS:
        raise bad_request(f"view must be one of {', '.join(VIEWS)}")
    return view


def claims(call: Call) -> Listing:
    """Progress claims: 30 a page unless asked; lines only in the views that have them."""
    view = _view(call)
    query = call.query
    tests = (
        *(filters.one_of(query, name) for name in ("status", "commitment_id", "period_id", "origin_id")),
        filters.within(query, "created_at"),
        _is_last(call, "requisitions", lambda found: int(found["commitment_id"])),
    )
    rows = _numbers(call, "requisitions", call.query_id("project_id"), tests)
    shape = _shaped(call, "requisitions", lambda found: shapes_claims.claim(call.state, found, view))
    return Listing(rows, shape, default=30)


def _is_last(call: Call, kind: Kind, group_of: Callable[[Json], int]) -> filters.Test | None:
    """The test for `filters[is_last]`; the highest number of a contract is looked up once a request."""
    wanted = filters.truth(call.query, "is_last")
    if wanted is None:
        return None
    items = call.state.items[kind]
    highest: dict[int, int] = {}

    def test(found: Json) -> bool:
        group = group_of(found)
        if group not in highest:
            others = (items.get(number) for number in items.of_group(group))
            highest[group] = max((one.get("number") or 0 for one in others if one), default=0)
        return ((found.get("number") or 0) >= highest[group]) is wanted

    return test


def claim(call: Call) -> Json:
    found = need_item(call, "requisitions", call.query_id("project_id"))
    return shapes_claims.claim(call.state, found, _view(call))


def direct_costs(call: Call) -> Listing:
    """Direct costs: no filter by status (it is ignored), `vendor` is text, no lines. One may carry `deleted_at`."""
    query = call.query
    tests = (
        filters.one_of(query, "invoice_number"),
        filters.one_of(query, "origin_id"),
        *(filters.within(query, name) for name in ("created_at", "received_date", "payment_date")),
    )
    rows = _numbers(call, "direct_costs", call.ids["project_id"], tests)
    return Listing(rows, _shaped(call, "direct_costs", lambda found: shapes_costs.row(call.state, found)), default=20)


def direct_cost(call: Call) -> Json:
    return shapes_costs.detail(call.state, need_item(call, "direct_costs", call.ids["project_id"]))


def head_claims(call: Call) -> Listing:
    """Head contract claims of a project: no filters at all."""
    numbers = call.state.items["payment_applications"].of_project(call.query_id("project_id"))
    return _head_listing(call, numbers if call.project(call.query_id("project_id")) else [])


def contract_head_claims(call: Call) -> Listing:
    """Those of one head contract; filters id and is_last."""
    project, contract = call.query_id("project_id"), call.ids["prime_contract_id"]
    call.need("prime_contracts", contract, project)
    tests = (_is_last(call, "payment_applications", lambda found: int(found["contract"]["id"])),)
    among = call.state.items["payment_applications"].of_group(contract)
    return _head_listing(call, _numbers(call, "payment_applications", project, tests, among))


def _head_listing(call: Call, numbers: list[int]) -> Listing:
    shape = _shaped(
        call, "payment_applications", lambda found: shapes_claims.head_claim(call.state, found, detail=False)
    )
    return Listing(numbers, shape, default=20)


def head_claim(call: Call) -> Json:
    found = need_item(call, "payment_applications", call.query_id("project_id"))
    return shapes_claims.head_claim(call.state, found, detail=True)
