"""Answers as HTTP."""

from typing import Any

from starlette.responses import HTMLResponse, Response

from smoothx_tui.base.jsontext import dumps
from smoothx_tui.sandbox.procore.answers import Refusal

_WRONG_PATH_PAGE = "<!DOCTYPE html><html><head><title>404</title></head><body><h1>Not Found</h1></body></html>"


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON with exact numbers; a lone surrogate goes out as its escape."""
    content = dumps(value).encode("utf-8", "backslashreplace")
    return Response(content, status, headers, media_type="application/json")


def refused(refusal: Refusal, headers: dict[str, str]) -> Response:
    """The refusal in its shape; one without a body is Procore's page for a wrong path."""
    headers = {**headers, **refusal.headers}
    if refusal.body is None:
        return HTMLResponse(_WRONG_PATH_PAGE, refusal.status, headers=headers)
    return json_response(refusal.body, refusal.status, headers)
