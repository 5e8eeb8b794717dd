"""Sign-in of both sides: clients, codes, access tokens, refresh tokens.

Xero's refresh token is replaced at each use, and the previous one still works for 30 minutes (facts/xero.md 2);
Procore's works once (facts/procore.md).
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from smoothx_tui.base.clock import Clock

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox"  # noqa: S105 - the documented one, worth nothing

_CODE_SECONDS = 300
_SIXTY_DAYS = 60 * 86_400


class TokenRefused(Exception):  # noqa: N818 - reads as what happened
    """A token request is refused; `error` is the OAuth error code (`invalid_grant`, `invalid_client`, …)."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class Policy:
    """How long tokens live, in seconds. `grace`: how long a replaced refresh token still works."""

    access: int
    refresh: int
    grace: int


XERO_POLICY = Policy(access=1800, refresh=_SIXTY_DAYS, grace=1800)
PROCORE_POLICY = Policy(access=5400, refresh=_SIXTY_DAYS, grace=0)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token request gives. `refresh_token` is None where none is given."""

    access_token: str
    expires_in: int
    created_at: datetime
    scope: str
    refresh_token: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """What a bearer token is worth: `live`, `expired`, `unknown`, or `missing` when the header holds none."""

    state: Literal["live", "expired", "unknown", "missing"]
    scopes: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    client_only: bool = False
    """Got by client credentials: at Xero, a custom connection."""


@dataclass(slots=True)
class _AccessRow:
    scope: str
    expires_at: float
    family: str
    client_only: bool


@dataclass(slots=True)
class _RefreshRow:
    scope: str
    expires_at: float
    family: str
    replaced_at: float | None = None


@dataclass(slots=True)
class _Code:
    scope: str
    expires_at: float
    redirect_uri: str
    challenge: str


class TokenStore:
    """The tokens of one side. Times inside are unix seconds of the sandbox's clock."""

    def __init__(self, clock: Clock, policy: Policy, make: Callable[[], str] | None = None) -> None:
        self.policy = policy
        self._clock = clock
        self._make = make or (lambda: secrets.token_urlsafe(32))
        self._access: dict[str, _AccessRow] = {}
        self._refresh: dict[str, _RefreshRow] = {}
        self._codes: dict[str, _Code] = {}

    def check_client(self, client_id: str, client_secret: str | None) -> None:
        """Raises TokenRefused(`invalid_client`). A secret of None is a public client (PKCE)."""
        known = client_id == CLIENT_ID and client_secret in (None, CLIENT_SECRET)
        if not known:
            raise TokenRefused("invalid_client")

    def for_client(self, scope: str = "") -> Grant:
        """Client credentials: an access token, no refresh token."""
        return self._grant(scope, self._make(), client_only=True, refresh=False)

    def new_code(self, redirect_uri: str, scope: str = "", challenge: str = "") -> str:
        """An authorization code, good for five minutes and one use. `challenge`: PKCE, S256."""
        code = self._make()
        self._codes[code] = _Code(scope, self._now() + _CODE_SECONDS, redirect_uri, challenge)
        return code

    def for_code(self, code: str, redirect_uri: str, verifier: str = "", *, refresh: bool = True) -> Grant:
        """Trade a code for tokens. Raises TokenRefused(`invalid_grant`)."""
        held = self._codes.pop(code, None)
        if held is None or held.expires_at <= self._now() or held.redirect_uri != redirect_uri:
            raise TokenRefused("invalid_grant")
        if held.challenge and _s256(verifier) != held.challenge:
            raise TokenRefused("invalid_grant")
        return self._grant(held.scope, self._make(), client_only=False, refresh=refresh)

    def code_scopes(self, code: str) -> frozenset[str]:
        """The scopes a code was given for; none for an unknown code."""
        held = self._codes.get(code)
        return frozenset(held.scope.split()) if held else frozenset()

    def refresh(self, token: str) -> Grant:
        """Trade a refresh token for new tokens. Raises TokenRefused(`invalid_grant`)."""
        held = self._refresh.get(token)
        now = self._now()
        if held is None or held.expires_at <= now:
            raise TokenRefused("invalid_grant")
        if held.replaced_at is not None and now - held.replaced_at >= self.policy.grace:
            raise TokenRefused("invalid_grant")
        if held.replaced_at is None:
            held.replaced_at = now
        return self._grant(held.scope, held.family, client_only=False, refresh=True)

    def check(self, authorization: str | None) -> Access:
        """What the value of an Authorization header is worth."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return Access("missing")
        held = self._access.get(token.strip())
        if held is None:
            return Access("unknown")
        expires_at = datetime.fromtimestamp(held.expires_at, self._clock.now().tzinfo)
        state: Literal["live", "expired"] = "live" if held.expires_at > self._now() else "expired"
        return Access(state, frozenset(held.scope.split()), expires_at, held.client_only)

    def revoke(self, token: str) -> bool:
        """Forget a token and all that came from the same consent; False: the token is unknown."""
        held = self._refresh.get(token) or self._access.get(token)
        if held is None:
            return False
        family = held.family
        self._access = {name: row for name, row in self._access.items() if row.family != family}
        self._refresh = {name: row for name, row in self._refresh.items() if row.family != family}
        return True

    def expire_access(self) -> None:
        """Every access token is over now, as after half an hour; refresh tokens still work."""
        for row in self._access.values():
            row.expires_at = min(row.expires_at, self._now())

    def dump(self) -> dict[str, Any]:
        """For the state file."""
        return {
            "access": {token: _row(row) for token, row in self._access.items() if row.expires_at > self._now()},
            "refresh": {token: _row(row) for token, row in self._refresh.items()},
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take back what `dump` gave (numbers may have become Decimal)."""
        for token, row in data.get("access", {}).items():
            self._access[token] = _AccessRow(**{**row, "expires_at": float(row["expires_at"])})
        for token, row in data.get("refresh", {}).items():
            replaced = row.get("replaced_at")
            times = {
                "expires_at": float(row["expires_at"]),
                "replaced_at": None if replaced is None else float(replaced),
            }
            self._refresh[token] = _RefreshRow(**{**row, **times})

    def _grant(self, scope: str, family: str, *, client_only: bool, refresh: bool) -> Grant:
        now = self._now()
        access = self._make()
        self._access[access] = _AccessRow(scope, now + self.policy.access, family, client_only)
        renewed = self._make() if refresh else None
        if renewed is not None:
            self._refresh[renewed] = _RefreshRow(scope, now + self.policy.refresh, family)
        return Grant(access, self.policy.access, self._clock.now(), scope, renewed)

    def _now(self) -> float:
        return (self._clock.now() - datetime(1970, 1, 1, tzinfo=self._clock.now().tzinfo)) / timedelta(seconds=1)


class Tokens:
    """Both sides' stores."""

    def __init__(self, clock: Clock, make: Callable[[], str] | None = None) -> None:
        self.xero = TokenStore(clock, XERO_POLICY, make)
        self.procore = TokenStore(clock, PROCORE_POLICY, make)

    def dump(self) -> dict[str, Any]:
        """For the state file."""
        return {"xero": self.xero.dump(), "procore": self.procore.dump()}

    def restore(self, data: dict[str, Any]) -> None:
        """Take back what `dump` gave."""
        self.xero.restore(data.get("xero", {}))
        self.procore.restore(data.get("procore", {}))


def _row(row: _AccessRow | _RefreshRow) -> dict[str, Any]:
    """JSON has no floats here: whole seconds, as text would lose nothing that matters."""
    return {name: int(value) if isinstance(value, float) else value for name, value in asdict(row).items()}


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
