"""A model of Xero and Procore, small and strict: what the engine cannot see is decided here, from a seed.

Xero: documents, the key window of 360 s with stored answers (errors too), unique sales invoice numbers, statuses,
late commits, late arrivals, and every kind of lost answer. Procore: items with versions and locks, PATCHes that answer
200 and change nothing.
"""

import asyncio
import datetime as dt
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import unquote

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.procore.items import Item
from smoothx_tui.xero.documents import Document, DocumentLine, DocumentType, Status
from tests.simulation.faults import Faults

KEY_WINDOW: Final = 360.0
LATEST_ARRIVAL: Final = 100.0
LATEST_COMMIT: Final = 230.0
VERY_LATE: Final = (490.0, 535.0, 1500.0)
"""From the end of the first wait to the end of the second, and beyond both: creates only."""
_STATUSES = {
    Status.DRAFT: {Status.DRAFT, Status.SUBMITTED, Status.AUTHORISED, Status.DELETED},
    Status.SUBMITTED: {Status.DRAFT, Status.SUBMITTED, Status.AUTHORISED, Status.DELETED},
    Status.AUTHORISED: {Status.AUTHORISED, Status.VOIDED},
}


@dataclass
class ModelDocument:
    """One document as Xero keeps it, and what a test wants to know of it."""

    document: Document
    item: str
    by_us: bool = True
    person_touched_at: float = -1.0
    person_stamp: str = ""
    ended_by_person: bool = False
    content: str = ""
    """What the lines say: the item's content as of our last write."""


@dataclass
class ModelItem:
    """One item as Procore keeps it. `content` is its amount, in whole units."""

    item: Item
    content: int
    version: int = 1
    origin: str = ""
    gone: bool = False
    edited_at: float = -1.0
    lock: bool = True


@dataclass(frozen=True)
class Effect:
    """A write that took effect, for the judges."""

    at: float
    key: str
    item: str
    document_id: str
    content: str
    kind: str
    older_edit: float = -1.0
    older_stamp: str = ""
    item_content: str = ""
    item_edited_at: float = -1.0
    locked_date_at: float = -1.0


@dataclass
class Services:
    """Both services and what happened in them."""

    rng: random.Random
    time: Callable[[], float]
    faults: Faults
    items: dict[str, ModelItem] = field(default_factory=dict)
    documents: dict[str, ModelDocument] = field(default_factory=dict)
    keys: dict[str, tuple[float, bytes, Answer | None]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    lock_date: dt.date | None = None
    calls: int = 0
    locks: int = 0
    misused_keys: int = 0
    faults_met_very_late: bool = False
    lock_is_a_change: bool = True
    tidy: bool = False
    """Nothing arrives after the second look: the promise under which bills may be sent again unattended."""
    lock_date_at: float = -1.0
    _clock: int = 0
    late: set["asyncio.Task[Any]"] = field(default_factory=set)
    contents: dict[str, "bytes | Exception"] = field(default_factory=dict)
    """Procore's file id -> its bytes, or why they cannot be had."""
    files_on: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    """Document -> name -> (size, how often it was put there)."""
    file_answers: list["Answer | Exception"] = field(default_factory=list)
    """What becomes of the next files, instead of being attached."""

    def landed(self, call: "asyncio.Task[Any]") -> None:
        """A call whose process is gone has ended: nobody asks for its result."""
        self.late.discard(call)
        if not call.cancelled():
            call.exception()

    def stamp(self) -> str:
        self._clock += 1
        return f"2026-07-01T00:00:{self._clock:06d}Z"

    # Xero -------------------------------------------------------------------------------------------------------------

    async def latency(self) -> None:
        slow = self.rng.random() < self.faults.slow
        await asyncio.sleep(self.rng.uniform(5.0, 50.0) if slow else 0.4)

    async def write(self, method: str, path: str, body: bytes, key: str) -> Answer:
        """One write with whatever befalls it."""
        self.calls += 1
        rng, faults = self.rng, self.faults
        if rng.random() < faults.not_sent:
            raise NotSent("no connection")
        await self.latency()
        if rng.random() < faults.limited:
            return self._limited()
        if rng.random() < faults.lost_before:
            raise Unknown("reset before it arrived")
        if rng.random() < faults.late_arrival:
            self._later(rng.uniform(1.0, LATEST_ARRIVAL), lambda: self._arrive(method, path, body, key, 0.0))
            raise Unknown("time-out")
        late = rng.uniform(1.0, LATEST_COMMIT) if rng.random() < faults.late_commit else 0.0
        if method == "PUT" and rng.random() < faults.very_late:
            late = rng.uniform(VERY_LATE[0], VERY_LATE[1] if rng.random() < 0.5 or self.tidy else VERY_LATE[2])
            self.faults_met_very_late = self.faults_met_very_late or late > VERY_LATE[1]
        answer = self._arrive(method, path, body, key, late)
        await self.latency()
        if late or rng.random() < faults.lost_after:
            raise Unknown("the answer was lost")
        assert answer is not None
        return answer

    def _limited(self) -> Answer:
        kind = self.rng.choice(["minute", "concurrent", "seconds"])
        headers = {"retry-after": str(self.rng.randint(1, 60))} if kind == "minute" else {}
        return Answer(429, headers)

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            act()

        task = asyncio.ensure_future(wait())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    def _arrive(self, method: str, path: str, body: bytes, key: str, late: float) -> Answer | None:
        """The request is at Xero: the key decides first."""
        now = self.time()
        known = self.keys.get(key)
        if known is not None and now - known[0] < KEY_WINDOW:
            if known[1] != body:
                self.misused_keys += 1
                return _error(400, "This idempotency key is used with a different request")
            # A first request that is still being worked on holds its key: the second is told nothing useful.
            return known[2] if known[2] is not None else Answer(409, body={"Message": "in progress"})
        if self.rng.random() < self.faults.stored_500:
            answer = Answer(500, body={"Title": "An error occurred"})
            self.keys[key] = (now, body, answer)
            return answer
        if late:
            self.keys[key] = (now, body, None)
            self._later(late, lambda: self._commit(method, path, body, key, now))
            return None
        return self._commit(method, path, body, key, now)

    def _commit(self, method: str, path: str, body: bytes, key: str, began: float) -> Answer:
        answer = self._effect(method, path, body, key)
        if self.rng.random() < self.faults.stored_500_after:
            answer = Answer(500, body={"Title": "An error occurred"})
        self.keys[key] = (began, body, answer)
        return answer

    def _effect(self, method: str, path: str, body: bytes, key: str) -> Answer:
        wanted = jsontext.loads(body)["Invoices"]
        if method == "PUT":
            if len(wanted) > 1 and self.rng.random() < self.faults.refused_whole:
                return _error(400, "unreadable element")
            return Answer(200, body={"Invoices": [self._create(one, key) for one in wanted]})
        document_id = path.partition("?")[0].rsplit("/", 1)[1]
        return self._update(document_id, wanted[0], key)

    def _create(self, wanted: Mapping[str, Any], key: str) -> dict[str, Any]:
        number, kind = wanted["InvoiceNumber"], DocumentType(wanted["Type"])
        taken = [d for d in self.documents.values() if d.document.number == number and not d.document.ended]
        if kind is DocumentType.SALES_INVOICE and any(d.document.type is kind for d in taken):
            return {
                "InvoiceID": str(uuid.UUID(int=0)),
                "InvoiceNumber": number,
                "HasErrors": True,
                "ValidationErrors": [{"Message": "Invoice # must be unique."}],
            }
        document_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        named = item_named_by(wanted["Url"])
        assert named is not None
        item = f"{named[0].prefix}:{named[1]}"
        self.documents[document_id] = ModelDocument(
            Document(id=document_id, type=kind, status=Status(wanted["Status"]), number=number), item
        )
        self._write(document_id, wanted)
        self._log(document_id, key, "create", (-1.0, ""))
        return {"InvoiceID": document_id, "InvoiceNumber": number, "HasErrors": False}

    def _update(self, document_id: str, wanted: Mapping[str, Any], key: str) -> Answer:
        found = self.documents.get(document_id)
        if found is None:
            return Answer(404, problem="text/html instead of JSON")
        status = Status(wanted["Status"])
        if status not in _STATUSES.get(found.document.status, set()) or found.document.settled:
            return _error(400, "Invoice not of valid status for modification")
        older = (found.person_touched_at, found.person_stamp)
        if "LineItems" in wanted:
            self._write(document_id, wanted)
        found.document = replace(found.document, status=status, updated_at=self.stamp())
        self._log(document_id, key, "update" if "LineItems" in wanted else "end", older)
        return Answer(200, body={"Invoices": [{"InvoiceID": document_id, "HasErrors": False}]})

    def _write(self, document_id: str, wanted: Mapping[str, Any]) -> None:
        found = self.documents[document_id]
        lines = []
        for line in wanted["LineItems"]:
            line_id = line.get("LineItemID") or str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
            dropped = self.rng.random() < self.faults.dropped_field
            account = "" if dropped else line["AccountCode"]
            lines.append(
                DocumentLine(line_id, line["Description"], Decimal(1), Decimal(line["UnitAmount"]), None, account)
            )
        found.document = replace(
            found.document,
            number=wanted["InvoiceNumber"],
            contact_id=wanted["Contact"]["ContactID"],
            date=dt.date.fromisoformat(wanted["Date"]),
            currency="AUD",
            url=wanted["Url"],
            lines=tuple(lines),
            updated_at=self.stamp(),
        )
        found.content = str(wanted["LineItems"][0]["UnitAmount"])

    def _log(self, document_id: str, key: str, kind: str, older: tuple[float, str]) -> None:
        found = self.documents[document_id]
        item, day = self.items[found.item], found.document.date
        locked = self.lock_date is not None and day is not None and day <= self.lock_date and kind == "create"
        self.effects.append(
            Effect(
                self.time(),
                key,
                found.item,
                document_id,
                found.content,
                kind,
                *older,
                str(item.content),
                item.edited_at,
                self.lock_date_at if locked else -1.0,
            )
        )

    async def read(self) -> None:
        self.calls += 1
        await self.latency()
        if self.rng.random() < self.faults.read_fails:
            raise NotSent("no connection")

    async def attach(self, path: str, content: bytes, content_type: str) -> Answer:
        """One file: of the same name it takes the other one's place, ten are the most."""
        self.calls += 1
        await self.latency()
        assert "/" in content_type
        place, _, rest = path.removeprefix("/Invoices/").partition("/Attachments/")
        name, told = unquote(rest.partition("?")[0]), self.file_answers.pop(0) if self.file_answers else None
        if isinstance(told, Answer):
            return told
        if isinstance(told, NotSent):
            raise told
        there = self.files_on.setdefault(place, {})
        if name not in there and len(there) >= 10:
            return _error(400, "A document can have at most 10 attachments.")
        there[name] = len(content), there.get(name, (0, 0))[1] + 1
        found = self.documents[place]
        found.document = replace(found.document, has_attachments=True)
        await self.latency()
        if told is not None:
            raise told
        return Answer(200, body={"Attachments": [{"FileName": name, "ContentLength": len(content)}]})

    # Procore ----------------------------------------------------------------------------------------------------------

    async def set_origin(self, key: str, origin: str | None) -> None:
        self.locks += 1
        await self.latency()
        found, rng = self.items[key], self.rng
        if found.gone:
            raise ServiceError("not found", status=404)
        if found.origin and origin and not found.origin.startswith("xero:"):
            raise ServiceError("locked by another", status=422)
        if rng.random() < self.faults.lock_ignored:
            return
        if rng.random() < self.faults.lock_lost / 2:
            raise Unknown("reset before it arrived")
        found.origin = origin or ""
        # Whether a lock counts as a change is not documented: both.
        stamp = self.stamp() if self.lock_is_a_change else found.item.updated_at
        found.item = replace(found.item, updated_at=stamp, origin_id=found.origin)
        if rng.random() < self.faults.lock_lost:
            raise Unknown("the answer was lost")


def _error(status: int, words: str) -> Answer:
    body = {"ErrorNumber": 10, "Type": "ValidationException", "Message": words}
    return Answer(status, body={**body, "Elements": [{"ValidationErrors": [{"Message": words}]}]})
