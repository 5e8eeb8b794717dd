"""Four eyes on both databases: the ledger refuses, lists what waits, and writes the switch into the audit chain."""

from dataclasses import replace
from typing import Any

import pytest

from smoothx_tui.base.errors import LedgerError
from smoothx_tui.ledger.records import OperationRecord, State
from smoothx_tui.ledger.store import Ledger

ORG = "organisation-1"


def planned(number: int, **changes: Any) -> OperationRecord:
    """What somebody put up."""
    record = OperationRecord(
        f"operation-{number}", ORG, f"claim:{number}", "create", State.PLANNED, open=False, body="{}", planned_by="ann"
    )
    return replace(record, **changes)


def at_once(number: int, **changes: Any) -> OperationRecord:
    """What somebody sends at once."""
    return planned(number, state=State.APPROVED, open=True, approved_by="ann", **changes)


def freeze(ledger: Ledger, *records: OperationRecord) -> list[OperationRecord]:
    made, _ = ledger.freeze_or_conflict(list(records), who="ann", supersede=lambda _: False)
    return made


def test_the_switch_is_off_audited_and_of_one_organisation(ledger: Ledger) -> None:
    approvals = ledger.approvals
    assert not approvals.required(ORG)
    assert approvals.require(ORG, on=True, who="ann")
    assert not approvals.require(ORG, on=True, who="ann"), "it was on already"
    assert (approvals.required(ORG), approvals.required("another")) == (True, False)
    assert approvals.require(ORG, on=False, who="bob")
    said = [(entry.event, entry.who, entry.detail) for entry in ledger.audit_entries()]
    assert said == [
        ("approvals", "ann", "a second person's approval is required"),
        ("approvals", "bob", "no second person's approval is required"),
    ]
    ledger.pacing.pause(ORG, 1, "the same row holds the pause")
    assert ledger.approvals.require(ORG, on=True, who="ann")


def test_nothing_is_sent_at_once_where_it_takes_two(ledger: Ledger) -> None:
    assert len(freeze(ledger, at_once(1))) == 1
    ledger.approvals.require(ORG, on=True, who="ann")
    with pytest.raises(LedgerError, match="ann planned claim:2 and can not approve it too: a second person is"):
        freeze(ledger, at_once(3, planned_by="bob"), at_once(2))
    assert ledger.operations("claim:3") == [], "all or none"
    assert len(freeze(ledger, at_once(4, body=""))) == 1, "clearing a lock sends nothing to Xero"
    assert len(freeze(ledger, planned(5))) == 1


def test_the_planner_is_refused_and_a_colleague_is_not(ledger: Ledger) -> None:
    ledger.approvals.require(ORG, on=True, who="ann")
    (made,) = freeze(ledger, planned(1))
    with pytest.raises(LedgerError, match="ann planned claim:1 and can not approve it too"):
        ledger.approve([made.id], who="ann")
    (approved,) = ledger.approve([made.id], who="bob")
    assert (approved.state, approved.open, approved.approved_by) == (State.APPROVED, True, "bob")


def test_what_waits_is_the_newest_of_an_item_that_nobody_approved(ledger: Ledger, time: Any) -> None:
    freeze(ledger, planned(1), planned(2), planned(3, organisation="another"))
    time.pass_by(10)
    freeze(ledger, planned(10, item="claim:1"))
    freeze(ledger, planned(4, approved_by="ann", text="stopped before it was sent"))
    assert [one.id for one in ledger.approvals.waiting(ORG)] == ["operation-2", "operation-10"]
    ledger.approve(["operation-2"], who="bob")
    assert [one.id for one in ledger.approvals.waiting(ORG)] == ["operation-10"]
