"""log: since when, as JSON, as CSV that a spreadsheet cannot run."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base import csvtext
from smoothx_tui.cli.ledger_commands import moment_of
from smoothx_tui.ledger.records import OperationRecord, State

NOW = dt.datetime(2026, 7, 3, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def logged(session: Any) -> Any:
    """One operation whose texts a spreadsheet, or a terminal, would obey."""
    record = OperationRecord(
        "op-1", session.place.tenant_id, "claim:1", "create", State.REFUSED, open=False, body="{}",
        frozen='{"number":"+HC-1"}',
        planned_by="ann", approved_by="=cmd|' /C calc'!A0", text="@SUM(1)\x1b[2J", fix="+1",
    )  # fmt: skip
    session.ledger.freeze_or_conflict([record], who="ann", supersede=lambda _: False)
    return session


def test_csv_is_inert(run: Any, logged: Any, here: Path) -> None:
    done = run("log", "--csv", "log.csv")
    assert (done.code, done.out) == (0, "")
    rows = list(csv.reader((here / "log.csv").read_text().splitlines()))
    assert rows[0] == ["When (UTC)", "Number", "Item", "Action", "State", "Document", "Who", "Text"]
    assert rows[1][1] == "'+HC-1"
    assert rows[1][6] == "'=cmd|' /C calc'!A0"
    assert rows[1][7].startswith("'@SUM(1)")
    assert not any(cell[:1] in set("=+-@\t\r") for row in rows for cell in row if cell)
    read = csvtext.read((here / "log.csv").read_text())
    assert read[1][1][6] == "=cmd|' /C calc'!A0", "and comes back as it was"
    assert run("log", "--csv", "-").out.replace("\r\n", "\n").strip() == (here / "log.csv").read_text().strip()


def test_json_and_table(run: Any, logged: Any) -> None:
    told = json.loads(run("log", "--json").out)["operations"]
    assert [(one["id"], one["state"], one["approved_by"]) for one in told] == [
        ("op-1", "refused", "=cmd|' /C calc'!A0")
    ]
    assert "@SUM(1)<U+001B>[2J - +1" in run("log").out
    assert run("log", "--since", "1h").out != ""
    assert run("log", "--since", "2200-01-01").err == "nothing was synced\n"


def test_a_place_that_can_not_be_written(run: Any, logged: Any) -> None:
    done = run("log", "--csv", "no/such/folder/log.csv")
    assert (done.code, done.out) == (2, "")
    assert "cannot be written" in done.err


@pytest.mark.parametrize(
    ("text", "back"),
    [("90m", 5400), ("8h", 28800), ("7d", 604800), ("2w", 1209600), ("2026-07-02", 118800), ("2026-07-03T08:00", 3600),
     ("2026-07-03T08:00:00+10:00", 39600)],
)  # fmt: skip
def test_since(text: str, back: int) -> None:
    assert NOW.timestamp() - moment_of(text, NOW) == back
