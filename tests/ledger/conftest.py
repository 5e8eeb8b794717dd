from collections.abc import Iterator
from pathlib import Path

import pytest

from smoothx_tui.ledger.store import Ledger
from tests.ledger.postgres import Server


class Time:
    """The database's clock, in the hands of a test."""

    def __init__(self) -> None:
        self.now = 1_782_896_400.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'ledger.sqlite3'}"
    running: Server = request.getfixturevalue("postgres")
    return running.new_database()


@pytest.fixture
def ledger(url: str, time: Time) -> Iterator[Ledger]:
    opened = Ledger.open(url, clock=time)
    yield opened
    opened.close()
