"""The files of an item, attached to its document once that is posted, read back and locked.

A step of its own: what goes wrong here leaves the posting as it is. Each file's intent is committed before it is sent
and its outcome after it; a repeat does no harm, as Xero keeps one file of a name. What a person attached is never
replaced: a file of the same name is left, and where it is of the same size it is taken for this one.

| what happens                                            | the file          | the operation                       |
|---------------------------------------------------------|-------------------|-------------------------------------|
| Xero lists it with our size                             | attached          | done when all are                   |
| Xero has another of that name, or ten already           | refused           | done, and says which                |
| too large, empty, gone, no permission, a strange host   | refused           | done, and says which                |
| the document was deleted or voided meanwhile            | refused           | done, and says which                |
| Xero refuses it (400, 404, 413)                         | refused           | done, and says which                |
| a scope is missing                                      | failed            | attaching: sign in again, then sync |
| no answer, 429, 5xx, a link that ran out                | failed            | attaching: tried again              |
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from smoothx_tui.base.answers import Answer, NotSent
from smoothx_tui.base.errors import ConnectionFailed, LedgerError, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.text import clean
from smoothx_tui.ledger.files import ON_THE_DOCUMENT, FileRecord, FileState
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.procore.attachments import FileLink
from smoothx_tui.syncing.checking import end
from smoothx_tui.syncing.desk import Desk
from smoothx_tui.syncing.frozen import FrozenFile
from smoothx_tui.syncing.job import Job
from smoothx_tui.xero.attachments import Attached, parse_attachments
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.filenames import LARGEST_FILE, MOST_FILES, attachment_path
from smoothx_tui.xero.limits import DayLimitReached
from smoothx_tui.xero.refusals import ScopeMissing, error_of

_AT_ONCE: Final = 2
"""Operations whose files are in memory at the same time, one file each."""
_TRIES: Final = 3
_RETRY_LATER: Final = 300.0
_NAMED: Final = 3
_REFUSALS: Final = frozenset({400, 403, 404, 409, 410, 413, 415, 418, 422})
_SCOPE_FIX: Final = "smoothx-tui connect xero --scope accounting.attachments, then sync again"
_ANY_TYPE: Final = "application/octet-stream"
_TYPES: Final = {
    ".bmp": "image/bmp",
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rtf": "application/rtf",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""By the name's ending. Nobody's word is taken for it, and what could be run in a browser is only bytes."""


def finished(job: Job) -> OperationRecord:
    """The posting is finished: the files are next, where there are any."""
    if not job.plan.files:
        return end(job, State.DONE, "")
    return replace(job.record, state=State.ATTACHING, text="", fix="", next_at=0.0, tries=0, evidence="")


async def attach(desk: Desk, jobs: Sequence[Job], stopping: Callable[[], bool] = lambda: False) -> None:
    """Operations in `attaching` become done, or stay in it for later. `stopping`: no further file is begun.

    Raises LedgerError.
    """
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(job: Job) -> None:
        async with gate:
            if not stopping():
                await _Attaching(desk, job, stopping).run()

    async with task_group() as group:
        for job in jobs:
            group.create_task(one(job))


def content_type_of(name: str) -> str:
    """What a file is sent as, by its name alone."""
    _, dot, ending = name.lower().rpartition(".")
    return _TYPES.get(dot + ending, _ANY_TYPE)


class _Later(Exception):  # noqa: N818 - reads as what happens
    """Nothing more can be done for the operation's files now."""

    def __init__(self, error: SmoothxError) -> None:
        super().__init__(error.message)
        self.error = error


class _Stopped(Exception):  # noqa: N818 - reads as what happened
    """The run is to end: what is left is for the next one."""


@dataclass
class _Attaching:
    """One operation's files, one after the other."""

    desk: Desk
    job: Job
    stopping: Callable[[], bool]

    async def run(self) -> None:
        desk, job = self.desk, self.job
        document = job.record.document_id
        rows: dict[str, FileRecord] = await desk.book(desk.ledger.files.of_document, desk.organisation, document)
        wanted = [file for file in job.plan.files if not self._settled(rows.get(file.id))]
        try:
            if wanted:
                await self._attach(wanted, rows)
        except _Later as later:
            await self._leave(later.error)
            return
        except _Stopped:
            return
        if not job.lost:
            await self._close()

    def _settled(self, row: FileRecord | None) -> bool:
        if row is None:
            return False
        refused_now = row.state is FileState.REFUSED and row.operation == self.job.record.id
        return row.state in ON_THE_DOCUMENT or refused_now

    async def _attach(self, wanted: Sequence[FrozenFile], rows: Mapping[str, FileRecord]) -> None:
        try:
            standing = await self._standing()
            if standing is None or standing.ended:
                why = f"the document is {standing.status.words}" if standing else "Xero does not have the document"
                await self._refuse(wanted, why)
                return
            links = await self.desk.procore.files(self.job.plan.ref)
            there = await self._listed(rows, standing)
        except LedgerError:
            raise
        except SmoothxError as error:
            raise _Later(error) from None
        for file in wanted:
            if self.stopping():
                raise _Stopped
            row = self._row(file)
            try:
                await self._one(file, row, links.get(file.id), there)
            except LedgerError:
                raise
            except SmoothxError as error:
                await self._settle(_after(row, error))
                if not _is_final(error):
                    raise _Later(error) from None
            if self.job.lost:
                return

    async def _standing(self) -> Document | None:
        """The document as it was read a moment ago, or as it is now where this is taken up later."""
        if self.job.document is None:
            found = await self.desk.xero.documents([self.job.record.document_id])
            self.job.document = next(iter(found), None)
        return self.job.document

    async def _refuse(self, files: Sequence[FrozenFile], why: str) -> None:
        rows = [replace(self._row(file), state=FileState.REFUSED, text=why) for file in files]
        await self.desk.book(self.desk.ledger.files.settle, rows)

    async def _listed(self, rows: Mapping[str, FileRecord], document: Document) -> dict[str, Attached]:
        """What hangs on the document, by name without case. One that has nothing, and on which nothing was tried, need
        not be asked.
        """
        if not document.has_attachments and not rows:
            return {}
        found = await self.desk.xero.attachments(self.job.record.document_id)
        return {one.name.casefold(): one for one in found}

    async def _one(self, file: FrozenFile, row: FileRecord, link: FileLink | None, there: dict[str, Attached]) -> None:
        """Raises ServiceError where trying again is of no use, other SmoothxErrors where it may be."""
        if link is None:
            raise ServiceError("Procore's item does not have the file any more", "plan it again")
        standing = there.get(file.name.casefold())
        if standing is None and len(there) >= MOST_FILES:
            raise ServiceError(f"the document has {len(there)} files already")
        content = await self.desk.procore.fetch(link, LARGEST_FILE)
        row = replace(row, size=len(content), digest=hashlib.sha256(content).hexdigest())
        if standing is not None:
            if standing.size != len(content):
                raise ServiceError("another file of that name is on the document")
            await self._settle(replace(row, state=FileState.THERE))
            return
        await self._send(file, row, content)
        there[file.name.casefold()] = Attached("", file.name, len(content))

    async def _send(self, file: FrozenFile, row: FileRecord, content: bytes) -> None:
        desk, key = self.desk, self.desk.new_key()
        path = attachment_path(row.document_id, file.name, online=file.online)
        attempt = await desk.book(desk.ledger.files.intend, self.job.record, row, request=f"PUT {path}", key=key)
        if not attempt:
            self.job.lost = True
            desk.tell(self.job, "another console has taken this over")
            return
        try:
            answer = await desk.xero.attach(path, content, content_type_of(file.name), key, desk.guard([self.job]))
            _judge(answer, len(content))
        except LedgerError:
            raise
        except SmoothxError as error:
            told = {"status": getattr(error, "status", 0), "request_id": clean(getattr(error, "request_id", ""))}
            await self._settle(_after(row, error), attempt=attempt, result={"outcome": _outcome(error), **told})
            if not _is_final(error):
                raise _Later(error) from None
            return
        result = {"outcome": "attached", "status": answer.status, "request_id": clean(answer.request_id)}
        await self._settle(replace(row, state=FileState.ATTACHED), attempt=attempt, result=result)

    def _row(self, file: FrozenFile) -> FileRecord:
        record = self.job.record
        return FileRecord(record.organisation, record.document_id, file.id, record.item, file.name, record.id)

    async def _settle(self, row: FileRecord, *, attempt: int = 0, result: Mapping[str, object] | None = None) -> None:
        await self.desk.book(self.desk.ledger.files.settle, [row], attempt=attempt, result=result)

    async def _leave(self, error: SmoothxError) -> None:
        """For later: in a moment, or where that was of no use, at the next sync."""
        desk, job = self.desk, self.job
        job.document = None  # what hangs on it is not known any more
        text, _ = await self._told()
        why, now = f"{text}: {clean(error.message)}", await desk.now()
        tries = job.record.tries + 1
        if tries < _TRIES and not isinstance(error, SignInNeeded | DayLimitReached):
            await desk.save([(job, replace(job.record, text=why, tries=tries, next_at=now + 2.0**tries))])
            return
        job.given_up = True
        later = error.seconds if isinstance(error, DayLimitReached) else _RETRY_LATER
        fix = _SCOPE_FIX if isinstance(error, ScopeMissing) else error.hint
        fix = fix if isinstance(error, SignInNeeded) else "smoothx-tui sync takes it up again"
        await desk.save([(job, replace(job.record, text=why, fix=fix, tries=0, next_at=now + later))])

    async def _close(self) -> None:
        text, missing = await self._told()
        if not missing:
            await self.desk.save([(self.job, end(self.job, State.DONE, ""))])
            return
        named = "; ".join(f"{file.name}: {why}" for file, why in missing[:_NAMED])
        more = f"; and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        record = end(self.job, State.DONE, f"{text}: {named}{more}", "attach by hand what matters")
        await self.desk.save([(self.job, record)])

    async def _told(self) -> tuple[str, list[tuple[FrozenFile, str]]]:
        """`posted, 2 of 3 files attached`, and what is missing with why."""
        desk, wanted = self.desk, self.job.plan.files
        rows = await desk.book(desk.ledger.files.of_document, desk.organisation, self.job.record.document_id)
        missing = [
            (file, row.text if (row := rows.get(file.id)) else "not tried yet")
            for file in wanted
            if file.id not in rows or rows[file.id].state not in ON_THE_DOCUMENT
        ]
        return f"posted, {len(wanted) - len(missing)} of {len(wanted)} files attached", missing


def _judge(answer: Answer, size: int) -> None:
    """Raises what an answer to a file means, unless it is attached."""
    if answer.ok:
        found = next(iter(parse_attachments(answer.body)), None)
        if found is None or (found.size is not None and found.size != size):
            raise ConnectionFailed("Xero's answer does not name the file as it was sent", "it is looked up")
        return
    raise error_of(answer, "attach a file")


def _is_final(error: SmoothxError) -> bool:
    """Whether trying again can not mend it. Status 0: it was our own judgement of the file."""
    return isinstance(error, ServiceError) and (error.status in _REFUSALS or error.status == 0)


def _after(row: FileRecord, error: SmoothxError) -> FileRecord:
    state = FileState.REFUSED if _is_final(error) else FileState.FAILED
    return replace(row, state=state, text=clean(error.message))


def _outcome(error: SmoothxError) -> str:
    """One word for the attempts table."""
    if _is_final(error):
        return "refused"
    return "not_sent" if isinstance(error, NotSent) else "unclear"
