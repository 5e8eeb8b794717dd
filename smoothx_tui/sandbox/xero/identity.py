"""Xero's sign-in: consent page, tokens, revocation, connections (facts/xero.md 2)."""

import base64
import binascii
import uuid
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from smoothx_tui.sandbox.tokens import CLIENT_ID, Grant, TokenRefused, TokenStore
from smoothx_tui.sandbox.xero.answers import Refused, token_expired, unauthorised
from smoothx_tui.sandbox.xero.state import XeroState

_FAMILIES: Final = ("invoices", "payments", "contacts", "settings", "attachments")
ACCOUNTING_SCOPES: Final = tuple(f"accounting.{name}{end}" for name in _FAMILIES for end in ("", ".read"))
"""Apps made since March 2026 get these only; the broad `accounting.transactions` is an invalid_scope for them."""
SCOPES: Final = frozenset((*ACCOUNTING_SCOPES, "offline_access", "openid", "profile", "email"))
_CONNECTION_IDS: Final = uuid.UUID("5d0f9f0e-6a0e-4d5a-8f3a-0a54f0b0c8f1")


class Identity:
    """The endpoints around tokens. Consent is given by nobody and at once: this is a sandbox."""

    def __init__(self, state: XeroState, tokens: TokenStore) -> None:
        self._state = state
        self._tokens = tokens

    async def authorize(self, request: Request) -> Response:
        """GET /identity/connect/authorize: sends the browser back with a code."""
        query = request.query_params
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != CLIENT_ID or not redirect_allowed(redirect_uri):
            error = "unauthorized_client" if query.get("client_id") != CLIENT_ID else "invalid_request"
            page = f"<!DOCTYPE html><title>Xero</title><h1>Sorry, something went wrong</h1><p>Error: {error}</p>"
            return HTMLResponse(page, 400)
        refusal = _consent_error(query.get("response_type"), query.get("scope", ""), query.get("code_challenge_method"))
        answer = {"error": refusal} if refusal else {"code": self._code(request, redirect_uri)}
        if "state" in query:
            answer["state"] = query["state"]
        joint = "&" if urlsplit(redirect_uri).query else "?"
        return RedirectResponse(f"{redirect_uri}{joint}{urlencode(answer)}", 302)

    def _code(self, request: Request, redirect_uri: str) -> str:
        query = request.query_params
        self._state.connected = True
        return self._tokens.new_code(redirect_uri, query.get("scope", ""), query.get("code_challenge", ""))

    async def token(self, request: Request) -> Response:
        """POST /connect/token, with the client in a Basic header or in the form."""
        try:
            grant = self._grant(await _form(request), request.headers.get("authorization"))
        except TokenRefused as refused:
            return JSONResponse({"error": refused.error}, 400)
        body: dict[str, str | int] = {
            "access_token": grant.access_token,
            "expires_in": grant.expires_in,
            "token_type": "Bearer",
            "scope": grant.scope,
        }
        if grant.refresh_token is not None:
            body["refresh_token"] = grant.refresh_token
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def _grant(self, form: dict[str, str], authorization: str | None) -> Grant:
        client_id, secret = _client(form, authorization)
        self._tokens.check_client(client_id, secret)
        kind = form.get("grant_type")
        if kind == "client_credentials":
            if secret is None:
                raise TokenRefused("unauthorized_client")
            return self._tokens.for_client(_checked_scope(form.get("scope", "")))
        if kind == "refresh_token":
            return self._tokens.refresh(form.get("refresh_token", ""))
        if kind == "authorization_code":
            return self._for_code(form, public=secret is None)
        raise TokenRefused("unsupported_grant_type")

    def _for_code(self, form: dict[str, str], *, public: bool) -> Grant:
        verifier = form.get("code_verifier", "")
        if public and not 43 <= len(verifier) <= 128:
            raise TokenRefused("invalid_grant")
        refresh = "offline_access" in self._tokens.code_scopes(form.get("code", ""))
        return self._tokens.for_code(form.get("code", ""), form.get("redirect_uri", ""), verifier, refresh=refresh)

    async def revoke(self, request: Request) -> Response:
        """POST /connect/revocation: 200 and nothing, whatever the token; a known one ends the connection."""
        form = await _form(request)
        try:
            self._tokens.check_client(*_client(form, request.headers.get("authorization")))
        except TokenRefused as refused:
            return JSONResponse({"error": refused.error}, 400)
        if self._tokens.revoke(form.get("token", "")):
            self._state.connected = False
        return Response(status_code=200)

    async def connections(self, request: Request) -> Response:
        """GET /connections: a bare list."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        state = self._state
        found = [self._connection(state)] if state.connected else []
        wanted = request.query_params.get("authEventId")
        return JSONResponse([one for one in found if wanted in (None, one["authEventId"])])

    async def disconnect(self, request: Request) -> Response:
        """DELETE /connections/{id}, the connection's id and not the tenant's."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        state = self._state
        if not state.connected or request.path_params["id"].lower() != connection_id(state.tenant):
            return HTMLResponse("<!DOCTYPE html><title>404</title><h1>Not Found</h1>", 404)
        state.connected = False
        return Response(status_code=204)

    def _refusal(self, request: Request) -> Response | None:
        access = self._tokens.check(request.headers.get("authorization"))
        if access.state == "live":
            return None
        refused: Refused = (
            token_expired(access.expires_at)
            if access.state == "expired"
            else unauthorised("AuthenticationUnsuccessful")
        )
        return Response(refused.answer.encoded(), 401, media_type="application/json")

    def _connection(self, state: XeroState) -> dict[str, str]:
        made = str(state.organisation.get("CreatedDateUTC", "")).removesuffix("Z") + ".0000000"
        return {
            "id": connection_id(state.tenant),
            "authEventId": str(uuid.uuid5(_CONNECTION_IDS, f"event {state.tenant}")),
            "tenantId": state.tenant,
            "tenantType": "ORGANISATION",
            "tenantName": str(state.organisation["Name"]),
            "createdDateUtc": made,
            "updatedDateUtc": made,
        }


def connection_id(tenant: str) -> str:
    """The connection's own id, the same in every run."""
    return str(uuid.uuid5(_CONNECTION_IDS, tenant))


def redirect_allowed(uri: str) -> bool:
    """https, or http on the name localhost; `http://127.0.0.1` is refused."""
    parts = urlsplit(uri)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
    )


def _consent_error(response_type: str | None, scope: str, challenge_method: str | None) -> str | None:
    if response_type != "code":
        return "unsupported_response_type"
    if not scope.split() or not set(scope.split()) <= SCOPES:
        return "invalid_scope"
    if challenge_method not in (None, "S256"):
        return "invalid_request"
    return None


def _checked_scope(scope: str) -> str:
    """A custom connection's scopes; none asked for: all that the app has."""
    wanted = scope.split()
    if not set(wanted) <= SCOPES - {"offline_access"}:
        raise TokenRefused("invalid_scope")
    return " ".join(wanted or ACCOUNTING_SCOPES)


def _client(form: dict[str, str], authorization: str | None) -> tuple[str, str | None]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise TokenRefused("invalid_client") from None
    return name, secret


async def _form(request: Request) -> dict[str, str]:
    """The form of a token call; no form at all reads as an empty one."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
