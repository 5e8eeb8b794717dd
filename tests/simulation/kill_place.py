"""Where kills.py happens: the served sandbox, its fault plan, and a look at both sides as an operator has it."""

import asyncio
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.composition.application import Application
from smoothx_tui.ledger.records import State
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.items import Item
from smoothx_tui.session.options import Options
from smoothx_tui.session.session import Session
from smoothx_tui.syncing.repairs import resolve
from smoothx_tui.syncing.sweep import Found, verify
from tests.simulation.kill_judge import counted
from tests.simulation.kill_time import Time

OVERRIDES: Final = {
    "sync_as_draft": "false",
    "sync_status": "awaiting_payment",
    "update_approved": "true",
    "delete_matching": "true",
}
_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"what": "drop", "effect": "before", "every": 17},
    {"what": "drop", "effect": "after", "every": 13},
    {"what": "bad_gateway", "effect": "after", "every": 19},
    {"what": "bad_gateway", "effect": "before", "status": 504, "every": 23},
    {"what": "truncated", "every": 29},
    {"what": "wrong_json", "every": 31},
    {"what": "server_error", "effect": "after", "every": 37},
    {"what": "server_error", "effect": "before", "every": 61},
    {"what": "late", "seconds": 20, "then": "drop", "every": 41},
    {"what": "rate_limited", "retry_after": 2, "every": 43},
    {"what": "rate_limited", "problem": "concurrent", "every": 47},
    {"what": "unauthorized", "every": 53},
    {"what": "unavailable", "every": 59},
    {"what": "redirect", "every": 67},
    {"what": "oversized", "every": 71},
    {"what": "slow_drip", "seconds": 0.3, "every": 73},
    {"what": "refuse", "every": 79},
)
_TIME_OUT: Final = {"what": "timeout", "effect": "after", "every": 83}
"""It takes 45 s of the wall, whatever the clocks say."""


def fault_plan(speed: float) -> list[dict[str, Any]]:
    """Every kind of fault: on about a third of the writes, and on some of the reads."""
    kinds = [*_FAULTS, *([_TIME_OUT] if speed <= 4 else [])]
    documents = [{"side": "xero", "method": how, "path": "Invoices", **one} for one in kinds for how in ("PUT", "POST")]
    locks = [{"side": "procore", "method": "PATCH", **one} for one in kinds]
    reads: list[dict[str, Any]] = [
        {"method": "GET", "what": "bad_gateway", "every": 31},
        {"method": "GET", "what": "drop", "every": 37},
        {"side": "xero", "method": "GET", "what": "rate_limited", "retry_after": 1, "every": 41},
    ]
    return [*documents, *locks, *reads]


@dataclass(frozen=True)
class View:
    """Both sides as an operator sees them: what would be sent, and what `verify` finds."""

    tenant: str
    plans: dict[str, Plan]
    items: dict[str, Item]
    books: Books
    found: tuple[Found, ...]


@dataclass
class Place:
    """The sandbox at `base`, and the ledger beside it."""

    base: str
    ledger_url: str
    time: Time
    said: Counter[str] = field(default_factory=Counter)
    """What could not be resolved, in the product's words."""

    def invoices(self) -> list[dict[str, Any]]:
        """The documents in the sandbox's own books."""
        with urllib.request.urlopen(f"{self.base}/admin/state") as answer:
            found: list[dict[str, Any]] = json.load(answer)["xero"]["Invoices"]
        return found

    def books(self) -> dict[str, Counter[str]]:
        """`Url` -> how many documents of it are in which status."""
        return counted(self.invoices())

    def tell(self, path: str, body: Any) -> None:
        """A deed of a person, or another fault plan."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.base}/admin/{path}", json.dumps(body).encode(), headers, method="POST")
        urllib.request.urlopen(request).close()

    @contextmanager
    def faults(self) -> Iterator[None]:
        self.tell("faults", fault_plan(self.time.speed))
        try:
            yield
        finally:
            self.tell("faults", [])

    def look(self) -> View:
        """Resolve what is held for a person, as a person would who looked into Xero; then read, plan and verify."""
        return asyncio.run(self._look())

    async def _look(self) -> View:
        options = Options(sandbox=self.base, ledger=self.ledger_url, overrides=OVERRIDES)
        async with Application(dict(os.environ)).open_session(options) as session:
            if self.time.speed != 1:
                session.engine.clock = self.time.clock()
                if not session.ledger.database.postgres:
                    session.ledger.database._clock = self.time.seconds
            await session.refresh()
            tenant = session.place.tenant_id
            held = [one for one in session.ledger.open_operations(tenant) if one.state is State.HELD]
            for one in held:
                await self._resolve(session, one.id)
            if held:
                await session.refresh()
            plans = {plan.item: plan for plan in session.plans().values() if plan.sendable}
            found = await verify(session.engine, session.items, session.books)
            return View(tenant, plans, dict(session.items), session.books, found.found)

    async def _resolve(self, session: Session, operation_id: str) -> None:
        organisation = session.books.organisation
        try:
            await resolve(session.engine, operation_id, organisation, who="operator", not_there=True)
        except UsageError as error:
            self.said[error.line()] += 1


def serve(stack: ExitStack, items: int, directory: Path, speed: float = 1.0) -> str:
    """Serve a sandbox until the stack ends; its address."""
    command = [sys.executable, "-m", "smoothx_tui", "sandbox", "serve", "--port", "0", "--items", str(items)]
    process = subprocess.Popen(
        [*command, "--speed", str(speed)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=directory
    )
    assert process.stderr is not None
    stack.callback(process.stderr.close)
    stack.callback(process.wait, 20)
    stack.callback(process.terminate)
    for line in process.stderr:
        if found := re.search(r"http://[0-9.:]+", line):
            return found[0]
    raise SystemExit("the sandbox did not start")
