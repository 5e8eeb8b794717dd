"""The paths of the emulated Xero, to be mounted below /xero."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from smoothx_tui.sandbox.limits import Limits
from smoothx_tui.sandbox.tokens import TokenStore
from smoothx_tui.sandbox.xero import categories, contacts, invoices, papers, settings
from smoothx_tui.sandbox.xero.answers import not_found
from smoothx_tui.sandbox.xero.gate import CALLS_A_DAY, Endpoint, Gate
from smoothx_tui.sandbox.xero.idempotency import IdempotencyStore
from smoothx_tui.sandbox.xero.identity import Identity
from smoothx_tui.sandbox.xero.state import XeroState

API: Final = "/api.xro/2.0"
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]

_SETTINGS: Final = "accounting.settings"
_INVOICES: Final = "accounting.invoices"
_CONTACTS: Final = "accounting.contacts"
_FILES: Final = "accounting.attachments"
_ONE_FILE: Final = {"GET": papers.get_attachment, "PUT": papers.put_attachment, "POST": papers.put_attachment}

ENDPOINTS: Final = (
    Endpoint("/Organisation", _SETTINGS, {"GET": settings.get_organisation}),
    Endpoint("/Accounts", _SETTINGS, {"GET": settings.list_accounts}),
    Endpoint("/Accounts/{id}", _SETTINGS, {"GET": settings.get_account}),
    Endpoint("/TaxRates", _SETTINGS, {"GET": settings.list_tax_rates}),
    Endpoint("/TaxRates/{id}", _SETTINGS, {"GET": settings.get_tax_rate}),
    Endpoint("/Currencies", _SETTINGS, {"GET": settings.list_currencies, "PUT": settings.enable_currency}),
    Endpoint("/TrackingCategories", _SETTINGS, {"GET": categories.list_categories, "PUT": categories.create_category}),
    Endpoint(
        "/TrackingCategories/{id}",
        _SETTINGS,
        {
            "GET": categories.get_category,
            "POST": categories.save_category,
            "DELETE": categories.delete_category,
        },
    ),
    Endpoint("/TrackingCategories/{id}/Options", _SETTINGS, {"PUT": categories.create_options}),
    Endpoint(
        "/TrackingCategories/{id}/Options/{option}",
        _SETTINGS,
        {"POST": categories.save_option, "DELETE": categories.delete_option},
    ),
    Endpoint(
        "/Contacts",
        _CONTACTS,
        {"GET": contacts.list_contacts, "PUT": contacts.create_contacts, "POST": contacts.save_contacts},
    ),
    Endpoint("/Contacts/{id}", _CONTACTS, {"GET": contacts.get_contact, "POST": contacts.save_contact}),
    Endpoint(
        "/Invoices",
        _INVOICES,
        {"GET": invoices.list_invoices, "PUT": invoices.create_invoices, "POST": invoices.save_invoices},
    ),
    Endpoint("/Invoices/{id}/Attachments", _FILES, {"GET": papers.list_attachments}),
    Endpoint("/Invoices/{id}/Attachments/{name}", _FILES, _ONE_FILE),
    Endpoint("/Invoices/{id}/History", _INVOICES, {"GET": papers.list_history, "PUT": papers.add_history}),
    Endpoint("/Invoices/{id:path}", _INVOICES, {"GET": invoices.get_invoice, "POST": invoices.save_invoice}),
)


def xero_routes(
    state: XeroState,
    tokens: TokenStore,
    limits: Limits,
    *,
    idempotency: IdempotencyStore | None = None,
    calls_a_day: int = CALLS_A_DAY,
) -> list[Route]:
    """All routes, to be mounted below /xero."""
    gate = Gate(state, tokens, limits, idempotency or IdempotencyStore(limits.clock), calls_a_day)
    identity = Identity(state, tokens)
    routes = [Route(API + one.path, _served(gate, one), methods=_METHODS) for one in ENDPOINTS]
    return [
        *routes,
        Route("/identity/connect/authorize", identity.authorize, methods=["GET"]),
        Route("/connect/token", identity.token, methods=["POST"]),
        Route("/connect/revocation", identity.revoke, methods=["POST"]),
        Route("/connections", identity.connections, methods=["GET"]),
        Route("/connections/{id}", identity.disconnect, methods=["DELETE"]),
        Route("/{path:path}", _nothing_here, methods=_METHODS),
    ]


def _served(gate: Gate, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        return await gate.serve(endpoint, request)

    return serve


async def _nothing_here(_request: Request) -> Response:
    answer = not_found().answer
    return HTMLResponse(answer.encoded(), answer.status)
