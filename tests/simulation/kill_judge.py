"""What became of the items of kills.py, by counting in the sandbox's own books and looking into the ledger.

doubled   an item with more than one document, alive or not: nobody but the workers makes or ends any
lost      an item without its document (or without a live one while it was not to be voided), or without a link to it
stuck     an operation that neither ended nor is held for a person
stray     a document that belongs to no item of the run and was not there before it
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from smoothx_tui.ledger.records import WORKABLE, State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.ledger.tables import attempts, operations

ENDED: Final = frozenset({"VOIDED", "DELETED"})
_LAST_WORDS: Final = (State.DONE.value, State.DRIFT.value, State.HELD.value)

Books = Mapping[str, Counter[str]]
"""`Url` of a document -> how many documents have it, by status."""


@dataclass(frozen=True)
class Verdict:
    """Items with something wrong, by what it is."""

    items: int
    documents: int
    doubled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    other: tuple[str, ...] = field(default=())
    """What the product itself says when it plans and verifies afterwards: anything but "both sides agree"."""

    @property
    def wrong(self) -> int:
        return len(self.doubled) + len(self.lost) + len(self.stuck) + len(self.strays) + len(self.other)

    def names(self, item: str) -> bool:
        """Whether something is wrong with this item."""
        return any(item in told.split() for told in (*self.doubled, *self.lost, *self.stuck, *self.other))

    def lines(self) -> list[str]:
        """Each kind that occurs, with some names."""
        kinds = {name: getattr(self, name) for name in ("doubled", "lost", "stuck", "strays", "other")}
        return [f"{name}: {len(names)}: {', '.join(names[:5])}" for name, names in kinds.items() if names]


def judge(
    urls: Mapping[str, str],
    books: Books,
    before: Books,
    linked: Mapping[str, str],
    ended: Collection[str],
    stuck: Iterable[str] = (),
    other: Iterable[str] = (),
) -> Verdict:
    """`urls`: item -> the `Url` of its document. `ended`: the items whose document the ledger says was ended."""
    doubled, lost = [], []
    for item, url in urls.items():
        found = books.get(url, Counter())
        alive = sum(number for status, number in found.items() if status not in ENDED)
        if found.total() > 1:
            doubled.append(item)
        if found.total() == 0 or (alive > 0) == (item in ended) or item not in linked:
            lost.append(item)
    strays = [
        url for url in books if url not in urls.values() and books[url].total() != before.get(url, Counter()).total()
    ]
    made = sum(books.get(url, Counter()).total() for url in urls.values())
    return Verdict(len(urls), made, tuple(doubled), tuple(lost), tuple(stuck), tuple(strays), tuple(other))


def counted(invoices: Iterable[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """The documents in the sandbox's state, by `Url` and status."""
    counts: dict[str, Counter[str]] = {}
    for invoice in invoices:
        counts.setdefault(invoice.get("Url", ""), Counter())[invoice["Status"]] += 1
    return counts


def ended_items(ledger: Ledger, tenant: str, since: float, *actions: str) -> set[str]:
    """The items that have an operation of one of the actions that came to its end since then."""
    wanted = sa.select(operations.c.item).where(
        operations.c.organisation == tenant,
        operations.c.action.in_(actions),
        operations.c.open.is_(False),
        operations.c.state.in_(_LAST_WORDS),
        operations.c.updated_at >= since,
    )
    with ledger.database.transaction() as connection:
        return set(connection.scalars(wanted))


def open_items(ledger: Ledger, tenant: str) -> dict[str, str]:
    """Item -> state of its open operation."""
    wanted = sa.select(operations.c.item, operations.c.state).where(
        operations.c.organisation == tenant, operations.c.open.is_(True)
    )
    with ledger.database.transaction() as connection:
        return {row.item: row.state for row in connection.execute(wanted)}


def stuck_items(ledger: Ledger, tenant: str) -> list[str]:
    workable = {state.value for state in WORKABLE}
    return [f"{item} {state}" for item, state in open_items(ledger, tenant).items() if state in workable]


def voided_items(ledger: Ledger, tenant: str) -> set[str]:
    """The items whose newest document was ended by us."""
    wanted = sa.select(operations.c.item).where(
        operations.c.organisation == tenant,
        operations.c.action.in_(("void", "delete")),
        operations.c.state == State.DONE.value,
    )
    with ledger.database.transaction() as connection:
        return set(connection.scalars(wanted))


def story(ledger: Ledger, item: str) -> list[str]:
    """What the ledger says of an item, oldest first."""
    return [
        f"{record.action} {record.state.value}, {record.attempt} calls, {record.tries} tries to lock, "
        f"document {record.document_id or 'none'}: {record.text}"
        for record in reversed(ledger.operations(item))
    ]


def calls_by_outcome(ledger: Ledger, tenant: str) -> Counter[str]:
    """The writes to Xero by what their answers meant; "none" is a process that died before it could write it down."""
    wanted = sa.select(attempts.c.outcome, sa.func.count()).where(attempts.c.organisation == tenant)
    with ledger.database.transaction() as connection:
        rows = connection.execute(wanted.group_by(attempts.c.outcome)).all()
    return Counter({outcome or "none": number for outcome, number in rows})
