"""What happened, for the log pane: the console's own events and the requests it made."""

import datetime as dt
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.text import clean
from smoothx_tui.console.model.lines import Line, line, spans

if TYPE_CHECKING:
    from smoothx_tui.console.port import Request

KEPT: Final = 1000
TABS: Final = ("events", "requests")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. `level` is a role ("", note, danger, error, done)."""

    at: dt.datetime
    text: str
    level: str = ""
    hint: str = ""
    request_id: str = ""

    def line(self) -> str:
        """What, what next and the request id, as the bar says it."""
        hint = f"  Next: {self.hint}" if self.hint else ""
        return f"{self.text}{hint}{f'  request {self.request_id}' if self.request_id else ''}"

    def whole(self) -> str:
        """All of it on one line, as it is copied."""
        next_step = f" Next: {self.hint}." if self.hint else ""
        request = f" Request id: {self.request_id}." if self.request_id else ""
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.text}.{next_step}{request}".replace("..", ".")


class LogModel:
    """The last 1,000 events; the requests are kept by the session."""

    def __init__(self) -> None:
        self.events: deque[Happening] = deque(maxlen=KEPT)

    def add(self, text: str, level: str = "", *, hint: str = "", request_id: str = "") -> Happening:
        """Write an event down. Its text is cleaned: errors quote what services answered."""
        now = dt.datetime.now(dt.UTC).astimezone()
        happening = Happening(now, clean(text), level, clean(hint), clean(request_id))
        self.events.append(happening)
        return happening

    @property
    def last_error(self) -> Happening | None:
        return next((event for event in reversed(self.events) if event.level == "error"), None)

    def event_lines(self) -> list[Line]:
        """Newest last."""
        if not self.events:
            return [line("Nothing has happened yet.", "dim")]
        found: list[Line] = []
        for event in self.events:
            found.append(spans((f"{event.at:%H:%M:%S} ", "dim"), (event.text, event.level), indent=9))
            if event.hint:
                found.append(spans(("         next: ", "dim"), event.hint, indent=15))
            if event.request_id:
                found.append(spans(("         request ", "dim"), event.request_id))
        return found


def request_lines(requests: Iterable["Request"]) -> list[Line]:
    """Newest last: time, service, method, path, status, duration, request id."""
    found = [_request_line(request) for request in requests]
    return found or [line("No request has been made yet.", "dim")]


def _request_line(request: "Request") -> Line:
    role = "error" if request.status >= 400 or request.status == 0 else ""
    status = str(request.status) if request.status else "none"
    tail = "  ".join(part for part in (request.request_id, request.note) if part)
    return spans(
        (f"{request.time.astimezone():%H:%M:%S} ", "dim"),
        (f"{status:>4} ", role),
        f"{request.ms:>6} ms  {request.service:<7} {request.method:<5} {request.path}",
        (f"  {tail}" if tail else "", "dim"),
        indent=9,
    )
