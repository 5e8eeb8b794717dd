"""What Xero says when it refuses, and how an answer is wrapped (facts/xero.md 1, 3 and 14)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smoothx_tui.base.jsontext import dumps
from smoothx_tui.sandbox.xero.wire import ms_date
from smoothx_tui.sandbox.xero.xmltext import to_xml

_JSON = "application/json; charset=utf-8"
_NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head>"
    "<body><h2>The resource you're looking for has been removed, had its name changed, or is temporarily"
    " unavailable.</h2></body></html>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it becomes HTTP. `body` is text, bytes, or JSON data; None is an empty body."""

    status: int
    body: Any = None
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False
    """Nothing was changed, so nothing has to be saved."""

    def encoded(self) -> bytes:
        """The bytes of the body."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else dumps(self.body)
        return text.encode("utf-8", "surrogatepass")


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The request ends here with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Invalid(Exception):  # noqa: N818 - reads as what is wrong
    """One element breaks a rule of the service; `messages` are Xero's texts."""

    def __init__(self, *messages: str) -> None:
        super().__init__(messages)
        self.messages = messages


def envelope(now: datetime, key: str, elements: Sequence[Any], paging: dict[str, int] | None = None) -> dict[str, Any]:
    """The wrapper of every good answer, with `pagination` (lower case) where the list was paged."""
    out: dict[str, Any] = {
        "Id": str(uuid.uuid4()),
        "Status": "OK",
        "ProviderName": "Sandbox",
        "DateTimeUTC": ms_date(now),
    }
    if paging is not None:
        out["pagination"] = paging
    out[key] = list(elements)
    return out


def good(data: Any) -> Answer:
    """200 with JSON."""
    return Answer(200, data)


def as_xml(answer: Answer) -> Answer:
    """The same answer for a client that did not ask for JSON (facts/xero.md 1, "Headers")."""
    if not isinstance(answer.body, dict | list):
        return answer
    root = "ApiException" if answer.status >= 400 else "Response"
    return Answer(answer.status, to_xml(root, answer.body), "text/xml; charset=utf-8", answer.headers, answer.refused)


def validation(elements: Sequence[Any]) -> Answer:
    """400, ErrorNumber 10, with the bad elements only."""
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": list(elements),
    }
    return Answer(400, body)


def unreadable(message: str) -> Refused:
    """400, ErrorNumber 14: the body cannot be read as what it should be."""
    body = {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": message}
    return Refused(Answer(400, body, refused=True))


def bad_query(message: str) -> Refused:
    """400, ErrorNumber 16: `where`, `order` or another parameter cannot be read."""
    return Refused(Answer(400, {"ErrorNumber": 16, "Type": "QueryParseException", "Message": message}, refused=True))


def not_found() -> Refused:
    """404, a page of HTML."""
    return Refused(Answer(404, _NOT_FOUND_PAGE, "text/html; charset=utf-8", refused=True))


def not_implemented() -> Refused:
    """501 for what the sandbox does not emulate; it does not pretend."""
    message = "The Api Method called is not implemented"
    body = {"ErrorNumber": 20, "Type": "ApiMethodNotImplementedException", "Message": message}
    return Refused(Answer(501, body, refused=True))


def _problem(status: int, title: str, detail: str) -> Answer:
    body: dict[str, Any] = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return Answer(status, body, refused=True)


def unauthorised(detail: str) -> Refused:
    """401; `AuthorizationUnsuccessful` (also: scope missing) or `TokenExpired: …`."""
    return Refused(_problem(401, "Unauthorized", detail))


def token_expired(expired_at: datetime | None) -> Refused:
    """401 of a token whose half hour is over."""
    moment = f" at {expired_at:%m/%d/%Y %H:%M:%S}" if expired_at else ""
    return unauthorised(f"TokenExpired: token expired{moment}")


def forbidden() -> Refused:
    """403: the tenant is another one, or was disconnected."""
    return Refused(_problem(403, "Forbidden", "AuthenticationUnsuccessful"))


def bad_request(detail: str) -> Refused:
    """400 of the gateway, before any endpoint has seen the request."""
    return Refused(_problem(400, "BadRequest", detail))


def precondition_failed() -> Refused:
    """412: a header condition that cannot be read."""
    return Refused(_problem(412, "PreconditionFailed", "A header condition was invalid."))


def server_error() -> Answer:
    """500, also met after bad input (facts/xero.md 8 and 14)."""
    body = {
        "Title": "An error occurred",
        "Detail": "An error occurred in Xero. Check the API Status page http://status.developer.xero.com for current"
        " service status.",
        "Status": 500,
        "Instance": str(uuid.uuid4()),
    }
    return Answer(500, body)


def too_many(problem: str, retry_after: int | None) -> Refused:
    """429 with an empty body; Retry-After for the minute and the day only."""
    headers = {"X-Rate-Limit-Problem": problem}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Refused(Answer(429, None, "", headers, refused=True))
