"""One process of test_shared_limits.py: reads an organisation many times through the limit that a ledger shares.

`python tests/syncing/limited.py BASE LEDGER CALLS SPEED BEGAN`: a minute of the ledger's clock lasts 60 / SPEED seconds
since BEGAN (seconds since 1970). Prints how many calls were made, and how many were refused.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.composition.sandboxed import Target, signed_in
from smoothx_tui.composition.services import in_a_thread
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.syncing.limiter import SharedLimiter
from smoothx_tui.xero.limits import Limiter, Limits


class Fast:
    """A clock of which all processes have the same, as all machines have."""

    def __init__(self, speed: float, began: float) -> None:
        self._speed = speed
        self._began = began

    def time(self) -> float:
        return self._began + (time.time() - self._began) * self._speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        return self.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


async def read(base: str, url: str, calls: int, clock: Fast) -> dict[str, int]:
    counts = {"made": 0, "refused": 0}

    def told(limits: Limits) -> None:
        counts["made"] += 1
        counts["refused"] += limits.refused

    async with AsyncExitStack() as stack:
        ledger = Ledger.open(url, clock=clock.time)
        stack.callback(ledger.close)

        async def limiter_for(tenant: str) -> Limiter:
            return SharedLimiter(ledger, tenant, clock, in_a_thread)

        connected = await signed_in(Target(base), clock, RequestLog(), stack, limiter_for)
        connected.xero.on_limits = told
        left = iter(range(calls))

        async def reader() -> None:
            for _ in left:
                await connected.xero.lock_dates()

        await asyncio.gather(*(reader() for _ in range(8)))
    return counts


if __name__ == "__main__":
    BASE, LEDGER, CALLS, SPEED, BEGAN = sys.argv[1:]
    made = asyncio.run(read(BASE, LEDGER, int(CALLS), Fast(float(SPEED), float(BEGAN))))
    sys.stdout.write(json.dumps(made))
