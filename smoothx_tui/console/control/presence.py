"""Colleagues on the same ledger: we say that we are here, they are named, and what they are at shows in its row."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.console.model.items import Live

if TYPE_CHECKING:
    from smoothx_tui.console.port import Busy, Colleague
    from smoothx_tui.console.screens.main import MainScreen

BEAT: Final = 20.0
"""Seconds between two words of ours; after 60 s of silence a console is thought gone."""
LOOK: Final = 1.0
"""Seconds between two looks at what others are at, while there are others."""


class Presence:
    """Begins with the session, ends before it is closed."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._beating: Timer | None = None
        self._looking: Timer | None = None
        self._colleagues: dict[str, Colleague] = {}
        self._busy: Mapping[str, Busy] = {}
        self._trouble = ""
        self._news = ""

    @property
    def names(self) -> list[str]:
        """Who else is there, for the header."""
        return [one.name for one in self._colleagues.values()]

    def begin(self) -> None:
        if self._beating is None:
            self._beating = self.desk.set_interval(BEAT, self._beat)
            self._beat()

    async def end(self, seconds: float = 3) -> None:
        """Look no more; wait for a look that goes on, so that the ledger is not closed under it."""
        for timer in (self._beating, self._looking):
            if timer is not None:
                timer.stop()
        running = [task for name in ("presence", "busy") if (task := self.desk.jobs.running.get(name)) is not None]
        if running:
            await asyncio.wait(running, timeout=seconds)

    def _beat(self) -> None:
        if "presence" not in self.desk.jobs.running:
            self.desk.jobs.start("presence", self._announce())

    def _look(self) -> None:
        if "busy" not in self.desk.jobs.running:
            self.desk.jobs.start("busy", self._look_up())

    # -- who is there -------------------------------------------------------------------------------------------------

    async def _announce(self) -> None:
        session = self.desk.require_session()
        try:
            others = await session.announce()
            await self._tell_news()
            await self.desk.approving.look(session)
        except SmoothxError as error:
            self._say_trouble(error)
            return
        self._trouble = ""
        found = {one.owner: one for one in others.colleagues}
        for owner, one in found.items():
            if owner not in self._colleagues:
                self._say(f"{one.words} is here too")
        for owner, one in self._colleagues.items():
            if owner not in found:
                self._say(f"{one.words} has left", quiet=True)
        if found.keys() != self._colleagues.keys():
            self._colleagues = found
            self.desk.draw_bars()
        self._watch(on=bool(found) or others.shared)

    @property
    def newer(self) -> str:
        """For the header, as long as settings that a colleague saved are not taken."""
        return f"newer settings: {self.desk.keymap.first('sync.refresh')}" if self._news else ""

    async def _tell_news(self) -> None:
        """Settings that a colleague saved, once; they are taken at the next refresh and not under somebody's hands."""
        news = await self.desk.require_session().settings_news()
        if news == self._news:
            return
        self._news = news
        if news:
            self._say(f"{news}; {self.desk.keymap.first('sync.refresh')} takes it")
        self.desk.draw_bars()

    def settings_taken(self) -> None:
        """Nothing is newer any more."""
        self._news = ""
        self.desk.draw_bars()

    def _watch(self, *, on: bool) -> None:
        """Look at what others are at only while there can be any."""
        if on and self._looking is None:
            self._looking = self.desk.set_interval(LOOK, self._look)
            self._look()
        elif not on and self._looking is not None:
            self._looking.stop()
            self._looking = None
            self._show({})

    # -- what they are at ---------------------------------------------------------------------------------------------

    async def _look_up(self) -> None:
        try:
            found = await self.desk.require_session().busy()
            await self._tell_news()
        except SmoothxError as error:
            self._say_trouble(error)
            return
        self._show({one.item: one for one in found})

    def _show(self, found: "Mapping[str, Busy]") -> None:
        """The rows that differ; what has ended is not in our reading yet."""
        if found == self._busy:
            return
        desk, before = self.desk, self._busy
        self._busy = found
        desk.items.elsewhere = {key: Live(">", "busy", "locked_elsewhere", one.words) for key, one in found.items()}
        for at in desk.table.shown_range():
            key = desk.items.shown[at]
            if before.get(key) != found.get(key):
                desk.table.repaint(at)
        ended = [one for key, one in before.items() if key not in found]
        if ended:
            who = ", ".join(sorted({one.who for one in ended}))
            key = desk.keymap.first("sync.refresh")
            self._say(f"{len(ended)} that {who} was working on: released; {key} reads what has changed")

    def _say(self, text: str, *, quiet: bool = False) -> None:
        """Never in the place of something that was said about the operator's own work."""
        self.desk.say(text, "note", quiet=quiet or self.desk.notice is not None)

    def _say_trouble(self, error: SmoothxError) -> None:
        """Once, until it works again: the same every few seconds tells nothing."""
        if self._trouble != error.line():
            self._trouble = error.line()
            self.desk.say(f"cannot tell who else is here: {error.message}", "error", hint=error.hint, quiet=True)
