"""Two consoles, stopping, and a ledger that does not hold what was approved."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.syncing.engine import Outcome
from tests.simulation.planner import look, organisation
from tests.simulation.world import TENANT
from tests.syncing.table import Table, outcomes


def test_two_consoles_on_one_item_one_posts_and_the_other_is_told_who(table: Table) -> None:
    items, _, books = look(table.world)
    plans = table.plans()

    async def both() -> Any:
        runs = [
            table.engine(owner).run(plans, approved_by=who, items=items, books=books)
            for owner, who in (("a", "ann"), ("b", "bob"))
        ]
        return await asyncio.gather(*runs)

    first, second = table.go(both())
    assert outcomes(first) == [Outcome.DONE] * 3
    assert outcomes(second) == [Outcome.HELD] * 3
    assert second.results[0].text.startswith("ann is at it (a, approved, since 2026-07-01")
    assert len(table.world.documents) == 3


def test_stopping_begins_nothing_new_and_leaves_nothing_approved(table: Table) -> None:
    stop = asyncio.Event()
    stop.set()
    items, _, books = look(table.world)
    run = table.engine().run(table.plans(), approved_by="ann", items=items, books=books, stop=stop)
    assert outcomes(table.go(run)) == [Outcome.HELD] * 3
    assert table.world.documents == {}
    assert table.ledger.open_operations(TENANT) == []
    assert outcomes(table.sync()) == [Outcome.DONE] * 3


def test_nothing_is_sent_that_can_not_be_recorded(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise LedgerError("ledger: the disk is full", "make room")

    monkeypatch.setattr(table.ledger, "intend", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        table.sync()
    assert table.world.documents == {}


def test_bytes_that_are_not_those_that_were_approved_are_not_sent(one: Table) -> None:
    engine = one.engine()
    items, _, books = look(one.world)
    record = engine._record(engine.desk(), one.plans()[0], items[one.first], books, "ann")
    changed = replace(record, body=record.body.replace("100", "999"), owner="", fence=0)
    one.ledger.freeze_or_conflict([changed], who="ann", supersede=lambda _: False)
    with pytest.raises(LedgerError, match="not those that were approved"):
        one.go(engine.work(organisation()))
    assert one.world.documents == {}
