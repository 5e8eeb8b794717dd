"""What time does to operations: looked at again, opened again, expired."""

from dataclasses import replace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.ledger.sweeps import APPROVAL_SECONDS

ORG = "org"


def put_up(ledger: Ledger, name: str, item: str = "claim:1", **changes: Any) -> OperationRecord:
    values = {"state": State.APPROVED, "planned_by": "ann", "approved_by": "ann", **changes}
    record = OperationRecord(id=name, organisation=ORG, item=item, action="create", **values)
    made, _ = ledger.freeze_or_conflict([record], who="ann", supersede=lambda _: False)
    return made[0]


def test_what_was_approved_and_never_begun_ends_after_a_week(ledger: Ledger, time: Any) -> None:
    put_up(ledger, "a")
    time.pass_by(APPROVAL_SECONDS - 1)
    assert ledger.sweeps.expire(ORG) == []
    time.pass_by(2)
    (ended,) = ledger.sweeps.expire(ORG)
    assert (ended.state, ended.open) == (State.STALE, False)
    assert ended.text == "expired: ann approved it on 2026-07-01 09:00 UTC, and nobody ran it for 7 days"
    assert ended.fix
    assert ledger.sweeps.expire(ORG) == []
    assert ledger.audit_entries(item="claim:1")[-1].event == "expired"
    put_up(ledger, "b")


def test_what_expired_is_not_claimed_and_holds_no_item_even_where_nobody_looked(ledger: Ledger, time: Any) -> None:
    put_up(ledger, "a")
    put_up(ledger, "b", "claim:2")
    time.pass_by(APPROVAL_SECONDS + 1)
    put_up(ledger, "c")
    assert [one.id for one in ledger.claim(ORG, "worker")] == ["c"]
    assert ledger.sweeps.expire(ORG) == []


def test_what_waits_for_approval_expires_too(ledger: Ledger, time: Any) -> None:
    record = put_up(ledger, "a", state=State.PLANNED, open=False, approved_by="")
    assert [one.id for one in ledger.approvals.waiting(ORG)] == ["a"]
    time.pass_by(APPROVAL_SECONDS + 1)
    with pytest.raises(LedgerError, match="is stale, not planned"):
        ledger.approve([record.id], who="bob")
    assert ledger.approvals.waiting(ORG) == []
    found = ledger.operation("a")
    assert found is not None
    assert "nobody approved it for 7 days" in found.text


def test_what_was_begun_never_expires(ledger: Ledger, time: Any) -> None:
    put_up(ledger, "a", owner="one", fence=1)
    time.pass_by(APPROVAL_SECONDS * 2)
    assert ledger.sweeps.expire(ORG) == []
    assert [one.id for one in ledger.claim(ORG, "worker")] == ["a"]


def test_what_a_second_look_found_holds_its_item_again(ledger: Ledger, time: Any) -> None:
    record = put_up(ledger, "a", owner="one", fence=1)
    ledger.save([replace(record, state=State.DONE, open=False, owner="")])
    time.pass_by(900)
    (due,) = ledger.sweeps.due(ORG, 840)
    (held,) = ledger.sweeps.looked_at([replace(due, state=State.HELD, open=True, text="two of them")])
    assert held.swept_at
    assert [one.id for one in ledger.open_operations(ORG)] == ["a"]
    assert ledger.sweeps.due(ORG, 0) == []
    assert ledger.audit_entries(item="claim:1")[-1].detail == "a two of them"


def test_a_newer_operation_keeps_its_item(ledger: Ledger, time: Any) -> None:
    record = put_up(ledger, "a", owner="one", fence=1)
    ledger.save([replace(record, state=State.DONE, open=False, owner="")])
    time.pass_by(900)
    (due,) = ledger.sweeps.due(ORG, 840)
    put_up(ledger, "b", owner="two", fence=1)
    (held,) = ledger.sweeps.looked_at([replace(due, state=State.HELD, open=True)])
    assert not held.open
    assert [one.id for one in ledger.open_operations(ORG)] == ["b"]
