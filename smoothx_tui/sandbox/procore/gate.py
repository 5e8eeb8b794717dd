"""What every call passes first: the two limits and the token."""

import math

from starlette.requests import Request

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.limits import FixedWindow, Limits
from smoothx_tui.sandbox.procore.answers import Refusal, unauthorised
from smoothx_tui.sandbox.tokens import Access, TokenStore

CALLS_AN_HOUR = 3600
CALLS_IN_TEN_SECONDS = 25

_TOO_MANY = {"errors": "You have surpassed the max number of requests for a certain time window"}
_TEXTS = {
    "missing": "The access token is missing",
    "expired": "The access token expired",
    "unknown": "The access token is invalid",
}


class Gate:
    """Limits per hour and per ten seconds, counted over everybody; the headers tell of the one nearer to its end.

    The numbers are two of those that have been met (facts/procore.md, "Versions, paging, limits"); a client may not
    rely on them.
    """

    def __init__(self, clock: Clock, limits: Limits, tokens: TokenStore) -> None:
        self.clock = clock
        self.limits = limits
        self._tokens = tokens
        self._hour = FixedWindow(CALLS_AN_HOUR, 3600)
        self._ten_seconds = FixedWindow(CALLS_IN_TEN_SECONDS, 10)

    async def take(self) -> None:
        """Count the call, or refuse it with 429; then take the time that a call takes.

        A full hour comes with Retry-After, full ten seconds without: both have to be understood.
        """
        for window in (self._hour, self._ten_seconds):
            if self.limits.remaining(window) <= 0:
                wait = {"Retry-After": str(self._seconds(window))} if window is self._hour else {}
                raise Refusal(429, _TOO_MANY, wait)
        self.limits.take(self._hour)
        self.limits.take(self._ten_seconds)
        if self.limits.latency:
            await self.clock.sleep(self.limits.latency)

    def headers(self) -> dict[str, str]:
        """The three headers on every answer; Reset is in unix seconds."""
        nearer = min((self._ten_seconds, self._hour), key=self.limits.remaining)
        reset = int(self.clock.now().timestamp()) + self._seconds(nearer)
        return {
            "X-Rate-Limit-Limit": str(nearer.size),
            "X-Rate-Limit-Remaining": str(self.limits.remaining(nearer)),
            "X-Rate-Limit-Reset": str(reset),
        }

    def check_token(self, request: Request) -> Access:
        """What the bearer token is worth; refused with 401 unless it is live."""
        access = self._tokens.check(request.headers.get("Authorization"))
        if access.state != "live":
            raise unauthorised(_TEXTS[access.state])
        return access

    def _seconds(self, window: FixedWindow) -> int:
        return max(math.ceil(self.limits.resets_in(window)), 1)
