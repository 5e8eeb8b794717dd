"""Sign-in as Procore does it: /oauth/token, /oauth/revoke, /oauth/token/info and /oauth/authorize."""

import base64
import binascii
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.sandbox.procore.answers import Refusal
from smoothx_tui.sandbox.procore.gate import Gate
from smoothx_tui.sandbox.procore.http import json_response, refused
from smoothx_tui.sandbox.tokens import CLIENT_ID, Grant, TokenRefused, TokenStore

_DESCRIPTIONS = {
    "invalid_client": "Client authentication failed due to unknown client or wrong secret.",
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked or was already used.",
    "invalid_request": "The request is missing a required parameter.",
    "unsupported_grant_type": "The authorization grant type is not supported.",
}
_STATUS = {"invalid_client": 401}


def oauth_routes(tokens: TokenStore, gate: Gate) -> list[Route]:
    """The four paths. A code is given at once: nobody has to press a button in a sandbox."""

    async def token(request: Request) -> Response:
        form = await _form(request)
        try:
            _check_client(tokens, request, form)
            return json_response(_grant_answer(_grant(tokens, form)), headers=gate.headers())
        except TokenRefused as refusal:
            return _error(refusal.error, gate)

    async def revoke(request: Request) -> Response:
        tokens.revoke((await _form(request)).get("token", ""))
        return json_response({}, headers=gate.headers())

    async def info(request: Request) -> Response:
        try:
            gate.check_token(request)
        except Refusal as refusal:
            return refused(refusal, gate.headers())
        access = tokens.check(request.headers.get("Authorization"))
        assert access.expires_at is not None
        left = int((access.expires_at - gate.clock.now()).total_seconds())
        created = int(access.expires_at.timestamp()) - tokens.policy.access
        answer = {"resource_owner_id": 900001, "scopes": [], "expires_in_seconds": left, "created_at": created}
        return json_response({**answer, "application": {"uid": CLIENT_ID}}, headers=gate.headers())

    async def authorize(request: Request) -> Response:
        return _authorize(tokens, request, gate)

    return [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/oauth/revoke", revoke, methods=["POST"]),
        Route("/oauth/token/info", info, methods=["GET"]),
        Route("/oauth/authorize", authorize, methods=["GET"]),
    ]


async def _form(request: Request) -> dict[str, str]:
    """The members of the body, a form or JSON; an unreadable one has none."""
    text = (await request.body()).decode("utf-8", "replace")
    if "json" not in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(text))
    try:
        found = loads(text)
    except BadJson:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def _check_client(tokens: TokenStore, request: Request, form: dict[str, str]) -> None:
    """Id and secret in the body, as Procore documents it; a Basic header is taken too."""
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not client and scheme.lower() == "basic":
        try:
            client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise TokenRefused("invalid_client") from None
    tokens.check_client(client, secret)


def _grant(tokens: TokenStore, form: dict[str, str]) -> Grant:
    kind = form.get("grant_type", "")
    if kind == "client_credentials":
        return tokens.for_client()
    if kind == "authorization_code":
        return tokens.for_code(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", ""))
    if kind == "refresh_token":
        return tokens.refresh(form.get("refresh_token", ""))
    raise TokenRefused("unsupported_grant_type" if kind else "invalid_request")


def _grant_answer(grant: Grant) -> dict[str, str | int]:
    answer: dict[str, str | int] = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires_in,
        "created_at": int(grant.created_at.timestamp()),
    }
    return {**answer, "refresh_token": grant.refresh_token} if grant.refresh_token else answer


def _error(error: str, gate: Gate) -> Response:
    body = {"error": error, "error_description": _DESCRIPTIONS[error]}
    return json_response(body, _STATUS.get(error, 400), gate.headers())


def _authorize(tokens: TokenStore, request: Request, gate: Gate) -> Response:
    query = request.query_params
    redirect = query.get("redirect_uri", "")
    if query.get("client_id") != CLIENT_ID:
        return _error("invalid_client", gate)
    if query.get("response_type") != "code" or not redirect.startswith(("http://", "https://")):
        return _error("invalid_request", gate)
    code = tokens.new_code(redirect, challenge=query.get("code_challenge", ""))
    answer = {"code": code, **({"state": query["state"]} if "state" in query else {})}
    return RedirectResponse(f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(answer)}", 302)
