"""What the command line and the console can start.

Imports are inside the functions: what a command does not need is not loaded, and the console paints before it connects.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.base.text import clean
from smoothx_tui.composition import shared
from smoothx_tui.composition.connected import OpenLedger, live, placed
from smoothx_tui.composition.sandboxed import SANDBOX, Target, scenario_of, signed_in, target_of
from smoothx_tui.composition.services import Connected, in_a_thread
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Environment, Place

if TYPE_CHECKING:
    from smoothx_tui.accounts.accounts import Accounts
    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.cli.services import SandboxOptions, ThemeInfo
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.session.session import Session
    from smoothx_tui.session.sharing import Sharing
    from smoothx_tui.settings.file import LoadedSettings
    from smoothx_tui.settings.history import History
    from smoothx_tui.syncing.engine import Engine
    from smoothx_tui.xero.limits import Limiter

FIRST_RUN: Final = "no account is connected: a sandbox, nothing here reaches real books"


class Application:
    """`cli.services.Services` says what each method does."""

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
            return await _session(placed(options, self._environ), self._environ, stack)

    def placed(self, options: Options) -> Options:
        return placed(options, self._environ)

    def load_settings(self, options: Options) -> "LoadedSettings":
        options = placed(options, self._environ)
        found = shared.beneath(options, self._environ)
        load = _settings_loader(options, self._environ, found.below)
        load()  # a mistake in the file is told before a database is asked for
        with shared.opened(options, self._environ, found.tenant) as sharing:
            return load(sharing)

    @asynccontextmanager
    async def open_sharing(self, options: Options) -> "AsyncIterator[Sharing | None]":
        options = placed(options, self._environ)
        found = await asyncio.to_thread(shared.beneath, options, self._environ)
        sharing = shared.opened(options, self._environ, found.tenant)
        entered = await asyncio.to_thread(sharing.__enter__)
        try:
            yield entered
        finally:
            await asyncio.to_thread(sharing.__exit__, None, None, None)

    @asynccontextmanager
    async def open_history(self, options: Options) -> "AsyncIterator[History]":
        from smoothx_tui.session.history import LedgerHistory

        ledger = await asyncio.to_thread(_history_ledger, placed(options, self._environ))
        try:
            yield LedgerHistory(ledger)
        finally:
            await asyncio.to_thread(ledger.close)

    def run_console(self, options: Options, *, theme: str | None, ascii_only: bool, slow: bool) -> int:
        from smoothx_tui.base.locations import state_dir
        from smoothx_tui.composition.kept import snapshot_file
        from smoothx_tui.console.run import run
        from smoothx_tui.console.start import Start

        options = placed(options, self._environ)
        load = _settings_loader(options, self._environ, {})
        loaded = load()
        start = Start(
            settings=loaded.settings,
            settings_path=loaded.path or Path("settings.toml"),
            theme=theme or loaded.ui.theme,
            theme_folders=theme_folders(),
            glyphs="ascii" if ascii_only else loaded.ui.glyphs,
            wire=loaded.ui.wire,
            keys=loaded.ui.keys,
            slow=slow,
            read_only=options.read_only,
            snapshot=snapshot_file(options, self._environ, loaded, load),
            state_folder=state_dir(),
        )
        return run(start, lambda: self.session(options), self._environ)

    def accounts(self) -> "Accounts":
        from smoothx_tui.accounts.accounts import Accounts

        return Accounts(self._environ)

    def themes(self) -> "tuple[Sequence[ThemeInfo], Sequence[str]]":
        from smoothx_tui.composition.themes import themes

        return themes(theme_folders())

    def check_theme(self, path: Path) -> "ThemeInfo":
        from smoothx_tui.composition.themes import check_theme

        return check_theme(path)

    async def serve_sandbox(self, options: "SandboxOptions") -> None:
        from smoothx_tui.sandbox.faults import load_fault_plan
        from smoothx_tui.sandbox.generate import more_items
        from smoothx_tui.sandbox.server import Sandbox, serve

        scenario = scenario_of(options.scenario)
        if options.items:
            scenario = more_items(scenario, options.items, options.seed)
        sandbox = Sandbox.from_scenario(
            scenario,
            real_limits=options.real_limits,
            speed=options.speed,
            faults=load_fault_plan(options.faults) if options.faults else None,
            state_file=options.state,
        )
        scheme = "https" if options.tls else "http"
        await serve(sandbox, "127.0.0.1", options.port, ready=partial(_say_address, scheme), tls=options.tls)


def theme_folders() -> tuple[Path, ...]:
    """The shipped themes and the person's own; the later one adds to and replaces the earlier one's."""
    from smoothx_tui.base.locations import shipped, themes_dir

    return (shipped("themes"), themes_dir())


def _say_address(scheme: str, port: int) -> None:
    sys.stderr.write(f"sandbox on {scheme}://127.0.0.1:{port} (client id and secret: {SANDBOX}); ctrl+c ends it\n")
    sys.stderr.flush()


async def _session(options: Options, environ: Mapping[str, str], stack: AsyncExitStack) -> "Session":
    from smoothx_tui.accounts.accounts import Accounts
    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.session.history import LedgerHistory
    from smoothx_tui.session.session import Parts, Session, operator_name

    clock, requests = SystemClock(), RequestLog()

    async def opened(opening: "Callable[[], Ledger]") -> "Ledger":
        ledger = await asyncio.to_thread(opening)
        stack.push_async_callback(asyncio.to_thread, ledger.close)
        return ledger

    target = None if options.profile else await target_of(options, clock, requests)
    load = _settings_loader(options, environ, target.below if target else {})
    await asyncio.to_thread(load)  # a mistake in the file is told before anybody is connected
    if target is None:
        ledger, services, place = await live(options, Accounts(environ, clock=clock, requests=requests), opened, stack)
    else:
        ledger, services = await _sandboxed(options, target, clock, requests, opened, stack)
        place = _place(options, services)
    history = ledger if options.ledger else await opened(lambda: _history_ledger(options))
    operator = operator_name(environ)
    if place.approvals_required:  # said by the profile, kept by the ledger: it is the ledger that refuses
        await asyncio.to_thread(ledger.approvals.require, place.tenant_id, on=True, who=operator)
    sharing = shared.sharing_of(options, ledger, place.tenant_id, environ)
    loaded = await asyncio.to_thread(load, sharing)
    engine = _engine(ledger, services, clock, operator)
    stack.callback(engine.close)
    parts = Parts(
        place=place,
        operator=operator,
        procore=services.procore,
        xero=services.xero,
        ledger=ledger,
        engine=engine,
        requests=requests,
        history=LedgerHistory(history),
        load_settings=partial(load, sharing),
        close=stack.pop_all().aclose,
        # The embedded sandbox is another one at every start: there is nothing to keep.
        kept_as=target.instance if target else "live",
        clock=clock,
        sharing=sharing,
    )
    return Session(parts, loaded)


async def _sandboxed(
    options: Options,
    target: Target,
    clock: Clock,
    requests: "RequestLog",
    opened: "OpenLedger",
    stack: AsyncExitStack,
) -> "tuple[Ledger, Connected]":
    """The ledger's name has the organisation in it, and the organisation's calls are counted in the ledger."""
    from smoothx_tui.syncing.limiter import SharedLimiter
    from smoothx_tui.xero.limits import LocalLimiter

    made: list[Ledger] = []

    async def limiter_for(tenant: str) -> "Limiter":
        ledger = await opened(lambda: _ledger(options, target, tenant))
        made.append(ledger)
        return SharedLimiter(ledger, tenant, clock, in_a_thread) if ledger.database.shared else LocalLimiter(clock)

    services = await signed_in(target, clock, requests, stack, limiter_for)
    return made[0], services


def _settings_loader(
    options: Options, environ: Mapping[str, str], below: Mapping[str, Any]
) -> "Callable[..., LoadedSettings]":
    """Reads the settings file, and what is shared where that is given; it blocks."""
    from smoothx_tui.settings.file import find, load

    path = find(options.settings, environ)

    def loaded(sharing: "Sharing | None" = None) -> "LoadedSettings":
        version = sharing.newest() if sharing is not None else None
        return load(path, environ=environ, overrides=options.overrides, below=below, version=version)

    return loaded


def _ledger(options: Options, target: Target, tenant_id: str) -> "Ledger":
    """The embedded sandbox is gone at the end, and so is its ledger; a served one's stays for the next command."""
    from smoothx_tui.base.locations import state_dir
    from smoothx_tui.ledger.store import Ledger

    if options.ledger:
        return Ledger.open(options.ledger)
    if not target.instance:
        return Ledger.open(":memory:")
    return Ledger.open(str(state_dir() / f"sandbox-{tenant_id[:8]}-{target.instance}.sqlite3"))


def _history_ledger(options: Options) -> "Ledger":
    """Where the history of the settings is kept: it belongs to the settings file, and outlives any sandbox."""
    from smoothx_tui.base.locations import state_dir
    from smoothx_tui.ledger.store import Ledger

    return Ledger.open(options.ledger or str(state_dir() / "sandbox-settings.sqlite3"))


def _engine(ledger: "Ledger", services: Connected, clock: Clock, operator: str) -> "Engine":
    from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
    from smoothx_tui.syncing.engine import Engine

    owner = f"{operator}@{clean(socket.gethostname())}:{os.getpid()}"
    xero, procore = XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore)
    return Engine(ledger, xero, procore, clock, owner=owner)


def _place(options: Options, services: Connected) -> Place:
    return Place(
        profile=SANDBOX,
        environment=Environment.SANDBOX,
        organisation=services.organisation,
        tenant_id=services.xero.tenant_id,
        read_only=options.read_only,
        note="" if options.sandbox or options.scenario else FIRST_RUN,
    )
