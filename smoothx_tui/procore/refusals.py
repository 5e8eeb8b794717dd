"""What Procore said when it refused. Its error bodies vary, so they are searched in the order that facts give."""

from typing import Any, Final

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.base.text import clean

_LONGEST: Final = 300
_MOST: Final = 10
_BY_STATUS: Final = {
    403: "no permission, or the tool is switched off",
    404: "not there, deleted, or not readable with this sign-in",
    409: "it is being written by somebody else, or is a duplicate",
    429: "too many calls",
    503: "Procore is not available at the moment",
}


def said(answer: Answer) -> str:
    """Procore's own words, cleaned and cut; "" where it gave none. Never HTML."""
    body = answer.body
    if not isinstance(body, dict):
        return "; ".join(_texts(body)[:_MOST]) if isinstance(body, str | list) else ""
    for name in ("errors", "error", "error_description", "message", "reason"):
        value = body.get(name)
        if name == "error" and isinstance(value, dict):
            value = [value.get("message"), value.get("details")]
        if found := _texts(value):
            return "; ".join(dict.fromkeys(found[:_MOST]))[: 2 * _LONGEST]
    return ""


def _texts(value: Any, depth: int = 0) -> list[str]:
    """The texts in an error member: a text, a list, or a map of field to texts."""
    if isinstance(value, str):
        text = clean(value.strip())[:_LONGEST]
        return [] if not text or text.startswith("<") else [text]
    if depth > 3:
        return []
    if isinstance(value, list):
        return [text for one in value for text in _texts(one, depth + 1)]
    if isinstance(value, dict):
        return [
            f"{clean(str(field))[:60]}: {text}" if field not in {"message", "detail", "details"} else text
            for field, one in value.items()
            for text in _texts(one, depth + 1)
        ]
    return []


def error_of(answer: Answer, doing: str) -> SmoothxError:
    """The error for an answer that is no success. `doing` says what was asked, `read the direct costs`."""
    if answer.status == 401:
        return SignInNeeded(
            "Procore does not accept the sign-in, or the app is not installed in this company",
            "connect Procore again, or have the app installed",
        )
    if 300 <= answer.status < 400 or (200 <= answer.status < 300 and answer.problem):
        return ConnectionFailed(f"Procore: {doing}: {answer.problem}", "is there a proxy in between?")
    words = said(answer) or _BY_STATUS.get(answer.status) or f"status {answer.status}"
    told = f"Procore: {doing}: {words}"
    if answer.status in {408, 502, 503, 504}:
        return ConnectionFailed(told, "try again later")
    hint = {403: "have the permission granted in Procore", 429: "try again later"}.get(answer.status, "")
    return ServiceError(told, hint, status=answer.status, request_id=answer.request_id)
