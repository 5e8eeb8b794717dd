"""The ledger fails in mid-run: nothing is sent that can not be recorded, and the next start finishes or explains."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.planning.plan import Action
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.recovery import recover
from tests.ledger.postgres import Server
from tests.simulation.planner import organisation
from tests.simulation.world import TENANT
from tests.syncing.table import Table, outcomes

ITEMS = 50


class Trouble:
    """Something that befalls a ledger at once, and is mended later."""

    words = ""

    def __init__(self, table: Table) -> None:
        self.table = table

    def begin(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        raise NotImplementedError

    def run(self, *statements: str) -> list[Any]:
        """On every connection that the ledger keeps; the first one's last answer."""
        database, answers = self.table.ledger.database, []
        for engine in (database.engine, database._relaxed):
            raw = engine.raw_connection()
            driver: Any = raw.driver_connection
            answers += [driver.execute(statement).fetchall() for statement in statements]
            raw.close()
        return answers


class Full(Trouble):
    """No page more. Every change of an operation wants one: without that a small one can still find room."""

    words = "the disk is full"

    def begin(self) -> None:
        self.run(
            "create trigger if not exists wants_room after update on operations begin insert into cached_items"
            " (organisation, item, body) values ('x', hex(randomblob(8)), hex(randomblob(4000))); end"
        )
        pages = self.run("pragma page_count")[0][0][0]
        self.run(f"pragma max_page_count = {pages}")

    def end(self) -> None:
        self.run("pragma max_page_count = 1000000", "drop trigger if exists wants_room")


class ReadOnly(Trouble):
    words = "can not be written"

    def begin(self) -> None:
        self.run("pragma query_only = on")

    def end(self) -> None:
        self.run("pragma query_only = off")


class Lost(Trouble):
    words = "ledger PostgreSQL"

    def __init__(self, table: Table, server: Server) -> None:
        super().__init__(table)
        self.server = server

    def begin(self) -> None:
        self.server.stop()

    def end(self) -> None:
        self.server.start()


@pytest.fixture(params=[Full, ReadOnly, Lost])
def trouble(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trouble]:
    if request.param is Lost:
        server: Server = request.getfixturevalue("postgres")
        table = Table(items=ITEMS, url=server.new_database())
        made: Trouble = Lost(table, server)
    else:
        table = Table(items=ITEMS, url=f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite3'}")
        made = request.param(table)
    yield made
    table.close()


def befalls(table: Table, name: str, act: Callable[[], None], *, after: bool = False) -> None:
    """`act` happens with the first call of this name, before it or when it has had its effect."""
    plain, left = getattr(table.world, name), [act]

    async def call(*arguments: Any) -> Any:
        if left and not after:
            left.pop()()
        answer = await plain(*arguments)
        if left:
            left.pop()()
        return answer

    setattr(table.world, name, call)


def fails_in_one_line(trouble: Trouble) -> None:
    with pytest.raises(LedgerError, match=trouble.words) as caught:
        trouble.table.sync(patience=1000.0)
    assert "\n" not in caught.value.line()
    assert caught.value.hint


def finished_by_the_next_start(trouble: Trouble) -> None:
    table = trouble.table
    trouble.end()
    table.pass_by(61)
    recovery = table.go(recover(table.engine("later"), organisation(), who="ann"))
    assert set(outcomes(recovery.report)) <= {Outcome.DONE}
    assert recovery.left == ()
    left = [plan for plan in table.plans() if plan.action is Action.CREATE]
    if left:
        assert set(outcomes(table.sync(left))) == {Outcome.DONE}
    assert [len(table.world.live(key)) for key in table.world.items] == [1] * ITEMS
    assert table.ledger.open_operations(TENANT) == []
    assert table.ledger.verify()[1] == []


def test_before_the_intent_nothing_is_sent(trouble: Trouble) -> None:
    befalls(trouble.table, "read", trouble.begin)
    fails_in_one_line(trouble)
    assert trouble.table.world.documents == {}
    finished_by_the_next_start(trouble)


def test_between_the_call_and_its_answer_the_call_is_known(trouble: Trouble) -> None:
    befalls(trouble.table, "write", trouble.begin, after=True)
    fails_in_one_line(trouble)
    assert len(trouble.table.world.documents) == ITEMS
    finished_by_the_next_start(trouble)
    assert len(trouble.table.world.documents) == ITEMS


def test_before_the_lock_the_documents_are_known(trouble: Trouble) -> None:
    befalls(trouble.table, "set_origin", trouble.begin)
    fails_in_one_line(trouble)
    finished_by_the_next_start(trouble)
    assert len(trouble.table.world.documents) == ITEMS


def test_an_answer_that_could_not_be_recorded_and_is_long_ago_is_looked_up(trouble: Trouble) -> None:
    befalls(trouble.table, "write", trouble.begin, after=True)
    fails_in_one_line(trouble)
    trouble.table.pass_by(3600)
    finished_by_the_next_start(trouble)
    assert len(trouble.table.world.documents) == ITEMS
