"""The ledger's tables, the same on SQLite and PostgreSQL. Times are seconds since 1970 by the database's clock."""

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()

_ZERO: Final = sa.text("0")
_EMPTY: Final = sa.text("''")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=_EMPTY)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=_ZERO)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, server_default=_ZERO)


operations: Final = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("organisation"),
    _text("item"),
    _text("action"),
    _text("state"),
    sa.Column("open", sa.Boolean, nullable=False),
    _text("digest"),
    _text("frozen"),
    _text("body"),
    _text("planned_by"),
    _text("approved_by"),
    _text("owner"),
    _number("fence"),
    _time("lease_until"),
    _text("key"),
    _number("position"),
    _number("attempt"),
    _time("first_sent_at"),
    _time("next_at"),
    _number("looks"),
    _number("tries"),
    _text("resume"),
    _text("document_id"),
    _text("text"),
    _text("fix"),
    _text("request_id"),
    _text("evidence"),
    _time("created_at"),
    _time("updated_at"),
    _time("swept_at"),
)

ONE_OPEN: Final = sa.Index(
    "one_open_operation",
    operations.c.organisation,
    operations.c.item,
    unique=True,
    sqlite_where=operations.c.open.is_(True),
)
"""One open operation for an item: a promise of the database, not of the program. `schema` tells PostgreSQL."""

sa.Index("operations_of_item", operations.c.organisation, operations.c.item, operations.c.created_at)
sa.Index("operations_to_sweep", operations.c.organisation, operations.c.state, operations.c.swept_at)

attempts: Final = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("organisation"),
    _text("key"),
    _text("owner"),
    _text("call"),
    _text("body_hash"),
    _number("operations"),
    _time("started_at"),
    _time("ended_at"),
    _text("outcome"),
    _number("status"),
    _text("request_id"),
)
sa.Index("attempts_of_key", attempts.c.key)

links: Final = sa.Table(
    "links",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    _text("document_id"),
    _text("source"),
    _text("sent"),
    _text("line_ids"),
    _text("line_keys"),
    _text("item_date"),
    _text("item_updated_at"),
    _text("document_updated_at"),
    _text("option_ids"),
    _time("linked_at"),
    sa.UniqueConstraint("organisation", "document_id", name="one_item_a_document"),
)

files: Final = sa.Table(
    "files",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, primary_key=True),
    _text("item"),
    _text("name"),
    _text("operation"),
    _text("state"),
    _number("size"),
    _text("digest"),
    _text("text"),
    _time("at"),
)
sa.Index("files_of_item", files.c.organisation, files.c.item)

settings_history: Final = sa.Table(
    "settings_history",
    metadata,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=True),
    _time("at"),
    _text("who"),
    _text("before"),
    _text("after"),
    _text("changes"),
)

shared_settings: Final = sa.Table(
    "shared_settings",
    metadata,
    # A second save of the same number is refused by the database: that is the compare-and-swap.
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    _time("at"),
    _text("who"),
    _text("text"),
    _text("digest"),
    _text("changes"),
    sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.false()),
)

audit: Final = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _time("at"),
    _text("who"),
    _text("event"),
    _text("organisation"),
    _text("item"),
    _text("detail"),
    _text("previous"),
    _text("hash"),
)

organisation: Final = sa.Table(
    "organisation",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    _time("paused_until"),
    _text("pause_text"),
    _text("calls"),
    _time("day_began"),
    _number("day_used"),
    _text("locked_to"),
    sa.Column("approvals_required", sa.Boolean, nullable=False, server_default=sa.false()),
)

consoles: Final = sa.Table(
    "consoles",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    _text("organisation"),
    _text("who"),
    _text("place"),
    _time("since"),
    _time("seen"),
)

cached_items: Final = sa.Table(
    "cached_items",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    _text("updated_at"),
    _text("body"),
    _time("fetched_at"),
)
