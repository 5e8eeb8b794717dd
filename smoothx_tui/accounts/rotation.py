"""Access tokens of a consent, renewed by refresh tokens that are replaced each time, without ever losing the log-in.

    take the lock that all processes share
    read what is kept again            another process may have renewed it: then its token is the answer
    ask with the newest refresh token  where it is refused: with the one before it, in its half hour of grace
    keep the new tokens                on disk, before the new access token is used
    leave the lock

A kill before the answer is kept leaves the old refresh token, which Xero takes again for 30 minutes; a kill after it
leaves the new one. What is kept is never deleted here, whatever a service says: a refusal is told to the person.
The exchange runs in a thread of its own, so that ctrl+c and a closing console do not stop it between answer and disk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from smoothx_tui.accounts.keeper import Keeper
from smoothx_tui.accounts.oauth import GrantRefused
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.base.answers import NotSent
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, SignInNeeded
from smoothx_tui.base.requestlog import LogEntry, RequestLog
from smoothx_tui.base.secret import Secret

if TYPE_CHECKING:
    from smoothx_tui.accounts.exchange import Exchange
    from smoothx_tui.accounts.oauth import Given

_EARLY_SECONDS: Final = 120
_LAST_SECONDS: Final = 15
_TRIES: Final = 2


class RotatingTokens:
    """A `base.tokens.TokenSource` on a kept consent.

    `exchange` makes a connection of its own for a renewal; `grace` is how many seconds the service takes a replaced
    refresh token; `again` says how to sign in again, for errors.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        keeper: Keeper,
        exchange: "Callable[[SignIn], Exchange]",
        clock: Clock,
        *,
        origin: str,
        service: str,
        again: str,
        grace: int = 0,
        requests: RequestLog | None = None,
    ) -> None:
        self._keeper = keeper
        self._exchange = exchange
        self._clock = clock
        self._origin = origin
        self._service = service
        self._again = again
        self._grace = grace
        self._known: Grant | None = None
        self._requests = requests
        self._made: list[LogEntry] = []
        self._answer_lost = False
        self._refused: Secret | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> Secret:
        known = self._known
        if known is not None and self._left(known) > _EARLY_SECONDS:
            return known.access
        async with self._lock:
            try:
                return (await self._renewed(None)).access
            except ConnectionFailed:
                # It is early: the token that is there may see the work through.
                if self._known is not None and self._left(self._known) > _LAST_SECONDS:
                    return self._known.access
                raise

    async def refresh(self, rejected: Secret) -> Secret:
        async with self._lock:
            return (await self._renewed(rejected)).access

    async def _renewed(self, rejected: Secret | None) -> Grant:
        """What is kept where it is good, else a new generation."""
        if self._known is None or rejected is not None or self._left(self._known) <= _EARLY_SECONDS:
            try:
                self._known = await asyncio.to_thread(self._renew, rejected)
            finally:
                self._tell()
        return self._known

    def _tell(self) -> None:
        """The log's listeners belong to this thread, so it learns of a renewal's requests here."""
        made, self._made = self._made, []
        for entry in made if self._requests is not None else ():
            assert self._requests is not None
            self._requests.add(entry)

    def _renew(self, rejected: Secret | None) -> Grant:
        """In a thread: the whole protocol. Raises SignInNeeded, ConnectionFailed, ConfigurationError."""
        kept = self._kept()
        if self._good(kept.grant, rejected):
            assert kept.grant is not None
            return kept.grant
        with self._keeper.locked():
            kept = self._kept()
            grant = kept.grant
            assert grant is not None
            if self._good(grant, rejected):
                return grant
            if grant.refresh == self._refused:
                raise self._lost(kept)
            given = self._asked(kept, grant)
            if given is None:
                return self._after_refusal(kept, rejected)
            now = int(self._clock.now().timestamp())
            following = grant.followed_by(given.access, now + given.seconds, given.refresh or grant.refresh, now)
            scope = given.scope or kept.scope
            self._keeper.write(replace(kept, grant=following, scope=scope, renewing_since=0))
            return following

    def _asked(self, kept: SignIn, grant: Grant) -> "Given | None":
        """The exchange, with a mark on disk while it is not known how it ended. None: refused.

        The mark also finds out that the disk can be written, before the one refresh token is used up.
        """
        now = int(self._clock.now().timestamp())
        self._keeper.write(replace(kept, renewing_since=kept.renewing_since or now))
        self._answer_lost = False
        try:
            given = asyncio.run(self._traded(kept, grant))
        except (NotSent, GrantRefused):
            self._settled(kept)
            raise
        if given is None:
            self._settled(kept)
        return given

    def _settled(self, kept: SignIn) -> None:
        """Take the mark away where every answer came, unless somebody wrote another sign-in meanwhile."""
        now = self._kept().grant
        assert kept.grant is not None
        if not self._answer_lost and now is not None and now.refresh == kept.grant.refresh:
            self._keeper.write(kept)

    def _after_refusal(self, before: SignIn, rejected: Secret | None) -> Grant:
        """Generations are compared before a refusal counts: a restored copy or another machine may have written."""
        now = self._kept().grant
        assert before.grant is not None
        if now is not None and now.refresh != before.grant.refresh:
            if self._good(now, rejected):
                return now
            raise ConnectionFailed(f"the sign-in of {self._service} was renewed elsewhere just now", "try again")
        self._refused = before.grant.refresh
        raise self._lost(before)

    def _kept(self) -> SignIn:
        kept = self._keeper.read()
        if kept is None or kept.grant is None:
            raise SignInNeeded(f"{self._service} is not signed in", self._again)
        if kept.origin != self._origin:
            raise SignInNeeded(
                f"the stored sign-in is for another address than this profile's {self._service}", self._again
            )
        return kept

    def _good(self, grant: Grant | None, rejected: Secret | None) -> bool:
        if grant is None or grant.access == rejected:
            return False
        # A token that another process got while ours was refused is worth a try, however short its life.
        return self._left(grant) > (_EARLY_SECONDS if rejected is None else _LAST_SECONDS)

    def _left(self, grant: Grant) -> float:
        return grant.expires_at - self._clock.now().timestamp()

    async def _traded(self, kept: SignIn, grant: Grant) -> "Given | None":
        """None: every refresh token that could still be good was refused."""
        exchange = self._exchange(kept)
        try:
            for refresh in self._candidates(grant):
                try:
                    return await self._patiently(exchange, refresh)
                except GrantRefused as refused:
                    if refused.word != "invalid_grant":
                        raise
        finally:
            self._made += exchange.requests
            await exchange.aclose()
        return None

    def _candidates(self, grant: Grant) -> list[Secret]:
        age = self._clock.now().timestamp() - grant.replaced_at
        graced = grant.previous is not None and abs(age) < self._grace
        return [grant.refresh, *([grant.previous] if graced and grant.previous is not None else [])]

    async def _patiently(self, exchange: "Exchange", refresh: Secret) -> "Given":
        """A lost answer is asked for again at once: within its grace that is safe, and without one nothing is worse."""
        for tried in range(1, _TRIES + 1):
            try:
                return await exchange.oauth.refresh(refresh)
            except ConnectionFailed as error:
                self._answer_lost = self._answer_lost or not isinstance(error, NotSent)
                if tried == _TRIES:
                    raise
            await self._clock.sleep(float(tried))
        raise AssertionError("the last try returns or raises")

    def _lost(self, kept: SignIn) -> SignInNeeded:
        unsure = kept.renewing_since or self._answer_lost
        cut_off = " (a renewal was cut off before its answer was kept)" if unsure else ""
        why = f"{self._service} does not accept the stored sign-in any more{cut_off}"
        return SignInNeeded(why, f"it was revoked, or not used for too long: {self._again}")
