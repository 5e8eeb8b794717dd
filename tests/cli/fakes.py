"""A composition root and a session without either service: what the commands ask is answered from values."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.cli.services import SandboxOptions, ThemeInfo
from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.impact import Impact, impact
from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Place, Progress
from smoothx_tui.settings.file import LoadedSettings, find, load
from smoothx_tui.settings.schema import Settings
from smoothx_tui.settings.values import Trial
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.report import ItemResult, Outcome, SyncEvent, SyncReport
from tests.cli.plans import DOCUMENT, PLACE, sample_plans
from tests.syncing.table import direct


@dataclass(frozen=True)
class FakeEntry:
    revision: int
    at: dt.datetime
    who: str
    before: str
    after: str
    changes: tuple[str, ...]


@dataclass
class FakeHistory:
    kept: list[FakeEntry] = field(default_factory=list)

    async def record_settings(self, who: str, before: str, after: str, changes: Sequence[str]) -> int:
        at = dt.datetime(2026, 7, 3, 9, len(self.kept), tzinfo=dt.UTC)
        self.kept.append(FakeEntry(len(self.kept) + 1, at, who, before, after, tuple(changes)))
        return len(self.kept)

    async def settings_history(self) -> Sequence[FakeEntry]:
        return list(self.kept)


@dataclass
class FakeServices:
    """The composition root of these tests. `session` is what `open_session` gives."""

    environ: dict[str, str] = field(default_factory=dict)
    below: Mapping[str, Any] | None = None
    history: FakeHistory = field(default_factory=FakeHistory)
    session: Any = None
    consoles: list[tuple[Options, str | None, bool, bool]] = field(default_factory=list)
    served: list[SandboxOptions] = field(default_factory=list)

    @asynccontextmanager
    async def open_session(self, options: Options) -> AsyncIterator[Any]:
        yield self.session

    def placed(self, options: Options) -> Options:
        return options

    def load_settings(self, options: Options) -> LoadedSettings:
        path = find(options.settings, self.environ)
        return load(path, environ=self.environ, overrides=options.overrides, below=self.below)

    @asynccontextmanager
    async def open_sharing(self, options: Options) -> AsyncIterator[None]:
        yield None

    @asynccontextmanager
    async def open_history(self, options: Options) -> AsyncIterator[FakeHistory]:
        yield self.history

    def run_console(self, options: Options, *, theme: str | None, ascii_only: bool, slow: bool) -> int:
        self.consoles.append((options, theme, ascii_only, slow))
        return 0

    async def serve_sandbox(self, options: SandboxOptions) -> None:
        self.served.append(options)

    def accounts(self) -> Any:
        raise AssertionError("no account is asked for here")

    def themes(self) -> tuple[Sequence[ThemeInfo], Sequence[str]]:
        ink = ThemeInfo("ink", "black on paper", dark=False, ansi=False)
        return [ink], ["theme odd.toml left out: colours.primary: missing"]

    def check_theme(self, path: Path) -> ThemeInfo:
        raise ConfigurationError(f"{path}: colours.primary: missing")


@dataclass
class FakeSession:
    """A session whose plans are given; with `multi_currency` on, the foreign claim is blocked."""

    place: Place = PLACE
    listed: list[Plan] = field(default_factory=sample_plans)
    problems: tuple[str, ...] = ()
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    sent: list[Plan] = field(default_factory=list)
    allowed: frozenset[str] = frozenset()
    trial: Trial = field(default_factory=lambda: Trial(Settings()))
    loaded: Any = None
    books: Any = field(
        default_factory=lambda: SimpleNamespace(organisation=SimpleNamespace(base_currency="AUD"), documents={})
    )
    items: dict[str, Any] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=lambda: Ledger.open(":memory:"))
    operator: str = "ann"

    @property
    def engine(self) -> Engine:
        """On the ledger alone: there is no service behind it."""
        nobody: Any = SimpleNamespace(calls=0, tenant_id=self.place.tenant_id)
        return Engine(self.ledger, nobody, nobody, SystemClock(), Random(1), "one", run_blocking=direct)

    async def settings_note(self) -> str:
        return ""

    async def refresh(self, report: Callable[[Progress], None] = lambda _: None) -> None:
        report(Progress("Procore items", 1, 2))

    def plans(self, settings: Settings | None = None) -> dict[str, Plan]:
        found = {plan.item: plan for plan in self.listed}
        if (settings or self.trial.current).multi_currency:
            found["claim:9"] = replace(found["claim:9"], action=Action.BLOCKED, request=None, findings=())
        return found

    def plan_of(self, key: str) -> Plan:
        return self.plans()[key]

    def impact(self) -> Impact:
        return impact(self.plans(self.trial.saved), self.plans(self.trial.current))

    async def history(self, _: str) -> list[Any]:
        return []

    async def sync(
        self,
        plans: Sequence[Plan],
        allow_danger: frozenset[str],
        on_event: Callable[[SyncEvent], None],
        stop: asyncio.Event,
    ) -> SyncReport:
        self.sent, self.allowed = list(plans), allow_danger
        for state in (State.SENDING, State.DONE):
            on_event(SyncEvent(plans[0].item, "op-1", state, "", dt.datetime(2026, 7, 3, tzinfo=dt.UTC)))
        results = [self._result(plan) for plan in plans]
        return SyncReport.of(results, 4, len(results))

    def _result(self, plan: Plan) -> ItemResult:
        outcome = self.outcomes.get(plan.item, Outcome.DONE)
        if outcome is Outcome.DONE:
            return ItemResult(plan.item, outcome, DOCUMENT)
        return ItemResult(plan.item, outcome, "", "Account code must be specified", "map another account", "req-1")
