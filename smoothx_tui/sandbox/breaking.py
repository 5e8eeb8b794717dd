"""Makes requests go wrong as the fault plan says, between the network and the two services.

A cut connection is an exception here (`Cut`): the transport for in-process use turns it into httpx's own errors, the
served port into a closed socket.
"""

import asyncio
from typing import Final, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.faults import FaultPlan, Rule
from smoothx_tui.sandbox.xero.gate import FAULT_KEY

CutKind = Literal["refuse", "drop", "timeout", "truncated"]

_PAGE: Final = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center></body></html>"
_MAINTENANCE: Final = b"The Xero API is temporarily unavailable"
_WRONG_JSON: Final = b'{"unexpected": ['
_PIECES: Final = 8
_NORMAL: Final = 64 * 1024

Headers = list[tuple[bytes, bytes]]


class Cut(Exception):  # noqa: N818 - reads as what happened
    """The connection ends here, without the (whole) answer."""

    def __init__(self, kind: CutKind) -> None:
        super().__init__(kind)
        self.kind = kind


class Breaking:
    """An ASGI application around the services. `plan` can be replaced at any time."""

    def __init__(self, app: ASGIApp, plan: FaultPlan, clock: Clock) -> None:
        self.app = app
        self.plan = plan
        self._clock = clock
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = self._rule(scope)
        if rule is None:
            await self.app(scope, receive, send)
            return
        body = await _whole(receive)
        exchange = _Exchange(self.app, scope, body, send)
        match rule.what:
            case "late":
                self._deliver_later(exchange, rule.seconds)
                await _client_sees(rule, exchange)
            case "server_error" if _is_accounting(scope):
                scope[FAULT_KEY] = rule.effect
                await exchange.pass_on()
            case "slow_drip":
                await exchange.drip(self._clock, rule.seconds)
            case _:
                if rule.effect == "after":
                    await exchange.run()
                await _break(rule, exchange)

    async def aclose(self) -> None:
        """Drop the deliveries that are still to come."""
        for task in tuple(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    def _rule(self, scope: Scope) -> Rule | None:
        if scope["type"] != "http" or not self.plan.rules:
            return None
        side, _, path = scope["path"].lstrip("/").partition("/")
        return self.plan.choose(side, scope["method"], f"/{path}") if side in ("xero", "procore") else None

    def _deliver_later(self, exchange: "_Exchange", seconds: float) -> None:
        async def deliver() -> None:
            await self._clock.sleep(seconds)
            await exchange.run()

        task = asyncio.get_running_loop().create_task(deliver())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


class _Exchange:
    """One request whose answer can be looked at before it is sent."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes, send: Send) -> None:
        self._app = app
        self.scope = scope
        self._body = body
        self.send = send
        self.status = 0
        self.headers: Headers = []
        self.answer = b""

    async def run(self) -> None:
        """Let the service act, and keep its answer."""
        await self._app(self.scope, self._receiver(), self._keep)

    async def pass_on(self) -> None:
        """Let the service act and answer for itself."""
        await self._app(self.scope, self._receiver(), self.send)

    async def say(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer otherwise."""
        length = (b"content-length", str(len(body)).encode())
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await self.send({"type": "http.response.body", "body": body})

    async def drip(self, clock: Clock, seconds: float) -> None:
        """The right answer in small pieces, with a pause between two."""
        await self.run()
        await self.send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        size = max(1, -(-len(self.answer) // _PIECES))
        for start in range(0, len(self.answer), size):
            piece = self.answer[start : start + size]
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            await clock.sleep(seconds)
        await self.send({"type": "http.response.body", "body": b""})

    async def half(self) -> None:
        """Half of the answer, and then the end of the connection."""
        await self.send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        half = self.answer[: len(self.answer) // 2]
        await self.send({"type": "http.response.body", "body": half, "more_body": True})
        raise Cut("truncated")

    def _receiver(self) -> Receive:
        messages: list[Message] = [{"type": "http.request", "body": self._body, "more_body": False}]

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        return receive

    async def _keep(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        else:
            self.answer += message.get("body", b"")


async def _break(rule: Rule, exchange: _Exchange) -> None:
    text, html = [(b"content-type", b"text/plain")], [(b"content-type", b"text/html")]
    match rule.what:
        case "refuse" | "drop" | "timeout" as kind:
            raise Cut(kind)
        case "truncated":
            await exchange.half()
        case "rate_limited":
            await exchange.say(429, _limit_headers(rule, exchange.scope), b"")
        case "bad_gateway" | "server_error":
            status = 500 if rule.what == "server_error" else rule.status
            await exchange.say(status, html, _PAGE % (status, status))
        case "unauthorized":
            await exchange.say(401, [(b"content-type", b"application/json")], _expired(exchange.scope))
        case "unavailable":
            await exchange.say(503, text, _MAINTENANCE)
        case "redirect":
            await exchange.say(rule.status, [(b"location", rule.location.encode())], b"")
        case "wrong_json":
            await exchange.say(exchange.status, _without_length(exchange.headers), _WRONG_JSON)
        case _:
            await _oversized(rule, exchange)


async def _oversized(rule: Rule, exchange: _Exchange) -> None:
    """The right answer, followed by blanks without end: good JSON, too big to be taken in."""
    await exchange.send(
        {"type": "http.response.start", "status": exchange.status, "headers": _without_length(exchange.headers)}
    )
    await exchange.send({"type": "http.response.body", "body": exchange.answer, "more_body": True})
    for _ in range(-(-rule.bytes // _NORMAL)):
        await exchange.send({"type": "http.response.body", "body": b" " * _NORMAL, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def _client_sees(rule: Rule, exchange: _Exchange) -> None:
    if rule.then == "bad_gateway":
        status = 504
        await exchange.say(status, [(b"content-type", b"text/html")], _PAGE % (status, status))
        return
    raise Cut("drop" if rule.then == "drop" else "timeout")


def _limit_headers(rule: Rule, scope: Scope) -> Headers:
    wait = [] if rule.retry_after is None else [(b"retry-after", str(rule.retry_after).encode())]
    if scope["path"].startswith("/xero"):
        return [(b"x-rate-limit-problem", rule.problem.encode()), (b"x-minlimit-remaining", b"0"), *wait]
    return [(b"x-rate-limit-remaining", b"0"), *wait]


def _expired(scope: Scope) -> bytes:
    if scope["path"].startswith("/xero"):
        return b'{"Type":null,"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: token expired"}'
    return b'{"error":"invalid_token","error_description":"The access token expired"}'


def _is_accounting(scope: Scope) -> bool:
    return bool(scope["path"].startswith("/xero/api.xro/"))


def _without_length(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name.lower() != b"content-length"]


async def _whole(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
