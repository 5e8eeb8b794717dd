"""One seed: consoles, people and faults on a virtual clock, then quiet, then the four questions.

duplicate   more than one live document of an item, and nobody was told
lost        an operation says done and the document is not there, or nothing can find it again
stuck       an operation that neither ends nor is held for a person
stale       a document that holds something else than it should, and nobody was told
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from benchmarks.virtual import EPOCH, VirtualLoop
from smoothx_tui.ledger import operations
from smoothx_tui.ledger.records import WORKABLE, OperationRecord, State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.plan import Action
from smoothx_tui.syncing.desk import Rules
from smoothx_tui.syncing.frozen import read
from smoothx_tui.syncing.sweep import SWEEP_AFTER, sweep, verify_links
from smoothx_tui.xero.documents import Status
from tests.simulation.planner import look, plan_item
from tests.simulation.power import Disk, when
from tests.simulation.process import Process
from tests.simulation.world import TENANT, Effect, Faults, World

STALE_SECONDS: Final = 45.0
"""An edit older than this when the intent of a write was committed must have been seen."""


@dataclass
class Outcome:
    """What a seed came to."""

    seed: int
    items: int = 0
    kills: int = 0
    pauses: int = 0
    restores: int = 0
    cuts: int = 0
    flagged: int = 0
    held: int = 0
    done: int = 0
    effects: int = 0
    problems: list[str] = field(default_factory=list)


class Simulation:
    """Runs seeds one after the other on one ledger in memory, emptied in between."""

    def __init__(self) -> None:
        self._now = 0.0
        self.loop = VirtualLoop()
        self.ledger = Ledger.open(":memory:", clock=lambda: EPOCH + self.loop.time())
        self._empty = self._image()

    def close(self) -> None:
        self.ledger.close()
        self.loop.close()

    def _image(self) -> bytes:
        with self.ledger.database.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            connection.rollback()
            image: bytes = driver.serialize()
        return image

    def _restore(self, image: bytes) -> None:
        with self.ledger.database.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            connection.rollback()
            driver.deserialize(image)

    def run(self, seed: int, without: frozenset[str] = frozenset()) -> Outcome:
        """One seed. `without` takes safeguards away."""
        self._restore(self._empty)
        self.loop.close()
        self.loop = VirtualLoop()
        one = _Seed(self, seed, without)
        still_mine = operations.still_mine
        if "fence" in without:
            operations.still_mine = _everything
        try:
            with one.disk.spinning() if one.loses_power_at else nullcontext():
                return self.loop.run_until_complete(one.play())
        except* sa.exc.IntegrityError:
            one.outcome.problems.append("fence: only the unique index kept a second operation from being opened")
        finally:
            operations.still_mine = still_mine
            _end_tasks(self.loop)
        return one.outcome


def _everything(connection: sa.Connection, records: Sequence[OperationRecord]) -> set[str]:
    """In the place of the fence: whoever asks is told that all is still theirs."""
    return {record.id for record in records if connection is not None}


def _end_tasks(loop: VirtualLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


class _Seed:
    def __init__(self, simulation: Simulation, seed: int, without: frozenset[str]) -> None:
        self.simulation = simulation
        self.rng = random.Random(seed)
        unattended = self.rng.random() < 0.25
        self.rules = Rules(batch=3, resend_bills=unattended, without=without)
        self.world = World(self.rng, simulation.loop.time, Faults.chosen(self.rng))
        self.world.tidy = unattended
        self.world.lock_is_a_change = self.rng.random() < 0.5
        self.weary = self.rng.choice([0.1, 0.3, 0.9])
        self.outcome = Outcome(seed)
        self.processes: list[Process] = []
        self.flagged: set[str] = set()
        self.restored_at = -1.0
        self.will_restore = self.rng.random() < 0.15
        self.loses_power_at = when(seed)
        self.disk = Disk(simulation.ledger.database, simulation._image, flushes="flush" not in without)
        locking = self.rng.random() < 0.7
        for number in range(self.rng.randint(1, 5)):
            self.world.add_item(1001 + number, lock=locking and self.rng.random() < 0.9)

    async def play(self) -> Outcome:
        consoles = self.rng.randint(1, 3)
        people = asyncio.ensure_future(self._people())
        power = asyncio.ensure_future(self._lose_power())
        await asyncio.gather(*(self._console(f"console{n}") for n in range(consoles)))
        if self.will_restore:
            await self._restore_an_old_ledger()
        people.cancel()
        power.cancel()
        await asyncio.gather(people, power, return_exceptions=True)
        await self._quiet()
        self._judge()
        self.outcome.items = len(self.world.items)
        self.outcome.effects = len(self.world.effects)
        return self.outcome

    async def _console(self, name: str) -> None:
        """A console that is started again after each kill."""
        await asyncio.sleep(self.rng.uniform(0.0, 30.0))
        lives = self.rng.randint(1, 4)
        for life in range(lives):
            process = self._process(f"{name}.{life}", mortal=life < lives - 1)
            await process.live(self.rng.randint(1, 3))
            await asyncio.sleep(self.rng.choice([0.1, 10.0, 90.0, 400.0]))

    def _process(self, name: str, *, mortal: bool) -> Process:
        kill_at = self.rng.randint(1, 90) if mortal else 0
        pauses = {}
        if self.rng.random() < self.weary:
            pauses = {self.rng.randint(1, 80): self.rng.choice([20.0, 70.0, 300.0, 1000.0]) for _ in range(2)}
        process = Process(
            self.world,
            self.simulation.ledger,
            self.simulation.loop,
            self.rng,
            name,
            self.rules,
            kill_at,
            pauses,
            skew=self.rng.choice([0.0, -500.0, 700.0]),
        )
        if self.will_restore:
            process.after_transaction = self._maybe_back_up
        self.outcome.kills += mortal
        self.outcome.pauses += len(pauses)
        self.processes.append(process)
        return process

    image: bytes = b""

    def _maybe_back_up(self) -> None:
        """A backup is made whenever it is made: in the middle of a run, too."""
        if self.rng.random() < 0.04:
            self.image = self.simulation._image()

    async def _restore_an_old_ledger(self) -> None:
        """A backup is put back while nobody works; what was in the air has landed by then."""
        if not self.image:
            return
        await asyncio.sleep(600.0)
        if self.world.late:
            await asyncio.wait(self.world.late)
        for document_id in sorted(self.world.documents):
            if self.rng.random() < 0.5:
                self.world.renumber(document_id)
        self.simulation._restore(self.image)
        self.outcome.restores += 1
        self.restored_at = self.world.time()
        await self._console("after the restore")

    async def _lose_power(self) -> None:
        """Every process is gone at once, and the ledger is what its disk has. What was in the air goes on."""
        if not self.loses_power_at:
            return
        await asyncio.sleep(self.loses_power_at)
        for process in self.processes:
            process.dead = True
        self.simulation._restore(self.disk.content)
        self.outcome.cuts += 1

    async def _people(self) -> None:
        """A project manager and a bookkeeper, at random."""
        eager = self.rng.choice([2.0, 20.0, 100.0, 400.0])
        while True:
            await asyncio.sleep(self.rng.expovariate(1.0 / eager))
            key = self.rng.choice(sorted(self.world.items))
            documents = sorted(found.document.id for found in self.world.live(key))
            act = self.rng.random()
            if act < 0.45:
                self.world.edit_item(key)
            elif act < 0.52:
                self.world.delete_item(key)
            elif documents and act < 0.8:
                self.world.edit_document(self.rng.choice(documents))
            elif documents and act < 0.88:
                self.world.end_document(self.rng.choice(documents))
            elif documents and act < 0.94:
                self.world.pay_document(self.rng.choice(documents))
            elif documents and act < 0.97:
                self.world.renumber(self.rng.choice(documents))
            elif act >= 0.97 and self.world.lock_date is None:
                self.world.move_lock_date()

    async def _quiet(self) -> None:
        """Nobody edits, nothing fails; one console recovers until there is nothing left to do, then sweeps."""
        self.world.faults = Faults()
        last = self._process("last", mortal=False)
        last.pauses = {}
        for _ in range(8):
            await asyncio.sleep(400.0)
            await last.live(0)
            if not any(one.state in WORKABLE for one in self.simulation.ledger.open_operations(TENANT)):
                break
        await asyncio.sleep(SWEEP_AFTER + 1.0)
        self.flagged = {item for process in self.processes for item in process.flagged}
        self.flagged |= {found.item for found in await sweep(last.engine())}
        items, _, books = look(self.world)
        links = self.simulation.ledger.links(TENANT)
        self.flagged |= {found.item for found in verify_links(links, items, books, locking=True)}

    # the four questions -----------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        ledger = self.simulation.ledger
        records = ledger.history(TENANT)
        self.outcome.done = sum(record.state is State.DONE for record in records)
        self.outcome.held = sum(record.state is State.HELD for record in records)
        by_item: dict[str, list[OperationRecord]] = {}
        for record in records:
            by_item.setdefault(record.item, []).append(record)
        self._stuck(records)
        _, faults = ledger.verify()
        if faults:
            self._say(f"audit: {faults[0].text}")
        for key in self.world.items:
            own = sorted(by_item.get(key, []), key=lambda record: record.created_at)
            self._duplicate(key, own)
            self._lost(key, own)
            self._stale(key, own)
        self._unseen()
        if self.world.misused_keys:
            self._say(f"key: {self.world.misused_keys} times other bytes went under a key that was used")

    def _say(self, text: str) -> None:
        self.outcome.problems.append(text)

    def _stuck(self, records: Sequence[OperationRecord]) -> None:
        for record in records:
            if record.open and record.state in WORKABLE:
                self._say(f"stuck: {record.item} {record.action} is {record.state.value}: {record.text}")
        items, _, books = look(self.world)
        links = self.simulation.ledger.links(TENANT)
        for key, found in self.world.items.items():
            if found.origin and not self.world.live(key) and not found.gone and key not in links:
                plan = plan_item(items[key], gone=False, books=books, link=None, lock=True, status=Status.DRAFT)
                if plan.action not in {Action.RECREATE, Action.CREATE, Action.HELD}:
                    self._say(f"stuck: {key} is locked without a document: {plan.action}")

    def _duplicate(self, key: str, own: Sequence[OperationRecord]) -> None:
        alive = self.world.live(key)
        if len(alive) <= 1:
            return
        told = key in self.flagged or any(record.state is State.HELD for record in own)
        if told and self._beyond_the_promise(key):
            self.outcome.flagged += 1
            return
        flag = "and was flagged" if told else "and nobody was told"
        self._say(f"duplicate: {key} has {len(alive)} live documents {flag}")

    def _beyond_the_promise(self, key: str) -> bool:
        """A sales invoice made after both looks, when a person had given the one in its place another number.

        Xero's unique number, which guards a sales invoice that is sent again, is gone then: told is all that can be.
        """
        number = self.world.items[key].item.number
        renumbered = any(found.document.number != number for found in self.world.live(key))
        return renumbered and key.startswith("head:") and self.world.faults_met_very_late

    def _lost(self, key: str, own: Sequence[OperationRecord]) -> None:
        for record in own:
            if record.state is not State.DONE or record.action not in {"create", "recreate"}:
                continue
            if record.document_id not in self.world.documents:
                self._say(f"lost: {key} is done, but document {record.document_id} is not there")
        items, _, books = look(self.world)
        link = self.simulation.ledger.links(TENANT).get(key)
        for found in self.world.live(key):
            plan = plan_item(items[key], gone=False, books=books, link=link, lock=True, status=Status.DRAFT)
            if plan.action in {Action.CREATE, Action.RECREATE}:
                self._say(f"lost: {key} has document {found.document.id}, and the next plan would make another")

    def _stale(self, key: str, own: Sequence[OperationRecord]) -> None:
        """A locked item whose document says something else, while the last word on it was "done"."""
        found = self.world.items[key]
        alive = self.world.live(key)
        last = own[-1] if own else None
        if not found.origin or found.gone or len(alive) != 1 or last is None or last.state is not State.DONE:
            return
        if self.restored_at >= 0 and key in self.flagged:
            return  # the ledger that was told of it is gone; `verify` tells of the document that ended
        document = alive[0]
        dropped = any(line.account_code != "310" for line in document.document.lines)
        if document.content != str(found.content) or (dropped and document.person_touched_at < 0):
            self._say(f"stale: {key} says {found.content}, its document {document.content} (dropped: {dropped})")

    def _unseen(self) -> None:
        """A bookkeeper's correction that was there long before a write went out must not be overwritten."""
        if self.restored_at >= 0:
            return  # the ledger that knew when each write was decided is gone
        calls = self.simulation.ledger.attempts(sorted({effect.key for effect in self.world.effects}))
        decided: dict[str, float] = {}
        for call in calls:
            decided.setdefault(call.key, call.started_at - EPOCH)
        known: set[tuple[str, float]] = set()
        for effect in self.world.effects:
            since = decided.get(effect.key)
            if since is None:
                self._say(f"lost: {effect.item} was written, and the ledger knows no such call")
                continue
            self._outdated(effect, since - STALE_SECONDS)
            edit = (effect.item, effect.older_edit)
            if effect.kind != "update" or edit in known:
                continue  # of an edit that was overwritten knowingly nothing is left
            if self._planned_after(effect, since):
                known.add(edit)
            elif 0 <= effect.older_edit < since - STALE_SECONDS:
                self._say(f"stale: {effect.item} an edit of {effect.older_edit:.0f} was overwritten unseen")

    def _outdated(self, effect: Effect, before: float) -> None:
        """A document made from an item, or under a lock date, that had changed long before the bytes went out."""
        if effect.kind not in {"create", "update"}:
            return
        if effect.content != effect.item_content and 0 <= effect.item_edited_at < before:
            self._say(f"stale: {effect.item} was sent as {effect.content}, and was {effect.item_content} long before")
        if 0 <= effect.locked_date_at < before:
            self._say(f"stale: {effect.item} was dated into a period that was locked long before")

    def _planned_after(self, effect: Effect, decided: float) -> bool:
        """Whether the plan that was carried out had been made from the document as the person left it."""
        own = [
            record
            for record in self.simulation.ledger.operations(effect.item, TENANT)
            if record.action == "update" and record.created_at - EPOCH <= decided
        ]
        return bool(own) and read(own[0].frozen).document_updated_at >= effect.older_stamp
