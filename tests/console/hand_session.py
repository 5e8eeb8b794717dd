"""The session's interface on items made by hand, and what a ledger tells it."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.planning.impact import Impact, impact
from smoothx_tui.planning.plan import Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import (
    Item,
)
from smoothx_tui.procore.packed import Places
from smoothx_tui.session.moving import moving
from smoothx_tui.session.place import Budget, Environment, Offered, Place, Progress
from smoothx_tui.session.rows import Row, row_from
from smoothx_tui.session.table import Table
from smoothx_tui.settings.layers import DEFAULT, Source
from smoothx_tui.settings.schema import SCHEMA, Offer, Settings
from smoothx_tui.settings.values import Trial
from tests.console.examples import the_books, the_mapping


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


class HandApprovals:
    """Who has put up what; the ledger's part of four eyes."""

    def __init__(self) -> None:
        self.operator = "ann"
        self.on = False
        self.up: list[Plan] = []
        self.found: list[Any] = []
        self.busy: list[Any] = []
        self.approved: list[str] = []
        self.withdrawn: list[str] = []
        self.error: Exception | None = None

    async def required(self) -> bool:
        return self.on

    async def put_up(self, plans: Iterable[Plan]) -> SimpleNamespace:
        if self.error is not None:
            raise self.error
        self.up = list(plans)
        return SimpleNamespace(made=self.up, busy=self.busy, approved=not self.on)

    async def waiting(self) -> Sequence[Any]:
        return list(self.found)

    async def approve(self, found: Sequence[Any]) -> int:
        return self._settle(found, self.approved)

    async def withdraw(self, found: Sequence[Any]) -> int:
        return self._settle(found, self.withdrawn)

    def _settle(self, found: Sequence[Any], into: list[str]) -> int:
        if self.error is not None:
            raise self.error
        into += [one.id for one in found]
        self.found = [one for one in self.found if one not in found]
        return len(found)


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
        self.news = ""
        self.note = ""
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
        self.seen: list[Any] = []
        """What the next second look finds."""
        self.second_looks = 0
        self.kept_themes: list[str] = []
        self.approvals = HandApprovals()
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

    def moving(self, table: Table, places: Sequence[int]) -> Iterator[None]:
        return moving(table, self.planner, self.trial.current, places)

    def impact(self) -> Impact:
        return impact(self.planner.plans(self.trial.saved), self.planner.plans(self.trial.current))

    @property
    def settings_home(self) -> str:
        return str(self.settings_path)

    async def settings_news(self) -> str:
        return self.news

    async def settings_note(self) -> str:
        return self.note

    async def save_settings(self) -> str:
        if self.save_error is not None:
            raise self.save_error
        self.saved += 1
        self.trial.mark_saved(self.trial.current)
        return ""

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

    async def keep_theme(self, name: str) -> None:
        if self.save_error is not None:
            raise self.save_error
        self.kept_themes.append(name)

    async def announce(self) -> SimpleNamespace:
        if self.presence_error is not None:
            raise self.presence_error
        return SimpleNamespace(colleagues=self.colleagues, shared=self.shared_ledger)

    async def busy(self) -> Sequence[Any]:
        self.looks += 1
        return tuple(self.in_hand)

    async def look_again(self) -> Sequence[Any]:
        self.second_looks += 1
        if self.presence_error is not None:
            raise self.presence_error
        seen, self.seen = self.seen, []
        return seen

    async def close(self) -> None:
        self.closed = True


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
