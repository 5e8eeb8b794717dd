"""The ledger: one object, each method one short transaction. Blocking; the engine calls it in one worker thread."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger import approvals, audit, consoles, files, linkrows, operations, pacing, schema, shared, sweeps
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.database import Database, DatabaseClock, prepare_file
from smoothx_tui.ledger.records import (
    AttemptRecord,
    AuditEntry,
    AuditFault,
    Conflict,
    OperationRecord,
    SettingsChange,
    State,
    moment,
)
from smoothx_tui.ledger.tables import cached_items, settings_history
from smoothx_tui.ledger.tables import operations as rows
from smoothx_tui.planning.link import Link

__all__ = ["Conflict", "Ledger", "OperationRecord", "SettingsChange", "State"]


class Ledger:
    """What was done, on SQLite or PostgreSQL. Every method raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self.database: Final = database
        self.pacing: Final = pacing.Pacing(database)
        self.approvals: Final = approvals.Approvals(database)
        self.files: Final = files.Files(database)
        self.consoles: Final = consoles.Consoles(database)
        self.shared: Final = shared.SharedSettings(database)
        self.sweeps: Final = sweeps.Sweeps(database)

    @classmethod
    def open(cls, url: str, *, clock: DatabaseClock | None = None) -> "Ledger":
        """Open or make the ledger at `sqlite:///path`, a bare path, `:memory:` or `postgresql+psycopg://...`.

        `clock` replaces the database's clock in tests. Raises LedgerError: unknown address, wrong owner or mode,
        network file system, newer schema, damaged or unreachable database.
        """
        try:
            database = Database(url, clock)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
            hint = "pip install 'smoothx-tui[postgres]'" if isinstance(error, ImportError) else "check --ledger"
            raise LedgerError("this ledger address can not be used", hint) from None
        if database.path is not None:
            prepare_file(database.path)
        ledger = cls(database)
        try:
            schema.prepare(database)
        except BaseException:
            database.close()
            raise
        return ledger

    def close(self) -> None:
        self.database.close()

    def _begin(self, *, durable: bool = True) -> AbstractContextManager[sa.Connection]:
        return self.database.transaction(durable=durable)

    def now(self) -> float:
        """Seconds since 1970 by the database's clock."""
        if not self.database.postgres:
            return self.database.own_now()
        with self._begin() as connection:
            return self.database.now(connection)

    # operations ------------------------------------------------------------------------------------------------------

    def _freeze(
        self,
        records: Sequence[OperationRecord],
        who: str,
        supersede: Callable[[OperationRecord], bool],
        *,
        durable: bool,
    ) -> tuple[list[OperationRecord], list[Conflict]]:
        with self._begin(durable=durable) as connection:
            approvals.check(connection, records)
            now = self.database.now(connection)
            sweeps.expire(connection, records[0].organisation, now)
            held = operations.open_for(connection, records[0].organisation, [record.item for record in records])
            beaten = [one for one in held.values() if supersede(one) and one.lease_until <= now]
            closed = operations.close(connection, beaten, "a newer operation took its place", now)
            busy, lease = held.keys() - {one.item for one in closed}, operations.LEASE_SECONDS
            made = [
                replace(one, created_at=now, updated_at=now, lease_until=now + lease if one.owner else 0.0)
                for one in records
                if one.item not in busy
            ]
            operations.insert(connection, made)
            notes = [Note(one.state.value, who, one.organisation, one.item, f"{one.id} {one.digest}") for one in made]
            audit.append(connection, notes, now)
        return made, [operations.conflict_of(held[item]) for item in sorted(busy)]

    def freeze_or_conflict(
        self,
        records: Sequence[OperationRecord],
        *,
        who: str,
        supersede: Callable[[OperationRecord], bool],
        durable: bool = True,
    ) -> tuple[list[OperationRecord], list[Conflict]]:
        """Record operations. One whose item has an open operation is left out and told, unless `supersede` says that
        the older one may be closed for it. `durable=False` for what is begun at once: its intent flushes it.
        """
        for _ in range(3):
            try:
                return self._freeze(records, who, supersede, durable=durable) if records else ([], [])
            except sa.exc.IntegrityError:  # another console was faster between our look and our insert
                continue
        raise LedgerError("the ledger is too busy with the same items", "try again")

    def approve(self, ids: Sequence[str], *, who: str, four_eyes: bool = False) -> list[OperationRecord]:
        """Planned operations become approved. Nobody approves what they planned themselves with `four_eyes`, or where
        the organisation requires it (`approvals`).

        Raises LedgerError where one is not planned any more, its item is busy, or the four eyes are two.
        """
        with self._begin() as connection:
            now = self.database.now(connection)
            found = operations.by_ids(connection, ids, lock=True)
            for organisation in {one.organisation for one in found.values()}:
                if sweeps.expire(connection, organisation, now):
                    found = operations.by_ids(connection, ids, lock=True)
            for one in found.values():
                if one.state is not State.PLANNED:
                    raise LedgerError(f"operation {one.id} is {one.state.value}, not planned", "plan the item again")
                if one.planned_by == who and (four_eyes or approvals.required(connection, one.organisation)):
                    raise LedgerError(f"{who} planned {one.item} and can not approve it too", "ask a colleague")
            done = [replace(one, state=State.APPROVED, open=True, approved_by=who) for one in found.values()]
            try:
                written, _ = operations.save(connection, done, now)
            except sa.exc.IntegrityError:
                raise LedgerError("one of the items is being synced by somebody else", "look at its history") from None
            audit.append(
                connection, [Note("approved", who, one.organisation, one.item, one.id) for one in written], now
            )
        return written

    def claim(self, organisation: str, owner: str, limit: int = 50) -> list[OperationRecord]:
        """Take over open operations that nobody holds and that are due. The next intent flushes the claim."""
        with self._begin(durable=False) as connection:
            now = self.database.now(connection)
            sweeps.expire(connection, organisation, now)
            return operations.take(connection, operations.claimable(connection, organisation, now, limit), owner, now)

    def reclaim(self, records: Sequence[OperationRecord], owner: str) -> list[OperationRecord]:
        """Take again what we let go or may have lost; those that another console holds or closed are left out."""
        with self._begin(durable=False) as connection:
            now = self.database.now(connection)
            found = operations.by_ids(connection, [record.id for record in records], lock=True)
            free = [one for one in found.values() if one.open and (one.owner == owner or one.lease_until <= now)]
            return operations.take(connection, free, owner, now)

    def save(
        self,
        records: Sequence[OperationRecord],
        *,
        links: Sequence[Link] = (),
        notes: Sequence[Note] = (),
        attempt: int = 0,
        result: Mapping[str, object] | None = None,
        durable: bool = True,
    ) -> tuple[list[OperationRecord], list[OperationRecord]]:
        """Write what became of operations, with the links and audit notes that belong to it: all or nothing.

        Returns (written, lost): a lost one was taken over by another console, and nothing of it was written. `attempt`
        is the call whose `result` (outcome, status, request_id) this is.
        """
        with self._begin(durable=durable) as connection:
            now = self.database.now(connection)
            organisation = records[0].organisation if records else ""
            taken = linkrows.taken(connection, organisation, links)
            written, lost = operations.save(connection, [_barred(one, taken) for one in records], now)
            mine = {one.item for one in written}
            put = [link for link in links if link.item in mine and link.item not in taken]
            linkrows.put(connection, organisation, put, now)
            audit.append(connection, [note for note in notes if note.item in mine or not note.item], now)
            if attempt and result is not None:
                operations.end_attempt(connection, attempt, {"ended_at": now, **result})
        return written, lost

    def intend(
        self, records: Sequence[OperationRecord], *, request: str, body_hash: str, key: str
    ) -> tuple[list[OperationRecord], list[OperationRecord], int]:
        """Commit the intent of a call before it is made: the operations, and a row for the attempt.

        All or none: where one was lost to another console, or its lease has run out, nothing is written (a batch's
        bytes may not change), and the attempt is 0.
        """
        with self._begin() as connection:
            now = self.database.now(connection)
            mine = operations.still_mine(connection, records) & operations.leased(connection, records, now)
            if len(mine) < len(records):
                return [], [one for one in records if one.id not in mine], 0
            sending = [replace(one, first_sent_at=one.first_sent_at or now) for one in records]
            written, _ = operations.save(connection, sending, now)
            attempt = operations.start_attempt(
                connection,
                {
                    "organisation": records[0].organisation,
                    "key": key,
                    "owner": records[0].owner,
                    "call": request,
                    "body_hash": body_hash,
                    "operations": len(records),
                    "started_at": now,
                },
            )
        return written, [], attempt

    def renew(self, owner: str) -> set[str]:
        """Prolong our leases; the ids of the operations that are still ours."""
        with self._begin(durable=False) as connection:
            return operations.renew(connection, owner, self.database.now(connection))

    def operations(self, item: str, organisation: str = "") -> list[OperationRecord]:
        """Every operation of an item, newest first."""
        with self._begin() as connection:
            return operations.of_item(connection, item, organisation)

    def operation(self, operation_id: str) -> OperationRecord | None:
        with self._begin() as connection:
            return operations.by_ids(connection, [operation_id]).get(operation_id)

    def open_operations(self, organisation: str) -> list[OperationRecord]:
        """Everything that is not finished: at work, waiting, or held for a person."""
        with self._begin() as connection:
            return operations.all_open(connection, organisation)

    def history(self, organisation: str, since: float = 0) -> list[OperationRecord]:
        """Operations that changed since a time, oldest first."""
        with self._begin() as connection:
            return operations.selected(connection, rows.c.organisation == organisation, rows.c.updated_at >= since)

    def attempts(self, keys: Sequence[str]) -> list[AttemptRecord]:
        with self._begin() as connection:
            return operations.attempts_of(connection, keys)

    # links -----------------------------------------------------------------------------------------------------------

    def links(self, organisation: str = "") -> dict[str, Link]:
        """Item key -> link; of one organisation where named."""
        with self._begin() as connection:
            return linkrows.read(connection, organisation)

    def link(self, organisation: str, item: str) -> Link | None:
        with self._begin() as connection:
            return linkrows.read(connection, organisation, item).get(item)

    def put_link(self, organisation: str, link: Link, note: Note) -> None:
        """Link an item to a document by hand. Raises LedgerError where the document belongs to another item."""
        try:
            with self._begin() as connection:
                now = self.database.now(connection)
                linkrows.put(connection, organisation, [link], now)
                audit.append(connection, [note], now)
        except sa.exc.IntegrityError:
            with self._begin() as connection:
                other = linkrows.owner_of(connection, organisation, link.document_id)
            raise LedgerError(f"document {link.document_id} is linked to {other}", f"unlink {other} first") from None

    def remove_link(self, organisation: str, item: str, note: Note) -> bool:
        with self._begin() as connection:
            gone = linkrows.remove(connection, organisation, item)
            if gone:
                audit.append(connection, [note], self.database.now(connection))
        return gone

    # settings, audit -------------------------------------------------------------------------------------------------

    def record_settings_change(self, who: str, before: str, after: str, changes: Sequence[str] = ()) -> int:
        """Keep one saved change of the settings (whole files); the new revision's number."""
        with self._begin() as connection:
            now = self.database.now(connection)
            made = connection.execute(
                sa.insert(settings_history)
                .values(at=now, who=who, before=before, after=after, changes=jsontext.dumps(list(changes)))
                .returning(settings_history.c.revision)
            )
            revision = int(made.scalar_one())
            audit.append(connection, [Note("settings", who, detail=f"revision {revision}")], now)
        return revision

    def settings_history(self) -> list[SettingsChange]:
        """Every saved change, oldest first."""
        with self._begin() as connection:
            found = connection.execute(sa.select(settings_history).order_by(settings_history.c.revision)).all()
        return [
            SettingsChange(
                row.revision, moment(row.at), row.who, row.before, row.after, tuple(jsontext.loads(row.changes or "[]"))
            )
            for row in found
        ]

    def append(self, note: Note) -> None:
        """Write one entry into the audit chain."""
        with self._begin() as connection:
            audit.append(connection, [note], self.database.now(connection))

    def audit_entries(self, *, item: str = "", since: int = 0) -> list[AuditEntry]:
        with self._begin() as connection:
            return list(audit.entries(connection, item=item, since=since))

    def verify(self) -> tuple[str, list[AuditFault]]:
        """The audit chain's head, and every place where it does not hold."""
        with self._begin() as connection:
            return audit.verify(connection)

    # cached items -----------------------------------------------------------------------------------------------------

    def cache_items(self, scope: str, bodies: Iterable[tuple[str, str, str]]) -> None:
        """Keep (name, updated_at, body as text) so that the next start has something to show at once."""
        self.replace_cached(scope, (), bodies)

    def replace_cached(self, scope: str, gone: Iterable[str], bodies: Iterable[tuple[str, str, str]]) -> None:
        """Forget some rows and keep others, all or nothing. A power cut may lose it: it can be read again."""
        with self.database.transaction(durable=False) as connection:
            now = self.database.now(connection)
            kept = [
                {"organisation": scope, "item": name, "updated_at": updated, "body": body, "fetched_at": now}
                for name, updated, body in bodies
            ]
            forgotten = [{"of_item": name} for name in (*gone, *(row["item"] for row in kept))]
            if forgotten:
                forget = sa.delete(cached_items).where(
                    cached_items.c.organisation == scope, cached_items.c.item == sa.bindparam("of_item")
                )
                connection.execute(forget, forgotten)
            if kept:
                connection.execute(sa.insert(cached_items), kept)

    def cached_items(self, scope: str) -> dict[str, tuple[str, str]]:
        """Name -> (updated_at, body)."""
        wanted = sa.select(cached_items.c.item, cached_items.c.updated_at, cached_items.c.body)
        with self._begin() as connection:
            found = connection.execute(wanted.where(cached_items.c.organisation == scope)).all()
        return {name: (updated, body) for name, updated, body in found}

    def cached_names(self, scope: str) -> list[str]:
        """The names of what is kept of a scope."""
        with self._begin() as connection:
            return list(connection.scalars(sa.select(cached_items.c.item).where(cached_items.c.organisation == scope)))

    def cached_bodies(self, scope: str, names: Sequence[str]) -> dict[str, str]:
        """Name -> body of a few of them."""
        wanted = sa.select(cached_items.c.item, cached_items.c.body).where(
            cached_items.c.organisation == scope, cached_items.c.item.in_(names)
        )
        with self._begin() as connection:
            return {row.item: row.body for row in connection.execute(wanted)}

    def forget_items(self, scope: str, names: Sequence[str]) -> None:
        self.replace_cached(scope, names, ())

    def forget_cached(self, scope: str) -> None:
        """Forget everything that is kept of a scope."""
        with self._begin() as connection:
            connection.execute(sa.delete(cached_items).where(cached_items.c.organisation == scope))


def _barred(record: OperationRecord, taken: Mapping[str, str]) -> OperationRecord:
    """An operation whose document is linked to another item already goes no further."""
    other = taken.get(record.item)
    if other is None:
        return record
    text = f"document {record.document_id} is linked to {other} already"
    fix = f"smoothx-tui verify, then unlink {other} or {record.item}"
    return replace(record, state=State.HELD, open=False, owner="", text=text, fix=fix)
