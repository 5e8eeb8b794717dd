"""Files and kills: a process dies at each of its steps while files are attached, another one goes on.

Whatever the step: the document is there once, every file is on it, no file was put there in place of another one, and
the ledger says so.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.virtual import EPOCH, VirtualLoop
from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.ledger.files import ON_THE_DOCUMENT
from smoothx_tui.ledger.records import State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.attachments import planned_files
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.items import Attachment
from smoothx_tui.syncing.desk import Rules
from smoothx_tui.xero.documents import Status
from tests.simulation.planner import look, organisation, plan_item
from tests.simulation.process import Killed, Process
from tests.simulation.world import TENANT, Faults, World

CONTENTS = {"61": b"%PDF invoice", "62": b"diary", "63": b"photo" * 100}


class Stage:
    """One item with three files, and processes that die."""

    def __init__(self, seed: int, *, lock: bool) -> None:
        self.loop = VirtualLoop()
        self.rng = random.Random(seed)
        self.world = World(self.rng, self.loop.time, Faults())
        self.ledger = Ledger.open(":memory:", clock=lambda: EPOCH + self.loop.time())
        self.world.add_item(1001, lock=lock)
        self.world.contents.update(CONTENTS)
        (self.key,) = self.world.items
        item = self.world.items[self.key]
        item.item = replace(item.item, attachments=tuple(Attachment(one, f"{one}.pdf") for one in CONTENTS))

    def process(self, name: str, kill_at: int = 0) -> Process:
        return Process(self.world, self.ledger, self.loop, self.rng, name, Rules(resend_bills=True), kill_at)

    def plan(self) -> Plan:
        items, gone, books = look(self.world)
        lock = self.world.items[self.key].lock
        link = self.ledger.link(TENANT, self.key)
        plan = plan_item(items[self.key], gone=self.key in gone, books=books, link=link, lock=lock, status=Status.DRAFT)
        known = link.files if link is not None else ()
        return replace(plan, files=planned_files(items[self.key].attachments, known))

    async def sync(self, process: Process) -> bool:
        """Whether the process lived to the end."""
        items, _, books = look(self.world)
        try:
            await process.engine().run([self.plan()], approved_by=process.name, items=items, books=books)
        except (Killed, BaseExceptionGroup):
            process.dead = True
        return not process.dead

    async def finish(self) -> None:
        """Others come, until nothing is left to do."""
        for number in range(8):
            await asyncio.sleep(600.0)
            await self.process(f"later{number}").engine().work(organisation())
            if not self.ledger.open_operations(TENANT):
                return

    def judge(self) -> None:
        (document,) = self.world.live(self.key)
        there = self.world.files_on[document.document.id]
        assert {name: size for name, (size, _) in there.items()} == {
            f"{one}.pdf": len(b) for one, b in CONTENTS.items()
        }
        rows = self.ledger.files.of_document(TENANT, document.document.id)
        assert {row.state for row in rows.values()} <= ON_THE_DOCUMENT
        assert set(rows) == set(CONTENTS)
        record = self.ledger.operations(self.key)[0]
        assert (record.state, record.text, record.open) == (State.DONE, "", False)
        assert self.ledger.verify()[1] == []

    def close(self) -> None:
        self.ledger.close()
        self.loop.close()


@pytest.fixture
def stages() -> Iterator[list[Stage]]:
    made: list[Stage] = []
    yield made
    for stage in made:
        for task in asyncio.all_tasks(stage.loop):
            task.cancel()
        stage.close()


def _steps(*, lock: bool) -> int:
    stage = Stage(1, lock=lock)
    process = stage.process("counting")
    assert stage.loop.run_until_complete(stage.sync(process))
    stage.judge()
    stage.close()
    return process.steps


@pytest.mark.parametrize("lock", [True, False])
def test_a_kill_at_any_step_leaves_no_file_doubled_and_none_behind(stages: list[Stage], lock: bool) -> None:
    steps = _steps(lock=lock)
    assert steps > 40
    for kill_at in range(1, steps + 1):
        stage = Stage(1, lock=lock)
        stages.append(stage)
        assert not stage.loop.run_until_complete(stage.sync(stage.process("first", kill_at)))
        if not stage.ledger.operations(stage.key):
            continue  # it died before anything was recorded: nothing was approved
        stage.loop.run_until_complete(stage.finish())
        stage.judge()


@pytest.mark.parametrize("seed", range(30))
def test_kills_and_lost_answers_together(stages: list[Stage], seed: int) -> None:
    stage = Stage(seed, lock=seed % 2 == 0)
    stages.append(stage)
    lost = [NotSent("no connection"), Unknown("the answer was lost"), Unknown("time-out"), None]
    stage.world.file_answers = [one for one in stage.rng.choices(lost, k=4) if one is not None]
    stage.loop.run_until_complete(stage.sync(stage.process("first", stage.rng.randint(20, 70))))
    for number in range(3):
        if not stage.ledger.operations(stage.key):
            break
        stage.loop.run_until_complete(asyncio.sleep(600.0))
        dying = stage.process(f"next{number}", stage.rng.randint(1, 30))
        try:
            stage.loop.run_until_complete(dying.engine().work(organisation()))
        except (Killed, BaseExceptionGroup):
            dying.dead = True
    if stage.ledger.operations(stage.key):
        stage.loop.run_until_complete(stage.finish())
        stage.judge()


def test_the_judge_sees_a_file_that_is_missing(stages: list[Stage]) -> None:
    stage = Stage(1, lock=True)
    stages.append(stage)
    stage.loop.run_until_complete(stage.sync(stage.process("first")))
    (document,) = stage.world.files_on
    del stage.world.files_on[document]["62.pdf"]
    with pytest.raises(AssertionError):
        stage.judge()
