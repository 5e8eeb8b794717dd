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
        """With what was seen later. What does not fit together is forgotten for it; where it fits in two ways, the
        closer one is kept.
        """
        slack = _DRIFT * abs(other.high - self.high)
        turns = round((other.high - self.high) / MINUTE)
        moved = [
            Minutes(self.low + MINUTE * one - slack, self.high + MINUTE * one + slack)
            for one in (turns - 1, turns, turns + 1)
        ]
        both = [Minutes(max(one.low, other.low), min(one.high, other.high)) for one in moved]
        found = [one for one in both if one.low < one.high]
        if len(found) == 1:
            return found[0]
        return min(moved[1], other, key=lambda one: one.high - one.low) if found else other

    def over(self, moment: float) -> float:
        """When the minute of something that happened at this moment has ended, at the latest."""
        turns = math.ceil((moment - self.high) / MINUTE)
        if moment > self.low + MINUTE * turns - _MARGIN:
            turns += 1  # it may have happened in the minute that began just before
        return self.high + MINUTE * turns + _MARGIN
