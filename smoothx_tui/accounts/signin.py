"""The secrets of one sign-in, as they are kept: the client's, and the tokens that a person's consent gave."""

from dataclasses import dataclass, replace
from typing import Any, Final

from smoothx_tui.base.jsontext import BadJson, dumps, loads
from smoothx_tui.base.secret import Secret

_VERSION: Final = 1


class NotASignIn(ValueError):  # noqa: N818 - reads as what is wrong
    """What is kept under the name is none of these records."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a consent gave. `expires_at` is unix time by this machine's clock; `generation` counts the renewals.

    `previous` is the refresh token before this one: Xero takes it for half an hour after it was replaced
    (facts: Xero keeps the old token for 30 minutes where the answer was lost).
    """

    access: Secret
    expires_at: int
    refresh: Secret
    generation: int = 1
    previous: Secret | None = None
    replaced_at: int = 0

    def followed_by(self, access: Secret, expires_at: int, refresh: Secret, now: int) -> "Grant":
        """The next generation. A service that gives no new refresh token means the old one to go on."""
        if refresh == self.refresh:
            return replace(self, access=access, expires_at=expires_at, generation=self.generation + 1)
        return Grant(access, expires_at, refresh, self.generation + 1, self.refresh, now)


@dataclass(frozen=True, slots=True)
class SignIn:
    """`origin` is the address of the tokens: at another one, none of this is ever sent.

    `secret` is None for a public client (PKCE), `grant` for client credentials. `scope` is what was granted.
    `renewing_since` is set (unix time) while a renewal is under way, so that one that was cut off can be told.
    """

    origin: str
    client_id: str
    secret: Secret | None = None
    scope: str = ""
    grant: Grant | None = None
    renewing_since: int = 0

    def to_text(self) -> Secret:
        """As it is kept."""
        members: dict[str, Any] = {
            "version": _VERSION,
            "origin": self.origin,
            "client_id": self.client_id,
            "secret": _revealed(self.secret),
            "scope": self.scope,
            "renewing_since": self.renewing_since,
            "grant": None if self.grant is None else _grant_members(self.grant),
        }
        return Secret(dumps(members))

    @classmethod
    def from_text(cls, text: Secret) -> "SignIn":
        """Raises NotASignIn; its message holds nothing of the text."""
        try:
            data = loads(text.reveal())
            _known_version(data["version"])
            grant = None if data["grant"] is None else _grant_of(data["grant"])
            return cls(
                _text(data["origin"]),
                _text(data["client_id"]),
                _secret(data["secret"]),
                _text(data["scope"]),
                grant,
                _whole(data["renewing_since"]),
            )
        except NotASignIn:
            raise
        except (BadJson, KeyError, TypeError, ValueError):
            raise NotASignIn("it is damaged") from None


def _grant_members(grant: Grant) -> dict[str, Any]:
    return {
        "access": grant.access.reveal(),
        "expires_at": grant.expires_at,
        "refresh": grant.refresh.reveal(),
        "generation": grant.generation,
        "previous": _revealed(grant.previous),
        "replaced_at": grant.replaced_at,
    }


def _grant_of(data: Any) -> Grant:
    access, refresh = _secret(data["access"]), _secret(data["refresh"])
    if access is None or refresh is None:
        raise NotASignIn("a token is missing in it")
    return Grant(
        access,
        _whole(data["expires_at"]),
        refresh,
        _whole(data["generation"]),
        _secret(data["previous"]),
        _whole(data["replaced_at"]),
    )


def _known_version(value: Any) -> None:
    if value != _VERSION:
        raise NotASignIn("it was kept by a newer version")


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _secret(value: Any) -> Secret | None:
    return None if value is None else Secret(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotASignIn("it is damaged")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotASignIn("it is damaged")
    return value
