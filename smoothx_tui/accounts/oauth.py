"""The OAuth 2 exchanges, by Authlib's httpx client on one of our own hosts.

Authlib knows the protocol (PKCE, how a client names itself, what an answer means); `base.http.Host` below it knows how
to talk: TLS verified, no redirect followed, answers capped and strictly read, requests logged without secrets.
"""

import secrets
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed, SignInNeeded
from smoothx_tui.base.http import Call
from smoothx_tui.base.money import NotAnAmount, amount
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean

if TYPE_CHECKING:
    from smoothx_tui.base.http import Host

_CALL_SECONDS: Final = 30.0
_VERIFIER_BYTES: Final = 48
_UNSAID_LIFE: Final = 300
_SENT_HEADERS: Final = ("authorization", "content-type")
_NOT_NOW: Final = frozenset({408, 429, 500, 502, 503, 504})


class GrantRefused(SignInNeeded):
    """The service refused; `word` is its OAuth error code (`invalid_grant`, `invalid_client`, …), cleaned."""

    def __init__(self, service: str, word: str) -> None:
        self.word = word
        super().__init__(f"{service} refused the sign-in: {word}", _advice(service, word))


@dataclass(frozen=True, slots=True)
class Given:
    """What a token request gave. `seconds` is the access token's life; `scope` is "" where it was not said."""

    access: Secret
    seconds: int
    refresh: Secret | None
    scope: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that was asked for: the address to open, and what proves that the answer belongs to it."""

    url: str = field(repr=False)
    redirect_uri: str
    state: str = field(repr=False)
    verifier: Secret | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks. No `secret`: a public client, which proves itself by PKCE. `basic`: in a header, else in the form."""

    id: str
    secret: Secret | None = None
    basic: bool = False


class OAuth:
    """One service's sign-in. `token_path` and `revocation_path` are below the host's base URL."""

    def __init__(self, host: "Host", client: Client, *, token_path: str, revocation_path: str) -> None:
        self._host = host
        self._client = client
        self._token_url = host.base_url + token_path
        self._revocation_url = host.base_url + revocation_path

    def consent(self, authorize: str, redirect_uri: str, scope: str, *, pkce: bool) -> Consent:
        """The address where a person consents, and what has to come back from there."""
        verifier = Secret(secrets.token_urlsafe(_VERIFIER_BYTES)) if pkce else None
        state = secrets.token_urlsafe(24)
        library = self._library(redirect_uri=redirect_uri, scope=scope or None, code_challenge_method="S256")
        url, _ = library.create_authorization_url(
            authorize, state=state, code_verifier=verifier.reveal() if verifier else None
        )
        return Consent(str(url), redirect_uri, state, verifier)

    async def trade(self, code: Secret, consent: Consent) -> Given:
        """The tokens for a code. Raises GrantRefused, ConnectionFailed."""
        more = {"code_verifier": consent.verifier.reveal()} if consent.verifier else {}
        library = self._library(redirect_uri=consent.redirect_uri)
        return await self._given(
            library.fetch_token(self._token_url, grant_type="authorization_code", code=code.reveal(), **more)
        )

    async def refresh(self, refresh: Secret) -> Given:
        """New tokens for a refresh token. Raises GrantRefused, ConnectionFailed (then it may have been used up)."""
        return await self._given(self._library().refresh_token(self._token_url, refresh_token=refresh.reveal()))

    async def revoke(self, token: Secret) -> None:
        """End a consent. An unknown token is no error. Raises GrantRefused, ConnectionFailed."""
        answer = await self._library().revoke_token(
            self._revocation_url,
            token=token.reveal(),
            token_type_hint="refresh_token",  # noqa: S106 - the kind, not a token
        )
        if answer.status_code >= 400:
            raise GrantRefused(self._host.name, _word(jsontext.loads(answer.content or b"{}")))

    async def _given(self, asking: Any) -> Given:
        """Authlib's answer as ours. Nothing that it may quote from an answer gets into an error."""
        errors = _errors()
        try:
            token = await asking
        except errors as error:
            raise GrantRefused(self._host.name, clean(str(getattr(error, "error", "")))[:60] or "no reason") from None
        except ValueError:
            raise ConnectionFailed(f"{self._host.name}'s sign-in gave no token", "try again later") from None
        access, refresh = token.get("access_token"), token.get("refresh_token")
        if not _sendable(access) or not (refresh is None or _sendable(refresh)):
            raise ConnectionFailed(f"{self._host.name}'s sign-in gave no token", "try again later")
        scope = token.get("scope")
        return Given(
            Secret(access),
            _life(token.get("expires_in")),
            None if refresh is None else Secret(refresh),
            clean(scope) if isinstance(scope, str) else "",
        )

    def _library(self, **more: Any) -> Any:
        """A new one for each exchange: it remembers tokens, and none should be remembered there."""
        client = self._client
        secret = client.secret.reveal() if client.secret else None
        way = "none" if secret is None else "client_secret_basic" if client.basic else "client_secret_post"
        kind = _authlib()
        return kind(
            client_id=client.id,
            client_secret=secret,
            token_endpoint_auth_method=way,
            revocation_endpoint_auth_method=way,
            transport=_transport(kind, self._host),
            trust_env=False,
            follow_redirects=False,
            **more,
        )


def _authlib() -> Any:
    """Authlib's client. It warns about httpx, which it goes on to work with; that is nothing an operator can act on."""
    try:
        from authlib.deprecate import AuthlibDeprecationWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AuthlibDeprecationWarning)
            from authlib.integrations.httpx_client import AsyncOAuth2Client
    except ImportError as error:
        raise ConfigurationError(f"Authlib cannot be used: {error}", "install smoothx-tui again") from None
    return AsyncOAuth2Client


def _errors() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError

    return (AuthlibBaseError,)


def _transport(kind: Any, host: "Host") -> Any:
    """A transport of the HTTP library that Authlib was built on (httpx, or its successor where that is installed)."""
    base = next(one for one in kind.__mro__ if one.__name__ == "AsyncClient")
    library = sys.modules[base.__module__.partition(".")[0]]

    class Through(library.AsyncBaseTransport):  # type: ignore[misc, name-defined]
        """Every request goes by our host."""

        async def handle_async_request(self, request: Any) -> Any:
            answer = await _sent(host, request.method, str(request.url), request.headers, await request.aread())
            content = b"" if answer.body is None else jsontext.dumps(answer.body).encode("utf-8", "surrogatepass")
            return library.Response(answer.status, headers={"content-type": "application/json"}, content=content)

    return Through()


async def _sent(host: "Host", method: str, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
    """One exchange. Raises ConnectionFailed where the answer is no OAuth answer: a proxy's page, a service at rest."""
    path = host.path_of(url)
    assert path is not None, "tokens are asked for at their own host only"
    sent = {name: headers[name] for name in _SENT_HEADERS if name in headers}
    answer = await host.send(Call(method, path, headers=sent, content=content, seconds=_CALL_SECONDS))
    if answer.status in _NOT_NOW:
        raise ConnectionFailed(f"{host.name}'s sign-in is not available: status {answer.status}", "try again later")
    empty = 200 <= answer.status < 300 and answer.body is None and "content-type" not in answer.headers
    if answer.problem and not (empty or answer.problem == "an empty answer"):
        why = f"{host.name}'s sign-in answered with {answer.problem}"
        raise ConnectionFailed(why, "is there a proxy in between?")
    return answer


def _advice(service: str, word: str) -> str:
    name = service.casefold()
    if word == "invalid_grant":
        return f"it was revoked, used up or not used for too long: smoothx-tui connect {name}"
    if word in {"invalid_client", "unauthorized_client"}:
        return "check the client id, its secret and the kind of app"
    if word == "invalid_scope":
        return "grant the app the scopes that docs/accounts.md names"
    return f"smoothx-tui connect {name}"


def _word(body: Any) -> str:
    word = body.get("error") if isinstance(body, dict) else None
    return clean(word)[:60] if isinstance(word, str) else "no reason"


def _sendable(token: Any) -> bool:
    return isinstance(token, str) and bool(token) and token.isascii() and token.isprintable() and " " not in token


def _life(value: Any) -> int:
    try:
        return max(int(amount(value)), 60)
    except NotAnAmount:
        return _UNSAID_LIFE
