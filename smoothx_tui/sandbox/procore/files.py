"""Files of items: signed links, Procore's own file service, and the storage behind it.

As Procore's developer pages describe it: a link leads to Procore, wants the access token and redirects to a storage
that takes a signature and no token at all. In a scenario an attachment has `id`, `filename`, `content_type`, and its
`content` (base64) or the `length` of made up bytes; `file_size` is only served where the scenario has it, as Procore
does not say how large a file is.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smoothx_tui.sandbox.procore.answers import Refusal, forbidden, not_found
from smoothx_tui.sandbox.procore.gate import Gate
from smoothx_tui.sandbox.procore.http import refused
from smoothx_tui.sandbox.procore.state import KINDS, Kind, ProcoreState

Json = dict[str, Any]

_SERVED: Final = ("id", "filename", "content_type", "file_size")
_GOOD_FOR: Final = timedelta(hours=1)
_ONE_FILE: Final = "/{kind}/{item:procore_id}/{file:procore_id}"
_SERVICE: Final = "/fas/api/v5/files"
_BUCKET: Final = "/prostore"
_USUAL_LENGTH: Final = 2_400
_PIECE: Final = 4096
_ERROR: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code><Message>%s</Message></Error>'


def linked(state: ProcoreState, kind: Kind, found: Json, origin: str) -> list[Json]:
    """An item's attachments as they are served, each with a link that is good for an hour. `origin`: scheme, host."""
    rows = []
    for one in found.get("attachments") or ():
        place = f"/{kind}/{found['id']}/{one['id']}"
        query = _signed(state, _SERVICE + place, "expires_at", "sig")
        served = {name: one[name] for name in _SERVED if name in one}
        rows.append({**served, "url": f"{origin}/procore{_SERVICE}{place}?{query}"})
    return rows


def file_routes(state: ProcoreState, gate: Gate) -> list[Route]:
    """Procore's file service, below /procore: it sends whoever may read the file on to the storage."""

    async def send_on(request: Request) -> Response:
        try:
            gate.check_token(request)
            if not _holds(state, _SERVICE, request, "expires_at", "sig"):
                raise forbidden("The link is not valid any more.")
            if _find(state, request) is None:
                raise not_found("v1.0")
        except Refusal as refusal:
            return refused(refusal, {})
        place = _place(request)
        query = _signed(state, _BUCKET + place, "X-Amz-Expires", "X-Amz-Signature")
        return Response(status_code=302, headers={"Location": f"{origin_of(request)}/storage{_BUCKET}{place}?{query}"})

    return [Route(_SERVICE + _ONE_FILE, send_on, methods=["GET"])]


def storage_routes(state: ProcoreState) -> list[Route]:
    """The storage, below /storage. A token does not belong here, and is refused."""

    async def hand_out(request: Request) -> Response:
        if request.headers.get("authorization"):
            return _refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
        if not _holds(state, _BUCKET, request, "X-Amz-Expires", "X-Amz-Signature"):
            return _refusal(403, "AccessDenied", "Request has expired")
        found = _find(state, request)
        if found is None:
            return _refusal(404, "NoSuchKey", "The specified key does not exist.")
        named = f"attachment; filename*=UTF-8''{quote(str(found.get('filename') or 'file'), errors='replace')}"
        media = str(found.get("content_type") or "application/octet-stream")
        return Response(content_of(found), media_type=media, headers={"Content-Disposition": named})

    return [Route(_BUCKET + _ONE_FILE, hand_out, methods=["GET"])]


def content_of(attachment: Json) -> bytes:
    """The bytes of a file, the same each time."""
    if attachment.get("content") is not None:
        return base64.b64decode(attachment["content"])
    length = int(attachment.get("length", _USUAL_LENGTH))
    piece = hashlib.sha256(str(attachment["id"]).encode()).hexdigest().encode() * (_PIECE // 64)
    return (piece * (length // _PIECE + 1))[:length]


def origin_of(request: Request) -> str:
    """Scheme and host as the caller reached them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _find(state: ProcoreState, request: Request) -> Json | None:
    kind = next((one for one in KINDS if one == request.path_params["kind"]), None)
    found = state.items[kind].get(request.path_params["item"]) if kind else None
    rows: list[Json] = (found or {}).get("attachments") or []
    return next((one for one in rows if one["id"] == request.path_params["file"]), None)


def _place(request: Request) -> str:
    ids = request.path_params
    return f"/{ids['kind']}/{ids['item']}/{ids['file']}"


def _signed(state: ProcoreState, path: str, until_name: str, signature_name: str) -> str:
    until = int((state.clock.now() + _GOOD_FOR).timestamp())
    return f"{until_name}={until}&{signature_name}={_signature(state, path, str(until))}"


def _holds(state: ProcoreState, below: str, request: Request, until_name: str, signature_name: str) -> bool:
    until = request.query_params.get(until_name, "")
    if not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    given = request.query_params.get(signature_name, "")
    right = hmac.compare_digest(given.encode(), _signature(state, below + _place(request), until).encode())
    return right and int(until) > state.clock.now().timestamp()


def _signature(state: ProcoreState, path: str, until: str) -> str:
    return hmac.new(state.signing_key, f"{path} {until}".encode(), hashlib.sha256).hexdigest()


def _refusal(status: int, code: str, message: str) -> Response:
    return Response(_ERROR % (code, message), status, media_type="application/xml")
