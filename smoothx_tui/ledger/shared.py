"""Settings and mapping that all consoles of a ledger work with: a row for each saved version of an organisation's.

A save is a compare-and-swap: it names the version it was made from, and where somebody else was faster the database
itself refuses the second row of that number.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.ledger import audit
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.records import SharedVersion, moment
from smoothx_tui.ledger.tables import shared_settings as rows

_NEWEST: Final = (
    sa.select(rows).where(rows.c.organisation == sa.bindparam("organisation")).order_by(rows.c.revision.desc()).limit(1)
)
_HEAD: Final = sa.select(sa.func.max(rows.c.revision)).where(rows.c.organisation == sa.bindparam("organisation"))


class SharedSettings:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, organisation: str) -> SharedVersion | None:
        """The version that counts; None where none was ever saved. One that ended the sharing says so itself."""
        with self._database.transaction() as connection:
            row = connection.execute(_NEWEST, {"organisation": organisation}).first()
        return None if row is None else _version(row)

    def head(self, organisation: str) -> int:
        """The number of the newest version; 0 where there is none. The cheapest look there is."""
        with self._database.transaction() as connection:
            return int(connection.scalar(_HEAD, {"organisation": organisation}) or 0)

    def versions(self, organisation: str) -> list[SharedVersion]:
        """Every version, oldest first."""
        wanted = sa.select(rows).where(rows.c.organisation == organisation).order_by(rows.c.revision)
        with self._database.transaction() as connection:
            return [_version(row) for row in connection.execute(wanted)]

    def put(
        self, organisation: str, expected: int, text: str, *, who: str, changes: Sequence[str] = (), ended: bool = False
    ) -> SharedVersion | None:
        """Save the version after `expected` (0: the first one). None where somebody else has saved meanwhile; then
        nothing was written.
        """
        if self.head(organisation) != expected:
            return None
        revision, digest = expected + 1, hashlib.sha256(text.encode()).hexdigest()
        try:
            with self._database.transaction() as connection:
                now = self._database.now(connection)
                values = {"organisation": organisation, "revision": revision, "at": now, "who": who, "text": text}
                listed = jsontext.dumps(list(changes))
                connection.execute(sa.insert(rows).values(**values, digest=digest, changes=listed, ended=ended))
                detail = f"shared revision {revision} {digest[:12]}{', sharing ended' if ended else ''}"
                audit.append(connection, [Note("settings", who, organisation, detail=detail)], now)
        except sa.exc.IntegrityError:
            return None
        return SharedVersion(revision, moment(now), who, text, tuple(changes), ended)


def _version(row: sa.Row[tuple[object, ...]]) -> SharedVersion:
    changes = tuple(jsontext.loads(row.changes or "[]"))
    return SharedVersion(row.revision, moment(row.at), row.who, row.text, changes, bool(row.ended))
