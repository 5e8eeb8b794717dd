"""Opening the session, reading both sides, and planning everything in slices that no key has to wait for."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.base.turns import Turns
from smoothx_tui.session.place import Progress, age

if TYPE_CHECKING:
    from smoothx_tui.console.port import Session
    from smoothx_tui.console.screens.main import MainScreen
    from smoothx_tui.planning.impact import Impact

TELL: Final = 0.25
"""Seconds between two words on the progress: on a slow line every word is bytes."""
MANY: Final = 2000
"""From here on what needs every plan waits for the planning instead of doing it at once."""


@contextmanager
def collector_waits() -> Iterator[None]:
    """No garbage collection while very many objects are made: over 100,000 items one of them is seconds.

    What was made is then taken out of its sight; plans and rows hold no cycles, so they are freed all the same.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Planning:
    """`sync.replan`, `sync.refresh`, and what runs behind them."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.tried = desk.trial.current
        """The settings under which rows that are not stale were made."""
        self.revision = -1
        self.not_opened = False
        """The last try to open the session has failed; nothing is being tried now."""

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {
            "sync.replan": lambda _: self.replan(told=True),
            "sync.refresh": lambda _: self.refresh(),
            "sync.refresh_all": lambda _: self.refresh(full=True),
        }

    def open(self) -> None:
        """Open the session and read everything; the first frame is on the screen already."""
        _ = self.desk.actions  # loaded now: no key waits for it
        self.desk.keeping.say("opening")
        self.desk.jobs.start("open", self._open())

    async def _open(self) -> None:
        desk = self.desk
        self.not_opened = False
        desk.busy["open"] = "opening the ledger, signing in to Procore and Xero (ctrl+c stops)"
        desk.draw_bars()
        try:
            session = await desk.open_session()
        except SmoothxError as error:
            gc.enable()
            self.not_opened = True
            self.say_empty(f"Not opened: {error.message}", error.hint, "R tries again, q leaves")
            desk.keeping.say("not opened: nothing is planned or sent, R tries again")
            raise
        finally:
            desk.busy.pop("open", None)
        desk.attach(session)
        if note := await session.settings_note():
            desk.say(note, "note")
        self.say_empty("Reading Procore and Xero.", "ctrl+c stops")
        if await session.show_cached():
            self.show(session)
        elif desk.items.last is not None:  # of another place, as it turns out, or nothing is left of its items
            self.load(session)
        await self._read()

    def say_empty(self, *lines: str) -> None:
        """What stands in the place of the items while there are none."""
        self.desk.table.empty = tuple(line for line in lines if line)
        self.desk.table.refresh()

    def refresh(self, *, full: bool = False) -> None:
        """Read Procore and Xero again: what changed, or (`full`) everything."""
        if self.desk.session is None:
            self.open()
        elif self.desk.syncing.running:
            self.desk.say("a sync is running; refresh when it has ended", "note")
        else:
            self.desk.jobs.start("read", self._read(full=full))

    async def _read(self, *, full: bool = False) -> None:
        desk = self.desk
        session = desk.require_session()
        told = 0.0

        def report(progress: Progress) -> None:
            nonlocal told
            now = time.monotonic()
            of = f" {progress.done:,}/{progress.total:,}" if progress.total else ""
            desk.busy["read"] = f"{progress.what}{of}"
            if now - told >= TELL:
                told = now
                desk.table.status = ", ".join(filter(None, (self._age(session), desk.busy["read"])))
                desk.table.repaint_below()
                desk.draw_bars()

        def came() -> None:
            gc.enable()  # it takes long: what the reading leaves behind has to go
            self.show(session)

        try:
            news = await session.settings_news()
            await session.refresh(report, full=full, came=came)
        except SmoothxError as error:
            self.say_empty(f"Not read: {error.message}", error.hint, "R tries again, q leaves")
            raise
        finally:
            gc.freeze()
            gc.enable()
            desk.busy.pop("read", None)
            desk.table.status = self._age(session)
            desk.table.repaint_below()
        self._loaded(session)
        if news:
            desk.presence.settings_taken()
            desk.whatif.changed()
            desk.say(f"taken: {news}", "note")
        desk.recovering.after_reading()

    def _age(self, session: "Session") -> str:
        """How old it is, where what is shown is from an earlier start."""
        return f"as read {age(session.read_at)}" if session.old and session.read_at else ""

    def show(self, session: "Session") -> None:
        """What the session has now, in place of what is shown; its rows are made anew, visible ones first."""
        desk = self.desk
        self.load(session)
        desk.table.status = self._age(session)
        desk.table.keep_in_view(desk.items.cursor)
        self.start()

    def load(self, session: "Session") -> None:
        """The session's items; rows that are right stay."""
        desk = self.desk
        # They are, where they were made from the reading just before and under the same settings.
        follows = self.revision == session.revision - 1 and self.tried == desk.trial.current
        self.tried, self.revision = desk.trial.current, session.revision
        desk.takes.clear()
        desk.keeping.loaded(session)
        desk.items.load(session.items, session.places, session.changed if follows else None)
        desk.drawing.count_offers()

    def _loaded(self, session: "Session") -> None:
        """Everything was read: show it, and say what could not be."""
        desk = self.desk
        self.say_empty(
            "Nothing to sync: Procore has no claims or costs for this profile.",
            "R reads again; ? shows what else there is",
        )
        self.show(session)
        desk.say(f"read {len(desk.items.keys):,} items from Procore, and what Xero holds of them", "done", quiet=True)
        for problem in session.problems:
            desk.say(problem, "error", quiet=True)
        if session.problems:
            many = "" if len(session.problems) == 1 else "s"
            desk.say(f"{len(session.problems)} thing{many} could not be read; the rest stands (4 says what)", "danger")

    def replan(self, *, told: bool = False) -> None:
        """Every plan again. What is on the screen is right at once, the rest follows."""
        desk = self.desk
        if desk.session is None or desk.items.last is not None:
            return
        session, before, revision = desk.session, self.tried, self.revision
        self.tried, self.revision = desk.trial.current, session.revision
        # A changed setting leaves most rows as they are.
        same = revision == session.revision and not told
        desk.takes.clear()
        desk.items.forget(session.touched(before, self.tried) if same else None)
        if told:
            desk.items.live.clear()
            desk.items.arrange()
            desk.say("planned again")
        self.start()

    def start(self) -> None:
        """Make the rows that are stale, in slices."""
        desk = self.desk
        if len(desk.items.keys) <= MANY // 10:
            for key in desk.items.keys:
                desk.items.row(key)
            self._finished()
        elif desk.session is not None and desk.session.partial:
            # The next look plans them all again: what is on the screen is enough, the reading has the time.
            desk.table.refresh()
        else:
            desk.table.refresh()
            desk.jobs.start("plan", self._fill())
        desk.show_preview()
        desk.draw_bars()

    async def _fill(self) -> None:
        with collector_waits():
            await self._fill_all()
        self._finished()

    async def _fill_all(self) -> None:
        desk, items = self.desk, self.desk.items
        told, turns = time.monotonic(), Turns()
        session = desk.require_session()
        if session.revision == self.revision:
            for _ in items.moving(session.moving):
                if turns.over:
                    await turns.others()
        for key in items.stale_keys():
            items.row(key)
            if not turns.over:
                continue
            if time.monotonic() - told >= TELL:
                told = time.monotonic()
                done = len(items.keys) - items.stale
                desk.busy["plan"] = f"planning {done * 100 // max(1, len(items.keys))} %"
                desk.draw_bars()
            await turns.others()

    def _finished(self) -> None:
        desk = self.desk
        desk.busy.pop("plan", None)
        if desk.items.filtered or desk.items.sort:
            self.arrange()
        desk.table.keep_in_view(desk.items.cursor)
        desk.draw_bars()
        desk.keeping.planned()

    def arrange(self, here: str | None = None, *, to_top: bool = False) -> None:
        """Filter and sort again; with many rows in slices. `to_top`: where the item is not shown any more."""
        desk = self.desk
        here = here or desk.items.current_key
        if len(desk.items.keys) <= MANY:
            desk.items.arrange(here)
            self._arranged(here, to_top=to_top)
        else:
            desk.jobs.start("arrange", self._arrange(here, to_top=to_top))

    async def _arrange(self, here: str | None, *, to_top: bool) -> None:
        turns = Turns()
        for _ in self.desk.items.arranging(here):
            if turns.over:
                await turns.others()
        self._arranged(here, to_top=to_top)

    def _arranged(self, here: str | None, *, to_top: bool) -> None:
        desk = self.desk
        if to_top:
            desk.items.to_top_unless(here)
        desk.table.keep_in_view(desk.items.cursor)
        desk.follow()
        desk.draw_bars()

    def ready(self) -> bool:
        """Whether every plan is made; says so where it is not and there are many."""
        if self.desk.items.stale > MANY:
            self.desk.say("still planning; this needs every plan, try again in a moment", "note")
            return False
        return True

    def impact(self, then: "Callable[[Impact], None]") -> None:
        """What the unsaved settings do; with few items at once, with many in slices."""
        desk = self.desk
        if len(desk.items.keys) <= MANY:
            then(desk.require_session().impact())
        elif self.ready():
            desk.jobs.start("settings", self._impact(then))

    async def _impact(self, then: "Callable[[Impact], None]") -> None:
        desk = self.desk
        told = 0.0

        def report(progress: Progress) -> None:
            nonlocal told
            if (now := time.monotonic()) - told >= TELL:
                told = now
                done = progress.done * 100 // max(1, progress.total)
                desk.busy["impact"] = f"comparing the plans {done} % (ctrl+c stops)"
                desk.draw_bars()

        try:
            with collector_waits():
                await self._fill_all()
                impact = await desk.require_session().impact_on(desk.items.rows, report)
        finally:
            desk.busy.pop("impact", None)
            desk.draw_bars()
        then(impact)
