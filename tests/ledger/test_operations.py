"""Operations under lease and fence, the same on SQLite and PostgreSQL."""

import os
import threading
from dataclasses import replace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.audit import Note
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.planning.link import Link

RACES = int(os.environ.get("SMOOTHX_RACES", "100"))
ORG = "5ca1ab1e-0000-4000-8000-000000000001"


def operation(number: int = 1, owner: str = "", **values: Any) -> OperationRecord:
    record = OperationRecord(
        id=f"operation-{owner}-{number}",
        organisation=ORG,
        item=f"claim:{number}",
        action="create",
        state=State.APPROVED,
        owner=owner,
        fence=1 if owner else 0,
        approved_by="ann",
        planned_by="ann",
        frozen="{}",
    )
    return replace(record, **values)


def freeze(ledger: Ledger, *records: OperationRecord) -> Any:
    return ledger.freeze_or_conflict(records, who="ann", supersede=lambda one: one.state is State.LOCKING)


def test_an_item_has_one_open_operation_and_the_other_is_told_who(ledger: Ledger) -> None:
    made, none = freeze(ledger, operation(1, "console-a"))
    assert (len(made), none) == (1, [])
    again, conflicts = freeze(ledger, operation(1, "console-b"), operation(2, "console-b"))
    assert [one.item for one in again] == ["claim:2"]
    assert [(c.item, c.owner, c.approved_by, c.state) for c in conflicts] == [
        ("claim:1", "console-a", "ann", State.APPROVED)
    ]


def test_a_lease_that_runs_out_lets_another_take_over_and_the_fence_tells_the_first(ledger: Ledger, time: Any) -> None:
    (mine,), _ = freeze(ledger, operation(1, "console-a"))
    assert ledger.claim(ORG, "console-b") == []
    time.pass_by(61)
    (taken,) = ledger.claim(ORG, "console-b")
    assert (taken.owner, taken.fence) == ("console-b", 2)
    written, lost = ledger.save([replace(mine, state=State.SENT)], links=[Link("claim:1", "doc")])
    assert (written, [one.id for one in lost]) == ([], [mine.id])
    assert ledger.links(ORG) == {}, "nothing of a lost operation is written"
    assert ledger.intend([mine], request="PUT", body_hash="", key="k")[2] == 0


def test_a_heartbeat_keeps_a_lease_and_a_dead_one_is_not_renewed(ledger: Ledger, time: Any) -> None:
    (mine,), _ = freeze(ledger, operation(1, "console-a"))
    time.pass_by(40)
    assert ledger.renew("console-a") == {mine.id}
    time.pass_by(40)
    assert ledger.claim(ORG, "console-b") == []
    time.pass_by(30)
    assert ledger.renew("console-a") == set()


def test_a_batch_that_may_have_been_sent_is_taken_whole(ledger: Ledger, time: Any) -> None:
    records = [operation(n, "console-a") for n in range(1, 6)]
    made, _ = freeze(ledger, *records)
    sending = [replace(one, state=State.SENDING, key="key", position=n) for n, one in enumerate(made)]
    written, lost, attempt = ledger.intend(sending, request="PUT /Invoices", body_hash="h", key="key")
    assert (len(written), lost) == (5, [])
    assert attempt > 0
    time.pass_by(61)
    assert len(ledger.claim(ORG, "console-b", limit=2)) == 5


def test_an_attempt_is_there_before_the_call_and_its_end_after(ledger: Ledger) -> None:
    made, _ = freeze(ledger, operation(1, "console-a"))
    sending = [replace(made[0], state=State.SENDING, key="key")]
    written, _, attempt = ledger.intend(sending, request="PUT /Invoices", body_hash="h", key="key")
    assert written[0].first_sent_at > 0
    assert [(one.outcome, one.ended_at) for one in ledger.attempts(["key"])] == [("", 0.0)]
    ledger.save(written, attempt=attempt, result={"outcome": "sent", "status": 200, "request_id": "r"})
    assert [(one.outcome, one.status) for one in ledger.attempts(["key"])] == [("sent", 200)]


def test_superseding_ends_the_older_operation_for_its_sleeping_holder_too(ledger: Ledger, time: Any) -> None:
    (posted,), _ = freeze(ledger, operation(1, "console-a"))
    (posted,), _ = ledger.save([replace(posted, state=State.LOCKING)])
    time.pass_by(61)
    made, conflicts = freeze(ledger, operation(1, "console-b"))
    assert (len(made), conflicts) == (1, [])
    assert ledger.save([posted])[0] == [], "a holder that wakes up can not open it again"


def test_a_document_belongs_to_one_item(ledger: Ledger) -> None:
    made, _ = freeze(ledger, operation(1, "console-a"), operation(2, "console-a"))
    sent = [replace(one, state=State.SENT, document_id="doc") for one in made]
    ledger.save(sent[:1], links=[Link("claim:1", "doc")])
    (barred,), _ = ledger.save(sent[1:], links=[Link("claim:2", "doc")])
    assert (barred.state, barred.open) == (State.HELD, False)
    assert "claim:1" in barred.text
    with pytest.raises(LedgerError, match="linked to claim:1"):
        ledger.put_link(ORG, Link("claim:3", "doc"), Note("link"))


def test_four_eyes_are_asked_for_by_the_ledger(ledger: Ledger) -> None:
    made, _ = freeze(ledger, operation(1, state=State.PLANNED, open=False))
    with pytest.raises(LedgerError, match="ann planned claim:1 and can not approve it too"):
        ledger.approve([made[0].id], who="ann", four_eyes=True)
    assert [one.state for one in ledger.approve([made[0].id], who="bob", four_eyes=True)] == [State.APPROVED]
    with pytest.raises(LedgerError, match="not planned"):
        ledger.approve([made[0].id], who="bob")


def test_races_for_an_item_have_one_winner_and_the_other_is_told(ledger: Ledger) -> None:
    """Two operators approve the same item at the same moment; SMOOTHX_RACES=1000 runs more of them."""
    barrier = threading.Barrier(2)
    ends: dict[tuple[int, str], Any] = {}

    def operator(name: str) -> None:
        for number in range(RACES):
            barrier.wait()
            ends[number, name] = freeze(ledger, operation(number, name))

    threads = [threading.Thread(target=operator, args=(name,)) for name in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(RACES):
        results = {name: ends[number, name] for name in ("ann", "bob")}
        winners = [name for name, (made, _) in results.items() if made]
        assert len(winners) == 1
        told = [conflicts[0].owner for made, conflicts in results.values() if not made]
        assert told == winners


def test_five_workers_never_claim_the_same_operation(ledger: Ledger) -> None:
    freeze(ledger, *(operation(number) for number in range(200)))
    taken: dict[str, list[str]] = {name: [] for name in "abcde"}

    def worker(name: str) -> None:
        while claimed := ledger.claim(ORG, name, limit=7):
            taken[name] += [one.id for one in claimed]

    threads = [threading.Thread(target=worker, args=(name,)) for name in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [one for names in taken.values() for one in names]
    assert len(everything) == len(set(everything)) == 200
