"""What a handler says, before it becomes HTTP: a value, a list to be paged, or a refusal in one of Procore's shapes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: `rows` in order, and `shape` that makes an answer of the few rows of one page.

    `default` and `largest` are rows a page; they differ from list to list (facts/procore.md, "Versions, paging").
    `paged` is false for lists that come whole; `envelope` wraps the rows in `{"data": …}` (v2.0).
    """

    rows: Sequence[Any]
    shape: Callable[[Any], Json] = field(default=lambda row: row)
    default: int = 100
    largest: int = 100
    paged: bool = True
    envelope: bool = False


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """A request that is refused: the HTTP status and the body. `body` None is answered as a page of HTML."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


def unauthorised(text: str) -> Refusal:
    """401: `error` and `error_description`, as OAuth has it."""
    return Refusal(401, {"error": "invalid_token", "error_description": text}, {"WWW-Authenticate": "Bearer"})


def no_company() -> Refusal:
    """Without the company header: 400 (seen; 404 was seen too)."""
    return Refusal(400, {"errors": "Procore-Company-Id header is required"})


def forbidden(text: str = "You do not have permission to perform this action.") -> Refusal:
    """403: `code` and `message`."""
    return Refusal(403, {"code": "FORBIDDEN", "message": text})


def not_found(version: str = "v1.0") -> Refusal:
    """404: absent, deleted or not readable look the same; the shape goes by the version."""
    if version.startswith("v2"):
        return Refusal(404, {"error": {"code": "NOT_FOUND", "message": "Resource not found", "details": {}}})
    return Refusal(404, {"errors": "Not found"} if version == "v1.0" else {"message": "Not Found"})


def bad_request(text: str) -> Refusal:
    """400: `error` as an object."""
    return Refusal(400, {"error": {"message": text, "details": {}}})


def invalid(member: str, text: str) -> Refusal:
    """422: `errors` as a map of field to list."""
    return Refusal(422, {"errors": {member: [text]}})


def invalid_list(text: str) -> Refusal:
    """422: `errors` as a list."""
    return Refusal(422, {"errors": [text]})


def conflict(text: str) -> Refusal:
    """409: `errors` as text."""
    return Refusal(409, {"errors": text})


def wrong_path() -> Refusal:
    """404 for a path that is none: a page of HTML."""
    return Refusal(404, None)
