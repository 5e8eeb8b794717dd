"""A command line without a composition root: settings from a file in a directory of its own, history in memory."""

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.cli.main import main
from smoothx_tui.cli.output import Output
from smoothx_tui.cli.services import SandboxOptions, ThemeInfo
from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.impact import Impact, impact
from smoothx_tui.planning.plan import (
    Action,
    Change,
    DocumentRef,
    Finding,
    FirstStep,
    LeftOut,
    Level,
    Plan,
    Reason,
    Request,
    Step,
    Totals,
)
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Environment, Place, Progress
from smoothx_tui.settings.file import LoadedSettings, find, load
from smoothx_tui.settings.schema import Settings
from smoothx_tui.settings.values import Trial
from smoothx_tui.syncing.report import ItemResult, Outcome, SyncEvent, SyncReport
from smoothx_tui.xero.documents import Status


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


class Ran(NamedTuple):
    """How a run ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


PLACE = Place(
    profile="sandbox",
    environment=Environment.SANDBOX,
    organisation="Harbourline Pty Ltd",
    tenant_id="7d1f0a52-0000-4000-8000-000000000001",
)
CONTACT = "c0000000-0000-4000-8000-000000000001"
DOCUMENT = "d0000000-0000-4000-8000-000000000001"
JUNE = dt.date(2026, 6, 30)


def _payload(number: str, amount: str, account: str = "310") -> dict[str, Any]:
    line = {"Description": "Slab", "Quantity": 1, "UnitAmount": Decimal(amount), "AccountCode": account}
    return {
        "Type": "ACCPAY",
        "Contact": {"ContactID": CONTACT},
        "InvoiceNumber": number,
        "Date": "2026-06-30",
        "Status": "DRAFT",
        "LineItems": [line],
    }


def _totals(amount: str, procore: str = "") -> Totals:
    return Totals(Decimal(procore or amount), Decimal(amount), "AUD")


def sample_plans() -> list[Plan]:
    """One plan of each sort that a command treats in its own way."""
    plans = [
        Plan(
            "claim:1",
            Kind.PROGRESS_CLAIM,
            "HC-0045",
            "Harbour Concrete",
            "2235 - Quay St",
            JUNE,
            Action.CREATE,
            payload=_payload("HC-0045", "13050.00"),
            request=Request("PUT", "/Invoices?summarizeErrors=false&unitdp=4"),
            first=(FirstStep(Step.CREATE_CONTACT, {"Name": "Harbour\u202eConcrete", "ContactNumber": "1101"}),),
            then=("lock",),
            reasons=(Reason("send", "new: AUD 13,050.00"),),
            totals=_totals("13050.00"),
            why=(("Status", "sync_as_draft"),),
        ),
        Plan(
            "direct:1",
            Kind.DIRECT_COST,
            "LIFT-221",
            "Lifting Co",
            "2235 - Quay St",
            dt.date(2026, 6, 9),
            Action.UPDATE,
            document=DocumentRef(DOCUMENT, Status.DRAFT),
            payload=_payload("LIFT-221", "1375.50"),
            request=Request("POST", f"/Invoices/{DOCUMENT}?unitdp=4"),
            then=("lock",),
            reasons=(Reason("update_draft", "total, 1 line", "update_draft", "1250.50", "1375.50"),),
            left_out=(LeftOut("line 3 Fuel", Decimal("-88.10"), "ignore_cost_types"),),
            diff=(
                Change("Total", "1250.50", "1375.50"),
                Change("LineItems[1]", None, "Float 125.00 310"),
                Change("DueDate", "2026-07-30", "2026-07-15", edited_in_xero=True),
            ),
            totals=_totals("1375.50", "1463.60"),
        ),
        Plan(
            "claim:7",
            Kind.PROGRESS_CLAIM,
            "DP-0007",
            "Dunn Plumbing",
            "2241 - Depot",
            dt.date(2026, 5, 31),
            Action.BLOCKED,
            payload=_payload("DP-0007", "4125.00"),
            reasons=(Reason("locked_period", "locked period to 31 May", "sync_prior_locked_period"),),
            findings=(Finding(Level.BLOCKER, "locked", "the date is locked", "turn sync_prior_locked_period on"),),
            totals=_totals("4125.00"),
        ),
        Plan(
            "claim:9",
            Kind.PROGRESS_CLAIM,
            "US-0001",
            "Overseas Steel",
            "2299 - Harbour",
            JUNE,
            Action.CREATE,
            payload=_payload("US-0001", "1000.00"),
            request=Request("PUT", "/Invoices?summarizeErrors=false&unitdp=4"),
            reasons=(Reason("currency", "new: AUD 1,000.00", "multi_currency"),),
            findings=(Finding(Level.DANGER, "relabelled", "USD 1,000.00 would be booked as AUD 1,000.00"),),
            totals=_totals("1000.00"),
        ),
        Plan(
            "head:3",
            Kind.HEAD_CONTRACT_CLAIM,
            "PC-11",
            "Quay Street Holdings",
            "2235 - Quay St",
            JUNE,
            Action.UNCHANGED,
            document=DocumentRef(DOCUMENT, Status.AUTHORISED),
            reasons=(Reason("same", "Xero holds exactly this"),),
            totals=_totals("61000.00"),
        ),
    ]
    return [replace(plan, tenant=PLACE.tenant_id) for plan in plans]


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


@pytest.fixture
def session(services: FakeServices) -> Iterator[FakeSession]:
    """The session that commands open."""
    found = FakeSession(loaded=load(None, environ={}))
    services.session = found
    yield found
    found.ledger.close()


GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/cli/golden/NAME; SMOOTHX_GOLDEN=1 writes it anew."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("SMOOTHX_GOLDEN") == "1":
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with the XDG directories inside it."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("USER", "operator")
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path


@pytest.fixture
def run(services: FakeServices, here: Path) -> Run:
    """Run one command line in the empty directory."""

    def ran(*arguments: str) -> Ran:
        data, talk = StringIO(), StringIO()
        code = main(arguments, services, Output(data, talk))
        return Ran(code, data.getvalue(), talk.getvalue())

    return ran


Command = Callable[..., Ran]


@pytest.fixture
def command(here: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run one command line of the real program in this process."""
    from smoothx_tui.composition.application import Application

    def ran(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(arguments, Application(dict(os.environ)), Output())
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


NUMBERS = ("HC-0045", "EP-0100", "TT-0301", "JR-0007", "PP-0044", "GW-0012")
"""The claims of the small sandbox, all of them new."""


@pytest.fixture(scope="session")
def small_scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project of the default scenario, with six claims and a head contract claim: reading it takes few calls."""
    from smoothx_tui.base import jsontext
    from smoothx_tui.sandbox.default_scenario import build

    data = build()
    procore = data["procore"]
    project = procore["projects"][0]["id"]
    for name, there in procore.items():
        if isinstance(there, list):
            procore[name] = [one for one in there if one.get("project_id", project) == project]
    procore["projects"] = procore["projects"][:1]
    procore["currency"]["projects"] = []
    procore["requisitions"] = [one for one in procore["requisitions"] if one.get("invoice_number") in NUMBERS]
    procore["direct_costs"] = []
    procore["payment_applications"] = procore["payment_applications"][:1]
    data["xero"]["Invoices"] = [one for one in data["xero"]["Invoices"] if not one.get("Url")]
    file = tmp_path_factory.mktemp("small") / "scenario.json"
    file.write_text(jsontext.dumps(data), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def small_sandbox(small_scenario: Path) -> Iterator[str]:
    """The address of a process that serves it."""
    arguments = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--scenario", str(small_scenario)]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        line = child.stderr.readline()
        assert line.startswith("sandbox on http://127.0.0.1:"), line
        yield line.split()[2]
        child.send_signal(signal.SIGINT)
        child.communicate()


@pytest.fixture
def small(small_sandbox: str, here: Path) -> "Small":
    """The small sandbox as it begins, with a ledger of its own."""
    found = Small(small_sandbox)
    found.post("/admin/reset")
    return found


@dataclass(frozen=True)
class Small:
    """A served sandbox as a bookkeeper and a project manager see it."""

    address: str

    def post(self, path: str, **body: Any) -> Any:
        return self._asked("POST", path, body)

    def faults(self, *rules: dict[str, Any]) -> None:
        self._asked("POST", "/admin/faults", list(rules))

    @property
    def invoices(self) -> list[dict[str, Any]]:
        """Xero's documents that are alive and name an item."""
        found = self._asked("GET", "/admin/state", None)["xero"]["Invoices"]
        return [one for one in found if one.get("Url") and one["Status"] not in {"DELETED", "VOIDED"}]

    def item(self, number: str) -> dict[str, Any]:
        """Procore's claim of that number."""
        claims: list[dict[str, Any]] = self._asked("GET", "/admin/state", None)["procore"]["requisitions"]
        return next(one for one in claims if one["invoice_number"] == number)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of our own; skips with a reason where there is none."""
    import tempfile

    root = str(Path(__file__).parents[2])
    if root not in sys.path:
        sys.path.append(root)
    from tests.ledger.postgres import server, why_not

    if reason := why_not():
        pytest.skip(reason)
    # Not below pytest's own directory, which the server's user may not enter.
    with tempfile.TemporaryDirectory(prefix="smoothx-pg-") as directory, server(Path(directory)) as running:
        yield running
