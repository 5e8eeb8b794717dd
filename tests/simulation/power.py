"""The machine loses its power: what was not flushed to the disk is gone, and every process with it.

A durable commit flushes everything that was written before it, too. What came after the last one is lost, all of it:
the worst that can happen.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from smoothx_tui.ledger.database import Database


class Disk:
    """What a ledger in memory would have on its disk. `flushes` false: no commit is ever durable."""

    def __init__(self, database: Database, image: Callable[[], bytes], *, flushes: bool) -> None:
        self._database = database
        self._image = image
        self._flushes = flushes
        self.content = image()

    @contextmanager
    def spinning(self) -> Iterator[None]:
        """Take note of every durable commit that has written something."""
        plain = self._database.transaction

        @contextmanager
        def noted(*, durable: bool = True) -> Iterator[sa.Connection]:
            with plain(durable=durable) as connection:
                driver: Any = connection.connection.driver_connection
                before = driver.total_changes
                yield connection
                wrote = driver.total_changes > before
            if durable and wrote and self._flushes:
                self.content = self._image()

        self._database.transaction = noted  # type: ignore[method-assign]
        try:
            yield
        finally:
            self._database.transaction = plain  # type: ignore[method-assign]


def when(seed: int) -> float:
    """Seconds from the beginning to the loss, in one seed of five; else 0. A generator of its own, so that the other
    seeds stay what they were."""
    rng = random.Random(f"power {seed}")
    return rng.uniform(1.0, rng.choice([60.0, 400.0])) if rng.random() < 0.2 else 0.0
