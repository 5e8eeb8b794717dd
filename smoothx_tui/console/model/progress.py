"""A running sync in words: an item's state, the counts, the time left."""

from dataclasses import dataclass, field, replace
from typing import Final

from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.console.model.items import Live
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
    "waiting": "wait",
}
_FAILED: Final = {
    "refused": ("!", "refused", "failed"),
    "unknown": ("?", "unknown", "unknown"),
    "held": ("#", "held", "failed"),
    "stale": ("!", "stale", "failed"),
    "drift": ("!", "drift", "failed"),
    "posted_not_locked": ("!", "no lock", "failed"),
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
    _states: dict[str, str] = field(default_factory=dict)
    _last: str = ""
    _now: float = 0

    def step(self, item: str, state: str, name: str, now: float) -> None:
        """An item has reached a state."""
        self._states[item] = state
        self._last = f"{name} {_RUNNING.get(state, state)}"
        self._now = now

    @property
    def ended(self) -> int:
        return sum(1 for state in self._states.values() if state not in _RUNNING)

    @property
    def failed(self) -> int:
        return sum(1 for state in self._states.values() if state not in _RUNNING and state != "done")

    def words(self) -> list[str]:
        """For the line of marks, the important first."""
        parts = [f"{'stopping' if self.stopping else 'syncing'} {self.ended}/{self.total}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self._last:
            parts.append(self._last)
        if self.ended and not self.stopping:
            left = (self._now - self.began) / self.ended * (self.total - self.ended)
            parts.append(f"about {_duration(left)} left")
        parts.append("ctrl+c stops")
        return parts


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
