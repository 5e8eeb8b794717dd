"""What a run tells: events while it goes on, one result an item at the end."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from smoothx_tui.ledger.records import OperationRecord, State


class Outcome(StrEnum):
    """How an item ended. `unknown` is neither failed nor done: reading will tell."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"
    STALE = "stale"
    DRIFT = "drift"
    POSTED_NOT_LOCKED = "posted_not_locked"
    POSTED_NOT_ATTACHED = "posted_not_attached"


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """An operation has reached a state. `text` is cleaned; `at` is this machine's time, UTC."""

    item: str
    operation_id: str
    state: State
    text: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item's end. `fix` says what to do next, "" where there is nothing to do."""

    item: str
    outcome: Outcome
    document_id: str = ""
    text: str = ""
    fix: str = ""
    request_id: str = ""
    operation_id: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """One result for every plan that was given, in their order, and the calls that it took."""

    results: Sequence[ItemResult] = ()
    xero_calls: int = 0
    procore_calls: int = 0
    counts: dict[Outcome, int] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Sequence[ItemResult], xero_calls: int, procore_calls: int) -> "SyncReport":
        counts: dict[Outcome, int] = {}
        for result in results:
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
        return cls(tuple(results), xero_calls, procore_calls, counts)

    @property
    def ok(self) -> bool:
        """Every item is done."""
        return all(result.outcome is Outcome.DONE for result in self.results)


_OUTCOMES = {
    State.DONE: Outcome.DONE,
    State.STALE: Outcome.STALE,
    State.DRIFT: Outcome.DRIFT,
    State.REFUSED: Outcome.REFUSED,
    State.HELD: Outcome.HELD,
    State.PLANNED: Outcome.HELD,
    State.APPROVED: Outcome.HELD,
    State.LOCKING: Outcome.POSTED_NOT_LOCKED,
    State.ATTACHING: Outcome.POSTED_NOT_ATTACHED,
}


def result_of(record: OperationRecord) -> ItemResult:
    """The result that an operation stands for now; one that is still open in between is unknown."""
    outcome = _OUTCOMES.get(record.state, Outcome.UNKNOWN)
    if record.state is State.WAITING:
        outcome = Outcome.HELD if record.resume == State.APPROVED.value else Outcome.UNKNOWN
    if record.state is State.DONE and record.fix:
        # Only files that could not be attached leave something to do behind an operation that is done.
        outcome = Outcome.POSTED_NOT_ATTACHED
    return ItemResult(record.item, outcome, record.document_id, record.text, record.fix, record.request_id, record.id)
