"""Stopping: calls in flight end, a second signal does not wait, and the signals are given back."""

import asyncio
import os
import signal
from typing import Any

import pytest

from smoothx_tui.cli.stopping import Stop, stopping, until_stopped


async def ends_in(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "ended"


async def test_work_that_is_not_stopped_gives_what_it_gives() -> None:
    assert await until_stopped(ends_in(0), Stop()) == "ended"


async def test_its_errors_are_raised() -> None:
    async def fails() -> None:
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        await until_stopped(fails(), Stop())


async def test_what_ends_within_the_grace_is_kept() -> None:
    stop = Stop()
    stop.event.set()
    assert await until_stopped(ends_in(0.01), stop, grace=30) == "ended"


async def test_what_does_not_is_cut_off_and_may_tidy_up() -> None:
    stop, tidied = Stop(), []

    async def hangs() -> object:
        try:
            await asyncio.sleep(3600)
        finally:
            tidied.append(1)
        return "ended"

    stop.event.set()
    cut: object = await until_stopped(asyncio.ensure_future(hangs()), stop, grace=0.01)
    assert cut is None
    assert tidied == [1]


async def test_a_second_signal_does_not_wait() -> None:
    stop = Stop()
    with stopping(stop):
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)
        assert await until_stopped(ends_in(3600), stop, grace=3600) is None
    assert stop.signal == signal.SIGTERM, "the first one is the exit code"


async def test_the_signals_are_given_back() -> None:
    def mine(*_: Any) -> None: ...

    before = signal.signal(signal.SIGTERM, mine)
    try:
        with stopping(Stop()):
            assert signal.getsignal(signal.SIGTERM) is not mine
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)
