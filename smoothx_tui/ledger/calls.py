"""The count of calls to an organisation, shared by all processes of a ledger. No input or output: a row's content.

Xero's minute is a fixed window, and nobody says when it begins. So calls are remembered singly for a minute after they
ended, which no fixed window can count longer, or until the minute ends that they were made in, where that is known
(minutes.py). When an answer's header leaves more than we think, the window has begun anew meanwhile, and what was
certainly before it is forgotten. Headers that leave less mean that others call too.
"""

from dataclasses import dataclass, field
from typing import Final

from smoothx_tui.ledger.minutes import Minutes

AT_ONCE: Final = 5
PER_MINUTE: Final = 60
WINDOW: Final = 60.25
"""Seconds; a quarter more than Xero's minute, for the way an answer takes to get here."""
BUSY_WAIT: Final = 0.05
"""Seconds after which to ask again for one of the places."""
SHARE_WAIT: Final = 0.5
"""The same for a process that has its share of them: it hears itself when one of its calls ends."""
_FORM: Final = "calls2"
_GONE: Final = 30.0
"""A process that holds a place and was silent for so long (seconds) is thought dead; its call is still counted."""
_LONGEST_CALL: Final = 150.0
"""Seconds; the clients give a call up before. What was never said to have ended has ended by then."""
_ASKING: Final = 5.0
"""How long one who asked counts as somebody to share the places with."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a call: what its answer said is left (None: nothing), and how long everybody has to stop."""

    minute_left: int | None = None
    day_left: int | None = None
    pause: float = 0.0
    text: str = ""
    anew: bool = False
    """When the pause is over the minute begins anew: the service said when."""
    made: bool = True


@dataclass(slots=True)
class _Call:
    number: int
    began: float
    ended: float
    owner: str
    """The process that is in the call; "" once it has ended."""


@dataclass
class Calls:
    """What is remembered of the last minute. Times are the ledger's, in seconds."""

    log: list[_Call] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)
    """Process -> when it last asked for a place or ended a call."""
    next: int = 1
    day_left: int | None = None
    minutes: Minutes | None = None
    """When the service's minutes begin, once one was seen to begin."""

    @classmethod
    def read(cls, text: str, now: float) -> "Calls":
        """The row's content as it counts at `now`; what is not of this form counts nothing."""
        head, _, rest = text.partition("\n")
        words = head.split(" ")
        if len(words) != 5 or words[0] != _FORM:
            return cls()
        seen_text, _, calls = rest.partition("\n")
        seen = {name: int(at) / 1000 for name, _, at in (one.partition(" ") for one in seen_text.split(",") if one)}
        made = cls([], {one: at for one, at in seen.items() if at > now - _GONE}, int(words[1]), _number(words[2]))
        if words[3] != "-":
            made.minutes = Minutes(int(words[3]) / 1000, int(words[4]) / 1000)
        for line in calls.split("\n") if calls else ():
            number, began, ended, owner = line.split(" ")
            call = _Call(int(number), int(began) / 1000, int(ended) / 1000, owner)
            if call.owner not in made.seen or call.began < now - _LONGEST_CALL:
                call.owner = ""
            if call.owner or made._free_at(call) > now:
                made.log.append(call)
        return made

    def written(self) -> str:
        """As text; a form of its own, as it is written twice a call."""
        grid = "- -" if self.minutes is None else f"{self.minutes.low * 1000:.0f} {self.minutes.high * 1000:.0f}"
        head = f"{_FORM} {self.next} {'-' if self.day_left is None else self.day_left} {grid}"
        seen = ",".join(f"{name} {at * 1000:.0f}" for name, at in self.seen.items())
        calls = [f"{one.number} {one.began * 1000:.0f} {one.ended * 1000:.0f} {one.owner}" for one in self.log]
        return "\n".join((head, seen, *calls))

    def take(self, owner: str, now: float, keep: int = 0) -> tuple[int, float]:
        """(number of the call, 0), or (0, seconds to wait) where there is no place or nothing left of the minute.

        `keep`: so many calls of the minute are left to others.
        """
        self.seen[owner] = now
        flying = [call.owner for call in self.log if call.owner]
        asking = {one for one, at in self.seen.items() if at > now - _ASKING} | set(flying)
        share = -(-AT_ONCE // len(asking))
        if flying.count(owner) >= share:
            return 0, SHARE_WAIT
        if len(flying) >= AT_ONCE:
            return 0, BUSY_WAIT
        if self.day_left is not None and self.day_left - len(flying) <= 0 and flying:
            return 0, BUSY_WAIT  # one call finds out how long the day still is
        if wait := self.wait_for(1 + keep, now):
            return 0, wait
        number, self.next = self.next, self.next + 1
        self.log.append(_Call(number, now, 0.0, owner))
        return number, 0.0

    def wait_for(self, calls: int, now: float) -> float:
        """Seconds until so many calls of the minute are left, at the earliest; 0: they are."""
        short = len(self.log) + min(calls, PER_MINUTE) - PER_MINUTE
        if short <= 0:
            return 0.0
        free = sorted(self._free_at(call) for call in self.log if not call.owner)
        return max(free[min(short, len(free)) - 1] - now, BUSY_WAIT) if free else BUSY_WAIT

    def _free_at(self, call: _Call) -> float:
        """When a call that has ended does not count any more."""
        ended = max(call.began, call.ended)
        return ended + WINDOW if self.minutes is None else min(ended + WINDOW, self.minutes.over(ended))

    def end(self, number: int, now: float, told: Told) -> None:
        """The call has ended, with or without an answer."""
        call = next((one for one in self.log if one.number == number), None)
        if call is None:
            return
        if call.owner:
            self.seen[call.owner] = now
        call.owner, call.ended = "", now
        if not told.made:
            self.log.remove(call)
            return
        if told.day_left is not None:
            self.day_left = told.day_left
        if told.anew:
            self.log = [one for one in self.log if one.owner]
            # Retry-After is in whole seconds. What was thought of the minutes before has led to the refusal.
            self.minutes = Minutes.between(now + told.pause - 1.0, now + told.pause)
        elif told.minute_left is not None:
            self._believe(call, PER_MINUTE - told.minute_left, now)

    def _believe(self, call: _Call, counted: int, now: float) -> None:
        """The service had counted so many calls of its window when it answered this one."""
        before = [one for one in self.log if not one.owner and one.ended < call.began]
        forgotten = max(len(before) - max(counted - 1, 0), 0)
        known = before[forgotten:]
        if forgotten:
            began = Minutes.between(before[forgotten - 1].began, now)
            self.minutes = began if self.minutes is None else self.minutes.seen(began)
        self.log = [one for one in self.log if one in known or one not in before]
        missing = min(counted, PER_MINUTE) - len(self.log)
        for _ in range(missing):  # somebody else's: they count as long as they can
            self.log.insert(0, _Call(0, now, now, ""))


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)
