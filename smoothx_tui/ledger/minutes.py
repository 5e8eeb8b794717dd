"""When Xero's minutes begin: a fixed window whose start nobody tells (facts: xero.md, limits). No input or output.

An answer that counts fewer calls than were certainly made before it shows that a minute has begun in between. So the
beginnings lie on a grid of which an earliest and a latest place are known, closer with each minute that is seen to
begin; without it each minute's calls would come a call's length later than those of the minute before.
"""

import math
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
_MARGIN: Final = 0.1
"""Seconds; two machines' clocks, read at different moments."""
_DRIFT: Final = 1e-4
"""Seconds a second by which two clocks may go apart."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A minute began after `low` and not after `high`, less than a minute apart; so does one every minute."""

    low: float
    high: float

    @classmethod
    def between(cls, low: float, high: float) -> "Minutes":
        """One began in this time; of a longer time only its end says something."""
        return cls(max(low, high - MINUTE), high)

    def seen(self, other: "Minutes") -> "Minutes":
        """With what was seen later; what does not fit together is forgotten for it."""
        passed = max(other.high - self.high, 0.0)
        turns = round((other.high - self.high) / MINUTE)
        tries = (
            Minutes(
                max(self.low + MINUTE * one - _DRIFT * passed, other.low),
                min(self.high + MINUTE * one + _DRIFT * passed, other.high),
            )
            for one in (turns, turns - 1, turns + 1)
        )
        return next((found for found in tries if found.low < found.high), other)

    def over(self, moment: float) -> float:
        """When the minute of something that happened at this moment has ended, at the latest."""
        turns = math.ceil((moment - self.high) / MINUTE)
        if moment > self.low + MINUTE * turns - _MARGIN:
            turns += 1  # it may have happened in the minute that began just before
        return self.high + MINUTE * turns + _MARGIN
