"""The table as it was last planned: shown at the start, to look at, and kept for the next one when all is planned."""

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.session.snapshot import PAGE, packed

if TYPE_CHECKING:
    from smoothx_tui.console.port import Session
    from smoothx_tui.console.screens.main import MainScreen
    from smoothx_tui.session.rows import Row

REST: Final = 1.0
"""Seconds after the planning before the table is kept: a sync or a reading may follow."""
_AT_ONCE: Final = 8 * PAGE
NEED_PLANS: Final = ("mark.", "find.sort", "find.reverse", "find.goto", "sync.start", "sync.replan")
"""What is not done with rows of an earlier start."""


class Keeping:
    """Shows and writes the snapshot that `Start` names; writes it only where it would be another one."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._behind = True
        """What is kept is not what is shown."""
        self._saved = desk.trial.saved
        """The settings under which it was planned."""

    def say(self, doing: str) -> None:
        """Under the rows of an earlier start: how old they are, and why they are no plans yet."""
        table, last = self.desk.table, self.desk.items.last
        if last is not None:
            under = "" if last.same_settings else " under other settings"
            table.status = f"as of {_clock(last.as_of)}{under}, {doing}"
            table.repaint_below()

    def refuse(self, command_id: str) -> None:
        """Raises UsageError for a command that needs plans, while rows of an earlier start are shown."""
        desk, last = self.desk, self.desk.items.last
        if last is None or not command_id.startswith(NEED_PLANS):
            return
        hint = "wait a moment" if "open" in desk.jobs.running else "R tries again"
        raise UsageError(f"these rows are as of {_clock(last.as_of)}, for viewing only until they are planned", hint)

    def loaded(self, session: "Session") -> None:
        """Other items or plans came; `session.old`: those that an earlier start had read."""
        if session.old:
            self._saved = self.desk.trial.saved
            last = self.desk.items.last
            self._behind = last is None or not last.same_settings or last.as_of != session.read_at
        elif session.changed != frozenset():
            self._behind = True

    def planned(self) -> None:
        """Every row is made."""
        if self._due():
            self.desk.jobs.later("keep", lambda: self.desk.jobs.start("keep", self._keep()), REST)

    def _due(self) -> bool:
        """Only what was read by this start, and planned under the settings that the next one will have."""
        desk, session = self.desk, self.desk.session
        return (
            desk.start.snapshot is not None
            and session is not None
            and not (session.old or session.partial or desk.trial.unsaved or desk.items.stale)
            and bool(desk.items.keys)
        )

    async def _keep(self) -> None:
        desk, session, file = self.desk, self.desk.session, self.desk.start.snapshot
        if file is None or session is None or session.read_at is None or not self._due():
            return
        revision, saved, as_of, keys = session.revision, desk.trial.saved, session.read_at, desk.items.keys
        try:
            if not self._behind and self._saved == saved:
                await asyncio.to_thread(file.still_so, as_of)
                return
            pages: list[bytes] = []
            for start in range(0, len(keys), _AT_ONCE):
                rows = [desk.items.rows[key] for key in keys[start : start + _AT_ONCE]]
                pages += await asyncio.to_thread(_packed, rows)
                if session.revision != revision or not self._due():
                    return  # it comes again when they are planned
            await asyncio.to_thread(file.write, pages, len(keys), as_of)
            self._behind, self._saved = False, saved
        except ConfigurationError as error:
            desk.say(
                f"the next start will have no rows to show first: {error.message}", "note", hint=error.hint, quiet=True
            )


def _clock(moment: dt.datetime) -> str:
    """The time of day here, with the day where that is another one."""
    here, now = moment.astimezone(), dt.datetime.now(dt.UTC).astimezone()
    return f"{here:%H:%M}" if here.date() == now.date() else f"{here:%Y-%m-%d %H:%M}"


def _packed(rows: "list[Row]") -> list[bytes]:
    return [packed(rows[start : start + PAGE]) for start in range(0, len(rows), PAGE)]
