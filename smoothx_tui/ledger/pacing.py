"""Call pacing shared by all consoles of a ledger: when calls were made, and until when an organisation is paused."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.tables import organisation as table

WINDOW: Final = 60.25
"""Seconds; a quarter more than Xero's minute, for the way a call takes to get there."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Calls to an organisation stop until `until` (ledger time, seconds); `text` says why."""

    until: float = 0.0
    text: str = ""


class Pacing:
    """Durable enough to be shared, not worth a disk flush: what a power cut loses, the window has forgotten too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, organisation: str, per_minute: int) -> float:
        """Count one call now. 0: make it. More: nothing was counted, ask again after so many seconds."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            row = self._row(connection, organisation)
            if row.paused_until > now:
                return float(row.paused_until - now)
            calls = [at / 1000 for at in jsontext.loads(row.calls or "[]") if at / 1000 > now - WINDOW]
            if len(calls) >= per_minute:
                return float(calls[-per_minute] + WINDOW - now)
            self._write(connection, organisation, calls=_text([*calls, now]))
            return 0.0

    def learn(self, organisation: str, remaining: int, per_minute: int) -> None:
        """Believe the service where it counts more calls than we do: somebody else uses the organisation too."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            row = self._row(connection, organisation)
            calls = [at / 1000 for at in jsontext.loads(row.calls or "[]") if at / 1000 > now - WINDOW]
            missing = per_minute - remaining - len(calls)
            if missing > 0:
                self._write(connection, organisation, calls=_text([*calls, *([now] * missing)]))

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


def _text(calls: list[float]) -> str:
    return jsontext.dumps([round(at * 1000) for at in calls])
