"""Xero's limits as all consoles of a ledger see them together: five calls at once, sixty a minute, so many a day.

One row an organisation, read and written in a short transaction before and after a call. The transactions are not
flushed to the disk: a power cut ends every call, and the minute that it forgets is over before anybody is back. (One
without a flush costs a few tenths of a millisecond; sixty calls a minute are all there can be.)
"""

from dataclasses import dataclass

import sqlalchemy as sa

from smoothx_tui.ledger.calls import BUSY_WAIT, Calls, Told
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.tables import organisation as table

__all__ = ["BUSY_WAIT", "Pacing", "Pause", "Told", "Turn"]


@dataclass(frozen=True, slots=True)
class Pause:
    """Calls to an organisation stop until `until` (ledger time, seconds); `text` says why."""

    until: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Make the call now (`number` names it), or ask again after `wait` seconds. `paused`: all were told to stop."""

    number: int = 0
    wait: float = 0.0
    paused: bool = False
    text: str = ""


class Pacing:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, organisation: str, owner: str, keep: int = 0) -> Turn:
        """Count one call of `owner` (a process) and hold a place for it, if there is one besides `keep` more calls."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            row = self._row(connection, organisation)
            if row.paused_until > now:
                return Turn(wait=float(row.paused_until - now), paused=True, text=str(row.pause_text))
            calls = Calls.read(str(row.calls), now)
            number, wait = calls.take(owner, now, keep)
            self._write(connection, organisation, calls=calls.written())
            return Turn(number, wait)

    def room(self, organisation: str, calls: int) -> Turn:
        """How long to wait until so many calls of the minute are left. Nothing is counted or held."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            row = self._row(connection, organisation)
            if row.paused_until > now:
                return Turn(wait=float(row.paused_until - now), paused=True, text=str(row.pause_text))
            return Turn(wait=Calls.read(str(row.calls), now).wait_for(calls, now))

    def end(self, organisation: str, number: int, told: Told) -> None:
        """A call has ended: its place is free, and what its answer said of the limits holds for everybody."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            row = self._row(connection, organisation)
            calls = Calls.read(str(row.calls), now)
            calls.end(number, now, told)
            values: dict[str, object] = {"calls": calls.written()}
            if told.pause and row.paused_until < now + told.pause:
                values |= {"paused_until": now + told.pause, "pause_text": told.text}
            self._write(connection, organisation, **values)

    def pause(self, organisation: str, seconds: float, text: str) -> None:
        """Stop everybody's calls for so long; a longer pause that stands is kept."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            if self._row(connection, organisation).paused_until < now + seconds:
                self._write(connection, organisation, paused_until=now + seconds, pause_text=text)

    def paused(self, organisation: str) -> Pause:
        with self._database.transaction(durable=False) as connection:
            row = self._row(connection, organisation)
            return Pause(float(row.paused_until), str(row.pause_text))

    @staticmethod
    def _row(connection: sa.Connection, organisation: str) -> sa.Row[tuple[object, ...]]:
        wanted = sa.select(table).where(table.c.organisation == organisation).with_for_update()
        row = connection.execute(wanted).one_or_none()
        if row is None:
            if connection.dialect.name == "postgresql":
                connection.execute(
                    sa.text("insert into organisation (organisation) values (:o) on conflict do nothing"),
                    {"o": organisation},
                )
            else:
                connection.execute(sa.insert(table).values(organisation=organisation))
            row = connection.execute(wanted).one()
        return row

    @staticmethod
    def _write(connection: sa.Connection, organisation: str, **values: object) -> None:
        connection.execute(sa.update(table).where(table.c.organisation == organisation).values(**values))
