"""Files of documents in the ledger: which were attached, and what became of the others.

A row is the intent before a file is sent, and its outcome after: a process that dies in between leaves `sending`, and
whoever goes on looks into Xero first. Rows are never deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from smoothx_tui.ledger import operations
from smoothx_tui.ledger.database import Database
from smoothx_tui.ledger.records import OperationRecord
from smoothx_tui.ledger.tables import files


class FileState(StrEnum):
    """What became of a file. `there`: Xero had it already, of the same name and size."""

    SENDING = "sending"
    ATTACHED = "attached"
    THERE = "there"
    REFUSED = "refused"
    FAILED = "failed"


ON_THE_DOCUMENT: Final = frozenset({FileState.ATTACHED, FileState.THERE})


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file on its way to a document. `file_id` is Procore's, `name` the one in Xero, `digest` SHA-256 of its bytes.

    `operation` is the last one that had it to attach. `text` says why it is not on the document.
    """

    organisation: str
    document_id: str
    file_id: str
    item: str
    name: str
    operation: str
    state: FileState = FileState.SENDING
    size: int = 0
    digest: str = ""
    text: str = ""
    at: float = 0


_FIELDS: Final = tuple(field.name for field in fields(FileRecord))
_KEY: Final = ("organisation", "document_id", "file_id")
_HERE: Final = sa.and_(*(files.c[name] == sa.bindparam(f"of_{name}") for name in _KEY))
_UPDATE: Final = (
    sa.update(files).where(_HERE).values({name: sa.bindparam(name) for name in _FIELDS if name not in _KEY})
)
_INSERT: Final = sa.insert(files)
_OF_DOCUMENT: Final = sa.select(files).where(
    files.c.organisation == sa.bindparam("organisation"), files.c.document_id == sa.bindparam("document_id")
)
_OF_ITEM: Final = (
    sa.select(files)
    .where(files.c.organisation == sa.bindparam("organisation"), files.c.item == sa.bindparam("item"))
    .order_by(files.c.at, files.c.file_id)
)


class Files:
    """Raises LedgerError where the database can not be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_document(self, organisation: str, document_id: str) -> dict[str, FileRecord]:
        """Procore's file id -> what became of it on that document."""
        with self._database.transaction() as connection:
            rows = connection.execute(_OF_DOCUMENT, {"organisation": organisation, "document_id": document_id})
            return {row.file_id: _record(row) for row in rows}

    def of_item(self, organisation: str, item: str) -> list[FileRecord]:
        """Every file of an item, on whatever document, as they were last tried."""
        with self._database.transaction() as connection:
            return [_record(row) for row in connection.execute(_OF_ITEM, {"organisation": organisation, "item": item})]

    def intend(self, operation: OperationRecord, file: FileRecord, *, request: str, key: str) -> int:
        """Commit that a file is about to be sent: its row, and one for the attempt, whose number is returned.

        0 where the operation was lost to another console; nothing is written then.
        """
        with self._database.transaction() as connection:
            if not operations.still_mine(connection, [operation]):
                return 0
            now = self._database.now(connection)
            _put(connection, [replace(file, state=FileState.SENDING, at=now)])
            return operations.start_attempt(
                connection,
                {
                    "organisation": operation.organisation,
                    "key": key,
                    "owner": operation.owner,
                    "call": request,
                    "body_hash": file.digest,
                    "operations": 1,
                    "started_at": now,
                },
            )

    def settle(
        self, found: Iterable[FileRecord], *, attempt: int = 0, result: Mapping[str, object] | None = None
    ) -> None:
        """Commit what became of files, and of the attempt that told."""
        with self._database.transaction() as connection:
            now = self._database.now(connection)
            _put(connection, [replace(file, at=now) for file in found])
            if attempt and result is not None:
                operations.end_attempt(connection, attempt, {"ended_at": now, **result})


def on_documents(connection: sa.Connection, organisation: str = "", item: str = "") -> dict[tuple[str, str, str], Any]:
    """(organisation, item, document) -> the rows of files that are on it."""
    wanted = sa.select(files.c.organisation, files.c.item, files.c.document_id, files.c.file_id, files.c.name)
    wanted = wanted.where(files.c.state.in_(sorted(ON_THE_DOCUMENT))).order_by(files.c.file_id)
    if organisation:
        wanted = wanted.where(files.c.organisation == organisation)
    if item:
        wanted = wanted.where(files.c.item == item)
    found: dict[tuple[str, str, str], Any] = {}
    for row in connection.execute(wanted):
        found.setdefault((row.organisation, row.item, row.document_id), []).append(row)
    return found


def _put(connection: sa.Connection, found: Iterable[FileRecord]) -> None:
    for file in found:
        values = asdict(file) | {"state": file.state.value}
        keys = {f"of_{name}": values[name] for name in _KEY}
        changed = {name: value for name, value in values.items() if name not in _KEY}
        if not connection.execute(_UPDATE, {**keys, **changed}).rowcount:
            connection.execute(_INSERT, values)


def _record(row: sa.Row[Any]) -> FileRecord:
    values = {name: getattr(row, name) for name in _FIELDS}
    return FileRecord(**(values | {"state": FileState(values["state"])}))
