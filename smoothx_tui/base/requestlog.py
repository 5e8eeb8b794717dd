"""The last requests, for the log pane: what was asked, what came, how long it took. No bodies, headers or secrets."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from smoothx_tui.base.text import clean

_KEPT: Final = 1000
_LONGEST: Final = 300
_SECRET_PARAMETERS: Final = frozenset(
    {"code", "token", "access_token", "refresh_token", "client_secret", "state", "code_verifier", "key", "password"}
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request. `ms` is its duration in milliseconds; `status` is 0 and `note` says why where no answer came."""

    time: datetime
    service: str
    method: str
    path: str
    status: int
    ms: int
    request_id: str = ""
    note: str = ""


class RequestLog:
    """Keeps the last 1,000 requests and tells whoever listens of each new one."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=kept)
        self._listeners: list[Callable[[LogEntry], None]] = []

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: LogEntry) -> None:
        self._entries.append(entry)
        for listener in tuple(self._listeners):
            listener(entry)

    def listen(self, listener: Callable[[LogEntry], None]) -> Callable[[], None]:
        """Call `listener` with every new entry, until the returned function is called."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop


def loggable(url: str) -> str:
    """Path and query of `url`, cleaned, cut, and with the values of secret parameters replaced by `***`."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    shown = [(name, "***" if name.lower() in _SECRET_PARAMETERS else value) for name, value in pairs]
    query = urlencode(shown, safe='*[]/:,="() ')
    text = clean(f"{parts.path}?{query}" if query else parts.path)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
