"""What Xero said when it refused: its many error shapes, as cleaned text and as our errors (facts: xero.md, errors)."""

from dataclasses import dataclass
from typing import Any, Final

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.base.text import clean
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.parse import document_id, objects, parse_document, text

_LONGEST: Final = 300
_MOST: Final = 10


class ScopeMissing(SignInNeeded):
    """The sign-in is good, but it was not allowed to make this call."""


@dataclass(frozen=True, slots=True)
class Written:
    """One element of the answer to a write, at the position it was sent.

    `id` is "" where Xero refused it. Where `errors` is not empty the rest echoes what was sent, and is not Xero's.
    """

    id: str
    number: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    document: Document | None = None
    raw: dict[str, Any] | None = None


def read_written(body: Any, key: str = "Invoices") -> list[Written]:
    """The elements of a 200 (`key`) or of a 400 with `Elements`, in the order of the answer."""
    holder = body if isinstance(body, dict) else {}
    return [_written(one, key) for one in objects(holder.get(key) or holder.get("Elements"))]


def _written(raw: dict[str, Any], key: str) -> Written:
    id_member = {"Invoices": "InvoiceID", "Contacts": "ContactID", "Options": "TrackingOptionID"}.get(key, "")
    errors = _messages(raw.get("ValidationErrors"))
    marked = raw.get("HasErrors") is True or raw.get("HasValidationErrors") is True
    if not errors and (marked or text(raw.get("StatusAttributeString")) == "ERROR"):
        errors = ("refused without a reason",)
    return Written(
        id="" if errors else document_id(raw.get(id_member)),
        number=text(raw.get("InvoiceNumber")),
        errors=errors,
        warnings=_messages(raw.get("Warnings")),
        document=None if errors or key != "Invoices" else parse_document(raw),
        raw=raw,
    )


def _messages(raw: Any) -> tuple[str, ...]:
    found = (_shown(one.get("Message")) for one in objects(raw))
    return tuple(dict.fromkeys(message for message in found if message))[:_MOST]


def said(answer: Answer) -> str:
    """Xero's own words about a refusal, cleaned and cut; "" where it gave none that can be shown."""
    if not isinstance(answer.body, dict):
        return ""
    members = {str(name).lower(): value for name, value in answer.body.items()}
    found = [message for one in objects(members.get("elements")) for message in _messages(one.get("ValidationErrors"))]
    if not found:
        words = (_shown(members.get(name)) for name in ("detail", "message", "error_description", "error", "title"))
        found = [word for word in words if word][:1]
    return "; ".join(dict.fromkeys(found[:_MOST]))[: _LONGEST * 2]


def scope_missing(answer: Answer) -> bool:
    """A 401 that no new token mends: the consent does not cover this call."""
    return answer.status == 401 and "authorizationunsuccessful" in said(answer).lower()


def error_of(answer: Answer, doing: str) -> SmoothxError:
    """The error for an answer that is no success. `doing` says what was asked, `read accounts`."""
    words = said(answer)
    told = f"Xero: {doing}: " + (words or _by_status(answer))
    if scope_missing(answer):
        return ScopeMissing("Xero's consent does not cover this call", "connect Xero again with the scopes it asks for")
    if answer.status == 401:
        return SignInNeeded("Xero no longer accepts the sign-in", "connect Xero again")
    if answer.status == 403 and "authenticationunsuccessful" in words.lower():
        return SignInNeeded("this Xero organisation is no longer connected", "connect Xero again")
    if answer.status == 429:
        hint = "wait until calls are allowed again"
        return ServiceError(told, hint, status=429, request_id=answer.request_id)
    if answer.status in {408, 502, 503, 504}:
        return ConnectionFailed(told, "try again later")
    if 300 <= answer.status < 400 or (200 <= answer.status < 300 and answer.problem):
        return ConnectionFailed(f"Xero: {doing}: {answer.problem}", "is there a proxy in between?")
    return ServiceError(told, status=answer.status, request_id=answer.request_id)


def _by_status(answer: Answer) -> str:
    known = {
        401: "not signed in",
        403: "not allowed",
        404: "not found",
        429: "too many calls",
        500: "an error in Xero",
        503: "Xero is not available at the moment",
    }
    return known.get(answer.status, f"status {answer.status}" + (f", {answer.problem}" if answer.problem else ""))


def _shown(value: Any) -> str:
    found = clean(text(value).strip())
    return "" if found.lstrip().startswith("<") else found[:_LONGEST]
