"""Two consoles at a terminal each and a worker on one PostgreSQL ledger; `benchmarks.three_consoles` runs longer."""

import json
from pathlib import Path
from typing import Any

from benchmarks.three_consoles import Shares, Stage, run, sandbox
from tests.cli.small import one_project

# Slow enough that what somebody has in hand can be looked at.
SLOW = [{"side": "xero", "method": "PUT", "path": "Invoices", "what": "slow_drip", "seconds": 0.2}]
CONTESTED = "number:HC-0045"
SHARES = Shares(
    ann=(CONTESTED, "number:EP-0100"),
    robin=("number:TT-0301", CONTESTED),
    worker=("number:JR-0007", "number:PP-0044"),
    places=("act:new", "act:new", "act:new"),
)


def test_nothing_is_sent_twice_and_each_sees_what_the_others_are_at(postgres: Any, tmp_path: Path) -> None:
    (tmp_path / "scenario.json").write_text(one_project())
    (tmp_path / "faults.json").write_text(json.dumps(SLOW))
    files = ("--scenario", str(tmp_path / "scenario.json"), "--faults", str(tmp_path / "faults.json"))
    with sandbox(*files) as address:
        outcome = run(Stage(tmp_path, postgres.new_database(), address), SHARES)
    assert (outcome.items, outcome.duplicates) == (7, 0)
    assert set(outcome.by) == {"ann", "robin", "wendy"}
    assert set(outcome.seen) == {("ann", "robin"), ("ann", "wendy"), ("robin", "ann"), ("robin", "wendy")}
    assert set(outcome.settings) == {"ann", "robin"}, "both were told of the settings that somebody saved"
