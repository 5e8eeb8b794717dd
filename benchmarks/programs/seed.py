"""Reads a served sandbox's items into the console's cache: `python seed.py ADDRESS ITEMS`, in the console's home.

Through the product's own client and session, from a sandbox in this process that was made from the same scenario and
seed, so that only the sockets are left out: a request an item over HTTP takes long at a hundred thousand.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from benchmarks.made import engine_on, session_on
from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import Target, target_of
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.options import Options

SEED = 1
"""What `sandbox serve --items` makes its items from where it is told nothing else."""


async def seed(address: str, items: int) -> int:
    """Read everything once and keep it under the served sandbox's name; how many items there are."""
    from smoothx_tui.base.locations import state_dir

    scenario = default_scenario()
    served = await target_of(Options(sandbox=address), SystemClock(), RequestLog())
    target = Target(address, Sandbox.from_scenario(more_items(scenario, items, SEED)).transport())
    async with AsyncExitStack() as stack:
        ledger = Ledger.open(str(state_dir() / f"sandbox-{served.tenant[:8]}-{served.instance}.sqlite3"))
        stack.callback(ledger.close)
        made = await engine_on(stack, target, ledger, scenario=scenario, kept_as=served.instance)
        session = session_on(made)
        await session.refresh()
        return len(session.items)


if __name__ == "__main__":
    print(asyncio.run(seed(sys.argv[1], int(sys.argv[2]))))
