"""An operation at work in this process: its row, its plan, and how long we may be sure that it is ours."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.syncing.frozen import FrozenPlan, read
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.lookup import calls_by_numbers, share_of_call


@dataclass
class Job:
    """One operation. `record` is the row as we last wrote it."""

    record: OperationRecord
    plan: FrozenPlan
    sure_until: float = 0.0
    """Until when the lease holds for certain, on the desk's clock (`Desk.tick`)."""
    checked_at: float = 0.0
    """When both sides began to be read, on the same clock."""
    lost: bool = False
    """Another console has taken it over; nothing more is done here."""
    ambiguous: bool = False
    """A call under its key may have happened."""
    alone: bool = False
    """Not to be sent among others: a batch with it was refused whole."""
    given_up: bool = False
    """Left as it is for a later run: its next step lies beyond this run's patience."""
    document: Document | None = None
    """As last read or answered by Xero."""
    failures: int = 0
    mark: str = ""
    """What the item said when both sides were read (`ItemState.mark`); "" where nothing is remembered."""
    flushed: bool = False
    """A durable commit of this process has the operation: a power cut can not make the ledger forget that it began."""

    @classmethod
    def of(cls, record: OperationRecord, sure_until: float) -> "Job":
        _, mark = batch_and_mark(record)
        return cls(record, read(record.frozen), sure_until, ambiguous=may_have_been_sent(record), mark=mark)

    def evidence_of_batch(self, many: int) -> str:
        """What a call's intent keeps: how many documents go together, and what this one's item said."""
        return f"{many} {self.mark}".strip()

    @property
    def live(self) -> bool:
        return self.record.open and not self.lost and not self.given_up and self.record.state is not State.HELD

    @property
    def state(self) -> State:
        return self.record.state


def batch_and_mark(record: OperationRecord) -> tuple[str, str]:
    """(documents in the batch, the item's mark) as an intent kept them; "" each where the record has no such thing."""
    if record.state in {State.SENT, State.VERIFIED, State.LOCKING}:
        return "", record.evidence
    many, _, mark = record.evidence.partition(" ")
    return (many, mark) if many.isdigit() else ("", "")


def may_have_been_sent(record: OperationRecord) -> bool:
    """A call under the operation's key may have happened: it was being made, or waits to be made again."""
    return record.state is State.SENDING or (record.state is State.WAITING and record.resume == State.SENDING.value)


def fewest_calls(jobs: Sequence[Job], most: int, most_bytes: int) -> list[list[Job]]:
    """`batches` of creates, full ones or some a little smaller: what takes fewer calls with the look-ups.

    The numbers of a full batch may not fit into one look-up; for many batches the second ones cost more than they save.
    """
    full = batches(jobs, most, most_bytes)
    looked_up_at_once = batches(jobs, most, most_bytes, 1.0)

    def calls(made: Sequence[Sequence[Job]]) -> int:
        return sum(2 + calls_by_numbers(job.plan.marker.number for job in batch) for batch in made)

    return min(full, looked_up_at_once, key=calls)


def batches(jobs: Sequence[Job], most: int, most_bytes: int, most_look_ups: float = math.inf) -> list[list[Job]]:
    """Creates together, up to `most` and `most_bytes`; everything else, and what must go alone, one by one."""
    made: list[list[Job]] = []
    batch: list[Job] = []
    size, look_ups = 0, 0.0
    for job in jobs:
        if job.alone or not job.plan.creating:
            made.append([job])
            continue
        length, share = len(job.record.body.encode()) + 1, share_of_call(job.plan.marker.number)
        if batch and (len(batch) >= most or size + length > most_bytes or look_ups + share > most_look_ups):
            made.append(batch)
            batch, size, look_ups = [], 0, 0.0
        batch.append(job)
        size, look_ups = size + length, look_ups + share
    return [*made, batch] if batch else made
