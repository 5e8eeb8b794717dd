"""At start: what an earlier process left is finished, or said.

Every operation is found in the ledger in the state that was last committed; the engine goes on from there. Nothing is
sent that was not approved, and nothing twice: see docs/sync-protocol.md for each state.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.syncing.engine import Engine
from smoothx_tui.syncing.report import ItemResult, SyncEvent, SyncReport, result_of
from smoothx_tui.xero.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was taken up, and what is left: at work elsewhere, waiting for its time, or held for a person."""

    report: SyncReport
    left: tuple[ItemResult, ...]
    next_at: float = 0.0
    """When the first of what waits is due (ledger time, seconds); 0 where nothing waits."""


async def recover(
    engine: Engine,
    organisation: Organisation,
    *,
    who: str = "",
    on_event: Callable[[SyncEvent], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> Recovery:
    """Take up everything that nobody holds, then tell what remains. Raises LedgerError."""
    report = await engine.work(organisation, who=who, on_event=on_event, stop=stop)
    desk = engine.desk(on_event, who)
    left: list[OperationRecord] = await desk.book(engine.ledger.open_operations, desk.organisation)
    waiting = [one.next_at for one in left if one.next_at and one.state is not State.HELD]
    return Recovery(report, tuple(result_of(one) for one in left), min(waiting, default=0.0))
