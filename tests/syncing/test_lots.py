"""How a run is divided: as few calls as can be, and never more than fit together."""

from typing import Any

import pytest

from smoothx_tui.syncing.job import batches, fewest_calls
from smoothx_tui.xero.lookup import calls_by_numbers
from tests.syncing.table import Table


def _jobs(count: int, length: int) -> list[Any]:
    class Marker:
        def __init__(self, number: str) -> None:
            self.number = number

    class Job:
        alone = False

        def __init__(self, at: int) -> None:
            number = f"{at:0{length}}"
            self.plan = type("Plan", (), {"creating": True, "marker": Marker(number)})
            self.record = type("Record", (), {"body": "{}"})

    return [Job(at) for at in range(count)]


def _calls(made: list[list[Any]]) -> int:
    return sum(2 + calls_by_numbers(job.plan.marker.number for job in batch) for batch in made)


@pytest.mark.parametrize(("count", "length"), [(50, 6), (50, 14), (51, 14), (1000, 6), (1000, 11), (1000, 30)])
def test_a_run_is_divided_into_what_takes_the_fewest_calls(count: int, length: int) -> None:
    jobs = _jobs(count, length)
    made = fewest_calls(jobs, 50, 3_500_000)
    assert [job for batch in made for job in batch] == jobs
    assert max(map(len, made)) <= 50
    assert _calls(made) <= _calls(batches(jobs, 50, 3_500_000))
    if length == 11:
        assert _calls(made) < 0.85 * _calls(batches(jobs, 50, 3_500_000))


def test_one_lock_date_is_read_for_all_that_ask_within_a_few_seconds(table: Table) -> None:
    desk = table.engine().desk()
    asked = []
    plain = desk.xero.locked_to

    async def noted() -> Any:
        asked.append(desk.tick())
        return await plain()

    desk.xero.locked_to = noted  # type: ignore[method-assign]

    async def play() -> list[float]:
        reads = [await desk.lock_date.read()]
        await desk.clock.sleep(8.0)
        reads.append(await desk.lock_date.read())
        await desk.clock.sleep(8.0)
        reads.append(await desk.lock_date.read())
        return [at for _, at in reads]

    first, same, later = table.go(play())
    assert first == same < later, "its age counts from when it was read"
    assert len(asked) == 2
