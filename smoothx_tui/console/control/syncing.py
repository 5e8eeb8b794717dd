"""Sending the marked items: the question, the live states, the results."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.console.control.approving import may_ask
from smoothx_tui.console.control.prompt import Prompt
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.progress import SyncProgress, live_of_event, live_of_result, result_words, told_of
from smoothx_tui.console.model.question import Step, SyncQuestion
from smoothx_tui.console.port import SyncEvent, SyncReport
from smoothx_tui.planning.plan import Action, Plan

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

TELL: Final = 0.5
"""Seconds between two looks of a running sync: rows and counts, at most."""

LEAVES: Final = ("esc leaves everything as it is", "esc leaves")


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
        session = desk.require_session()
        if self.running:
            desk.say("a sync is running; ctrl+c stops it after the calls in flight", "note")
            return
        may_ask(session)
        if desk.jobs.running.keys() & {"put up"}:
            desk.say("the last submission is still under way; try again in a moment", "note")
        elif desk.trial.unsaved:
            desk.say("settings are being tried: w saves them or z takes them back, then sync", "danger")
        elif not desk.items.marks:
            desk.say("nothing is marked: space marks an item, a marks all that are shown", "note")
        else:
            plans = [session.plan_of(key) for key in desk.items.marked_keys()]
            self._question(SyncQuestion(plans, session.place, four_eyes=desk.approving.required))

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
            if step is Step.GO and question.four_eyes:
                desk.jobs.start("put up", desk.approving.put_up(desk.require_session(), question.plans))
            elif step is Step.GO:
                self._begin(question.plans, frozenset(question.accepted))
            elif step is Step.GIVE_UP:
                desk.say("nothing is left to sync", "note")
            else:
                self._question(question)
            return False

        hidden = desk.items.hidden_marks
        tail = f" {hidden} of them are hidden by the filter." if hidden and question.danger is None else ""
        role = "danger" if question.danger is not None or tail else "prompt"
        desk.prompting.open(
            Prompt(question.prompt, enter, LineEdit(), above=question.sentence + tail, role=role, hints=LEAVES)
        )

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
            await desk.approving.look(session)
            if desk.approving.required:
                # It was switched on after the question: what was said yes to was another one.
                raise UsageError("a second person has to approve here now; nothing was sent", "ask for the sync again")
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
            self.progress.step(event.item, str(event.state), desk.name_of(event.item), time.monotonic(), event.text)
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
        items.unmark_all()
        done_words = {
            result.item: live_of_result(str(result.outcome), result.text, self._action(result.item))
            for result in report.results
        }
        for result in report.results:
            if str(result.outcome) != "done":
                desk.log_model.add(
                    f"{desk.name_of(result.item)}: {result_words(str(result.outcome), result.text)}",
                    "error",
                    hint=result.fix,
                    request_id=result.request_id,
                )
        desk.planning.load(desk.require_session())
        items.show_results(done_words)
        desk.planning.start()
        for result in report.results:
            # Failed ones stay marked, for another try.
            if str(result.outcome) not in ("done", "unknown"):
                items.mark(result.item, on=True)
        for problem in desk.require_session().problems:
            desk.say(problem, "error", quiet=True)
        now = dt.datetime.now(dt.UTC).astimezone()
        told = told_of(report.results, self._action, desk.keymap.first("pane.log"))
        desk.last_run = f"last run {now:%H:%M} ok {told.ok} failed {told.not_ok}"
        # Not as an error: the last error that can be copied is an item's own, with its request id.
        desk.say(told.text, "danger" if told.not_ok else "done", hint=told.hint, request_id=told.request_id)
        desk.table.refresh()
        desk.draw_bars()
        if any(str(result.outcome) in ("unknown", "posted_not_locked") for result in report.results):
            desk.recovering.later()

    # -- stopping -----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop after the calls in flight; without a sync as escape, and with nothing to escape from twice: quit."""
        desk = self.desk
        if self._stop is not None:
            self._stop.set()
            if self.progress is not None:
                self.progress.stopping = True
            # The progress says it too, and goes on; a notice would stand in its place.
            desk.say("stopping after the calls in flight; nothing more is begun", "note", quiet=True)
        elif desk.recovering.stop():
            desk.say("stopping after the calls in flight; the next start goes on", "note")
        elif desk.view.sheet:
            desk.sheets.leave()
        elif desk.jobs.cancel():
            desk.planning.say_empty("Stopped.", "R reads Procore and Xero, q leaves")
            desk.say("stopped", "note")
        elif not desk.looking.escape():
            # Who wanted to stop a sync that has just ended does not want to lose sight of its results.
            if desk.last_command == "sync.stop":
                desk.looking.quit()
            else:
                desk.say(f"nothing is running: ctrl+c again or {desk.keymap.first('app.back')} leaves", "note")

    async def stop_and_wait(self, seconds: float = 10) -> None:
        """For the end of the console: begin nothing more and let the calls in flight end."""
        if self._stop is None:
            return
        self._stop.set()
        if self.progress is not None:
            self.progress.stopping = self.progress.leaving = True
            self.desk.draw_bars()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
