"""A console that is killed in the middle of a sync, and the next one."""

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.terminal.session import Session
from tests.serving import asked, served

Start = Callable[..., Session]


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with served() as found:
        yield found


def bills(address: str) -> list[Any]:
    """Xero's documents that were not there at the beginning."""
    found = asked(address, "/admin/state")["xero"]["Invoices"]
    return [one for one in found if one["InvoiceNumber"] == "HC-0045"]


def ledger(home: Path, statement: str) -> list[Any]:
    """Ask the ledger of the served sandbox, or change it as time would."""
    (file,) = (
        path for path in (home / "state" / "smoothx-tui").glob("sandbox-*.sqlite3") if "settings" not in path.name
    )
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(statement).fetchall()
        connection.commit()
    return found


def test_a_killed_sync_is_finished_by_the_next_console_with_one_document(
    console: Start, home: Path, address: str
) -> None:
    first = console("--sandbox", address)
    first.wait_for(r"read \d+ items|nothing marked")
    first.press("/", "HC-0045", "enter", quiet=0.3)
    first.press("space", quiet=0.3)
    first.wait_for("1 marked")
    rule = {"side": "xero", "method": "PUT", "path": "Invoices", "what": "timeout", "effect": "after", "times": 1}
    asked(address, "/admin/faults", [rule])
    first.press("s", "yes", "enter")
    while not bills(address):
        time.sleep(0.05)
        first.pump(0)
    first.kill(signal.SIGKILL)
    first.wait_exit()
    assert ledger(home, "select state, open from operations") == [("sending", 1)]

    # A minute later nobody holds what the dead process held.
    ledger(home, "update operations set lease_until = 0")
    second = console("--sandbox", address)
    second.wait_for("1 operation of an earlier run finished")
    second.press("4", quiet=0.3)
    assert "HC-0045: an earlier run left it, finished now" in second.text()
    assert ledger(home, "select state, open from operations") == [("done", 0)]
    assert len(bills(address)) == 1
    second.send("q", "q")
    assert second.wait_exit() == 0
