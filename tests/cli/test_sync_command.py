"""sync: what goes, what is left out and named, and how it ends."""

import json
import os
import signal
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.cli.main import main
from smoothx_tui.cli.output import Output
from smoothx_tui.planning.plan import Totals
from smoothx_tui.syncing.report import Outcome


def sent(session: Any) -> list[str]:
    return [plan.item for plan in session.sent]


def test_all_leaves_dangers_out_and_says_that_something_is_blocked(run: Any, golden: Any, session: Any) -> None:
    done = run("sync", "--all", "--yes", "--json")
    assert sent(session) == ["claim:1", "direct:1"]
    assert done.code == 1
    golden("sync.json", done.out)
    assert "left out: claim:9: danger: USD 1,000.00 would be booked as AUD 1,000.00" in done.err


def test_all_done_is_0(run: Any, golden: Any, session: Any) -> None:
    session.listed = [plan for plan in session.listed if plan.action.value != "blocked"]
    done = run("sync", "--all", "--yes")
    assert done.code == 0
    golden("sync.txt", done.out)
    assert done.err.endswith("claim:1 done\n2 done; 4 Xero calls, 2 Procore calls\n"), "one line for an item that ends"


def test_a_danger_goes_when_it_is_allowed_by_name(run: Any, session: Any) -> None:
    run("sync", "--item", "claim:9", "--yes")
    assert sent(session) == []
    assert run("sync", "--item", "claim:9", "--yes", "--allow-danger", "9").code == 0
    assert sent(session) == ["claim:9"]
    assert session.allowed == {"claim:9"}


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN, Outcome.HELD, Outcome.POSTED_NOT_LOCKED])
def test_anything_but_done_is_1(run: Any, session: Any, outcome: Outcome) -> None:
    session.outcomes = {"claim:1": outcome}
    done = run("sync", "--item", "claim:1", "--item", "LIFT-221", "--yes")
    assert done.code == 1
    assert sent(session) == ["claim:1", "direct:1"]
    assert outcome.value in done.out
    assert "Account code must be specified - map another account - req-1" in done.out


def test_an_item_that_can_not_go_is_named_and_the_others_go(run: Any, session: Any) -> None:
    done = run("sync", "--item", "claim:7", "--item", "claim:1", "--yes")
    assert sent(session) == ["claim:1"]
    assert done.code == 1
    assert "left out: claim:7: blocked: locked period to 31 May\n" in done.err


def test_a_read_only_profile_is_refused_whatever_there_is_to_send(run: Any, session: Any) -> None:
    session.place = replace(session.place, profile="audit", read_only=True)
    for item in ("claim:1", "head:3"):
        done = run("sync", "--item", item, "--yes")
        assert (done.code, done.out) == (2, "")
        assert done.err == "smoothx-tui: profile audit is read-only: nothing is sent (sync with another profile)\n"
    assert session.sent == []


def test_an_item_that_needs_nothing_is_fine(run: Any, session: Any) -> None:
    done = run("sync", "--item", "head:3", "--yes")
    assert (done.code, done.out) == (0, "")
    assert done.err == "left out: head:3: unchanged: Xero holds exactly this\nnothing to send\n"


def test_a_frozen_plan_is_sent_as_it_is(run: Any, session: Any, here: Path) -> None:
    run("plan", "--item", "claim:1", "--item", "claim:7", "--out", "p.json")
    done = run("sync", "--plan", "p.json", "--yes")
    assert (done.code, sent(session)) == (0, ["claim:1"])


def test_a_stale_row_is_left_out_and_named_and_the_others_go(run: Any, session: Any, here: Path) -> None:
    run("plan", "--out", "p.json")
    moved = {**session.listed[0].payload, "Date": "2026-07-01"}
    session.listed[0] = replace(session.listed[0], payload=moved, totals=Totals(Decimal(1), Decimal(1), "AUD"))
    done = run("sync", "--plan", "p.json", "--yes", "--json")
    assert sent(session) == ["direct:1"]
    assert done.code == 1
    assert json.loads(done.out)["stale"] == [{"id": "claim:1", "why": "changed since the plan: payload.Date"}]
    session.listed = session.listed[1:]
    assert "left out: claim:1: the item is no longer there" in run("sync", "--plan", "p.json", "--yes").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "p.json: cannot be read: No such file or directory"),
        ("{", "p.json: is not JSON"),
        ("[]", "p.json: is not a plan file of this version"),
        ('{"schema": 2}', "p.json: is not a plan file of this version"),
        ('{"schema": 1}', "p.json: is not a complete plan file"),
        (
            '{"schema": 1, "organisation": {"tenant_id": "x", "name": "Other\\u001b Ltd"}, "items": []}',
            "p.json: was made for Other<U+001B> Ltd, this is Harbourline Pty Ltd",
        ),
    ],
)
def test_a_wrong_plan_file(run: Any, session: Any, here: Path, text: str | None, said: str) -> None:
    if text is not None:
        (here / "p.json").write_text(text)
    done = run("sync", "--plan", "p.json", "--yes")
    assert (done.code, done.out, session.sent) == (2, "", [])
    assert done.err.startswith(f"smoothx-tui: {said}")


@pytest.mark.parametrize(
    "edit",
    [
        ("13050.00", "31050.00"),
        ('"action": "create"', '"action": "recreate"'),
        ("claim:1", "claim:9"),
        ("HC-0045", "HC-0046"),
        ('"lock"', '"nothing"'),
        ("ContactNumber", "AccountNumber"),
    ],
    ids=lambda edit: edit[0],
)
def test_a_plan_file_that_was_edited_is_refused(run: Any, session: Any, here: Path, edit: tuple[str, str]) -> None:
    run("plan", "--item", "claim:1", "--out", "p.json")
    text = (here / "p.json").read_text()
    payload_from = text.index('"action"') if edit[0] != "claim:1" else 0
    (here / "p.json").write_text(text[:payload_from] + text[payload_from:].replace(*edit))
    done = run("sync", "--plan", "p.json", "--yes")
    assert (done.code, done.out, session.sent) == (2, "", [])
    assert done.err.startswith("smoothx-tui: p.json: was edited after it was frozen: claim:")
    assert done.err.endswith(" (make it again with plan --out)\n")


def test_a_reader_that_went_away_does_not_stop_a_sync(services: Any, session: Any, here: Path) -> None:
    class Gone(StringIO):
        def write(self, text: str) -> int:
            if "done" in text:
                raise BrokenPipeError(32, "Broken pipe")
            return super().write(text)

    session.listed = session.listed[:1]
    data = StringIO()
    assert main(["sync", "--item", "claim:1", "--yes", "--json"], services, Output(data, Gone())) == 0
    assert json.loads(data.getvalue())["results"][0]["outcome"] == "done"


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody at a terminal, who types this."""

    def types(text: str) -> None:
        monkeypatch.setattr("smoothx_tui.cli.output.Output.asks", property(lambda _: True))
        monkeypatch.setattr("sys.stdin", StringIO(text))

    return types


def test_it_asks_what_where_and_how_much(run: Any, session: Any, person: Any) -> None:
    person("yes\n")
    done = run("sync", "--item", "claim:1")
    assert "Sync to Harbourline Pty Ltd SANDBOX: 1 item: 1 create 13,050.00 AUD. Type yes: " in done.err
    assert sent(session) == ["claim:1"]


@pytest.mark.parametrize("text", ["\n", "no\n", "y\n", ""])
def test_only_yes_goes_on(run: Any, session: Any, person: Any, text: str) -> None:
    person(text)
    done = run("sync", "--all")
    assert (done.code, done.out, session.sent) == (0, "", [])
    assert done.err.endswith("nothing was sent\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_run_and_is_its_exit_code(run: Any, session: Any, number: signal.Signals) -> None:
    original = session.sync

    async def stopped(plans: Any, allowed: Any, on_event: Any, stop: Any) -> Any:
        os.kill(os.getpid(), number)
        await stop.wait()
        return await original(plans[:1], allowed, on_event, stop)

    session.sync = stopped
    done = run("sync", "--all", "--yes")
    assert done.code == 128 + number
    assert sent(session) == ["claim:1"], "what was in flight is shown all the same"


def test_on_a_terminal_progress_is_one_line_that_counts(
    services: Any, session: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "60")
    session.listed = session.listed[:2]
    data, talk = StringIO(), Terminal()
    assert main(["sync", "--all", "--yes"], services, Output(data, talk)) == 0
    shown = [line.removeprefix("\x1b[K") for line in talk.getvalue().split("\r")]
    assert shown[-2] == "1 of 2 done \xb7 claim:1 done "
    assert "0 of 2 done \xb7 claim:1 sending " in shown
    assert shown[-1] == "2 done; 4 Xero calls, 2 Procore calls\n", "and then it is gone"


def test_json_says_no_more_than_a_line_for_each_item_that_ended(run: Any, session: Any) -> None:
    session.listed = session.listed[:2]
    assert run("sync", "--all", "--yes", "--json").err == "claim:1 done\n"
