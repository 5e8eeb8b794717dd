"""Sending the marked items: the question, the live states, the results."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.progress import SyncProgress, live_of_event, live_of_result
from smoothx_tui.console.model.question import Step, SyncQuestion
from smoothx_tui.console.port import SyncEvent, SyncReport
from smoothx_tui.planning.plan import Action, Plan

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

TELL: Final = 0.5
"""Seconds between two looks of a running sync: rows and counts, at most."""


class Syncing:
    """`sync.start`, `sync.stop` and what goes on between them."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self.progress: SyncProgress | None = None
        self._stop: asyncio.Event | None = None
        self._idle = asyncio.Event()
        self._told = 0.0
        self._pending: set[str] = set()
        self._actions: dict[str, Action] = {}

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {"sync.start": lambda _: self.ask(), "sync.stop": lambda _: self.stop()}

    @property
    def running(self) -> bool:
        return self._stop is not None

    # -- the question -------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask in the bottom bar; only a typed yes goes on."""
        desk = self.desk
        session = desk.session
        if session is None:
            desk.say("not opened yet", "note")
        elif session.place.read_only:
            desk.say("this session is read-only: nothing can be sent", "note")
        elif self.running:
            desk.say("a sync is running; ctrl+c stops it after the calls in flight", "note")
        elif desk.trial.unsaved:
            desk.say("settings are being tried: w saves them or z takes them back, then sync", "danger")
        elif not desk.items.marks:
            desk.say("nothing is marked: space marks an item, a marks all that are shown", "note")
        else:
            plans = [session.plan_of(key) for key in desk.items.marked_keys()]
            self._question(SyncQuestion(plans, session.place))

    def _question(self, question: SyncQuestion) -> None:
        desk = self.desk
        if question.danger is not None:
            at = desk.items.find(question.danger[0].item)
            if at is not None:
                desk.table.move(at)
                desk.show_preview()

        def enter(text: str) -> bool:
            step = question.answer(text)
            if step is Step.STAY:
                desk.say("type yes and enter; esc leaves everything as it is", "note", quiet=True)
                return False
            desk.prompting.close()
            if step is Step.GO:
                self._begin(question.plans, frozenset(question.accepted))
            elif step is Step.GIVE_UP:
                desk.say("nothing is left to sync", "note")
            else:
                self._question(question)
            return False

        hidden = desk.items.hidden_marks
        tail = f" {hidden} of them are hidden by the filter." if hidden and question.danger is None else ""
        role = "danger" if question.danger is not None or tail else "prompt"
        desk.prompting.open(Prompt(question.prompt, enter, LineEdit(), above=question.sentence + tail, role=role))

    # -- the run ------------------------------------------------------------------------------------------------------

    def _begin(self, plans: list[Plan], allow: frozenset[str]) -> None:
        """From here on a sync is running, also for a key that was typed ahead."""
        self._stop = asyncio.Event()
        self._idle.clear()
        self._actions = {plan.item: plan.action for plan in plans}
        self.progress = SyncProgress(len(plans), time.monotonic())
        self.desk.log_model.add(f"sync of {len(plans)} begun")
        self.desk.jobs.start("sync", self._run(plans, allow, self._stop))
        self.desk.draw_bars()

    async def _run(self, plans: list[Plan], allow: frozenset[str], stop: asyncio.Event) -> None:
        desk = self.desk
        session = desk.require_session()
        try:
            await desk.recovering.ended()
            report = await session.sync(plans, allow_danger=allow, on_event=self._event, stop=stop)
        except SmoothxError as error:
            # What was sent before it is in the ledger; the next plan tells it.
            desk.items.live.clear()
            desk.planning.replan()
            desk.fail(error)
            return
        finally:
            self._stop = None
            self._idle.set()
            self.progress = None
            self._draw(force=True)
        await self._ended(report)

    def _action(self, key: str) -> Action:
        return self._actions.get(key, Action.UNCHANGED)

    def _event(self, event: SyncEvent) -> None:
        """One item has got one step further."""
        desk = self.desk
        desk.items.live[event.item] = live_of_event(event.state, event.text, self._action(event.item))
        if self.progress is not None:
            self.progress.step(event.item, str(event.state), desk.name_of(event.item), time.monotonic())
        self._pending.add(event.item)
        self._draw()

    def _draw(self, *, force: bool = False) -> None:
        """Rows and counts, twice a second at most: on a slow line every word is bytes."""
        now = time.monotonic()
        if not force and now - self._told < TELL:
            self.desk.jobs.later("sync", lambda: self._draw(force=True), TELL)
            return
        self._told = now
        shown = self.desk.table.shown_range()
        for at in shown:
            if self.desk.items.shown[at] in self._pending:
                self.desk.table.repaint(at)
        self._pending.clear()
        self.desk.draw_bars()

    async def _ended(self, report: SyncReport) -> None:
        desk = self.desk
        items = desk.items
        failed = 0
        items.unmark_all()
        done_words = {
            result.item: live_of_result(str(result.outcome), result.text, self._action(result.item))
            for result in report.results
        }
        for result in report.results:
            if str(result.outcome) == "done":
                continue
            failed += 1
            desk.log_model.add(
                f"{desk.name_of(result.item)}: {result.outcome}: {result.text}",
                "error",
                hint=result.fix,
                request_id=result.request_id,
            )
        desk.planning.load(desk.require_session())
        items.live = done_words
        desk.planning.start()
        for result in report.results:
            # Failed ones stay marked, for another try.
            if str(result.outcome) not in ("done", "unknown"):
                items.mark(result.item, on=True)
        ok = len(report.results) - failed
        for problem in desk.require_session().problems:
            desk.say(problem, "error", quiet=True)
        desk.last_run = f"last run {desk.clock_text()} ok {ok} failed {failed}"
        tail = "; 4 says why, s tries them again" if failed else ""
        desk.say(f"{ok} done, {failed} not{tail}" if failed else f"{ok} done", "error" if failed else "done")
        desk.table.refresh()
        desk.draw_bars()

    # -- stopping -----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop after the calls in flight; without a sync, as escape."""
        desk = self.desk
        if self._stop is not None:
            self._stop.set()
            if self.progress is not None:
                self.progress.stopping = True
            desk.say("stopping after the calls in flight; nothing more is begun", "note")
        elif desk.recovering.stop():
            desk.say("stopping after the calls in flight; the next start goes on", "note")
        elif desk.view.sheet:
            desk.sheets.leave()
        elif desk.jobs.cancel():
            desk.planning.say_empty("Stopped.", "R reads Procore and Xero, q leaves")
            desk.say("stopped", "note")
        else:
            desk.looking.escape(quit_too=True)

    async def stop_and_wait(self, seconds: float = 10) -> None:
        """For the end of the console: begin nothing more and let the calls in flight end."""
        if self._stop is None:
            return
        self._stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
