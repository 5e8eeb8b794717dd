"""A session by hand on the real planner, the console on it, and the screen as text."""

import asyncio
import datetime as dt
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pyte
import pytest
from textual import events
from textual.pilot import Pilot

from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.console.app import SmoothxApp
from smoothx_tui.console.control import jobs, syncing
from smoothx_tui.console.environ import Terminal
from smoothx_tui.console.start import Start
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.impact import Impact, impact
from smoothx_tui.planning.plan import Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.addresses import item_url
from smoothx_tui.procore.items import (
    Company,
    Contract,
    CostCode,
    CostType,
    Currency,
    Item,
    ItemLine,
    Kind,
    Project,
    TaxCode,
)
from smoothx_tui.procore.packed import Places
from smoothx_tui.session.place import Budget, Environment, Offered, Place, Progress
from smoothx_tui.session.rows import Row, row_from
from smoothx_tui.settings.layers import DEFAULT, Source
from smoothx_tui.settings.mapping import Mapping as Accounts
from smoothx_tui.settings.mapping import Side, Terms, TermsType
from smoothx_tui.settings.schema import SCHEMA, Offer, Settings
from smoothx_tui.settings.values import Trial
from smoothx_tui.xero.organisation import (
    Account,
    Contact,
    Contacts,
    Organisation,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

ROOT = Path(__file__).parents[2]
THEMES = ROOT / "themes"
GOLDEN = Path(__file__).parent / "golden"
JUNE = dt.date(2026, 6, 30)
CLASSES = frozenset({"ASSETS", "EQUITY", "EXPENSES", "LIABILITIES", "REVENUE"})


def an_item(at: int, kind: Kind = Kind.PROGRESS_CLAIM, **changes: Any) -> Item:
    """Approved, one line of `at` hundred dollars; every text can be changed."""
    head, item_id = kind is Kind.HEAD_CONTRACT_CLAIM, str(1000 + at)
    line = ItemLine(
        id=f"9{item_id}",
        position=1,
        description=changes.pop("description", f"Work {at}"),
        amount=Decimal(at * 100),
        cost_code=CostCode("901", "03-300", "Concrete"),
        cost_type=CostType("18", "S", "Subcontract"),
        tax_codes=() if head else (TaxCode("88", "GST", Decimal("0.1")),),
    )
    item = Item(
        kind=kind,
        id=item_id,
        project=Project("21", "Quay St", "2235"),
        status="approved",
        number=f"N-{at:04}",
        claim_number="1",
        contract=None if kind is Kind.DIRECT_COST else Contract("1801", "SC-01", "Slabs"),
        company=Company("1101", "Harbour Concrete"),
        date=JUNE,
        direct_cost_type="invoice" if kind is Kind.DIRECT_COST else "",
        currency=Currency("AUD", "AUD"),
        lines=(line,),
        url=item_url(kind, company="1", project="21", contract="1801", item=item_id),
    )
    return replace(item, **changes)


def some_items(count: int = 12) -> list[Item]:
    """Mostly new ones; the second is not approved, the third foreign (a danger), the fourth lacks its company."""
    kinds = (Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM)
    items = [an_item(n, kinds[n % 3]) for n in range(1, count + 1)]
    if count > 3:
        items[1] = replace(items[1], status="draft")
        items[2] = replace(items[2], currency=Currency("USD", "AUD", company_rate=Decimal("0.65")))
        items[3] = replace(items[3], company=Company("4711", "Nobody Knows"))
    return items


def the_books() -> Books:
    accounts = [
        Account("310", "Subcontracts", class_="EXPENSE", tax_type="INPUT"),
        Account("200", "Sales", class_="REVENUE", tax_type="OUTPUT"),
    ]
    rates = [TaxRate("INPUT", "GST", Decimal(10), applies_to=CLASSES), TaxRate("OUTPUT", "GST", applies_to=CLASSES)]
    organisation = Organisation(
        "ab12cd34-0000-4000-8000-000000000001",
        "Harbourline",
        "AUD",
        currencies=frozenset({"AUD", "USD"}),
        accounts={account.code: account for account in accounts},
        tax_rates={rate.tax_type: rate for rate in rates},
        tracking=(TrackingCategory("t1", "Project", options=(TrackingOption("o1", "2235 - Quay St"),)),),
        contacts=Contacts.of([Contact("c0000000-0000-4000-8000-000000000001", "Harbour Concrete", "1101")]),
    )
    return Books.of(organisation, ())


def the_mapping() -> Accounts:
    bill = Side(
        default_account="310",
        terms=Terms(30, TermsType.DAYS_AFTER_BILL_DATE),
        tax_codes=MappingProxyType({"88": "INPUT"}),
    )
    sale = Side(default_account="200", terms=Terms(20, TermsType.OF_FOLLOWING_MONTH))
    return Accounts(bill=bill, sale=sale)


@dataclass(frozen=True)
class Event:
    item: str
    state: str
    text: str = ""


@dataclass(frozen=True)
class Result:
    item: str
    outcome: str = "done"
    document_id: str = "d1"
    text: str = ""
    fix: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Report:
    results: Sequence[Result]


class HandSession:
    """The session's interface on items made by hand; a test changes what it wants to see."""

    def __init__(self, items: Iterable[Item] = (), *, place: Place | None = None) -> None:
        self.place = place or Place(
            "sandbox", Environment.SANDBOX, "Harbourline Pty Ltd", base_currency="AUD", tenant_id="ab12cd34"
        )
        self.budget = Budget(52, 4871)
        self.trial = Trial(Settings())
        self.provenance: Mapping[str, Source] = {setting.key: DEFAULT for setting in SCHEMA}
        self.settings_path: Path | None = Path("settings.toml")
        self.requests = RequestLog()
        self.problems: Sequence[str] = ()
        self.read_at: dt.datetime | None = None
        self.old = self.partial = self.full = False
        self.revision = 0
        self.places = Places()
        self.changed: frozenset[str] | None = None
        self.pending = list(items)
        self.items: Mapping[str, Item] = {}
        self.planner = Planner([], the_mapping(), the_books())
        self.offered: dict[Offer, tuple[Offered, ...]] = {
            Offer.COST_TYPES: tuple(Offered(str(n), f"Cost type {n}") for n in range(14)),
            Offer.TAX_CODES: (Offered("88", "GST on expenses"), Offered("89", "GST free")),
            Offer.COMPANIES: (Offered("1101", "Harbour Concrete"), Offered("7", "Old One", found=False)),
        }
        self.operations: list[Any] = []
        self.changes: list[Any] = []
        self.sent: list[Plan] = []
        self.allowed: frozenset[str] = frozenset()
        self.outcomes: dict[str, Result] = {}
        self.hold: asyncio.Event | None = None
        """A sync waits for it before it ends each item."""
        self.recovered: list[Result] = []
        self.left: list[Any] = []
        self.recovery_events: list[Event] = []
        self.recovery_hold: asyncio.Event | None = None
        """A recovery waits for it before it ends."""
        self.recovery_error: Exception | None = None
        self.recoveries = 0
        self.colleagues: list[Any] = []
        self.in_hand: list[Any] = []
        self.shared_ledger = False
        self.presence_error: Exception | None = None
        self.looks = 0
        self.saved = 0
        self.closed = False
        self.refresh_error: Exception | None = None
        self.save_error: Exception | None = None

    async def show_cached(self) -> bool:
        return False

    async def refresh(
        self, report: Callable[[Progress], None], *, full: bool = False, came: Callable[[], None] | None = None
    ) -> None:
        self.full = full
        report(Progress("reading", 0, len(self.pending)))
        if self.refresh_error is not None:
            raise self.refresh_error
        self.items = {item.key: item for item in self.pending}
        self.planner = Planner(self.pending, the_mapping(), the_books())
        self.revision += 1

    def plan_of(self, key: str, settings: Settings | None = None) -> Plan:
        return self.planner.plan_of(key, settings or self.trial.current)

    def row(self, key: str, known: Row | None = None) -> Row:
        return row_from(self.plan_of(key).outline, self.planner.group_of(key))

    def touched(self, before: Settings, after: Settings) -> frozenset[int]:
        return self.planner.groups.touched(before, after)

    def impact(self) -> Impact:
        return impact(self.planner.plans(self.trial.saved), self.planner.plans(self.trial.current))

    async def save_settings(self) -> None:
        if self.save_error is not None:
            raise self.save_error
        self.saved += 1
        self.trial.mark_saved(self.trial.current)

    async def reload_settings(self) -> None:
        if self.save_error is not None:
            raise self.save_error

    async def settings_history(self) -> Sequence[Any]:
        return self.changes

    async def restore(self, revision: int) -> None:
        self.trial.put(Settings())

    def offers(self, offer: Offer) -> tuple[Offered, ...]:
        return self.offered[offer]

    async def history(self, key: str) -> Sequence[Any]:
        return self.operations

    async def sync(
        self,
        plans: Iterable[Plan],
        allow_danger: frozenset[str] = frozenset(),
        on_event: Callable[[Any], None] | None = None,
        stop: asyncio.Event | None = None,
    ) -> Report:
        self.sent, self.allowed = list(plans), allow_danger
        tell = on_event or (lambda _: None)
        results: list[Result] = []
        for plan in self.sent:
            tell(Event(plan.item, "sending"))
            if self.hold is not None:
                await self.hold.wait()
            if stop is not None and stop.is_set():
                results.append(Result(plan.item, "held", text="not begun", fix="sync it again"))
                continue
            result = self.outcomes.get(plan.item, Result(plan.item))
            tell(Event(plan.item, result.outcome, result.text))
            results.append(result)
        return Report(results)

    async def recover(
        self, on_event: Callable[[Any], None] | None = None, stop: asyncio.Event | None = None
    ) -> SimpleNamespace:
        self.recoveries += 1
        for event in self.recovery_events:
            (on_event or print)(event)
        if self.recovery_hold is not None:
            await self.recovery_hold.wait()
        if self.recovery_error is not None:
            raise self.recovery_error
        if self.recovered:
            self.revision += 1
        return SimpleNamespace(report=Report(self.recovered), left=self.left)

    async def announce(self) -> SimpleNamespace:
        if self.presence_error is not None:
            raise self.presence_error
        return SimpleNamespace(colleagues=self.colleagues, shared=self.shared_ledger)

    async def busy(self) -> Sequence[Any]:
        self.looks += 1
        return tuple(self.in_hand)

    async def close(self) -> None:
        self.closed = True


@dataclass
class Desk:
    """The running console, its pilot and its session."""

    app: SmoothxApp
    pilot: Pilot[None]
    session: HandSession

    async def press(self, *keys: str) -> None:
        """Press keys and let everything they started come to rest."""
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            self.app.post_message(events.Key(key, character))
        await self.rest()

    async def type(self, text: str) -> None:
        await self.press(*("space" if ch == " " else ch for ch in text))

    async def rest(self) -> None:
        """Until nothing is going on but a sync that a test holds."""
        screen = self.app.main
        for _ in range(1000):
            await self._turn()
            held = {"sync"} if self.session.hold is not None else set()
            held |= {"recover", "sync"} if self.session.recovery_hold is not None else set()
            running = [name for name in screen.jobs.running if name not in held]
            if not running and not screen.jobs.waiting:
                break
            await asyncio.sleep(0.001)
        await self._turn()

    async def _turn(self) -> None:
        """Everything that is queued now is done, and painted. (Pilot.pause waits for the processor to be idle.)"""
        if not self.app.is_running:
            return
        done = asyncio.Event()
        self.app.call_later(lambda: self.app.main.call_after_refresh(done.set))
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 2)

    def lines(self) -> list[str]:
        """The screen as text; Textual's compositor is asked here and nowhere else."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines()) + "\n"


def left_open(item: str, state: str, text: str, owner: str = "") -> Any:
    """An operation of an earlier run that has not ended."""
    return SimpleNamespace(item=item, operation_id=f"op {item}", state=state, text=text, fix="do this", owner=owner)


def operation(text: str) -> Any:
    """An operation of the ledger, every text of it the same."""
    return SimpleNamespace(
        id=text, action=text, state=text, approved_by=text, document_id=text, text=text, fix=text, request_id=text,
        created_at=1.0, updated_at=2.0,
    )  # fmt: skip


def settings_change(text: str) -> Any:
    """An entry of the settings history."""
    return SimpleNamespace(revision=1, at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC), who=text, changes=(text,))


async def crash_with_a_token(key: str) -> Sequence[Any]:
    """A bug of ours, with a token in a local variable and in the message."""
    local_token = "s3cr3t-" + key
    raise RuntimeError(f"Authorization: Bearer {local_token}")


RunConsole = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunConsole:
    """`async with console(session, width, height) as desk`: the console on a session made by hand."""

    # The rest before the preview follows is for people; a test waits for everything anyway.
    monkeypatch.setattr(jobs, "REST", 0.001)
    monkeypatch.setattr(syncing, "TELL", 0.001)

    @asynccontextmanager
    async def run(
        session: HandSession | None = None,
        size: tuple[int, int] = (120, 36),
        *,
        terminal: Terminal | None = None,
        open_session: Callable[[], Awaitable[Any]] | None = None,
        **start: Any,
    ) -> AsyncIterator[Desk]:
        session = session or HandSession(some_items())

        async def opened() -> Any:
            return session

        given: dict[str, Any] = {
            "theme_folders": (THEMES,),
            "theme": "dark",
            "state_folder": tmp_path / "state",
        } | start
        app = SmoothxApp(Start(**given), open_session or opened, terminal or Terminal(colours=1 << 24), {})
        async with app.run_test(size=size) as pilot:
            desk = Desk(app, pilot, session)
            await desk.rest()
            yield desk

    return run


@pytest.fixture
def session() -> HandSession:
    return HandSession(some_items())


@pytest.fixture
def make() -> type["Make"]:
    return Make


class Make:
    """What tests build with."""

    item = staticmethod(an_item)
    items = staticmethod(some_items)
    session = HandSession
    result = Result
    event = Event
    left = staticmethod(left_open)
    themes = THEMES


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/console/golden/NAME.txt; SMOOTHX_GOLDEN=1 writes it anew."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("SMOOTHX_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden {name}; SMOOTHX_GOLDEN=1 writes it"
        assert text == path.read_text(encoding="utf-8")

    return compare


class AtTerminal:
    """A program at a pseudo-terminal. Waits are for what is on the screen, never for a time."""

    def __init__(self, command: list[str], environ: dict[str, str], width: int, height: int) -> None:
        self.output = b""
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if not self.pid:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
            os.chdir(ROOT)
            os.execve(command[0], command, environ)

    def read(self, seconds: float) -> bytes:
        """What comes until nothing has come for so long."""
        found = b""
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            found += data
        self.output += found
        # pyte does not know the private sequences that ask a terminal for its abilities.
        self._stream.feed(re.sub(rb"\x1b\[[?>=][0-9;]*[$a-zA-Z]*|\x1b\][^\x07\x1b]*(\x07|\x1b\\)", b"", found))
        return found

    def until(self, pattern: str, *, limit: float = 30) -> str:
        """The screen once it shows the pattern."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.read(0.05)
            text = "\n".join(self.screen.display)
            if re.search(pattern, text):
                return text
        raise AssertionError(f"{pattern!r} did not come:\n" + "\n".join(self.screen.display))

    def until_sent(self, data: bytes, *, limit: float = 30) -> None:
        """Until these bytes have come."""
        end = time.monotonic() + limit
        while data not in self.output:
            assert time.monotonic() < end, f"{data!r} did not come"
            self.read(0.02)

    def send(self, *keys: str) -> bytes:
        """Send keys; what is written until it is quiet again."""
        os.write(self.fd, "".join(keys).encode())
        return self.read(0.2)

    def end(self, *, limit: float = 20) -> int:
        """Wait for the end; the exit code, 128 + n for a signal that was not caught."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.fixture
def at_terminal() -> type[AtTerminal]:
    """`at_terminal(command, environ, width, height)`: a program at a pseudo-terminal."""
    return AtTerminal
