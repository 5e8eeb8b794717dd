"""How many calls and how long a long run takes under both services' limits, on a clock that needs no waiting."""

from pathlib import Path

import pytest

from benchmarks.syncing import BATCH, run, work_for


@pytest.mark.parametrize("count", [BATCH, 1_000])
def test_a_run_takes_few_calls_and_little_more_than_the_least_time(tmp_path: Path, count: int) -> None:
    found = run(work_for(count, locking=False), tmp_path / "ledger.sqlite3", locking=False)
    assert (found.done, found.twice, found.missing) == (count, 0, 0)
    assert not found.calls["Xero PUT Invoices 429"]
    contacts = found.calls["Xero GET Contacts"] + found.calls["Xero PUT Contacts"]
    assert found.xero - contacts <= 4 * -(-count // BATCH) + 1
    assert found.needed / found.xero > 0.98
    assert found.ideal_seconds / found.seconds > 0.94 or count == BATCH


def test_locking_keeps_to_procore_s_limits_and_locks_everything(tmp_path: Path) -> None:
    found = run(work_for(200, locking=True), tmp_path / "ledger.sqlite3", locking=True)
    assert (found.done, found.twice, found.missing) == (200, 0, 0)
    assert found.calls["Procore PATCH"] == 200
    assert found.ideal_seconds / found.seconds > 0.6
