"""What every accounting call passes, in order: sign-in, tenant, scope, limits, idempotency, then the endpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from smoothx_tui.sandbox.limits import ConcurrencyGate, FixedWindow, Limits
from smoothx_tui.sandbox.tokens import TokenStore
from smoothx_tui.sandbox.xero import reading
from smoothx_tui.sandbox.xero.answers import (
    Answer,
    Invalid,
    Refused,
    as_xml,
    forbidden,
    not_implemented,
    server_error,
    token_expired,
    too_many,
    unauthorised,
    unreadable,
    validation,
)
from smoothx_tui.sandbox.xero.idempotency import IdempotencyStore, fingerprint
from smoothx_tui.sandbox.xero.reading import Reader
from smoothx_tui.sandbox.xero.state import XeroState

FAULT_KEY: Final = "sandbox.xero.server_error"
"""ASGI scope member that a fault plan sets: `before` or `after`; the answer is then a 500, kept under the key."""

_WRITES: Final = ("POST", "PUT", "PATCH")
CALLS_AT_ONCE: Final = 5
CALLS_A_MINUTE: Final = 60
CALLS_A_DAY: Final = 5_000
APP_CALLS_A_MINUTE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call as an endpoint sees it. `query` has its names in lower case, `params` are the parts of the path."""

    state: XeroState
    method: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str = ""

    @property
    def places(self) -> int:
        """Decimals of unit amounts: 4 under `unitdp=4`, else 2."""
        return 4 if self.query.get("unitdp") == "4" else 2

    def elements(self, key: str, members: Mapping[str, Reader]) -> list[dict[str, Any]]:
        """The objects of the body, each with its known members. Raises Refused (ErrorNumber 14)."""
        if "json" not in self.headers.get("content-type", "").lower():
            raise unreadable("The request body is not JSON: the sandbox reads application/json only.")
        found = reading.elements(self.body, key)
        return [reading.read(one, members, f"{key}[{index}]") for index, one in enumerate(found)]


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path and its methods. `scope` is the family that is asked of the token."""

    path: str
    scope: str
    methods: Mapping[str, Handler]


@dataclass(slots=True)
class _Windows:
    day: FixedWindow
    minute: FixedWindow = field(default_factory=lambda: FixedWindow(CALLS_A_MINUTE, 60, offset=17))
    app: FixedWindow = field(default_factory=lambda: FixedWindow(APP_CALLS_A_MINUTE, 60))
    at_once: ConcurrencyGate = field(default_factory=lambda: ConcurrencyGate(CALLS_AT_ONCE))


class Gate:
    """Stands before all endpoints of one organisation."""

    def __init__(
        self, state: XeroState, tokens: TokenStore, limits: Limits, idempotency: IdempotencyStore, calls_a_day: int
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._limits = limits
        self._windows = _Windows(FixedWindow(calls_a_day, 86_400, offset=17))
        self._idempotency = idempotency

    async def serve(self, endpoint: Endpoint, request: Request) -> Response:
        """Answer one request."""
        body = await request.body()
        try:
            answer = await self._pass(endpoint, request, body)
        except Refused as refused:
            answer = refused.answer
        if "json" not in request.headers.get("accept", "").lower():
            answer = as_xml(answer)
        headers = {**answer.headers, **self._limit_headers()}
        if answer.content_type:
            headers["content-type"] = answer.content_type
        return Response(answer.encoded(), answer.status, headers)

    async def _pass(self, endpoint: Endpoint, request: Request, body: bytes) -> Answer:
        self._sign_in(endpoint, request)
        self._count()
        if not self._limits.enforced:
            return await self._late(endpoint, request, body)
        if not self._windows.at_once.enter():
            raise too_many("concurrent", None)
        try:
            return await self._late(endpoint, request, body)
        finally:
            self._windows.at_once.leave()

    async def _late(self, endpoint: Endpoint, request: Request, body: bytes) -> Answer:
        if self._limits.latency:
            await self._limits.clock.sleep(self._limits.latency)
        return self._once(endpoint, request, body)

    def _sign_in(self, endpoint: Endpoint, request: Request) -> None:
        access = self._tokens.check(request.headers.get("authorization"))
        if access.state == "expired":
            raise token_expired(access.expires_at)
        if access.state != "live":
            raise unauthorised("AuthenticationUnsuccessful")
        state = self._state
        tenant = request.headers.get("xero-tenant-id")
        if not state.connected or (tenant or "").lower() != state.tenant.lower():
            if state.connected and tenant is None and access.client_only:
                return self._scope(endpoint, request, access.scopes)
            raise forbidden()
        return self._scope(endpoint, request, access.scopes)

    @staticmethod
    def _scope(endpoint: Endpoint, request: Request, scopes: frozenset[str]) -> None:
        wanted = {endpoint.scope} if request.method != "GET" else {endpoint.scope, f"{endpoint.scope}.read"}
        if not wanted & scopes:
            raise unauthorised("AuthorizationUnsuccessful")

    def _count(self) -> None:
        windows = self._windows
        if not self._limits.take(windows.app):
            raise too_many("appminute", ceil(self._limits.resets_in(windows.app)))
        for problem, window in (("day", windows.day), ("minute", windows.minute)):
            if self._limits.remaining(window) <= 0:
                raise too_many(problem, ceil(self._limits.resets_in(window)))
        self._limits.take(windows.day)
        self._limits.take(windows.minute)

    def _limit_headers(self) -> dict[str, str]:
        windows = self._windows
        return {
            "X-DayLimit-Remaining": str(self._limits.remaining(windows.day)),
            "X-MinLimit-Remaining": str(self._limits.remaining(windows.minute)),
            "X-AppMinLimit-Remaining": str(self._limits.remaining(windows.app)),
        }

    def _once(self, endpoint: Endpoint, request: Request, body: bytes) -> Answer:
        fault = request.scope.get(FAULT_KEY)
        key = request.headers.get("idempotency-key") if request.method in _WRITES else None
        address = f"{request.url.path}?{request.url.query}"
        mark = fingerprint(request.method, address, body)
        kept = self._idempotency.find(key, mark) if key else None
        if kept is not None:
            return kept
        if fault == "before":
            answer = server_error()
        else:
            answer = self._handle(endpoint, request, body)
            answer = server_error() if fault else answer
        if key:
            self._idempotency.keep(key, mark, answer)
        return answer

    def _handle(self, endpoint: Endpoint, request: Request, body: bytes) -> Answer:
        query = {name.lower(): value for name, value in request.query_params.items()}
        base_url = str(request.base_url).rstrip("/")
        call = Call(self._state, request.method, request.path_params, query, request.headers, body, base_url)
        handler = endpoint.methods.get(request.method)
        try:
            if handler is None:
                raise not_implemented()
            return handler(call)
        except Refused as refused:
            return refused.answer
        except Invalid as invalid:
            return validation([{"ValidationErrors": [{"Message": message} for message in invalid.messages]}])
