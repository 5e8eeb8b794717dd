"""What can come of one HTTP call, kept apart so that a write is never called failed when it may have happened.

* `Answer`: a whole answer of any status. `conclusive` says whether it settles what became of a write.
* `NotSent`: the call never left this machine, or was refused before it was looked at. It had no effect.
* `Unknown`: the call left, and what became of it is not known. Only reading can tell.

This module needs no HTTP library, so whoever only judges outcomes does not load one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from smoothx_tui.base.errors import ConnectionFailed, ServiceError

REQUEST_ID_HEADERS: Final = ("x-request-id", "xero-correlation-id", "x-correlation-id")
_LONGEST_WAIT: Final = 7 * 86_400.0


class NotSent(ConnectionFailed):
    """No connection, or no token to send with: the request had no effect."""


class Unknown(ConnectionFailed):
    """The request left and no usable answer came: it may have had its effect.

    `status` is the HTTP status where one came (408, 502, a redirect, 200 with a body that is not JSON), else 0.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0, request_id: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.request_id = request_id


class TooLarge(ServiceError):  # noqa: N818 - reads as what happened
    """A file is larger than its reader takes; no more of it was read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole HTTP answer. Header names are lower case.

    `body` is the parsed JSON, None where there was none; `problem` then says in a few clean words why. The body is
    not in the repr, as a token can be in it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = field(default=None, repr=False)
    problem: str = ""

    @property
    def ok(self) -> bool:
        """A success with a JSON body."""
        return 200 <= self.status < 300 and not self.problem

    @property
    def conclusive(self) -> bool:
        """Whether a write that got this answer is settled.

        Not settled are a redirect, a success that cannot be read, 408, and every server error but 500 and 501 (500
        is the service's own word; the sync engine treats it as unknown all the same, but at once).
        """
        if 200 <= self.status < 300:
            return not self.problem
        return (400 <= self.status < 500 and self.status != 408) or self.status in {500, 501}

    @property
    def request_id(self) -> str:
        """The service's own name for the request, for its support desk; "" where it gave none."""
        return next((self.headers[name] for name in REQUEST_ID_HEADERS if name in self.headers), "")

    def number(self, header: str) -> int | None:
        """A header that holds a whole number; None where it is absent or is none."""
        text = self.headers.get(header.lower(), "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    def served_at(self) -> datetime | None:
        """The server's own time (`Date`), so that a wrong clock here does not matter; UTC."""
        return _http_date(self.headers.get("date", ""))

    def retry_after(self, now: datetime) -> float | None:
        """Seconds until `Retry-After`, which is a number or a date; None where absent or unreadable."""
        text = self.headers.get("retry-after", "").strip()
        try:
            seconds = float(text) if text[:1].isdigit() else None
        except ValueError:
            seconds = None
        if seconds is None and (until := _http_date(text)):
            seconds = (until - (self.served_at() or now)).total_seconds()
        return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds is not None else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
