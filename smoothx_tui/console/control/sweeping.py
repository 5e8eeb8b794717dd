"""A look once a minute at what was done a while ago: a second document of an item is said while the console is open."""

import asyncio
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.console.model.progress import live_of_left
from smoothx_tui.planning.plan import Action

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

BEAT: Final = 60.0
"""Seconds between two looks into the ledger; a call is made only where something is due."""


class Sweeping:
    """Begins with the session, ends before it is closed."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._timer: Timer | None = None
        self._trouble = ""

    def begin(self) -> None:
        if self._timer is None:
            self._timer = self.desk.set_interval(BEAT, self._beat)

    async def end(self, seconds: float = 3) -> None:
        """Look no more; wait for a look that goes on, so that the ledger is not closed under it."""
        if self._timer is not None:
            self._timer.stop()
        if (task := self.desk.jobs.running.get("sweep")) is not None:
            await asyncio.wait([task], timeout=seconds)

    def _beat(self) -> None:
        if "sweep" not in self.desk.jobs.running:
            self.desk.jobs.start("sweep", self._look())

    async def _look(self) -> None:
        desk = self.desk
        try:
            found = await desk.require_session().look_again()
        except SmoothxError as error:
            if self._trouble != error.line():  # once, until it works again
                desk.say(
                    f"the second look at finished items failed: {error.message}", "error", hint=error.hint, quiet=True
                )
            self._trouble = error.line()
            return
        self._trouble = ""
        for one in found:
            row = desk.items.known(one.item)
            action = row.action if row is not None else Action.UNCHANGED
            desk.items.live[one.item] = live_of_left("held" if one.wrong else "stale", one.text, action)
            desk.say(f"{desk.name_of(one.item)}: {one.text}", "danger" if one.wrong else "note", hint=one.fix)
        if found:
            desk.table.refresh()
