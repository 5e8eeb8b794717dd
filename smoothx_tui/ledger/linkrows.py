"""Links as rows: one item, one document, each at most once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from smoothx_tui.base import jsontext
from smoothx_tui.ledger.tables import links
from smoothx_tui.planning.link import Link, LinkSource


def link_of(row: sa.Row[Any]) -> Link:
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
        delete = sa.delete(links).where(links.c.organisation == organisation, links.c.item == sa.bindparam("of_item"))
        connection.execute(delete, [{"of_item": row["item"]} for row in rows])
        connection.execute(sa.insert(links), rows)


def remove(connection: sa.Connection, organisation: str, item: str) -> bool:
    """Forget an item's link; whether there was one."""
    gone = connection.execute(sa.delete(links).where(links.c.organisation == organisation, links.c.item == item))
    return bool(gone.rowcount)


def read(connection: sa.Connection, organisation: str = "", item: str = "") -> dict[str, Link]:
    wanted = sa.select(links)
    if organisation:
        wanted = wanted.where(links.c.organisation == organisation)
    if item:
        wanted = wanted.where(links.c.item == item)
    return {row.item: link_of(row) for row in connection.execute(wanted)}


def taken(connection: sa.Connection, organisation: str, made: Sequence[Link]) -> dict[str, str]:
    """Item -> the other item that its document is linked to already."""
    by_document = {link.document_id: link.item for link in made}
    wanted = sa.select(links.c.item, links.c.document_id).where(
        links.c.organisation == organisation, links.c.document_id.in_(list(by_document))
    )
    rows = connection.execute(wanted) if by_document else ()
    return {by_document[row.document_id]: row.item for row in rows if by_document[row.document_id] != row.item}


def owner_of(connection: sa.Connection, organisation: str, document_id: str) -> str:
    """The item that a document belongs to; "" where none."""
    wanted = sa.select(links.c.item).where(links.c.organisation == organisation, links.c.document_id == document_id)
    return str(connection.scalar(wanted) or "")
