"""Plans for the model's items: planning's own adoption and difference rules over a one-line payload."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.drift import differences
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.links import adopt
from smoothx_tui.planning.plan import Action, DocumentRef, Plan, Request
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.syncing.checking import moved_date
from smoothx_tui.xero.documents import Document, DocumentType, Status
from smoothx_tui.xero.organisation import Organisation
from tests.simulation.world import CONTACT, TENANT, ModelItem, World

_PUT: Final = "/Invoices?summarizeErrors=false&unitdp=4"
_UPDATABLE: Final = frozenset({Status.DRAFT, Status.SUBMITTED, Status.AUTHORISED})


def organisation(locked_to: dt.date | None = None) -> Organisation:
    return Organisation(TENANT, "Model Pty Ltd", "AUD", period_lock=locked_to)


def look(world: World) -> tuple[dict[str, Item], set[str], Books]:
    """What a console reads at this moment: items, the keys of those that are gone, and the books."""
    items = {key: found.item for key, found in world.items.items()}
    gone = {key for key, found in world.items.items() if found.gone}
    documents = (found.document for found in world.documents.values())
    return items, gone, Books.of(organisation(world.lock_date), documents)


def payload_of(found: ModelItem | Item, content: Decimal, status: Status, locked_to: dt.date | None) -> dict[str, Any]:
    item = found.item if isinstance(found, ModelItem) else found
    assert item.date is not None
    kind = DocumentType.SALES_INVOICE if item.kind is Kind.HEAD_CONTRACT_CLAIM else DocumentType.BILL
    return {
        "Type": kind.value,
        "Contact": {"ContactID": CONTACT},
        "InvoiceNumber": item.number,
        "Url": item.url,
        "Date": moved_date(item.date, locked_to).isoformat(),
        "Status": status.value,
        "LineItems": [{"Description": "work", "Quantity": 1, "UnitAmount": content, "AccountCode": "310"}],
    }


def plan_item(item: Item, *, gone: bool, books: Books, link: Link | None, lock: bool, status: Status) -> Plan:
    """The answer for one model item."""
    found = adopt(item, books, link)
    locked_to = books.organisation.locked_to
    content = item.lines[0].amount
    if found.trouble or found.elsewhere:
        return _plan(item, Action.HELD)
    document = found.document
    if gone:
        return _end(item, document) if document is not None and not document.ended else _plan(item, Action.ORPHANED)
    if document is None or document.ended:
        action = Action.CREATE if document is None else Action.RECREATE
        payload = payload_of(item, content, status, locked_to)
        return _plan(item, action, payload, Request("PUT", _PUT), document, lock=lock)
    return _update(item, document, content, books, lock=lock)


def _update(item: Item, document: Document, content: Decimal, books: Books, *, lock: bool) -> Plan:
    payload = payload_of(item, content, document.status, books.organisation.locked_to)
    payload["Date"] = document.date.isoformat() if document.date else payload["Date"]
    if not differences(payload, document, books.organisation):
        return _plan(item, Action.UNCHANGED, document=document)
    if document.settled or document.status not in _UPDATABLE:
        return _plan(item, Action.HELD, document=document)
    if books.organisation.locked_to and document.date and document.date <= books.organisation.locked_to:
        return _plan(item, Action.BLOCKED, document=document)
    lines = [line | {"LineItemID": document.lines[0].id} for line in payload["LineItems"]] if document.lines else []
    whole = {"InvoiceID": document.id, **payload, "LineItems": lines or payload["LineItems"]}
    return _plan(item, Action.UPDATE, whole, Request("POST", f"/Invoices/{document.id}?unitdp=4"), document, lock=lock)


def _end(item: Item, document: Document) -> Plan:
    if document.settled or document.status not in _UPDATABLE:
        return _plan(item, Action.BLOCKED, document=document)
    action = Action.VOID if document.status is Status.AUTHORISED else Action.DELETE
    return _plan(item, action, None, Request("POST", f"/Invoices/{document.id}?unitdp=4"), document)


def _plan(
    item: Item,
    action: Action,
    payload: Mapping[str, Any] | None = None,
    request: Request | None = None,
    document: Document | None = None,
    *,
    lock: bool = False,
) -> Plan:
    return Plan(
        item=item.key,
        kind=item.kind,
        number=item.number,
        contact="Harbour Concrete",
        project="2235 - Quay Street",
        date=item.date,
        action=action,
        document=DocumentRef(document.id, document.status) if document else None,
        payload=dict(payload) if payload is not None else None,
        request=request,
        then=("lock",) if lock else (),
    )
