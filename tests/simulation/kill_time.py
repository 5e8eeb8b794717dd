"""The time of kills.py: the machine's, or one that runs faster, for all processes and both services alike.

What the protocol waits for (leases, key windows, second looks) takes minutes; at four times the speed a run takes a
quarter of it. PostgreSQL keeps its own clock, and it is that clock which runs faster then.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.ledger.store import Ledger

_HASTEN = """
create schema hasty;
create function hasty.clock_timestamp() returns timestamptz language sql as
$$ select to_timestamp({began} + (extract(epoch from pg_catalog.clock_timestamp()) - {began}) * {speed}) $$;
do $$ begin
execute 'alter database ' || quote_ident(current_database()) || ' set search_path = hasty, public, pg_catalog';
end $$
"""


@dataclass(frozen=True)
class Time:
    """`began`: seconds since 1970 by the machine's clock, where all clocks still agreed."""

    began: float
    speed: float = 1.0

    def seconds(self) -> float:
        return self.began + (time.time() - self.began) * self.speed

    def clock(self) -> Clock:
        return SystemClock() if self.speed == 1 else FastClock(self)

    def open(self, url: str) -> Ledger:
        own = self.speed == 1 or url.startswith("postgresql")
        return Ledger.open(url) if own else Ledger.open(url, clock=self.seconds)

    def hasten(self, url: str) -> None:
        """Let the clock of a PostgreSQL database run at this speed."""
        if self.speed != 1:
            engine = sa.create_engine(url)
            with engine.begin() as connection:
                connection.exec_driver_sql(_HASTEN.format(began=self.began, speed=self.speed))
            engine.dispose()


@dataclass(frozen=True)
class FastClock:
    """A clock whose second is shorter than the wall's."""

    time: Time

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time.seconds(), UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.time.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.time.speed)
