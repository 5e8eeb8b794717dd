"""Who is at this ledger: each console and worker says so now and then, and is thought gone after a lease of silence."""

import sqlalchemy as sa

from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.operations import LEASE_SECONDS
from smoothx_tui.ledger.records import ConsoleRecord
from smoothx_tui.ledger.tables import consoles


class Consoles:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def present(self, owner: str, organisation: str, who: str, place: str) -> None:
        """Say that this console is there; call it again within a lease."""
        with self._database.transaction(durable=False) as connection:
            now = self._database.now(connection)
            known = connection.execute(sa.update(consoles).where(consoles.c.owner == owner).values(seen=now))
            if not known.rowcount:
                row = {"owner": owner, "organisation": organisation, "who": who, "place": place}
                connection.execute(sa.insert(consoles).values(**row, since=now, seen=now))

    def leave(self, owner: str) -> None:
        with self._database.transaction(durable=False) as connection:
            connection.execute(sa.delete(consoles).where(consoles.c.owner == owner))

    def there(self, organisation: str) -> list[ConsoleRecord]:
        """Who works for this organisation at the moment; a ledger may serve several."""
        with self._database.transaction() as connection:
            alive = consoles.c.seen > self._database.now(connection) - LEASE_SECONDS
            here = sa.select(consoles).where(alive, consoles.c.organisation == organisation)
            return [ConsoleRecord(*row) for row in connection.execute(here)]
