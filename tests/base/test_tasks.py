import asyncio

import pytest

from smoothx_tui.base.errors import ServiceError
from smoothx_tui.base.tasks import task_group


async def test_a_failure_is_raised_as_itself_and_stops_the_others() -> None:
    stopped = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ServiceError("no", status=403)

    async def both() -> None:
        async with task_group() as outer:
            outer.create_task(wait())
            async with task_group() as inner:
                inner.create_task(fail())

    with pytest.raises(ServiceError, match="no"):
        await both()
    assert stopped.is_set()


async def test_results_when_all_goes_well() -> None:
    async with task_group() as group:
        tasks = [group.create_task(asyncio.sleep(0, number)) for number in range(3)]
    assert [task.result() for task in tasks] == [0, 1, 2]
