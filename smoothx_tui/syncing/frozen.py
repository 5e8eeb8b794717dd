"""A plan as it was approved, kept as JSON in the operation: enough to send, check and finish it in another process."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from smoothx_tui.base import jsontext
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.drift import owned_fields_hash
from smoothx_tui.planning.plan import Action, FirstStep, Plan, Step
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.syncing.ports import ItemRef, Marker
from smoothx_tui.xero.documents import DocumentType

UNLOCK = "unlock"
"""The action of an operation that only clears our `origin_id`; every other action is a plan's."""

CREATING = frozenset({Action.CREATE.value, Action.RECREATE.value})
ENDING = frozenset({Action.DELETE.value, Action.VOID.value})


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file that is to be attached: Procore's id, its name in Xero, and whether the client sees it online."""

    id: str
    name: str
    online: bool = False


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """What was previewed and approved."""

    ref: ItemRef
    action: str
    type: DocumentType
    number: str
    method: str = ""
    path: str = ""
    effect: dict[str, Any] | None = None
    bytes_of_effect: str = ""
    """The object as it is sent, alone or among others: the text that was approved, never made anew."""
    first: tuple[FirstStep, ...] = ()
    lock: bool = False
    item_date: dt.date | None = None
    locked_to: dt.date | None = None
    document_id: str = ""
    document_updated_at: str = ""
    document_print: str = ""
    known: tuple[str, ...] = ()
    """Documents that named this item when the plan was made; one that is not among them is new."""
    line_keys: tuple[str, ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()
    settings_revision: str = ""
    files: tuple[FrozenFile, ...] = ()

    @property
    def creating(self) -> bool:
        return self.action in CREATING

    @property
    def ending(self) -> bool:
        return self.action in ENDING

    @property
    def date(self) -> dt.date | None:
        """The document's date as it will be sent."""
        text = (self.effect or {}).get("Date")
        return dt.date.fromisoformat(text) if isinstance(text, str) else None

    @property
    def marker(self) -> Marker:
        return Marker(self.type, str((self.effect or {}).get("InvoiceNumber", self.number)), self.ref.key)

    def text(self) -> str:
        """As JSON."""
        return jsontext.dumps(
            {
                "ref": [self.ref.kind.value, self.ref.id, self.ref.project, self.ref.contract, self.ref.updated_at],
                "action": self.action,
                "type": self.type.value,
                "number": self.number,
                "method": self.method,
                "path": self.path,
                "effect": self.bytes_of_effect,
                "first": [[one.step.value, one.body] for one in self.first],
                "lock": self.lock,
                "item_date": _iso(self.item_date),
                "locked_to": _iso(self.locked_to),
                "document": [self.document_id, self.document_updated_at, self.document_print],
                "known": self.known,
                "line_keys": self.line_keys,
                "options": self.options,
                "settings_revision": self.settings_revision,
                "files": [[file.id, file.name, file.online] for file in self.files],
            }
        )


def read(text: str) -> FrozenPlan:
    """The plan behind an operation's `frozen`."""
    found = jsontext.loads(text)
    kind, *rest = found["ref"]
    document_id, updated_at, fingerprint = found["document"]
    return FrozenPlan(
        ref=ItemRef(Kind(kind), *rest),
        action=found["action"],
        type=DocumentType(found["type"]),
        number=found["number"],
        method=found["method"],
        path=found["path"],
        effect=jsontext.loads(found["effect"]) if found["effect"] else None,
        bytes_of_effect=found["effect"],
        first=tuple(FirstStep(Step(step), body) for step, body in found["first"]),
        lock=found["lock"],
        item_date=_day(found["item_date"]),
        locked_to=_day(found["locked_to"]),
        document_id=document_id,
        document_updated_at=updated_at,
        document_print=fingerprint,
        known=tuple(found["known"]),
        line_keys=tuple(found["line_keys"]),
        options=tuple((owner, category, name) for owner, category, name in found["options"]),
        settings_revision=found["settings_revision"],
        files=tuple(FrozenFile(*file) for file in found.get("files", ())),
    )


def number_in(text: str) -> str:
    """The item's number in an operation's `frozen`, for a list; "" where there is none, or where it cannot be read."""
    try:
        return str(jsontext.loads(text)["number"])
    except (ValueError, KeyError, TypeError):
        return ""


def freeze(plan: Plan, item: Item, books: Books, settings_revision: str = "") -> FrozenPlan:
    """What is kept of a sendable plan: its bytes, and the versions of both sides that it was made from."""
    document = books.documents.get(plan.document.id) if plan.document else None
    assert plan.request is not None
    return FrozenPlan(
        ref=ItemRef.of(item),
        action=plan.action.value,
        type=plan.document_type,
        number=plan.number,
        method=plan.request.method,
        path=plan.request.path,
        effect=plan.effect,
        bytes_of_effect=jsontext.dumps(plan.effect),
        first=plan.first,
        lock="lock" in plan.then,
        item_date=item.date,
        locked_to=books.organisation.locked_to,
        document_id=plan.document.id if plan.document else "",
        document_updated_at=document.updated_at if document else "",
        document_print=owned_fields_hash(document) if document else "",
        known=tuple(sorted({d.id for d in books.by_item.get(plan.item, ())} | {d.id for d in (document,) if d})),
        line_keys=plan.line_keys,
        options=plan.options,
        settings_revision=settings_revision,
        files=tuple(FrozenFile(file.id, file.name, file.online) for file in plan.attaching),
    )


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
