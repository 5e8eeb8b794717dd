"""The composition root: the one place that knows every part and puts them together.

Imports are inside the functions: what a command does not need is not loaded, and the console paints before it connects.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Environment, Place

if TYPE_CHECKING:
    import httpx

    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.cli.services import SandboxOptions
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.sandbox.scenario import Scenario
    from smoothx_tui.session.session import Session
    from smoothx_tui.settings.file import LoadedSettings
    from smoothx_tui.settings.history import History
    from smoothx_tui.syncing.adapters import GuardedLimiter
    from smoothx_tui.syncing.engine import Engine
    from smoothx_tui.xero.client import XeroClient

FIRST_RUN: Final = "no account is connected: this is the sandbox, nothing here reaches real books"
_IN_PROCESS: Final = "http://127.0.0.1"
_SANDBOX: Final = "sandbox"
"""Client id and secret of the sandbox, on both sides."""


@dataclass(frozen=True)
class _Target:
    """Where the two services are. `transport` replaces the network; `below` are settings that stand below the file."""

    base: str
    transport: "httpx.AsyncBaseTransport | None" = None
    below: Mapping[str, Any] = field(default_factory=dict)
    instance: str = ""
    """Which served sandbox this is, in its own words: one that starts anew starts a new ledger."""


@dataclass(frozen=True)
class _Services:
    """Both clients, signed in. `organisation` is its name, cleaned."""

    procore: "ProcoreClient"
    xero: "XeroClient"
    limiter: "GuardedLimiter"
    organisation: str


class Application:
    """What the command line and the console can start; `cli.services.Services` says what each does."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ: Final = os.environ if environ is None else environ

    @asynccontextmanager
    async def open_session(self, options: Options) -> "AsyncIterator[Session]":
        session = await self.session(options)
        try:
            yield session
        finally:
            await session.close()

    async def session(self, options: Options) -> "Session":
        """A session that whoever asked for it closes. Raises SmoothxError; then nothing stays open."""
        async with AsyncExitStack() as stack:
            session = await _session(options, self._environ, stack)
            stack.pop_all()
            return session

    def load_settings(self, options: Options) -> "LoadedSettings":
        return _settings_loader(options, self._environ, _below(options))()

    @asynccontextmanager
    async def open_history(self, options: Options) -> "AsyncIterator[History]":
        async with self.open_session(options) as session:
            yield session.settings_log

    def run_console(self, options: Options, *, theme: str | None, ascii_only: bool) -> int:
        from smoothx_tui.console.run import run
        from smoothx_tui.console.start import Start

        loaded = _settings_loader(options, self._environ, {})()
        start = Start(
            settings=loaded.settings,
            settings_path=loaded.path or Path("settings.toml"),
            theme=theme or loaded.ui.theme,
            theme_folders=theme_folders(),
            glyphs="ascii" if ascii_only else loaded.ui.glyphs,
            wire=loaded.ui.wire,
            keys=loaded.ui.keys,
            read_only=options.read_only,
            state_folder=_state_folder(),
        )
        return run(start, lambda: self.session(options), self._environ)

    async def serve_sandbox(self, options: "SandboxOptions") -> None:
        from smoothx_tui.sandbox.faults import load_fault_plan
        from smoothx_tui.sandbox.generate import more_items
        from smoothx_tui.sandbox.server import Sandbox, serve

        scenario = _scenario(options.scenario)
        if options.items:
            scenario = more_items(scenario, options.items, options.seed)
        sandbox = Sandbox.from_scenario(
            scenario,
            real_limits=options.real_limits,
            faults=load_fault_plan(options.faults) if options.faults else None,
            state_file=options.state,
        )
        await serve(sandbox, "127.0.0.1", options.port, ready=_say_address)


def theme_folders() -> tuple[Path, ...]:
    """The shipped themes and the person's own; the later one adds to and replaces the earlier one's."""
    from smoothx_tui.base.locations import shipped, themes_dir

    return (shipped("themes"), themes_dir())


def _say_address(port: int) -> None:
    sys.stderr.write(f"sandbox on http://127.0.0.1:{port} (client id and secret: {_SANDBOX}); ctrl+c ends it\n")
    sys.stderr.flush()


async def _session(options: Options, environ: Mapping[str, str], stack: AsyncExitStack) -> "Session":
    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.session.session import Parts, Session, operator_name

    clock, requests = SystemClock(), RequestLog()
    target = await _target(options, clock, requests)
    load = _settings_loader(options, environ, target.below)
    loaded = await asyncio.to_thread(load)
    services = await _signed_in(target, clock, requests, stack)
    ledger = await asyncio.to_thread(_ledger, options, target, services.xero.tenant_id)
    stack.push_async_callback(asyncio.to_thread, ledger.close)
    operator = operator_name(environ)
    engine = _engine(ledger, services, clock, operator)
    stack.callback(engine.close)
    parts = Parts(
        place=_place(options, services),
        operator=operator,
        procore=services.procore,
        xero=services.xero,
        ledger=ledger,
        engine=engine,
        requests=requests,
        load_settings=load,
        close=stack.pop_all().aclose,
    )
    return Session(parts, loaded)


def _settings_loader(
    options: Options, environ: Mapping[str, str], below: Mapping[str, Any]
) -> "Callable[[], LoadedSettings]":
    from smoothx_tui.settings.file import find, load

    path = find(options.settings, environ)
    return lambda: load(path, environ=environ, overrides=options.overrides, below=below)


def _below(options: Options) -> Mapping[str, Any]:
    """The settings that come with the embedded sandbox's scenario; a served one tells its own when it is asked."""
    return {} if options.sandbox else _scenario(options.scenario).settings


def _scenario(path: Path | None) -> "Scenario":
    from smoothx_tui.sandbox.scenario import default_scenario, load_scenario

    return load_scenario(path) if path else default_scenario()


async def _target(options: Options, clock: Clock, requests: "RequestLog") -> _Target:
    if options.profile:
        raise UsageError(f"there is no profile {clean(options.profile)}", "without a profile the sandbox opens")
    if options.sandbox:
        return await _served(options.sandbox, clock, requests)
    from smoothx_tui.sandbox.server import Sandbox

    scenario = await asyncio.to_thread(_scenario, options.scenario)
    sandbox = await asyncio.to_thread(Sandbox.from_scenario, scenario)
    return _Target(_IN_PROCESS, sandbox.transport(), scenario.settings)


async def _served(base: str, clock: Clock, requests: "RequestLog") -> _Target:
    """A served sandbox says which instance it is and which settings come with its scenario."""
    from smoothx_tui.base.http import Call, Host

    host = Host(base, name="the sandbox", clock=clock, log=requests)
    try:
        answer = await host.send(Call("GET", "/admin/about"))
    except ConnectionFailed as error:
        raise ConnectionFailed(
            f"there is no sandbox at {clean(base)}: {error.message}", "start one with: smoothx-tui sandbox serve"
        ) from None
    finally:
        await host.aclose()
    if not answer.ok or not isinstance(answer.body, dict) or "instance" not in answer.body:
        raise ConnectionFailed(f"what answers at {clean(base)} is no sandbox", "check the address")
    return _Target(base, below=answer.body.get("settings") or {}, instance=clean(str(answer.body["instance"])))


async def _signed_in(target: _Target, clock: Clock, requests: "RequestLog", stack: AsyncExitStack) -> _Services:
    from smoothx_tui.base.http import Host
    from smoothx_tui.base.tokens import ClientCredentials
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.procore.endpoints import ProcoreEndpoints
    from smoothx_tui.syncing.adapters import GuardedLimiter
    from smoothx_tui.xero.client import XeroClient
    from smoothx_tui.xero.endpoints import XeroEndpoints
    from smoothx_tui.xero.limits import LocalLimiter

    procore_at, xero_at = ProcoreEndpoints.sandbox(target.base), XeroEndpoints.sandbox(target.base)
    secret = Secret(_SANDBOX)

    def host(base: str, name: str) -> Host:
        made = Host(base, name=name, clock=clock, log=requests, transport=target.transport)
        stack.push_async_callback(made.aclose)
        return made

    procore_host, xero_host = host(procore_at.api, "Procore"), host(xero_at.api, "Xero")
    procore_tokens = ClientCredentials(procore_host, procore_at.token_path, _SANDBOX, secret, clock=clock)
    xero_tokens = ClientCredentials(xero_host, xero_at.token_path, _SANDBOX, secret, clock=clock, basic=True)
    companies = await ProcoreClient(procore_host, "", procore_tokens, clock).companies()
    connections = await XeroClient(xero_host, "", xero_tokens, clock).connections()
    if len(companies) != 1 or len(connections) != 1:
        raise ConfigurationError("the sandbox does not have just one company and one organisation")
    limiter = GuardedLimiter(LocalLimiter(clock))
    return _Services(
        ProcoreClient(procore_host, str(companies[0]["id"]), procore_tokens, clock, web=procore_at.web),
        XeroClient(xero_host, connections[0].tenant_id, xero_tokens, clock, limiter=limiter),
        limiter,
        clean(connections[0].tenant_name),
    )


def _ledger(options: Options, target: _Target, tenant_id: str) -> "Ledger":
    from smoothx_tui.ledger.store import Ledger

    if options.ledger:
        return Ledger.open(options.ledger)
    if not target.instance:
        return Ledger.open(":memory:")
    return Ledger.open(str(_state_folder() / f"sandbox-{tenant_id[:8]}-{target.instance}.sqlite3"))


def _engine(ledger: "Ledger", services: _Services, clock: Clock, operator: str) -> "Engine":
    from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
    from smoothx_tui.syncing.engine import Engine

    owner = f"{operator}@{clean(socket.gethostname())}:{os.getpid()}"
    xero, procore = XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore)
    return Engine(ledger, xero, procore, clock, owner=owner)


def _place(options: Options, services: _Services) -> Place:
    return Place(
        profile=_SANDBOX,
        environment=Environment.SANDBOX,
        organisation=services.organisation,
        tenant_id=services.xero.tenant_id,
        read_only=options.read_only,
        note="" if options.sandbox or options.scenario else FIRST_RUN,
    )


def _state_folder() -> Path:
    from smoothx_tui.base.locations import state_dir

    return state_dir()
