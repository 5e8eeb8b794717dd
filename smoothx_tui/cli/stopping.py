"""How a command that changes something is stopped: the calls in flight end, and then it ends."""

import asyncio
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

Result = TypeVar("Result")

GRACE_SECONDS: Final = 10.0
"""How long calls in flight may take to end. What is cut off then is in the ledger, and the next start looks it up."""


@dataclass
class Stop:
    """`event` lets calls in flight end; `now`, the second signal, does not wait for them. `signal`: the first one."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    now: asyncio.Event = field(default_factory=asyncio.Event)
    signal: int = 0


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """ctrl+c, SIGTERM and SIGHUP stop new calls, here and nowhere else; afterwards everything is as it was."""
    loop = asyncio.get_running_loop()

    def stopped(number: int) -> None:
        if stop.signal:
            stop.now.set()
        stop.signal = stop.signal or number
        stop.event.set()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    taken = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, stopped, int(number))
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])


async def until_stopped(work: Awaitable[Result], stop: Stop, grace: float = GRACE_SECONDS) -> Result | None:
    """What `work` gives; None where it was stopped and did not end within `grace` seconds. Its errors are raised."""
    task = asyncio.ensure_future(work)
    asked = asyncio.ensure_future(stop.event.wait())
    hurry = asyncio.ensure_future(stop.now.wait())
    try:
        await asyncio.wait([task, asked], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait([task, hurry], timeout=grace, return_when=asyncio.FIRST_COMPLETED)
    finally:
        cut = not task.done()
        for one in (task, asked, hurry):
            one.cancel()
        await asyncio.wait([task, asked, hurry])
    return None if cut and task.cancelled() else task.result()
