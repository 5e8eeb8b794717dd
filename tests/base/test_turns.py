"""Long work gives way: others get as many turns of the loop as they need, but not for ever."""

import asyncio

import pytest

from smoothx_tui.base import turns
from smoothx_tui.base.turns import Turns


async def test_a_chain_of_turns_is_done_before_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 30)  # on a machine that is busy with something else
    done: list[str] = []

    async def frame() -> None:
        for step in range(12):
            await asyncio.sleep(0)
            end = asyncio.get_running_loop().time() + 0.0003
            while asyncio.get_running_loop().time() < end:
                pass  # each step is some work
            done.append(str(step))

    task = asyncio.create_task(frame())
    await Turns().others()
    assert task.done()
    assert len(done) == 12


async def test_others_that_never_end_do_not_stop_the_work() -> None:
    stopped = False

    async def busy() -> None:
        while not stopped:
            end = asyncio.get_running_loop().time() + 0.0003
            while asyncio.get_running_loop().time() < end:
                pass
            await asyncio.sleep(0)

    task = asyncio.create_task(busy())
    await asyncio.wait_for(Turns().others(), 30)
    assert not task.done()
    stopped = True
    await task


async def test_a_slice_ends_and_a_new_one_begins() -> None:
    work = Turns()
    end = asyncio.get_running_loop().time() + turns.SLICE
    while asyncio.get_running_loop().time() <= end:
        pass
    assert work.over
    await work.others()
    await asyncio.sleep(turns.SLICE)
    assert work.over
