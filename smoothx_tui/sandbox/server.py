"""The sandbox: both services and the admin paths as one ASGI application, in this process or on a loopback port."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.admin import admin_routes
from smoothx_tui.sandbox.breaking import Breaking
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.faults import FaultPlan
from smoothx_tui.sandbox.limits import Limits
from smoothx_tui.sandbox.procore import ProcoreState, procore_routes, storage_routes
from smoothx_tui.sandbox.procore.admin import procore_admin_routes
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.sandbox.statefile import StateFile
from smoothx_tui.sandbox.tokens import Tokens
from smoothx_tui.sandbox.transport import SandboxTransport
from smoothx_tui.sandbox.xero import CALLS_A_DAY, IdempotencyStore, XeroState, xero_routes

__all__ = ["Sandbox", "serve"]

_READS = ("GET", "HEAD", "OPTIONS")


class Sandbox:
    """Both services from one scenario. Make it with `from_scenario`; `app` is the application.

    `/procore/...` with its file storage at `/storage/...`, `/xero/...` and `/admin/...`; other paths are 404.
    """

    def __init__(
        self, scenario: Scenario, clock: Clock, limits: Limits, faults: FaultPlan, calls_a_day: int = CALLS_A_DAY
    ) -> None:
        self.scenario = scenario
        self.clock = clock
        self.limits = limits
        self.tokens = Tokens(clock)
        self.instance = secrets.token_hex(4)
        """Which sandbox this is: a client's memory of another one does not fit it. A state file keeps it."""
        self._calls_a_day = calls_a_day
        self._state_file: StateFile | None = None
        self._start(scenario)
        self.breaking = Breaking(self._services, faults, clock)

    @classmethod
    def from_scenario(  # noqa: PLR0913 - options, each by its name
        cls,
        scenario: Scenario,
        *,
        clock: Clock | None = None,
        real_limits: bool = False,
        speed: float = 1.0,
        latency: float = 0.0,
        calls_a_day: int = CALLS_A_DAY,
        faults: FaultPlan | None = None,
        state_file: str | Path | None = None,
    ) -> "Sandbox":
        """A sandbox at the scenario's start.

        Args:
            scenario: where it starts; it is not changed.
            clock: the time of both services; else one that starts at the scenario's clock and runs at `speed`.
            real_limits: count and enforce the services' limits (the headers are always there).
            speed: sandbox seconds per wall second; 0 stands still.
            latency: sandbox seconds that each call takes.
            calls_a_day: Xero's limit for the day, 5,000 (1,000 on its smallest plan).
            faults: what goes wrong.
            state_file: where the state is kept; if the file exists, it is the start, and not `scenario`.

        Raises ConfigurationError for a state file that cannot be used.

        """
        kept = StateFile(Path(state_file)) if state_file is not None else None
        start = kept.read() if kept is not None else None
        used = start.scenario if start is not None else scenario
        own_clock = clock or SandboxClock(used.clock, speed)
        sandbox = cls(used, own_clock, Limits(own_clock, real_limits, latency), faults or FaultPlan(), calls_a_day)
        if kept is not None:
            if start is not None:
                sandbox._restore(start.own)
            sandbox._state_file = kept
            sandbox.save()
        return sandbox

    @property
    def app(self) -> ASGIApp:
        """The ASGI application."""
        return self._entry

    def transport(self) -> httpx.AsyncBaseTransport:
        """For an httpx client in this process; faults look like the network's."""
        return SandboxTransport(self._entry, self.clock)

    def dump(self) -> Scenario:
        """Both sides as a scenario that starts where this is now."""
        now = self.clock.now()
        return Scenario(
            now,
            self.procore.dump(),
            self.xero.dump(),
            dict(self.xero.rates),
            dict(self.scenario.settings),
            dict(self.scenario.other),
        )

    def reset(self, scenario: Scenario | None = None) -> None:
        """Back to the scenario's start (or another one's), the clock apart. Tokens stay good."""
        self.instance = secrets.token_hex(4)
        self._start(scenario or self.scenario)
        self.save()

    def save(self) -> None:
        """Write the state file, where there is one. Raises ConfigurationError where it cannot be written."""
        if self._state_file is not None:
            own = {"instance": self.instance, "tokens": self.tokens.dump(), "keys": self._keys.dump()}
            self._state_file.write(self.dump(), own)

    async def aclose(self) -> None:
        """Drop what is still under way."""
        await self.breaking.aclose()

    def _restore(self, own: dict[str, Any]) -> None:
        self.instance = str(own.get("instance") or self.instance)
        self.tokens.restore(own.get("tokens", {}))
        self._keys.restore(own.get("keys", []))

    def _start(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.procore = ProcoreState.from_scenario(scenario, self.clock)
        self.xero = XeroState.from_scenario(scenario, self.clock)
        self._keys = IdempotencyStore(self.clock)
        xero = xero_routes(
            self.xero, self.tokens.xero, self.limits, idempotency=self._keys, calls_a_day=self._calls_a_day
        )
        self._routes = Starlette(
            routes=[
                Mount("/procore", routes=procore_routes(self.procore, self.clock, self.limits, self.tokens)),
                Mount("/storage", routes=storage_routes(self.procore)),
                Mount("/xero", routes=xero),
                Mount("/admin/procore", routes=procore_admin_routes(self.procore)),
                Mount("/admin", routes=admin_routes(self)),
            ]
        )

    async def _entry(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        await self.breaking(_lower_connections(scope), receive, send)

    async def _services(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The routes of today; a change is on disk before its answer is out."""
        if scope["method"] in _READS or self._state_file is None:
            await self._routes(scope, receive, send)
            return
        held: list[Any] = []

        async def hold(message: Any) -> None:
            held.append(message)

        await self._routes(scope, receive, hold)
        self.save()
        for message in held:
            await send(message)


async def serve(
    sandbox: Sandbox,
    host: str = "127.0.0.1",
    port: int = 0,
    ready: Callable[[int], None] | None = None,
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve on a port of this machine until cancelled or interrupted; see `serving.serve`.

    uvicorn is loaded here and not before: the console's own sandbox has no port. Raises UsageError.
    """
    from smoothx_tui.sandbox import serving

    await serving.serve(sandbox, host, port, ready, tls)


def _lower_connections(scope: Scope) -> Scope:
    """`/Connections` in any case (Xero's own SDK calls it so)."""
    start, end = scope["path"][:17], scope["path"][17:]
    if start.lower() == "/xero/connections" and (not end or end.startswith("/")):
        return {**scope, "path": start.lower() + end}
    return scope
