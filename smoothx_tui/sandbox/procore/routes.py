"""Every path of the emulated Procore, and the way from a request to an answer."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.sandbox.procore import filters, item_reads, reads, writes
from smoothx_tui.sandbox.procore.answers import Listing, Refusal, bad_request, forbidden, no_company, wrong_path
from smoothx_tui.sandbox.procore.call import Call, read_id
from smoothx_tui.sandbox.procore.files import linked, origin_of
from smoothx_tui.sandbox.procore.gate import Gate
from smoothx_tui.sandbox.procore.http import json_response, refused
from smoothx_tui.sandbox.procore.state import Kind, ProcoreState

Handler = Callable[[Call], Any]
Endpoint = Callable[[Request], Awaitable[Response]]


class _IdConvertor(Convertor[int]):
    """An id in a path: digits, not so many that they are none. Anything else is a wrong path."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("procore_id", _IdConvertor())


class Entry(NamedTuple):
    """One call: `company` is false for the two that a person's sign-in may make without the company header. A service
    account needs it there too (facts/procore.md, "Hosts and sign-in").
    """

    method: str
    path: str
    handler: Handler
    company: bool = True


_PROJECT = "/rest/v1.0/projects/{project_id:procore_id}"
_V2 = "/rest/v2.0/companies/{company_id:procore_id}/projects/{project_id:procore_id}/commitment_contracts"
_COMPANY = "/rest/v1.0/companies/{company_id:procore_id}"
_HEAD = "/rest/v1.0/prime_contracts/{prime_contract_id:procore_id}/payment_applications"

ENTRIES = (
    Entry("GET", "/rest/v1.0/me", reads.me, company=False),
    Entry("GET", "/rest/v1.0/companies", reads.companies, company=False),
    Entry("GET", "/rest/v1.1/projects", reads.projects),
    Entry("GET", "/rest/v1.0/projects/{id:procore_id}", reads.project),
    Entry("GET", "/rest/v1.0/vendors", reads.vendors),
    Entry("GET", "/rest/v1.0/vendors/{id:procore_id}", reads.vendor),
    Entry("GET", f"{_PROJECT}/vendors", reads.project_vendors),
    Entry("GET", "/rest/v1.0/cost_codes", reads.cost_codes),
    Entry("GET", "/rest/v1.0/line_item_types", reads.line_item_types),
    Entry("GET", "/rest/v1.0/tax_codes", reads.tax_codes),
    Entry("GET", "/rest/v1.0/tax_types", reads.tax_types),
    Entry("GET", "/rest/v1.0/sub_jobs", reads.sub_jobs),
    Entry("GET", f"{_PROJECT}/work_breakdown_structure/segments", reads.segments),
    Entry("GET", f"{_PROJECT}/work_breakdown_structure/wbs_codes", reads.wbs_codes),
    Entry("GET", f"{_PROJECT}/billing_periods", reads.billing_periods),
    Entry("GET", "/rest/v1.0/work_order_contracts", reads.work_orders),
    Entry("GET", "/rest/v1.0/work_order_contracts/{id:procore_id}", reads.work_order),
    Entry("GET", "/rest/v1.0/purchase_order_contracts", reads.purchase_orders),
    Entry("GET", "/rest/v1.0/purchase_order_contracts/{id:procore_id}", reads.purchase_order),
    Entry("GET", _V2, reads.commitments_v2),
    Entry("GET", f"{_V2}/{{id:procore_id}}", reads.commitment_v2),
    Entry("GET", "/rest/v1.0/prime_contracts", reads.prime_contracts),
    Entry("GET", "/rest/v1.0/prime_contract/{id:procore_id}", reads.prime_contract),
    Entry("GET", f"{_COMPANY}/currency_configuration", reads.company_currency),
    Entry("GET", f"{_COMPANY}/currency_configuration/exchange_rates", reads.company_rates),
    Entry("GET", f"{_COMPANY}/projects/{{project_id:procore_id}}/currency_configuration", reads.project_currency),
    Entry(
        "GET",
        f"{_COMPANY}/projects/{{project_id:procore_id}}/currency_configuration/exchange_rates",
        reads.project_rates,
    ),
    Entry("GET", "/rest/v1.1/requisitions", item_reads.claims),
    Entry("GET", "/rest/v1.1/requisitions/{id:procore_id}", item_reads.claim),
    Entry("PATCH", "/rest/v1.1/requisitions/{id:procore_id}", writes.patch_claim),
    Entry("DELETE", "/rest/v1.1/requisitions/{id:procore_id}", writes.delete_claim),
    Entry("GET", "/rest/v1.1/projects/{project_id:procore_id}/direct_costs", item_reads.direct_costs),
    Entry("GET", "/rest/v1.1/projects/{project_id:procore_id}/direct_costs/{id:procore_id}", item_reads.direct_cost),
    Entry(
        "PATCH", "/rest/v1.1/projects/{project_id:procore_id}/direct_costs/{id:procore_id}", writes.patch_direct_cost
    ),
    Entry(
        "DELETE", "/rest/v1.1/projects/{project_id:procore_id}/direct_costs/{id:procore_id}", writes.delete_direct_cost
    ),
    Entry("GET", "/rest/v1.0/payment_applications", item_reads.head_claims),
    Entry("GET", "/rest/v1.0/payment_applications/{id:procore_id}", item_reads.head_claim),
    Entry("DELETE", "/rest/v1.0/payment_applications/{id:procore_id}", writes.delete_head_claim),
    Entry("GET", _HEAD, item_reads.contract_head_claims),
    Entry("PATCH", f"{_HEAD}/{{id:procore_id}}", writes.patch_head_claim),
)
"""The calls; a path with another method is a wrong path, as at Procore."""

_WITH_FILES: dict[Handler, Kind] = {
    item_reads.claim: "requisitions",
    item_reads.direct_cost: "direct_costs",
    item_reads.head_claim: "payment_applications",
}
"""Details that say which files the item has; their links are signed anew each time."""


def rest_routes(state: ProcoreState, gate: Gate) -> list[Route]:
    """The routes under /rest, and last the page of HTML for everything else."""
    routes = [Route(entry.path, _endpoint(state, gate, entry), methods=[entry.method]) for entry in ENTRIES]

    async def nothing_there(_: Request) -> Response:
        return refused(wrong_path(), gate.headers())

    everything = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    return [*routes, Route("/{path:path}", nothing_there, methods=everything)]


def _endpoint(state: ProcoreState, gate: Gate, entry: Entry) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            await gate.take()
            access = gate.check_token(request)
            if entry.company or access.client_only:
                _check_company(state, request)
            call = Call(
                state, entry.path.split("/")[2], request.path_params, request.query_params, await _body(request)
            )
            value = entry.handler(call)
            if (kind := _WITH_FILES.get(entry.handler)) and "attachments" in value:
                value["attachments"] = linked(state, kind, value, origin_of(request))
            return _answer(request, value, gate.headers())
        except Refusal as refusal:
            return refused(refusal, gate.headers())

    return endpoint


def _check_company(state: ProcoreState, request: Request) -> None:
    number = read_id(request.headers.get("Procore-Company-Id", "").strip())
    if number is None:
        raise no_company()
    if number != state.company["id"]:
        raise forbidden("You do not have access to this company.")


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a write; a body that cannot be read is refused with 400."""
    if request.method != "PATCH":
        return {}
    try:
        body = loads(await request.body())
    except (BadJson, UnicodeDecodeError):
        raise bad_request("the body is not JSON") from None
    if not isinstance(body, dict):
        raise bad_request("the body is not an object")
    return body


def _answer(request: Request, value: Any, headers: dict[str, str]) -> Response:
    if isinstance(value, Listing):
        rows, paging = filters.page_of(value, request.url, request.query_params)
        return json_response({"data": rows} if value.envelope else rows, headers={**headers, **paging})
    if value is None:
        return Response(status_code=200, headers=headers)
    return json_response(value, headers=headers)
