"""Four eyes: put up, listed, approved by somebody else, refused by the ledger for the planner."""

import json
from io import StringIO
from typing import Any

import pytest


@pytest.fixture
def by(command: Any, small: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run one command as somebody."""

    def ran(who: str, *arguments: str) -> Any:
        monkeypatch.setenv("USER", who)
        return command(*arguments, "--sandbox", small.address)

    return ran


def listed(done: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.out)["waiting"]
    return found


def test_a_second_person_is_off_at_first(by: Any) -> None:
    assert by("ann", "approvals", "require").out == "off\n"
    done = by("ann", "approvals", "list", "--json")
    assert json.loads(done.out) == {"schema": 1, "required": False, "waiting": []}
    assert by("ann", "approvals", "list").err.startswith("nothing waits for approval\n")


def test_two_people_and_a_worker(by: Any, small: Any) -> None:
    assert by("ann", "approvals", "require", "on", "--yes").out == "on\n"
    refused = by("ann", "sync", "--item", "HC-0045", "--yes")
    assert (refused.code, refused.out) == (2, "")
    assert "a second person has to approve here" in refused.err

    done = by("ann", "sync", "--item", "HC-0045", "--item", "EP-0100", "--approve-only", "--yes", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert (told["approved"], len(told["operations"])) == (False, 2)
    assert by("ann", "worker", "--once").code == 0
    assert small.invoices == [], "not approved is not sent"

    waiting = listed(by("bob", "approvals", "list", "--json"))
    waiting.sort(key=lambda one: str(one["number"]), reverse=True)
    assert [(one["number"], one["total"], one["planned_by"]) for one in waiting] == [
        ("HC-0045", "13050.00", "ann"),
        ("EP-0100", "48399.50", "ann"),
    ]
    alone = by("ann", "approvals", "approve", "--all", "--yes")
    assert (alone.code, alone.out) == (2, "")
    assert "ann planned claim:" in alone.err
    assert len(listed(by("ann", "approvals", "list", "--json"))) == 2, "all or none"

    first, second = waiting
    agreed = by("bob", "approvals", "approve", first["id"][:8], "--yes", "--json")
    assert json.loads(agreed.out)["approved"] == [{"id": first["id"], "item": first["item"]}]
    gone = by("bob", "approvals", "withdraw", second["item"], "--yes")
    assert (gone.code, gone.err) == (0, f"{second['item']} withdrawn ({second['id']})\n")
    assert listed(by("bob", "approvals", "list", "--json")) == []
    assert by("carl", "worker", "--once").code == 0
    assert [one["InvoiceNumber"] for one in small.invoices] == ["HC-0045"]
    log = json.loads(by("ann", "log", "--json").out)["operations"]
    assert sorted((one["state"], one["approved_by"]) for one in log) == [
        ("done", "bob"),
        ("refused", None),
    ]


def test_what_moved_after_the_approval_is_not_sent(by: Any, small: Any) -> None:
    by("ann", "sync", "--item", "HC-0045", "--approve-only", "--yes")
    claim = small.item("HC-0045")
    small.post("/admin/clock", advance=60)
    small.post(f"/admin/procore/items/claim:{claim['id']}/edit", date="2026-06-29")
    done = by("ann", "worker", "--once")
    assert done.code == 1
    assert "HC-0045 stale: " in done.err
    assert small.invoices == []


def test_the_newest_of_an_item_waits_and_only_that(by: Any, small: Any) -> None:
    by("ann", "approvals", "require", "on", "--yes")
    for _ in range(2):
        by("ann", "sync", "--item", "HC-0045", "--approve-only", "--yes")
    assert len(listed(by("bob", "approvals", "list", "--json"))) == 1
    assert by("bob", "approvals", "approve", "--all", "--yes").code == 0
    busy = by("ann", "sync", "--item", "HC-0045", "--approve-only", "--yes", "--json")
    assert (busy.code, json.loads(busy.out)["operations"]) == (1, [])
    assert "bob is at it (approved)" in busy.err
    assert small.invoices == [], "putting up sends nothing, also nothing of the worker's"
    assert by("ann", "approvals", "require", "off", "--yes").out == "off\n"
    assert by("ann", "sync", "--item", "EP-0100", "--yes").code == 0
    assert [one["InvoiceNumber"] for one in small.invoices] == ["EP-0100"], "a sync does not do a worker's work"


def test_only_a_typed_yes_approves(by: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    by("ann", "approvals", "require", "on", "--yes")
    by("ann", "sync", "--item", "HC-0045", "--approve-only", "--yes")
    monkeypatch.setattr("smoothx_tui.cli.output.Output.asks", property(lambda _: True))
    monkeypatch.setattr("sys.stdin", StringIO("no\n"))
    done = by("bob", "approvals", "approve", "--all")
    assert "13,050.00  AUD  ann" in done.err
    assert done.err.endswith("Approve 1 at Harbourline Pty Ltd SANDBOX. Type yes: nothing was approved\n")
    assert len(listed(by("bob", "approvals", "list", "--json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approve",), "approvals approve needs OPERATIONs or --all"),
        (("approve", "x", "--all"), "approvals approve needs OPERATIONs or --all"),
        (("approve", "--all"), "approvals approve asks before it changes anything"),
        (("withdraw", "--all", "--yes", "--read-only"), "--read-only: approvals withdraw changes something"),
        (("require", "maybe"), "invalid value for SWITCH"),
        (("require", "off"), "approvals require asks before it changes anything"),
    ],
)
def test_wrong_input(run: Any, session: Any, arguments: tuple[str, ...], said: str) -> None:
    done = run("approvals", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"smoothx-tui: {said}")


def test_what_nobody_put_up(by: Any) -> None:
    done = by("bob", "approvals", "approve", "deadbeef", "--yes")
    assert (done.code, "deadbeef: nothing by that name is waiting" in done.err) == (2, True)
    assert by("bob", "approvals", "approve", "--all", "--yes").err == "nothing was approved\n"
