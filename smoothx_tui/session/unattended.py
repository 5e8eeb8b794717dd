"""The unattended half: a round reads both sides, sends what is approved in the ledger, and looks again at what is done.

The ledger is asked at every round, the services only where there is something to do: an idle worker makes no calls and
uses up nobody's day. Several workers on one ledger share the work by its leases.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.records import WORKABLE, moment
from smoothx_tui.syncing import sweep
from smoothx_tui.syncing.report import ItemResult, Outcome, SyncEvent, SyncReport
from smoothx_tui.xero.limits import DayLimitReached

if TYPE_CHECKING:
    from smoothx_tui.session.session import Session

FRESH_SECONDS: Final = 300.0
"""How old a reading may be when work begins; the engine reads each item and document again before it sends."""
_PRESENCE_SECONDS: Final = 20.0
_SHORT_PAUSE: Final = 120.0
"""A minute's limit is waited out by the calls themselves; what takes longer is a day's."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. `parked_until`: no calls before this moment (ledger time, seconds), 0 where it may go on."""

    results: Sequence[ItemResult] = ()
    found: Sequence[sweep.Found] = ()
    parked_until: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.found and not self.parked_until and all(one.outcome is Outcome.DONE for one in self.results)


@dataclass
class Rounds:
    """The rounds of one worker. `tell` gets a line for what happens, `on_event` each step of an operation."""

    session: "Session"
    tell: Callable[[str], None]
    on_event: Callable[[SyncEvent], None]
    sweep_after: float = sweep.SWEEP_AFTER
    _read_at: float = field(default=0.0, init=False)
    _parked: float = field(default=0.0, init=False)

    async def one(self, stop: asyncio.Event) -> Round:
        """One round. A used-up day parks the organisation for everybody; other errors are raised as they come."""
        until = await self._parked_until()
        if until:
            return Round(parked_until=until)
        try:
            return await self._work(stop)
        except DayLimitReached as error:
            return Round(parked_until=await self._park(error))

    async def _work(self, stop: asyncio.Event) -> Round:
        due, unswept = await self._due()
        report = SyncReport()
        if due:
            await self._follow()
        if due or not self._read_at:
            await self._read()
        if due and not stop.is_set():
            self.tell(f"{due} approved or left by an earlier run")
            books = self.session.books
            report = await self.session.engine.work(
                books.organisation, who=self.session.operator, on_event=self.on_event, stop=stop
            )
        found: Sequence[sweep.Found] = ()
        if unswept and not stop.is_set():
            found = await sweep.sweep(self.session.engine, self.sweep_after)
            self.tell(f"looked again at {unswept} that were done a while ago: {len(found) or 'nothing'} wrong")
        if self.session.budget.xero_day == 0:
            await self.session.engine.xero.locked_to()  # says until when, without a call where that is known
        return Round(report.results, found)

    async def _due(self) -> tuple[int, int]:
        """How many operations can be taken up now, and how many are to be looked at again."""
        session, tenant = self.session, self.session.place.tenant_id
        for one in await asyncio.to_thread(session.ledger.sweeps.expire, tenant):
            self.tell(f"{one.item} {one.text}")
        now = await self._now()
        records = await asyncio.to_thread(session.ledger.open_operations, tenant)
        free = [one for one in records if one.state in WORKABLE and one.lease_until <= now and one.next_at <= now]
        unswept = await asyncio.to_thread(session.ledger.sweeps.due, tenant, self.sweep_after)
        return len(free), len(unswept)

    async def _follow(self) -> None:
        """Work under the settings that count: what was approved under others is stale."""
        if news := await self.session.settings_news():
            await self.session.reload_settings()
            self.tell(f"took {news}")

    async def _read(self) -> None:
        now = await self._now()
        if self._read_at and now - self._read_at < FRESH_SECONDS:
            return
        session = self.session
        await session.refresh()
        self._read_at = now
        waiting = len(await asyncio.to_thread(session.ledger.approvals.waiting, session.place.tenant_id))
        plans = session.plans().values()
        sendable = sum(plan.sendable for plan in plans)
        self.tell(f"read {len(plans)} items: {sendable} could be sent, {waiting} wait for a second person's approval")
        for problem in session.problems:
            self.tell(f"not read: {problem}")

    async def _now(self) -> float:
        return await asyncio.to_thread(self.session.ledger.now)

    async def _parked_until(self) -> float:
        pause = await asyncio.to_thread(self.session.ledger.pacing.paused, self.session.place.tenant_id)
        if pause.until <= await self._now() + _SHORT_PAUSE:
            self._parked = 0.0
            return 0.0
        self._say_parked(pause.until, pause.text)
        return pause.until

    async def _park(self, error: DayLimitReached) -> float:
        until = await self._now() + error.seconds
        await asyncio.to_thread(
            self.session.ledger.pacing.pause, self.session.place.tenant_id, error.seconds, error.message
        )
        self._say_parked(until, error.message)
        return until

    def _say_parked(self, until: float, text: str) -> None:
        """Once for each pause, and not at every round."""
        if abs(until - self._parked) > 1.0:
            self.tell(f"parked until {moment(until):%Y-%m-%d %H:%M:%S} UTC: {text}")
        self._parked = until


@asynccontextmanager
async def present(session: "Session", place: str) -> AsyncIterator[None]:
    """Show colleagues on the same ledger that this process is there, as long as it is."""
    consoles, owner, tenant = session.ledger.consoles, session.engine.owner, session.place.tenant_id

    async def beat() -> None:
        while True:
            with suppress(LedgerError):  # the rounds meet the same trouble, and they say so
                await asyncio.to_thread(consoles.present, owner, tenant, session.operator, place)
            await asyncio.sleep(_PRESENCE_SECONDS)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        with suppress(LedgerError):
            await asyncio.to_thread(consoles.leave, owner)
