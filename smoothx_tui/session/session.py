"""One profile at work: read both sides, plan, try settings, save them, sync. Console and commands share it.

A screen or a command asks a session and shows the answer; it holds no rule of its own. The clients, the ledger and the
engine are given by the composition root, so that the embedded sandbox, a served one and the real services look alike.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from smoothx_tui.base.errors import LedgerError, SmoothxError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.impact import Impact, impact
from smoothx_tui.planning.plan import Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.packed import Places
from smoothx_tui.procore.reference import LoadProblem
from smoothx_tui.session.asking import may_send, offered
from smoothx_tui.session.impacts import Comparison
from smoothx_tui.session.moving import moving
from smoothx_tui.session.parts import Parts, operator_name, silent
from smoothx_tui.session.place import Budget, Offered, Place, Progress
from smoothx_tui.session.planned import Planned
from smoothx_tui.session.reader import Reader
from smoothx_tui.session.reading import Reading, Report
from smoothx_tui.session.rows import Row, row_from, row_moved
from smoothx_tui.session.settings_desk import SettingsDesk
from smoothx_tui.settings import history
from smoothx_tui.settings.file import LoadedSettings
from smoothx_tui.settings.layers import Source
from smoothx_tui.settings.schema import Offer, Settings
from smoothx_tui.settings.values import Trial

if TYPE_CHECKING:
    from smoothx_tui.base.requestlog import RequestLog
    from smoothx_tui.ledger.records import OperationRecord
    from smoothx_tui.ledger.store import Ledger
    from smoothx_tui.session.approvals import Approvals
    from smoothx_tui.session.presence import Busy, Others
    from smoothx_tui.session.repairs import Recovered
    from smoothx_tui.session.sweeping import Seen
    from smoothx_tui.session.table import Table
    from smoothx_tui.syncing.engine import Engine, SyncEvent, SyncReport

__all__ = ["Parts", "Session", "operator_name"]
_T = TypeVar("_T")


class Session:
    """See the module. `refresh` first; before it there are no items."""

    def __init__(self, parts: Parts, loaded: LoadedSettings) -> None:
        self._parts: Final = parts
        self._settings: Final = SettingsDesk(parts, loaded)
        self._planned: Final = Planned(lambda: self.loaded.mapping)
        self._reader: Final = Reader(parts.procore, parts.xero, parts.ledger, parts.clock, parts.scope)
        self._turn: Final = asyncio.Lock()
        self._announced = False
        # What was approved under other settings is stale: the engine compares at the send, with what counts then.
        parts.engine.settings_revision = lambda: self.loaded.revision
        parts.engine.settings_now = self._settings.now

    @property
    def place(self) -> Place:
        books = self._reading.books
        if books is None:
            return self._parts.place
        return replace(self._parts.place, base_currency=clean(books.organisation.base_currency))

    @property
    def operator(self) -> str:
        """Who works here, as the ledger records it."""
        return self._parts.operator

    @property
    def budget(self) -> Budget:
        xero, procore = self._parts.xero.limits, self._parts.procore.limits
        waits = xero.retry_after if xero.refused else None
        return Budget(xero.minute_remaining, xero.day_remaining, procore.remaining, waits)

    @property
    def requests(self) -> "RequestLog":
        return self._parts.requests

    @property
    def ledger(self) -> "Ledger":
        return self._parts.ledger

    @property
    def engine(self) -> "Engine":
        return self._parts.engine

    @property
    def loaded(self) -> LoadedSettings:
        """Settings and mapping as the file (or the ledger, where they are shared) and the layers around it say."""
        return self._settings.loaded

    @property
    def trial(self) -> Trial:
        """The settings being tried."""
        return self._settings.trial

    @property
    def provenance(self) -> Mapping[str, Source]:
        return self.loaded.provenance

    @property
    def settings_path(self) -> Path | None:
        return self.loaded.path

    @property
    def settings_home(self) -> str:
        """Where a save goes, cleaned."""
        return self._settings.home

    # reading -----------------------------------------------------------------------------------------------------

    @property
    def _reading(self) -> Reading:
        return self._planned.reading

    @property
    def items(self) -> Mapping[str, Item]:
        return self._reading.items

    @property
    def places(self) -> Places:
        """A number for each item, the same as long as the session is: what is kept of many items stands in arrays."""
        return self._planned.places

    @property
    def books(self) -> Books:
        """What Xero holds. Raises UsageError before the first reading."""
        return self._planned.books

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, a clean line each; everything else stands."""
        return tuple(f"{problem.what}: {problem.text}" for problem in self._reading.problems)

    @property
    def read_at(self) -> dt.datetime | None:
        """When both sides had been read; None while they never were. What is shown is as old as this."""
        return self._reading.read_at

    @property
    def old(self) -> bool:
        """What is shown was kept by an earlier start, and nothing was read since. It can be planned, not sent."""
        return self._reading.old

    @property
    def revision(self) -> int:
        """Raised whenever what plans are made from (items, books, links, mapping) was read anew."""
        return self._planned.revision

    @property
    def changed(self) -> frozenset[str] | None:
        """The only items whose rows can differ since the `revision` before this one; None: all of them can."""
        return self._planned.changed

    @property
    def partial(self) -> bool:
        """A first reading goes on: items are missing. What is shown can be planned, not sent."""
        return self._reading.partial

    async def show_cached(self) -> bool:
        """Show what an earlier start has kept, where there is something and nothing was read yet; whether there was."""
        if self._reading.books is None and (kept := await self._reader.kept()) is not None:
            await self._planned.take(kept)
        return self._reading.old

    async def refresh(
        self, report: Report = silent, *, full: bool = False, came: Callable[[], None] | None = None
    ) -> None:
        """Bring both sides and the ledger's links up to date: what changed, and everything now and then or if `full`.

        What a colleague has shared of the settings is taken first. `came` hears whenever there is more to show of a
        first reading. Raises SmoothxError; what was read before stays
        then, and what was fetched is not fetched again.
        """

        def look(reading: Reading) -> None:
            self._planned.show(reading)
            if came is not None:
                came()

        await self._settings.follow()
        async with self._turn:
            reading = await self._reader.read(self._reading, report, full=full, came=look if came is not None else None)
            await self._planned.take(reading)

    def offers(self, offer: Offer) -> tuple[Offered, ...]:
        """What a list setting can choose from; a chosen entry that Procore no longer has comes last, as not found."""
        return offered(self._reading.reference.offers, offer, self.trial)

    # planning ----------------------------------------------------------------------------------------------------

    @property
    def planner(self) -> Planner:
        """Plans over what was read. Raises UsageError before the first reading."""
        return self._planned.planner

    def plan_of(self, key: str, settings: Settings | None = None) -> Plan:
        """The plan of one item under the settings being tried. Raises UsageError for an unknown item."""
        if key not in self._reading.items:
            raise UsageError(f"there is no item {clean(key)}", "smoothx-tui items lists them")
        return self.planner.plan_of(key, settings or self.trial.current)

    def plans(self, settings: Settings | None = None) -> Mapping[str, Plan]:
        """Item key -> plan, under the settings being tried."""
        return self.planner.plans(settings or self.trial.current)

    def row(self, key: str, known: Row | None = None) -> Row:
        """One line of the items table under the settings being tried; the plan behind it is not kept.

        `known` is the row as it was made before, from the same reading (`revision`): where a changed setting only moves
        its amount, the item need not be made and planned again. Raises UsageError for an unknown item.
        """
        planner, settings = self.planner, self.trial.current
        if known is not None and (standing := planner.standing_of(key, settings)) is not None:
            return row_moved(known, standing)
        if key not in self._reading.items:
            raise UsageError(f"there is no item {clean(key)}", "smoothx-tui items lists them")
        row = row_from(planner.outline_of(key, settings), planner.group_of(key))
        self._planned.noted.note(self.places.of(key), planner.wide_group_of(key))
        return row

    def moving(self, table: "Table", places: Sequence[int]) -> Iterator[None]:
        """Make rows at these places right for the settings being tried, in small steps: those that need no plan.

        The rows were made from the same reading (`revision`), under whatever settings.
        """
        return moving(table, self.planner, self.trial.current, places)

    def rows(self) -> list[Row]:
        """The items table under the settings being tried."""
        return [self.row(key) for key in self._reading.items]

    def touched(self, before: Settings, after: Settings) -> frozenset[int]:
        """The groups (`Row.group`) of the rows that can differ between two settings. All others stay as they are."""
        return self.planner.groups.touched(before, after)

    def impact(self) -> Impact:
        """What the unsaved settings do to the pending items."""
        return impact(self.plans(self.trial.saved), self.plans(self.trial.current))

    async def impact_on(self, rows: Mapping[str, Row], report: Report = silent) -> Impact:
        """As `impact`, for very many items: `rows` are those under the settings being tried, all of them made.

        Done in slices of a few milliseconds; only items that a changed setting can touch are planned. An item whose row
        stays as it is counts as changed where its content can be another one.
        """
        tried = self.trial
        places, noted = self.places, self._planned.noted
        comparison = Comparison(self.planner, rows, tried.saved, tried.current, lambda key: noted.at(places.of(key)))
        return await comparison.in_slices(lambda done: report(Progress("comparing", done, len(rows))))

    # settings ----------------------------------------------------------------------------------------------------

    async def save_settings(self) -> str:
        """As `SettingsDesk.save`: to the file and the history, or for everybody on the ledger."""
        return await self._remapping(self._settings.save())

    async def keep_theme(self, name: str) -> None:
        """As `SettingsDesk.keep_theme`: in the file of this machine."""
        await self._remapping(self._settings.keep_theme(name))

    async def reload_settings(self) -> None:
        """As `SettingsDesk.reload`: the file, as after an editor, and what is shared."""
        await self._remapping(self._settings.reload())

    async def settings_news(self) -> str:
        """What a colleague on this ledger saved and the next `refresh` takes; "" if nothing. Raises LedgerError."""
        return await self._settings.news()

    async def settings_note(self) -> str:
        """What this machine's settings file says that does not count; "" where nothing is. Raises LedgerError."""
        return await self._settings.note()

    async def settings_history(self) -> Sequence[history.Told]:
        return await self._settings.entries()

    async def restore(self, revision: int) -> None:
        """As `SettingsDesk.restore`."""
        await self._remapping(self._settings.restore(revision))

    async def _remapping(self, work: Awaitable[_T]) -> _T:
        """Have the work done, and plan anew where it brought another mapping, or its refusal did."""
        before = self.loaded.mapping
        try:
            return await work
        finally:
            if self.loaded.mapping != before and self._reading.books is not None:
                await self._planned.take(replace(self._reading, changed=None))

    # syncing -----------------------------------------------------------------------------------------------------

    async def sync(
        self,
        plans: Iterable[Plan],
        allow_danger: frozenset[str] = frozenset(),
        on_event: "Callable[[SyncEvent], None] | None" = None,
        stop: asyncio.Event | None = None,
    ) -> "SyncReport":
        """Send these plans, just as they are; then read again what they touched.

        Raises UsageError, before anything is sent, for a plan with nothing to send, one with a danger that
        `allow_danger` (item keys) does not name, a read-only session, or settings that were tried but not saved.
        """
        chosen = list(plans)
        may_send(self._reading, self.place, self.trial, chosen, allow_danger)
        await self.same_settings(chosen)
        report = await self._parts.engine.run(
            chosen,
            approved_by=self.operator,
            items=self._reading.items,
            books=self.books,
            on_event=on_event or (lambda _: None),
            stop=stop,
        )
        keys = [result.item for result in report.results]
        documents = {result.document_id for result in report.results if result.document_id}
        try:
            await self._read_again(keys, documents)
        except SmoothxError as error:
            # What was sent is sent: the report must reach the operator, whatever reading again meets.
            trouble = LoadProblem("", "reading again after the sync", error.line())
            self._planned.reading = replace(self._reading, problems=(*self._reading.problems, trouble))
        return report

    async def recover(
        self, on_event: "Callable[[SyncEvent], None] | None" = None, stop: asyncio.Event | None = None
    ) -> "Recovered":
        """As `session.repairs.recover`; where a second person approves it only looks: the worker finishes it."""
        from smoothx_tui.session import approvals, repairs

        if await approvals.required(self):
            return repairs.Recovered(left=await repairs.left(self))
        return await repairs.recover(self, on_event or (lambda _: None), stop)

    @property
    def approvals(self) -> "Approvals":
        """Putting plans up for approval, and saying yes to what colleagues have put up."""
        from smoothx_tui.session.approvals import Approvals

        return Approvals(self)

    async def history(self, key: str) -> "list[OperationRecord]":
        """What the ledger knows of an item, newest first."""
        return await asyncio.to_thread(self._parts.ledger.operations, key, self.place.tenant_id)

    async def announce(self) -> "Others":
        """Say on the ledger that this console is there, and hear who else is. Raises LedgerError."""
        from smoothx_tui.session import presence

        self._announced = True
        return await presence.announce(self)

    async def busy(self) -> "tuple[Busy, ...]":
        """What others have in hand at the moment. Raises LedgerError."""
        from smoothx_tui.session import presence

        return await presence.busy(self)

    async def look_again(self) -> "tuple[Seen, ...]":
        """As `session.sweeping.look_again`."""
        from smoothx_tui.session.sweeping import look_again

        return await look_again(self)

    async def close(self) -> None:
        if self._announced:
            with suppress(LedgerError):  # it is thought gone after a minute of silence anyway
                await asyncio.to_thread(self._parts.ledger.consoles.leave, self._parts.engine.owner)
        await self._parts.close()

    async def same_settings(self, plans: Iterable[Plan]) -> None:
        """As `SettingsDesk.same`: raise UsageError where a colleague shared other settings meanwhile."""
        await self._settings.same(plans, self.plan_of)

    async def _read_again(self, keys: Sequence[str], documents: Iterable[str]) -> None:
        prefix = self.loaded.mapping.sale.number_prefix
        # After a reading that goes on: it may have begun before the sync, and would bring back what was then.
        async with self._turn:
            await self._planned.take(await self._reader.again(self._reading, keys, documents, prefix))
