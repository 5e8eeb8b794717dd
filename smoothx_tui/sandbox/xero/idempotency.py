"""The Idempotency-Key: the first answer is kept for about six minutes and replayed, errors too (facts/xero.md 11)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.xero.answers import Answer, bad_request

WINDOW_SECONDS: Final = 360
_LONGEST_KEY: Final = 128


@dataclass(frozen=True, slots=True)
class _Kept:
    request: str
    since: datetime
    answer: Answer


class IdempotencyStore:
    """Answers by key. The six minutes run from the first use, a replay does not prolong them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def find(self, key: str, request: str) -> Answer | None:
        """The kept answer, None for a key that is new or over. Raises Refused for another request under the key."""
        if len(key) > _LONGEST_KEY:
            raise bad_request(f"The Idempotency-Key must not be longer than {_LONGEST_KEY} characters.")
        self._forget()
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.request != request:
            raise bad_request(f"The Idempotency-Key '{key}' is used with a different request.")
        return kept.answer

    def keep(self, key: str, request: str, answer: Answer) -> None:
        """Keep the first answer to a key."""
        self._kept.setdefault(key, _Kept(request, self._clock.now(), answer))

    def dump(self) -> list[dict[str, Any]]:
        """For the state file."""
        self._forget()
        return [
            {
                "key": key,
                "request": kept.request,
                "since": kept.since.isoformat(),
                "status": kept.answer.status,
                "type": kept.answer.content_type,
                "body": kept.answer.encoded().decode("utf-8", "replace"),
            }
            for key, kept in self._kept.items()
        ]

    def restore(self, data: list[dict[str, Any]]) -> None:
        """Take back what `dump` gave."""
        for one in data:
            answer = Answer(one["status"], one["body"], one["type"])
            self._kept[one["key"]] = _Kept(one["request"], datetime.fromisoformat(one["since"]), answer)

    def _forget(self) -> None:
        over = self._clock.now() - timedelta(seconds=WINDOW_SECONDS)
        for key in [key for key, kept in self._kept.items() if kept.since <= over]:
            del self._kept[key]


def fingerprint(method: str, url: str, body: bytes) -> str:
    """What makes two requests the same: method, address with query, and body."""
    return hashlib.sha256(b"\n".join((method.encode(), url.encode(), body))).hexdigest()
