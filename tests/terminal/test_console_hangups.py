"""A lost line in mid-sync, a few times; 50 by `python -m tests.terminal.hangups`."""

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.terminal.session import Session
from tests.simulation.kill_place import Place, serve
from tests.simulation.kill_time import Time
from tests.terminal.hangups import STATES, Scene, repeat


@pytest.fixture
def scene(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("STATE", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    with ExitStack() as stack:
        base = serve(stack, 20, tmp_path)
        yield Scene(Place(base, f"sqlite:///{tmp_path / 'look.sqlite3'}", Time(time.time())), home)


def test_a_lost_line_in_mid_sync_doubles_nothing_and_is_129(scene: Scene) -> None:
    count = repeat(scene, 2, random.Random(1))
    assert not count.troubles
    assert count.gone >= 1
    assert sum(count.at[state] for state in STATES) == 2
    assert scene.states()["done"] > 0


def test_a_command_whose_terminal_is_gone_ends_with_129(scene: Scene, start: Callable[..., Session]) -> None:
    command = [sys.executable, "-m", "smoothx_tui", "sync", "--all", "--yes", "--sandbox", scene.place.base]
    session = start(*command, env=scene.environ(), cwd=Path(__file__).parents[2])
    while not session.count:
        session.pump(0.05)
    session.lose_line()
    assert session.wait_exit(30) == 129
