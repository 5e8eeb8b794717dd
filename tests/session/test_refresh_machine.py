"""Whatever happens between two readings, in whatever order: what changed comes to the same as reading everything.

A state machine plays project manager, bookkeeper, our own sync and a cut connection; in the end a fresh start that
reads all of it is compared with the session that only ever read what changed. Several deeds fall into one second, as
times have no more than that.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from smoothx_tui.planning.plan import Action
from smoothx_tui.procore import loading
from smoothx_tui.procore.items import Kind
from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.syncing.report import Outcome
from tests.session.conftest import World, seen, small_scenario

_SYNCED_AT_ONCE = 2


class Stopped(SandboxClock):
    """A sandbox's clock that goes on only when it is told to."""

    def __init__(self) -> None:
        super().__init__(small_scenario().clock, 0.0)


class Readings(RuleBasedStateMachine):
    """One session that reads what changed."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.folder = TemporaryDirectory(prefix="smoothx-machine-")
        self.number = 0
        self.fresh = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def start(self) -> None:
        clock = Stopped()
        sandbox = Sandbox.from_scenario(small_scenario(), clock=clock)
        self.world = World(sandbox, Path(self.folder.name), self.stack, clock)
        self.session = self.run(self.world.session())
        self.run(self.session.refresh())
        self.read = True

    # what others do ---------------------------------------------------------------------------------------------------

    def do(self, path: str, **body: Any) -> None:
        self.run(self.world.admin(path, later=0, **body))
        self.read = False

    def some(self, draw: int, kind: Kind | None = None, *, free: bool = True) -> str:
        """An item as the session knows it, that Procore still has."""
        there = self.world.sandbox.dump().procore
        ids = {
            str(one["id"]) for name in ("requisitions", "direct_costs", "payment_applications") for one in there[name]
        }
        keys = [
            key
            for key, item in self.session.items.items()
            if item.id in ids and (kind is None or item.kind is kind) and not (free and self._locked(item.id))
        ]
        return keys[draw % len(keys)] if keys else ""

    def _locked(self, item_id: str) -> bool:
        there = self.world.sandbox.dump().procore
        rows = [*there["requisitions"], *there["direct_costs"], *there["payment_applications"]]
        return any(str(one["id"]) == item_id and one.get("origin_id") for one in rows)

    @rule(draw=st.integers(0, 99))
    def edit(self, draw: int) -> None:
        self.number += 1
        if key := self.some(draw):
            self.do(f"procore/items/{key}/edit", invoice_number=f"N{self.number}")

    @rule(draw=st.integers(0, 99))
    def delete(self, draw: int) -> None:
        if key := self.some(draw, Kind.DIRECT_COST):
            self.do(f"procore/items/{key}/delete")

    @rule(draw=st.integers(0, 99))
    def unlock(self, draw: int) -> None:
        if key := self.some(draw, free=False):
            self.do(f"procore/items/{key}/unlock")

    @rule(draw=st.integers(0, 99))
    def add(self, draw: int) -> None:
        costs = [
            one for one in self.world.sandbox.scenario.to_data()["procore"]["direct_costs"] if not one.get("origin_id")
        ]
        self.number += 1
        made = {name: value for name, value in costs[draw % len(costs)].items() if name != "id"}
        self.do("procore/items", **{**made, "kind": "direct", "invoice_number": f"NEW-{self.number}"})

    @rule(draw=st.integers(0, 99))
    def edit_document(self, draw: int) -> None:
        drafts = sorted(one.id for one in self.session.books.documents.values() if one.status == "DRAFT")
        if drafts:
            self.number += 1
            self.do(f"xero/invoices/{drafts[draw % len(drafts)]}/edit", Reference=f"R{self.number}")

    @rule(seconds=st.sampled_from([1, 2, 400, 1200]))
    def wait(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    # what we do -------------------------------------------------------------------------------------------------------

    @rule()
    def refresh(self) -> None:
        self.run(self.session.refresh())

    @rule(after=st.integers(1, 30))
    def cut(self, after: int) -> None:
        """The reading is cut after some calls, and the next one goes on."""

        async def cutting() -> None:
            self.world.asked.clear()
            task = asyncio.create_task(self.session.refresh())
            while len(self.world.asked) < after and not task.done():  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        self.run(cutting())

    @rule()
    def restart(self) -> None:
        """The next start goes on from what was kept."""
        self.run(self.session.close())
        self.session = self.run(self.world.session())
        self.run(self.session.refresh())

    @rule()
    def sync(self) -> None:
        """Our own writes: they must be read again, too."""
        self.run(self.session.refresh())
        plans = [one for one in self.session.plans().values() if one.action is Action.CREATE and not one.dangers]
        report = self.run(self.session.sync(plans[:_SYNCED_AT_ONCE]))
        assert all(one.outcome is Outcome.DONE for one in report.results), report.results

    @precondition(lambda self: self.read is False)
    @rule()
    def compare(self) -> None:
        self._compare()

    def _compare(self) -> None:
        # Within the second of a change another one may follow: the next reading meets it.
        self.world.clock.advance(6)
        self.run(self.session.refresh())
        self.fresh += 1
        whole = self.run(self.world.session(kept_as="", ledger=f"fresh{self.fresh}.sqlite3"))
        self.run(whole.refresh())
        mine, theirs = seen(self.session), seen(whole)
        assert mine["items"] == theirs["items"]
        assert mine["documents"] == theirs["documents"]
        self.read = True
        self.run(whole.close())

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._compare()
            self.run(self.session.close())
        self.run(self.stack.aclose())
        self.loop.close()
        self.folder.cleanup()


@pytest.fixture(autouse=True)
def _by_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "SMALL", 0)


class TestReadings(Readings.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
