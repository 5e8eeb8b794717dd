"""Where the access token comes from, and how a call is sent with it."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, SignInNeeded
from smoothx_tui.base.http import Call, Host
from smoothx_tui.base.money import NotAnAmount, amount
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean

_SHORTEST_LIFE: Final = 60.0
_EARLY_SECONDS: Final = 120.0
_UNSAID_LIFE: Final = 300.0
_TRIES: Final = 3


class TokenSource(Protocol):
    """Gives the access token, and a new one when a service did not take the last."""

    async def token(self) -> Secret:
        """A token that should still be good. Raises SignInNeeded or ConnectionFailed."""
        ...

    async def refresh(self, rejected: Secret) -> Secret:
        """A token other than `rejected`. Raises SignInNeeded or ConnectionFailed."""
        ...


class FixedToken:
    """A token given from outside, which cannot be renewed here."""

    def __init__(self, token: Secret, service: str) -> None:
        self._token = token
        self._service = service

    async def token(self) -> Secret:
        return self._token

    async def refresh(self, rejected: Secret) -> Secret:  # noqa: ARG002 - the protocol has it
        raise SignInNeeded(f"{self._service} does not accept the given token any more", "give a new one")


class ClientCredentials:
    """Tokens for a service account (Procore) or a custom connection (Xero): `grant_type=client_credentials`.

    A token is asked for again shortly before it ends, and by one caller at a time; the others wait for its answer.
    `basic` sends the client's id and secret in an Authorization header, else in the form body.
    """

    def __init__(
        self,
        host: Host,
        path: str,
        client_id: str,
        secret: Secret,
        *,
        clock: Clock,
        scope: str = "",
        basic: bool = False,
    ) -> None:
        self._host = host
        self._path = path
        self._client_id = client_id
        self._secret = secret
        self._clock = clock
        self._scope = scope
        self._basic = basic
        self._token: Secret | None = None
        self._good_until = 0.0
        self._lock = asyncio.Lock()

    async def token(self) -> Secret:
        async with self._lock:
            if self._token is None or self._clock.monotonic() >= self._good_until:
                await self._ask()
            assert self._token is not None
            return self._token

    async def refresh(self, rejected: Secret) -> Secret:
        async with self._lock:
            if self._token is None or self._token == rejected:
                await self._ask()
            assert self._token is not None
            return self._token

    async def _ask(self) -> None:
        self._token = None
        answer = await self._answer()
        name = self._host.name
        if answer.status in {400, 401, 403} and isinstance(answer.body, dict):
            word = _error_word(answer.body)
            raise SignInNeeded(
                f"{name} does not accept the client id and secret" + (f": {word}" if word else ""),
                f"connect {name} again, and check its scopes" if word == "invalid_scope" else f"connect {name} again",
            )
        body = answer.body if isinstance(answer.body, dict) else {}
        token = body.get("access_token")
        if not answer.ok or not isinstance(token, str) or not _sendable(token):
            problem = answer.problem or (f"status {answer.status}" if not answer.ok else "no token in it")
            raise ConnectionFailed(f"{name}'s sign-in gave no token: {problem}", "try again later")
        seconds = _life(body.get("expires_in"))
        self._token = Secret(token)
        self._good_until = self._clock.monotonic() + seconds - min(_EARLY_SECONDS, seconds / 5)

    async def _answer(self) -> Answer:
        """Asking twice does no harm here, so a temporary failure is tried again."""
        for tried in range(1, _TRIES + 1):
            try:
                answer = await self._host.send(self._request())
            except (NotSent, Unknown) as error:
                if tried == _TRIES or "CERTIFICATE_VERIFY_FAILED" in error.message:
                    raise
            else:
                if answer.status not in {408, 429, 500, 502, 503, 504} or tried == _TRIES:
                    return answer
            await self._clock.sleep(float(tried))
        raise AssertionError("the last try returns or raises")

    def _request(self) -> Call:
        form = {"grant_type": "client_credentials"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._scope:
            form["scope"] = self._scope
        if self._basic:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._secret.reveal(), safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret.reveal()}
        return Call("POST", self._path, headers=headers, content=urlencode(form).encode(), seconds=30.0)


async def send_authorised(
    host: Host, tokens: TokenSource, call: Call, *, renewable: Callable[[Answer], bool] = lambda _: True
) -> Answer:
    """Send `call` with the token; after a 401 once more, the same bytes, with a new token.

    `renewable` tells whether a 401 is of the kind that a new token can mend. Raises NotSent (also where no token
    could be had: the call itself did not leave), Unknown, SignInNeeded.
    """
    token = await _had(tokens.token())
    answer = await host.send(_with_token(call, token))
    if answer.status != 401 or not renewable(answer):
        return answer
    token = await _had(tokens.refresh(token))
    return await host.send(_with_token(call, token))


async def _had(asking: Any) -> Secret:
    try:
        token = await asking
    except NotSent:
        raise
    except ConnectionFailed as error:
        raise NotSent(error.message, error.hint) from None
    assert isinstance(token, Secret)
    return token


def _with_token(call: Call, token: Secret) -> Call:
    return call.with_headers({"Authorization": f"Bearer {token.reveal()}"})


def _error_word(body: Any) -> str:
    word = body.get("error") if isinstance(body, dict) else None
    return clean(word)[:60] if isinstance(word, str) else ""


def _sendable(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _life(value: Any) -> float:
    """Seconds that a token lives; a few minutes where the service does not say."""
    try:
        seconds = float(amount(value))
    except NotAnAmount:
        seconds = _UNSAID_LIFE
    return max(seconds, _SHORTEST_LIFE)
