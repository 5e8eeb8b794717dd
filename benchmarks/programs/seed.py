"""Reads a served sandbox's items into the console's cache: `python seed.py ADDRESS ITEMS`, in the console's home.

Through the product's own client and session, from a sandbox in this process that was made from the same scenario and
seed, so that only the sockets are left out: a request an item over HTTP takes long at a hundred thousand.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from smoothx_tui.base.clock import SystemClock
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import SANDBOX, Target, signed_in, target_of
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.session.history import LedgerHistory
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Environment, Place
from smoothx_tui.session.session import Parts, Session
from smoothx_tui.settings.file import LoadedSettings, load
from smoothx_tui.syncing.adapters import ProcoreAdapter, XeroAdapter
from smoothx_tui.syncing.engine import Engine

SEED = 1
"""What `sandbox serve --items` makes its items from where it is told nothing else."""


async def seed(address: str, items: int) -> int:
    """Read everything once and keep it under the served sandbox's name; how many items there are."""
    from smoothx_tui.base.locations import state_dir

    clock, requests, scenario = SystemClock(), RequestLog(), default_scenario()
    served = await target_of(Options(sandbox=address), clock, requests)
    target = Target(address, Sandbox.from_scenario(more_items(scenario, items, SEED)).transport())
    async with AsyncExitStack() as stack:
        services = await signed_in(target, clock, requests, stack)
        tenant = services.xero.tenant_id
        ledger = Ledger.open(str(state_dir() / f"sandbox-{tenant[:8]}-{served.instance}.sqlite3"))
        stack.callback(ledger.close)
        xero, procore = XeroAdapter(services.xero, services.limiter), ProcoreAdapter(services.procore)
        engine = Engine(ledger, xero, procore, clock, owner="")
        stack.callback(engine.close)

        def settings() -> LoadedSettings:
            return load(None, environ={}, below=scenario.settings)

        async def nothing() -> None: ...

        parts = Parts(
            place=Place(SANDBOX, Environment.SANDBOX, services.organisation, tenant), operator="",
            procore=services.procore, xero=services.xero, ledger=ledger, engine=engine, requests=requests,
            history=LedgerHistory(ledger), load_settings=settings, close=nothing, kept_as=served.instance,
        )  # fmt: skip
        session = Session(parts, settings())
        await session.refresh()
        return len(session.items)


if __name__ == "__main__":
    print(asyncio.run(seed(sys.argv[1], int(sys.argv[2]))))
