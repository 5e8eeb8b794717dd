"""The sandbox itself, from outside.

| path | body | does |
|---|---|---|
| GET `/admin/state` | | both sides as a scenario, which loads to this same state |
| POST `/admin/faults` | a fault plan | replaces the plan; an empty list ends it |
| POST `/admin/clock` | `{"advance": seconds}` | moves time on |
| POST `/admin/reset` | | back to the scenario's start |
| POST `/admin/tokens/expire` | | every access token is over; refresh tokens still work |
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, loads
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.faults import fault_plan_from
from smoothx_tui.sandbox.xero.admin import answer, read_object, xero_admin_routes
from smoothx_tui.sandbox.xero.bookkeeper import Objection
from smoothx_tui.sandbox.xero.wire import instant_text

if TYPE_CHECKING:
    from smoothx_tui.sandbox.server import Sandbox

Endpoint = Callable[[Request], Awaitable[Response]]

_LONGEST_STEP = 10 * 366 * 86_400


def admin_routes(sandbox: "Sandbox") -> list[Route | Mount]:
    """To be mounted below /admin."""

    async def state(_request: Request) -> Response:
        return answer(200, sandbox.dump().to_data())

    async def about(_request: Request) -> Response:
        scenario = sandbox.scenario
        return answer(
            200,
            {
                "instance": sandbox.instance,
                "tenant": scenario.tenant,
                "company": scenario.company,
                "settings": scenario.settings,
            },
        )

    async def faults(request: Request) -> Response:
        sandbox.breaking.plan = fault_plan_from(_data(await request.body()))
        return answer(200, {"rules": len(sandbox.breaking.plan.rules)})

    async def clock(request: Request) -> Response:
        _advance(sandbox, read_object(await request.body()))
        return answer(200, {"clock": instant_text(sandbox.clock.now())})

    async def reset(_request: Request) -> Response:
        sandbox.reset()
        return answer(200, {"clock": instant_text(sandbox.clock.now())})

    async def expire(_request: Request) -> Response:
        sandbox.tokens.xero.expire_access()
        sandbox.tokens.procore.expire_access()
        return answer(200, {})

    return [
        Route("/about", _guarded(about), methods=["GET"]),
        Route("/state", _guarded(state), methods=["GET"]),
        Route("/faults", _guarded(faults), methods=["POST"]),
        Route("/clock", _guarded(clock), methods=["POST"]),
        Route("/reset", _guarded(reset), methods=["POST"]),
        Route("/tokens/expire", _guarded(expire), methods=["POST"]),
        Mount("/xero", routes=xero_admin_routes(sandbox.xero)),
    ]


def _advance(sandbox: "Sandbox", body: dict[str, Any]) -> None:
    seconds = body.get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | Decimal) or not 0 <= seconds <= _LONGEST_STEP:
        raise Objection(400, "advance: expected seconds, from 0 to ten years")
    if not isinstance(sandbox.clock, SandboxClock):
        raise Objection(409, "this sandbox runs on a clock of its caller")
    sandbox.clock.advance(float(seconds))


def _data(body: bytes) -> Any:
    try:
        return loads(body)
    except (BadJson, UnicodeDecodeError) as error:
        raise Objection(400, f"not JSON: {error}") from None


def _guarded(endpoint: Endpoint) -> Endpoint:
    async def serve(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Objection as objection:
            return answer(objection.status, {"error": objection.text})
        except ConfigurationError as error:
            return answer(400, {"error": error.line()})

    return serve
