"""The worker as a process of its own: it shares work, stops when it is told to, parks, and looks again."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.ledger.database import Database

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start(small: Any, here: Path) -> Iterator[Start]:
    """Start one command as a process on the small sandbox."""
    running: list[Process] = []

    def started(*arguments: str) -> Process:
        line = [sys.executable, "-m", "smoothx_tui", *arguments, "--sandbox", small.address]
        child = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
        running.append(child)
        return child

    yield started
    for child in running:
        child.kill()
        child.communicate()


def ledger(here: Path, statement: str, *values: Any) -> list[Any]:
    file = next((here / "state" / "smoothx-tui").glob("sandbox-7d1f0a52-*.sqlite3"))
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(statement, values).fetchall()
        connection.commit()
    return found


def lease_ran_out(here: Path) -> None:
    """As a minute later: nobody holds what a dead process held."""
    ledger(here, "update operations set lease_until = 0, next_at = 0 where open = 1")


def until(holds: Callable[[], object]) -> None:
    """Look again and again; the test's own time limit ends it."""
    while not holds():
        time.sleep(0.05)


def read_until(child: Process, text: str) -> str:
    """Standard error up to the line that has the text."""
    assert child.stderr is not None
    seen = ""
    for line in child.stderr:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came:\n{seen}")


def approved(command: Any, small: Any, *arguments: str) -> None:
    done = command("sync", *arguments, "--approve-only", "--yes", "--sandbox", small.address)
    assert done.code == 0, done.err


def test_several_workers_share_what_is_approved(command: Any, small: Any, start: Start, here: Path) -> None:
    approved(command, small, "--all")
    assert small.invoices == [], "approved is not sent"
    workers = [start("worker", "--once") for _ in range(3)]
    ends = [child.communicate(timeout=100) for child in workers]
    assert [child.returncode for child in workers] == [0, 0, 0], ends
    states = ledger(here, "select state, count(*) from operations group by state")
    assert states == [("done", 7)]
    assert len({one["Url"] for one in small.invoices}) == len(small.invoices) == 7
    assert ledger(here, "select * from consoles") == [], "each said goodbye"
    for out, err in ends:
        assert out == ""
        assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", line) for line in err.splitlines())
    assert sum(len(re.findall(r"Z (?:claim|head):\d+ \S+ done\n", err)) for _, err in ends) == 7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_lets_the_call_in_flight_end(
    command: Any, small: Any, start: Start, here: Path, number: signal.Signals
) -> None:
    approved(command, small, "--item", "HC-0045", "--item", "EP-0100")
    small.faults({"side": "xero", "method": "PUT", "path": "Invoices", "what": "slow_drip", "seconds": 0.1})
    worker = start("worker", "--poll", "0.2")
    read_until(worker, " sending\n")
    worker.send_signal(number)
    out, err = worker.communicate(timeout=60)
    assert (worker.returncode, out) == (128 + number, "")
    assert err.endswith(f"Z stopped ({number.name})\n")
    assert "Traceback" not in err
    assert len(small.invoices) == 2, "the call in flight ended"
    small.faults()
    done = command("worker", "--once", "--sandbox", small.address)
    assert done.code == 0, done.err
    assert ledger(here, "select state, count(*) from operations group by state") == [("done", 2)]
    assert len(small.invoices) == 2


def test_a_killed_run_is_finished_by_the_next_sync_which_says_so(
    command: Any, small: Any, start: Start, here: Path
) -> None:
    small.faults(
        {"side": "xero", "method": "PUT", "path": "Invoices", "what": "timeout", "effect": "after", "times": 1}
    )
    sync = start("sync", "--item", "HC-0045", "--yes")
    until(lambda: small.invoices)
    sync.kill()
    sync.communicate()
    assert ledger(here, "select state, open from operations") == [("sending", 1)]

    held = command("sync", "--item", "HC-0045", "--yes", "--sandbox", small.address)
    assert held.code == 1, "the dead process may still be alive: its lease stands"
    assert re.search(r"not ended: claim:\d+ sending: .* is at it", held.err)

    lease_ran_out(here)
    done = command("sync", "--item", "EP-0100", "--yes", "--json", "--sandbox", small.address)
    assert done.code == 0, done.err
    assert re.search(r"an earlier run left claim:\d+: done", done.err)
    told = json.loads(done.out)
    assert [one["outcome"] for one in told["recovered"]["finished"]] == ["done"]
    assert [one["number"] for one in told["results"]] == ["EP-0100"]
    assert sorted(one["InvoiceNumber"] for one in small.invoices) == ["EP-0100", "HC-0045"]


def test_a_used_up_day_parks_and_says_until_when(command: Any, small: Any, start: Start, here: Path) -> None:
    approved(command, small, "--item", "HC-0045")
    limit = {"what": "rate_limited", "problem": "day", "retry_after": 7200}
    small.faults({"side": "xero", "path": "Invoices", **limit})
    worker = start("worker", "--poll", "0.1")
    err = read_until(worker, "parked until ")
    assert re.search(r"parked until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: the day's calls", err)
    small.faults()
    other = command("worker", "--once", "--sandbox", small.address)
    assert other.code == 1, "parked for everybody on this ledger"
    assert "parked until" in other.err
    worker.send_signal(signal.SIGTERM)
    _, rest = worker.communicate(timeout=60)
    assert rest.count("parked until") == 0, "said once"
    assert worker.returncode == 143
    assert small.invoices == []


def test_it_looks_again_after_a_quarter_of_an_hour(command: Any, small: Any, here: Path) -> None:
    assert command("sync", "--item", "HC-0045", "--item", "EP-0100", "--yes", "--sandbox", small.address).code == 0
    ledger(here, "update operations set updated_at = updated_at - 830")
    early = command("worker", "--once", "--sandbox", small.address)
    assert (early.code, "looked again" in early.err) == (0, False)
    ledger(here, "update operations set updated_at = updated_at - 20")
    first, second = small.invoices
    small.post(
        f"/admin/xero/invoices/{second['InvoiceID']}/edit", Url=first["Url"], InvoiceNumber=first["InvoiceNumber"]
    )
    done = command("worker", "--once", "--sandbox", small.address)
    assert done.code == 1
    assert "looked again at 2 that were done a while ago: 1 wrong" in done.err
    assert re.search(r"claim:\d+ duplicate: 2 live documents in Xero name this item", done.err)


def test_what_it_can_not_do(run: Any, command: Any, session: Any) -> None:
    assert "--read-only: a worker sends" in run("worker", "--read-only").err
    assert run("worker", "--poll", "0").code == 2
    nowhere = command("worker", "--once", "--sandbox", "http://127.0.0.1:9")
    assert (nowhere.code, nowhere.err.count("\n")) == (3, 1)


def test_workers_and_a_lost_server_on_postgresql(command: Any, small: Any, start: Start, postgres: Any) -> None:
    """Two workers and a console share a ledger; while its server is gone they wait, and nothing is sent."""
    url = postgres.new_database()
    done = command("sync", "--all", "--approve-only", "--yes", "--sandbox", small.address, "--ledger", url)
    assert done.code == 0, done.err
    postgres.stop()
    try:
        lost = command("worker", "--once", "--sandbox", small.address, "--ledger", url)
        assert (lost.code, lost.out, lost.err.count("\n")) == (3, "", 1)
        assert "tester" not in lost.err or "password" not in lost.err
    finally:
        postgres.start()
    workers = [start("worker", "--poll", "0.2", "--ledger", url) for _ in range(2)]
    until(lambda: len(small.invoices) == 7)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        assert worker.communicate(timeout=60) is not None
        assert worker.returncode == 143
    # On a slow machine ten seconds were not enough for the locks: what was cut off keeps its lease for a minute.
    with closing(Database(url)) as database, database.transaction() as connection:
        connection.exec_driver_sql("update operations set lease_until = 0, next_at = 0 where open")
    rest = command("worker", "--once", "--sandbox", small.address, "--ledger", url)
    assert rest.code == 0, rest.err
    log = json.loads(command("log", "--json", "--sandbox", small.address, "--ledger", url).out)["operations"]
    assert {one["state"] for one in log} == {"done"}
    assert len({one["Url"] for one in small.invoices}) == len(small.invoices) == 7
