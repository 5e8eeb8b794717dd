"""What a batch costs the disk: two flushes, the intent before the call and the result after it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing import repairs
from smoothx_tui.syncing.engine import Outcome
from tests.simulation.planner import look, organisation
from tests.syncing.table import Table, outcomes


class Commits:
    """Commits that wrote something, by whether they flush; `log` has those that flush among the calls that write."""

    def __init__(self, table: Table) -> None:
        self.counts = {"durable": 0, "relaxed": 0}
        self.log: list[str] = []
        database = table.ledger.database
        self._listen(database.engine, "durable")
        self._listen(database._relaxed, "relaxed")
        for name in ("write", "set_origin"):
            self._note(table, name)

    def _listen(self, engine: sa.Engine, kind: str) -> None:
        wrote: set[int] = set()

        def ran(connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
            if statement.lstrip().split(" ", 1)[0].lower() in {"insert", "update", "delete"}:
                wrote.add(id(connection))

        def committed(connection: sa.Connection) -> None:
            if id(connection) in wrote:
                wrote.discard(id(connection))
                self.counts[kind] += 1
                if kind == "durable":
                    self.log.append("flush")

        sa.event.listen(engine, "before_cursor_execute", ran)
        sa.event.listen(engine, "commit", committed)

    def _note(self, table: Table, name: str) -> None:
        plain = getattr(table.world, name)

        async def noted(*arguments: Any) -> Any:
            self.log.append(name)
            return await plain(*arguments)

        setattr(table.world, name, noted)


@pytest.fixture(params=["sqlite", "postgresql"])
def many(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Table]:
    """Fifty items, and a ledger on a disk."""
    sqlite = f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite3'}"
    made = Table(
        items=50, url=sqlite if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    )
    yield made
    made.close()


def test_a_batch_of_fifty_is_flushed_twice_from_its_start_to_done(many: Table) -> None:
    commits = Commits(many)
    report = many.sync(patience=1000.0)
    assert outcomes(report) == [Outcome.DONE] * 50
    assert all(item.origin for item in many.world.items.values()), "locked, too"
    assert commits.log == ["flush", "write", "flush", *["set_origin"] * 50]
    assert commits.counts["durable"] == 2
    # Frozen, proved, about to lock, done; and the lease every 20 s.
    assert commits.counts["relaxed"] <= 4 + many.loop.time() / 20


def test_a_lock_that_is_cleared_by_hand_is_known_before_the_call(one: Table) -> None:
    one.sync()
    commits = Commits(one)
    item = one.world.items[one.first].item
    assert one.go(repairs.unsync(one.engine(), item, organisation(), who="ann")).outcome is Outcome.DONE
    assert commits.log == ["flush", "set_origin"] or one.ledger.database.path is None
    assert commits.log.index("flush") < commits.log.index("set_origin")


def test_a_lock_on_a_document_that_was_adopted_is_known_before_the_call(one: Table) -> None:
    """Nothing was written to Xero for it, so no intent has been flushed yet."""
    plans = one.plans()
    one.sync(plans)
    one.world.items[one.first].origin = ""
    one.world.items[one.first].item = replace(one.world.items[one.first].item, origin_id="")
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    durable: list[bool] = []
    save = Ledger.save

    def noted(ledger: Ledger, records: Any, **more: Any) -> Any:
        durable.append(any(record.state.value == "locking" for record in records) and more["durable"])
        return save(ledger, records, **more)

    one.ledger.save = noted.__get__(one.ledger)  # type: ignore[method-assign]
    items, _, books = look(one.world)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=replace(books, documents={})))
    assert outcomes(report) == [Outcome.DONE]
    assert any(durable)
