"""What an earlier process left: finished beside the keys, or explained. A sync waits for it, nothing else does."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from smoothx_tui.console.control.syncing import TELL
from smoothx_tui.console.model.progress import live_of_event, live_of_left, live_of_result
from smoothx_tui.planning.actions import Action

if TYPE_CHECKING:
    from smoothx_tui.console.port import ItemResult, Left, Recovered, Session, SyncEvent
    from smoothx_tui.console.screens.main import MainScreen

AGAIN: Final = 30.0
"""Seconds until what could not be taken up is looked at again: a dead process holds it for up to a minute."""


class Recovering:
    """Begins once the first reading has ended, and again while something is left that needs no person.

    A read-only session, and one whose ledger asks for a second person, only say what is left.
    """

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._looked = False
        self._stop: asyncio.Event | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._told: frozenset[tuple[str, str, str]] = frozenset()
        self._pending: set[str] = set()
        self._actions: dict[str, Action] = {}

    def after_reading(self) -> None:
        """Both sides were read: the first time what was left can be taken up."""
        if not self._looked:
            self._begin()

    def later(self) -> None:
        """A sync has left something that is settled by another look: an answer that was lost, a lock."""
        self.desk.set_timer(AGAIN, self._begin)

    async def ended(self) -> None:
        """Wait until nothing is being taken up."""
        await self._idle.wait()

    def stop(self) -> bool:
        """Begin nothing more; whether anything was going on."""
        if self._stop is None:
            return False
        self._stop.set()
        return True

    async def stop_and_wait(self, seconds: float = 10) -> None:
        """For the end of the console: let the calls in flight end."""
        if self.stop():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended(), seconds)

    # -- the work -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        session = self.desk.session
        if session is None or session.old or session.partial or self._stop is not None:
            return
        if self.desk.syncing.running:
            self.desk.set_timer(AGAIN, self._begin)
            return
        self._looked = True
        self._stop = asyncio.Event()
        self._idle.clear()
        self.desk.jobs.start("recover", self._run(session, self._stop))

    async def _run(self, session: "Session", stop: asyncio.Event) -> None:
        try:
            found = await session.recover(self._event, stop)
        except BaseException:
            self._looked = False  # the next reading tries again
            raise
        finally:
            self._stop = None
            self._idle.set()
            self.desk.busy.pop("recover", None)
            self._draw()
        self._ended(session, found)
        if any(str(one.state) != "held" for one in found.left):
            self.desk.set_timer(AGAIN, self._begin)

    def _event(self, event: "SyncEvent") -> None:
        """An operation has got one step further; rows and bar follow, twice a second at most."""
        desk = self.desk
        desk.items.live[event.item] = live_of_event(event.state, event.text, self._action(event.item))
        desk.busy["recover"] = f"finishing what an earlier run left: {desk.name_of(event.item)} {event.state}"
        self._pending.add(event.item)
        desk.jobs.later("recover", self._draw, TELL)

    def _draw(self) -> None:
        desk = self.desk
        for at in desk.table.shown_range():
            if desk.items.shown[at] in self._pending:
                desk.table.repaint(at)
        self._pending.clear()
        desk.draw_bars()

    def _action(self, key: str) -> Action:
        """What the plan was when the operation was taken up: once it is done, there is nothing to do."""
        if key not in self._actions:
            row = self.desk.items.known(key)
            self._actions[key] = row.action if row is not None else Action.UNCHANGED
        return self._actions[key]

    # -- what is said -------------------------------------------------------------------------------------------------

    def _ended(self, session: "Session", found: "Recovered") -> None:
        desk = self.desk
        results, left = found.report.results, found.left
        live = {one.item: live_of_result(one.outcome, one.text, self._action(one.item)) for one in results}
        live |= {one.item: live_of_left(one.state, one.text, self._action(one.item)) for one in left}
        self._actions.clear()
        if session.revision != desk.planning.revision:
            desk.planning.show(session)
        desk.items.live |= live
        if live and desk.items.filtered:
            desk.planning.arrange()
        desk.table.refresh()
        told = frozenset((one.operation_id, str(one.state), one.text) for one in left)
        if results or told - self._told:
            self._say(results, left)
        self._told = told

    def _say(self, results: "Sequence[ItemResult]", left: "Sequence[Left]") -> None:
        """Each into the log, all of them in one line."""
        desk = self.desk
        open_items = {one.item for one in left}
        finished = [one for one in results if one.outcome == "done"]
        refused = [one for one in results if one.outcome != "done" and one.item not in open_items]
        for done in finished:
            how = f": {done.text}" if done.text else ""
            desk.say(f"{desk.name_of(done.item)}: an earlier run left it, finished now{how}", "done", quiet=True)
        for one in refused:
            text = f"{desk.name_of(one.item)}: an earlier run left it, {one.outcome}: {one.text}"
            desk.log_model.add(text, "error", hint=one.fix, request_id=one.request_id)
        for still in left:
            text = f"{desk.name_of(still.item)}: not ended, {still.state}: {still.text}"
            desk.say(text, "error" if still.state == "held" else "note", hint=still.fix, quiet=True)
        words = summary(len(finished), len(refused), left)
        tail = f": {desk.keymap.first('pane.log')} says why" if refused or left else ""
        level = "danger" if refused or any(one.state == "held" for one in left) else "note" if left else "done"
        desk.say(f"{words}{tail}", level)


def summary(finished: int, refused: int, left: "Sequence[Left]") -> str:
    """`1 operation of an earlier run finished, 2 wait`."""
    elsewhere = sum(1 for one in left if one.owner)
    waiting = len(left) - elsewhere
    counts = [(finished, "finished"), (refused, "could not be"), (waiting, "not ended"), (elsewhere, "in other hands")]
    counts = [(many, word) for many, word in counts if many]
    if not counts:
        return "nothing is left of an earlier run"
    many, word = counts[0]
    first = f"{many} operation{'' if many == 1 else 's'} of an earlier run {word}"
    return ", ".join((first, *(f"{many} {word}" for many, word in counts[1:])))
