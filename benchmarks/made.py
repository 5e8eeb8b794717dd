"""A session on a sandbox in this process, with the product's own clients; what several benchmarks and programs use."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import Target, signed_in
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.session.history import LedgerHistory
from smoothx_tui.session.place import Environment, Place
from smoothx_tui.session.session import Parts, Session
from smoothx_tui.settings.file import LoadedSettings, load
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.ports import Runner
from smoothx_tui.xero.limits import Limiter


@dataclass(frozen=True)
class Made:
    """An engine on the two services of `target`."""

    engine: Engine
    parts: Parts
    requests: RequestLog


async def engine_on(  # noqa: PLR0913 - options, each by its name
    stack: AsyncExitStack,
    target: Target,
    ledger: Ledger,
    *,
    clock: Clock | None = None,
    run: Runner | None = None,
    limiter_for: Callable[[str], Awaitable[Limiter]] | None = None,
    scenario: Scenario,
    kept_as: str = "",
) -> Made:
    """Sign in to both services, and close them with the stack; the ledger stays open.

    `run` runs the ledger's calls (default: a thread of the engine's own).
    """
    used, requests = clock or SystemClock(), RequestLog()
    services = await signed_in(target, used, requests, stack, limiter_for)
    xero, procore = XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore)
    engine = Engine(ledger, xero, procore, used, owner="", run_blocking=run)
    stack.callback(engine.close)

    def settings() -> LoadedSettings:
        return load(None, environ={}, below=scenario.settings)

    async def nothing() -> None: ...

    parts = Parts(
        place=Place("sandbox", Environment.SANDBOX, services.organisation, services.xero.tenant_id),
        operator="", procore=services.procore, xero=services.xero, ledger=ledger, engine=engine, requests=requests,
        history=LedgerHistory(ledger), load_settings=settings, close=nothing, kept_as=kept_as,
    )  # fmt: skip
    return Made(engine, parts, requests)


def session_on(made: Made) -> Session:
    """The session that both faces work with."""
    return Session(made.parts, made.parts.load_settings())
