"""Two operators on one item: how a race is judged, and a few of them; 1,000 by `python -m tests.simulation.races`."""

import subprocess
import sys
from pathlib import Path

import pytest

from smoothx_tui.syncing.report import ItemResult, Outcome
from tests.ledger.postgres import why_not
from tests.simulation.races import RIGHT, Race

WON = ItemResult("claim:1", Outcome.DONE, "doc")


def held(text: str) -> ItemResult:
    return ItemResult("claim:1", Outcome.HELD, text=text)


def test_a_race_has_one_winner_and_the_other_is_told_who() -> None:
    assert Race("claim:1", {"ann": WON, "bob": held("ann is at it (ann@host:1, sending, since ...)")}).end == RIGHT
    assert Race("claim:1", {"ann": held("bob is at it (bob@host:1, sending, since ...)"), "bob": WON}).end == RIGHT


@pytest.mark.parametrize(
    ("ann", "bob"),
    [
        (WON, WON),
        (held("bob is at it (bob@host:1"), held("ann is at it (ann@host:1")),
        (WON, held("a colleague is at it")),
        (WON, held("bob is at it (bob@host:1")),
        (WON, ItemResult("claim:1", Outcome.REFUSED, text="ann is at it (ann@host:1")),
    ],
)
def test_anything_else_is_wrong(ann: ItemResult, bob: ItemResult) -> None:
    assert Race("claim:1", {"ann": ann, "bob": bob}).end != RIGHT


@pytest.mark.parametrize("where", [[], ["--postgres"]], ids=["sqlite", "postgres"])
def test_some_races(where: list[str]) -> None:
    if where and (reason := why_not()):
        pytest.skip(reason)
    command = [sys.executable, "-m", "tests.simulation.races", "--races", "5", *where]
    root = Path(__file__).parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100, check=False)
    assert "5 races, 0 wrong" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 0
