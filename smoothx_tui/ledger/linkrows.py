"""Links as rows: one item, one document, each at most once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.ledger.files import on_documents
from smoothx_tui.ledger.tables import links
from smoothx_tui.planning.link import AttachedFile, Link, LinkSource

_DELETE: Final = sa.delete(links).where(
    links.c.organisation == sa.bindparam("of_organisation"), links.c.item == sa.bindparam("of_item")
)
_INSERT: Final = sa.insert(links)
_OWNERS: Final = sa.select(links.c.item, links.c.document_id).where(
    links.c.organisation == sa.bindparam("organisation"),
    links.c.document_id.in_(sa.bindparam("documents", expanding=True)),
)

_ALL: Final = sa.select(links)
_OF_ORGANISATION: Final = _ALL.where(links.c.organisation == sa.bindparam("organisation"))
_OF_ITEM: Final = _OF_ORGANISATION.where(links.c.item == sa.bindparam("item"))


def link_of(row: sa.Row[Any], attached: Sequence[Any] = ()) -> Link:
    """`attached`: the rows of files that are on its document."""
    return Link(
        item=row.item,
        document_id=row.document_id,
        source=LinkSource(row.source),
        sent=row.sent,
        line_ids=tuple(jsontext.loads(row.line_ids or "[]")),
        item_date=dt.date.fromisoformat(row.item_date) if row.item_date else None,
        item_updated_at=row.item_updated_at,
        document_updated_at=row.document_updated_at,
        line_keys=tuple(jsontext.loads(row.line_keys or "[]")),
        option_ids=tuple((owner, option) for owner, option in jsontext.loads(row.option_ids or "[]")),
        files=tuple(AttachedFile(file.file_id, file.name) for file in attached),
    )


def put(connection: sa.Connection, organisation: str, made: Iterable[Link], at: float) -> None:
    """Write links, replacing an item's earlier one. Raises IntegrityError where a document belongs to another item."""
    rows = [
        {
            "organisation": organisation,
            "item": link.item,
            "document_id": link.document_id,
            "source": link.source.value,
            "sent": link.sent,
            "line_ids": jsontext.dumps(link.line_ids),
            "line_keys": jsontext.dumps(link.line_keys),
            "item_date": link.item_date.isoformat() if link.item_date else "",
            "item_updated_at": link.item_updated_at,
            "document_updated_at": link.document_updated_at,
            "option_ids": jsontext.dumps(link.option_ids),
            "linked_at": at,
        }
        for link in made
    ]
    if rows:
        gone = [{"of_organisation": organisation, "of_item": row["item"]} for row in rows]
        connection.execute(_DELETE, gone)
        connection.execute(_INSERT, rows)


def remove(connection: sa.Connection, organisation: str, item: str) -> bool:
    """Forget an item's link; whether there was one."""
    gone = connection.execute(sa.delete(links).where(links.c.organisation == organisation, links.c.item == item))
    return bool(gone.rowcount)


def read(connection: sa.Connection, organisation: str = "", item: str = "") -> dict[str, Link]:
    if item:
        rows = connection.execute(_OF_ITEM, {"organisation": organisation, "item": item})
    else:
        rows = connection.execute(_OF_ORGANISATION if organisation else _ALL, {"organisation": organisation})
    found = list(rows)
    attached = on_documents(connection, organisation, item)
    return {row.item: link_of(row, attached.get((row.organisation, row.item, row.document_id), ())) for row in found}


def taken(connection: sa.Connection, organisation: str, made: Sequence[Link]) -> dict[str, str]:
    """Item -> the other item that its document is linked to already."""
    by_document = {link.document_id: link.item for link in made}
    if not by_document:
        return {}
    rows = connection.execute(_OWNERS, {"organisation": organisation, "documents": list(by_document)})
    return {by_document[row.document_id]: row.item for row in rows if by_document[row.document_id] != row.item}


def owner_of(connection: sa.Connection, organisation: str, document_id: str) -> str:
    """The item that a document belongs to; "" where none."""
    wanted = sa.select(links.c.item).where(links.c.organisation == organisation, links.c.document_id == document_id)
    return str(connection.scalar(wanted) or "")
