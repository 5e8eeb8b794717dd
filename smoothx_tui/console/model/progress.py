"""A running sync in words: an item's state, the counts, the time left, and how it ended."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.console.model.items import Live
from smoothx_tui.console.port import ItemResult
from smoothx_tui.planning.actions import Action

_RUNNING: Final = {
    "planned": "queued",
    "approved": "queued",
    "checking": "check",
    "sending": "send",
    "unknown": "look",
    "sent": "sent",
    "verified": "proved",
    "locking": "lock",
    "attaching": "files",
    "waiting": "wait",
}
_IN_FLIGHT: Final = frozenset({"checking", "sending", "unknown", "locking", "attaching", "waiting"})
"""Something is being waited for."""
_WRITTEN: Final = frozenset({"sent", "verified", "locking", "attaching"})
"""Xero has it; what is left is Procore's lock, or its files."""
_FAILED: Final = {
    "refused": ("!", "refused", "failed"),
    "unknown": ("?", "unknown", "unknown"),
    "held": ("#", "held", "failed"),
    "stale": ("!", "stale", "failed"),
    "drift": ("!", "drift", "failed"),
    "posted_not_locked": ("!", "no lock", "failed"),
    "posted_not_attached": ("!", "files", "failed"),
}
_DONE: Final = {
    Action.CREATE: "created",
    Action.RECREATE: "remade",
    Action.UPDATE: "updated",
    Action.DELETE: "deleted",
    Action.VOID: "voided",
}
"""The action's own sign, its word in the past tense."""


def live_of_event(state: str, text: str, action: Action) -> Live:
    """An item while the sync is at it. A state that ends it already looks like its result."""
    state = str(state)
    if state in _RUNNING:
        # In the row's own colour: a row that changes its style is written whole, twice for every item.
        return Live(">", _RUNNING[state], action.value)
    return live_of_result(state, "" if state == "done" else text, action)


def live_of_result(outcome: str, text: str, action: Action) -> Live:
    """An item after the sync."""
    if outcome == "done":
        return Live(SIGNS[action], _DONE.get(action, "done"), action.value, text)
    sign, word, role = _FAILED.get(outcome, ("?", outcome[:7], "unknown"))
    return Live(sign, word, role, text)


def live_of_left(state: str, text: str, action: Action) -> Live:
    """An item whose operation has not ended, and where it stands."""
    return replace(live_of_event(state, text, action), text=text)


@dataclass
class SyncProgress:
    """Counts while a sync runs. Times are monotonic seconds."""

    total: int
    began: float
    stopping: bool = False
    leaving: bool = False
    _states: dict[str, str] = field(default_factory=dict)
    _ended: int = 0
    _failed: int = 0
    _written: int = 0
    _in_flight: dict[str, str] = field(default_factory=dict)
    _last: str = ""
    _now: float = 0

    def step(self, item: str, state: str, name: str, now: float, text: str = "") -> None:
        """An item has reached a state. `text` says what it waits for."""
        before = self._states.get(item, "planned")
        self._ended += (state not in _RUNNING) - (before not in _RUNNING)
        self._failed += _is_failure(state) - _is_failure(before)
        self._written += (state in _WRITTEN) - (before in _WRITTEN)
        self._states[item] = state
        self._last = f"{name} {_RUNNING.get(state, state)}"
        if state == "waiting" and text:
            self._last += f": {text}"
        self._in_flight.pop(item, None)
        if state in _IN_FLIGHT:
            self._in_flight[item] = self._last
        self._now = now

    @property
    def ended(self) -> int:
        return self._ended

    @property
    def failed(self) -> int:
        return self._failed

    def words(self, calls_left: str = "") -> list[str]:
        """For the line of marks, the important first. `calls_left`: how much Xero still takes."""
        ending = "leaving" if self.leaving else "stopping"
        doing = f"{ending} after the calls in flight" if self.stopping else "syncing"
        parts = [f"{doing} {self.ended}/{self.total}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self._written:
            parts.append(f"{self._written:,} more in Xero")
        if self._last:
            # What has ended is no answer to what is being waited for.
            parts.append(next(reversed(self._in_flight.values()), self._last))
        if self.ended and not self.stopping:
            left = (self._now - self.began) / self.ended * (self.total - self.ended)
            parts.append(f"about {_duration(left)} left")
        if calls_left:
            parts.append(calls_left)
        if not self.stopping:
            parts.append("ctrl+c stops")
        return parts


def _is_failure(state: str) -> bool:
    return state not in _RUNNING and state != "done"


@dataclass(frozen=True, slots=True)
class Told:
    """A run that has ended, in words."""

    text: str
    hint: str
    ok: int
    not_ok: int
    request_id: str = ""


def told_of(results: Sequence[ItemResult], action_of: Callable[[str], Action], log_key: str) -> Told:
    """`3 done: +2 created  ~1 updated, 3 not: why`. One reason for all is said here; several are in the log."""
    done = Counter(action_of(one.item) for one in results if str(one.outcome) == "done")
    parts = [f"{SIGNS[action]}{many} {_DONE.get(action, 'done')}" for action, many in done.items()]
    rest = [one for one in results if str(one.outcome) != "done"]
    text = f"{done.total()} done{': ' if parts else ''}{'  '.join(parts)}"
    if not rest:
        return Told(text, "", done.total(), 0)
    unknown = sum(1 for one in rest if str(one.outcome) == "unknown")
    reasons = {(result_words(str(one.outcome), one.text), one.fix) for one in rest}
    why, fix = next(iter(reasons))
    if len(reasons) > 1:
        why, fix = f"{log_key} says why", "failed ones are marked for another try" if unknown < len(rest) else ""
    elif unknown:
        fix = fix or "it is looked up again automatically"
    words = f"{len(rest)} not known yet" if unknown == len(rest) else f"{len(rest)} not"
    return Told(f"{text}, {words}: {why}", fix, done.total(), len(rest), rest[0].request_id if len(rest) == 1 else "")


def result_words(outcome: str, text: str) -> str:
    """`refused: why`; an outcome that its text says already is not said twice."""
    words = outcome.replace("_", " ")
    plain = text.casefold().replace(",", "")
    return text if plain.startswith(words) else f"{words}: {text}" if text else words


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
