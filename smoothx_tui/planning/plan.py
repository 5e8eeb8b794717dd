"""A plan: the answer for one Procore item. The console previews it, sync sends it, the commands print it.

Names, numbers and texts in it are cleaned, ready to show; `payload` and `first` hold what will be sent.

| action             | request                                      | body                                            |
|--------------------|----------------------------------------------|-------------------------------------------------|
| create, recreate   | PUT /Invoices?summarizeErrors=false&unitdp=4 | the payload, alone or among others of a batch   |
| update             | POST /Invoices/{id}?unitdp=4                 | the payload, with InvoiceID and LineItemIDs     |
| delete, void       | POST /Invoices/{id}?unitdp=4                 | InvoiceID and Status; the plan's payload is None|

A contact that the first step makes has no ContactID yet: the payload names it by the ContactNumber it will carry (the
Procore company id), so that the bytes that were previewed stay the bytes that are sent.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from smoothx_tui.base import jsontext
from smoothx_tui.planning.actions import SENDABLE, Action
from smoothx_tui.planning.why import Why
from smoothx_tui.procore.items import Kind
from smoothx_tui.xero.documents import DocumentType, Status
from smoothx_tui.xero.filenames import attachment_path

__all__ = [
    "SENDABLE",
    "Action",
    "Change",
    "DocumentRef",
    "Finding",
    "FirstStep",
    "LeftOut",
    "Level",
    "Outline",
    "Plan",
    "Reason",
    "Request",
    "Step",
    "Totals",
]

_ENDING = {Action.DELETE: Status.DELETED, Action.VOID: Status.VOIDED}


class Level(StrEnum):
    """How much a finding weighs: nothing sent / only after its own confirmation / to be known."""

    BLOCKER = "blocker"
    DANGER = "danger"
    NOTE = "note"


def document_type(kind: Kind) -> DocumentType:
    """What Xero gets of an item of that kind."""
    return DocumentType.BILL if kind.bill else DocumentType.SALES_INVOICE


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that had a say. `setting` is a setting's key or a mapping row (`mapping.bill.default_account`) or ""."""

    rule: str
    text: str
    setting: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before sending. `fix` says what to do, and is never empty on a blocker."""

    level: Level
    code: str
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line, or a line's retention, that is not sent. `amount` as Procore counts it (retention negative)."""

    line: str
    amount: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what stands in Xero and what would stand; None is absent.

    `path` is `DueDate` or `LineItems[2].AccountCode`; a whole line that comes or goes has the path `LineItems[2]`.
    `edited_in_xero` : a person changed it in Xero since our last write, so that the update would overwrite that.
    """

    path: str
    xero: str | None
    planned: str | None
    edited_in_xero: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """Without tax, net of retention. `difference` = Procore - Xero."""

    procore: Decimal
    xero: Decimal
    currency: str

    @property
    def difference(self) -> Decimal:
        return self.procore - self.xero


@dataclass(frozen=True, slots=True)
class Request:
    """Where the payload goes, below the accounting API's base URL; `query` is part of `path`."""

    method: str
    path: str


class Step(StrEnum):
    """A first step that a payload needs."""

    CREATE_CONTACT = "create_contact"
    UPDATE_CONTACT = "update_contact"
    CREATE_TRACKING_OPTION = "create_tracking_option"
    RENAME_TRACKING_OPTION = "rename_tracking_option"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """`body` is the object to send (a contact, or `{"Category":…, "Name":…}` of an option); items share equal steps."""

    step: Step
    body: dict[str, Any]


def megabytes(size: int) -> str:
    """A file's size for people."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of the item. `id` is Procore's; `name` what it is called in Xero, "" where it is `left_out` (and why);
    `source` Procore's name, cleaned; `size` in bytes, None where Procore does not say; `there`: attached before.
    """

    id: str
    name: str
    source: str
    size: int | None = None
    online: bool = False
    there: bool = False
    left_out: str = ""

    @property
    def megabytes(self) -> str:
        """Its size for people; "" where it is not known."""
        return megabytes(self.size) if self.size is not None else ""

    @property
    def attach(self) -> bool:
        """Whether it is to be attached."""
        return not (self.there or self.left_out)


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The linked document."""

    id: str
    status: Status


@dataclass(frozen=True, slots=True)
class Outline:
    """What a row of a table shows of a plan, for lists of a hundred thousand; the names are the plan's own."""

    item: str
    kind: Kind
    number: str
    contact: str
    project: str
    date: dt.date | None
    action: Action
    totals: Totals | None
    summary: str
    sendable: bool
    has_payload: bool
    has_dangers: bool


@dataclass(frozen=True)
class Plan:
    """The answer for one item. Equal inputs give equal plans and equal bytes."""

    item: str
    kind: Kind
    number: str
    contact: str
    project: str
    date: dt.date | None
    action: Action
    document: DocumentRef | None = None
    payload: dict[str, Any] | None = None
    request: Request | None = None
    first: tuple[FirstStep, ...] = ()
    then: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    diff: tuple[Change, ...] = ()
    totals: Totals | None = None
    why: Sequence[Why] = ()
    """(path in the payload, the setting, mapping row, default or Procore field behind the value)."""
    line_keys: tuple[str, ...] = ()
    """What each payload line stands for, by position: Procore's line id, or a key of a retention line. Kept in the
    link after a write, so that the next update finds its line again."""
    options: tuple[tuple[str, str, str], ...] = ()
    """(owner, category, option name) of each project or sub job option that the payload uses; kept in the link."""
    files: tuple[PlannedFile, ...] = ()
    """What becomes of the item's files; empty unless `sync_attachments` is on and something is sent."""
    tenant: str = ""
    """The Xero organisation that it is a plan for: another one's plan has another digest, so it is never sent here."""

    @property
    def sendable(self) -> bool:
        """Whether there is something to send."""
        return self.action in SENDABLE and self.request is not None

    @property
    def dangers(self) -> tuple[Finding, ...]:
        """Each needs its own confirmation; such a plan is never part of select-all."""
        return tuple(finding for finding in self.findings if finding.level is Level.DANGER)

    @property
    def attaching(self) -> tuple[PlannedFile, ...]:
        """The files that are to be attached. Each is one call to Xero."""
        return tuple(file for file in self.files if file.attach)

    def request_of(self, file: PlannedFile) -> Request:
        """Where a file goes. A new document's id is not known before it is there."""
        linked = self.document.id if self.action is Action.UPDATE and self.document else "{InvoiceID}"
        return Request("PUT", attachment_path(linked, file.name, online=file.online))

    @property
    def document_type(self) -> DocumentType:
        return document_type(self.kind)

    @property
    def outline(self) -> Outline:
        """What a row shows of it."""
        return Outline(
            self.item,
            self.kind,
            self.number,
            self.contact,
            self.project,
            self.date,
            self.action,
            self.totals,
            self.summary,
            self.sendable,
            self.payload is not None,
            any(finding.level is Level.DANGER for finding in self.findings),
        )

    @property
    def summary(self) -> str:
        """Why this action, in a few words: its danger, if it can be sent and has one; else the reason that decided."""
        dangers = self.dangers if self.sendable else ()
        if dangers:
            return dangers[0].text
        return self.reasons[-1].text if self.reasons else ""

    @property
    def effect(self) -> dict[str, Any] | None:
        """The object that is sent: the payload, or for delete and void the document's id and its last status."""
        if self.action in _ENDING and self.request is not None and self.document is not None:
            return {"InvoiceID": self.document.id, "Status": _ENDING[self.action].value}
        return self.payload

    @cached_property
    def body(self) -> str:
        """The exact request body of a single send; a batch holds the same object among others. "" without one."""
        effect = self.effect
        return jsontext.dumps({"Invoices": [effect]}) if effect is not None else ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that would be done, and where: request, payload, first steps, lock, files."""
        effects = [
            self.item,
            self.action.value,
            [self.request.method, self.request.path] if self.request else None,
            self.effect,
            [[step.step.value, step.body] for step in self.first],
            list(self.then),
            *([[[file.id, file.name, file.online] for file in self.attaching]] if self.attaching else []),
            *([self.tenant] if self.tenant else []),
        ]
        return hashlib.sha256(jsontext.dumps(effects).encode("utf-8", "surrogatepass")).hexdigest()
