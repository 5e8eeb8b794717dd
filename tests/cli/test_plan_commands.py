"""plan, items, show, impact: golden texts and documents, choosing items, exit codes, frozen plans."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_plan(run: Any, golden: Any, session: Any) -> None:
    done = run("plan")
    golden("plan.txt", done.out)
    assert done.err == (
        "5 items: 2 create 14,050.00 AUD, 1 update 1,375.50 AUD, 1 unchanged, 1 blocked; "
        "1 with a danger, to be allowed one by one\n"
    )
    document = run("plan", "--json")
    golden("plan.json", document.out)
    assert document.err == ""


def test_plan_tells_on_standard_error_what_was_not_read(run: Any, session: Any) -> None:
    session.problems = ("project 2250: no permission",)
    done = run("plan", "--json")
    assert done.err == "not read: project 2250: no permission\n"
    assert json.loads(done.out)["problems"] == ["project 2250: no permission"]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--item", "claim:1"], ["claim:1"]),
        (["--item", "3", "--item", "DP-0007", "--item", "head:3"], ["head:3", "claim:7"]),
        (["--filter", "act:blocked"], ["claim:7"]),
        (["--filter", "total>10000 !head"], ["claim:1"]),
        (["--item", "claim:1", "--filter", "act:blocked"], []),
    ],
)
def test_choosing(run: Any, session: Any, arguments: list[str], ids: list[str]) -> None:
    assert [item["id"] for item in json.loads(run("plan", "--json", *arguments).out)["items"]] == ids


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--item", "1"], "1: is not unique (say which: claim:1, direct:1)"),
        (["--item", "claim:2"], "claim:2: there is no such item"),
        (["--filter", "colour:red"], "filter: colour:red: no field colour"),
        (["--set", "multi_curency=on"], "multi_curency: no such setting; did you mean multi_currency?"),
        (["--set", "multi_currency"], "multi_currency: expected key=value"),
        (["--set", "multi_currency=maybe"], 'advanced.multi_currency: expected true or false, not "maybe"'),
        (["--out", "no/such/directory/p.json"], "no/such/directory/p.json: cannot be written"),
    ],
)
def test_wrong_input(run: Any, session: Any, arguments: list[str], said: str) -> None:
    done = run("plan", *arguments)
    assert done.code == 2
    assert f"smoothx-tui: {said}" in done.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--detailed-exitcode"], 10),
        (["--detailed-exitcode", "--item", "claim:7"], 0),
        (["--detailed-exitcode", "--filter", "nothing"], 0),
    ],
)
def test_exit_codes(run: Any, session: Any, arguments: list[str], code: int) -> None:
    assert run("plan", *arguments).code == code


def test_items(run: Any, golden: Any, session: Any) -> None:
    golden("items.json", run("items", "--json", "--filter", "contact:harbour").out)
    assert run("items").out == run("plan").out


@pytest.mark.parametrize("item", ["claim:1", "direct:1"])
def test_show(run: Any, golden: Any, session: Any, item: str) -> None:
    golden(f"show-{item.replace(':', '-')}.txt", run("show", item).out)


@pytest.mark.parametrize(
    ("address", "item"),
    [
        ("https://app.procore.com/77/project/direct_costs/1", "direct:1"),
        ("https://go.xero.com/AccountsPayable/View.aspx?InvoiceID=D0000000-0000-4000-8000-000000000001", "direct:1"),
        ("https://go.xero.com/app/!x/bill/d000000000004000800000000000001", "direct:1"),
    ],
)
def test_show_takes_pasted_addresses(run: Any, session: Any, address: str, item: str) -> None:
    address = address.replace("d000000000004000800000000000001", "d0000000000040008000000000000001")
    assert json.loads(run("show", address, "--json").out)["item"]["id"] == item


@pytest.mark.parametrize("address", ["https://example.com/x", "https://app.procore.com/77/project/direct_costs/99"])
def test_show_of_an_address_that_is_nobodys(run: Any, session: Any, address: str) -> None:
    done = run("show", address)
    assert done.code == 2
    assert address in done.err


def test_impact(run: Any, golden: Any, session: Any) -> None:
    assert run("impact", "--set", "erp_locking=on").err == "no plan changes\n5 unchanged\n"
    done = run("impact", "--set", "multi_currency=on")
    golden("impact.txt", done.out + "--\n" + done.err)
    session.trial.undo()
    golden("impact.json", run("impact", "--set", "advanced.multi_currency=on", "--json").out)


def test_a_frozen_plan_is_the_same_document(run: Any, session: Any, here: Path) -> None:
    done = run("plan", "--json", "--out", "p.json")
    assert (here / "p.json").read_text() == done.out
    assert (here / "p.json").stat().st_mode & 0o777 == 0o600
    assert "smoothx-tui sync --plan p.json" in done.err
