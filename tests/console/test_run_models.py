"""What a sync takes, how it goes and how it ended, in words; and long words in lines."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from smoothx_tui.console.model.lines import line, wrap
from smoothx_tui.console.model.progress import SyncProgress, result_words, told_of
from smoothx_tui.console.model.takes import BATCH, Takes
from smoothx_tui.console.model.tally import Tally
from smoothx_tui.planning.plan import Action, Step
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.rows import Row
from smoothx_tui.syncing.desk import Rules
from tests.console.hand_session import Result


def a_row(number: int, action: Action) -> Row:
    day = dt.date(2026, 6, 30)
    return Row(
        f"claim:{number}",
        action,
        Kind.PROGRESS_CLAIM,
        f"N-{number}",
        "C",
        "P",
        day,
        Decimal(1),
        "AUD",
        "",
        danger=False,
    )


def test_the_progress_counts_ends_failures_and_time() -> None:
    progress = SyncProgress(4, began=0.0)
    progress.step("a", "sending", "N-1", 1.0)
    assert progress.words()[0] == "syncing 0/4"
    progress.step("a", "done", "N-1", 2.0)
    progress.step("b", "refused", "N-2", 4.0)
    assert progress.words() == ["syncing 2/4", "1 failed", "N-2 refused", "about 4 s left", "ctrl+c stops"]
    progress.stopping = True
    assert progress.words("9 calls left") == [
        "stopping after the calls in flight 2/4",
        "1 failed",
        "N-2 refused",
        "9 calls left",
    ]


def test_what_an_item_waits_for_is_said() -> None:
    progress = SyncProgress(2, began=0.0)
    progress.step("a", "waiting", "N-1", 1.0, "Xero's minute is used up")
    assert "N-1 wait: Xero's minute is used up" in progress.words()


def test_the_end_of_a_run_says_one_reason_and_points_to_several() -> None:
    def told(*results: Any) -> Any:
        return told_of(results, lambda key: Action.UPDATE if key == "u" else Action.CREATE, "4")

    done = [Result("a"), Result("b"), Result("u")]
    assert told(*done).text == "3 done: +2 created  ~1 updated"
    held = [Result(key, "held", text="sign in again", fix="connect Xero again") for key in "cd"]
    assert told(*done, *held).text == "3 done: +2 created  ~1 updated, 2 not: held: sign in again"
    assert (told(*held).hint, told(*held).text) == ("connect Xero again", "0 done, 2 not: held: sign in again")
    mixed = told(*held, Result("e", "refused", text="no"))
    assert (mixed.text, mixed.not_ok) == ("0 done, 3 not: 4 says why", 3)
    lost = told(Result("f", "unknown", text="no answer"))
    assert (lost.text, lost.hint) == (
        "0 done, 1 not known yet: unknown: no answer",
        "it is looked up again automatically",
    )
    assert result_words("posted_not_locked", "posted, not locked: status 500") == "posted, not locked: status 500"
    assert result_words("drift", "") == "drift"


# -- what a sync takes ----------------------------------------------------------------------------------------------


def test_calls_are_counted_as_they_are_made() -> None:
    def plan(key: str) -> Any:
        steps = (SimpleNamespace(step=Step.CREATE_CONTACT, body={"Name": "N"}),) if key.startswith("n") else ()
        action = Action.UPDATE if key == "u" else Action.DELETE if key == "d" else Action.CREATE
        return SimpleNamespace(action=action, then=() if key == "d" else ("lock",), first=steps, attaching=())

    takes, marked = Takes(plan), Tally()
    assert takes.words({"a", "b", "u"}, marked) == "2 Xero calls, 3 locks"
    assert takes.words({"a"}, marked) == "1 Xero call, 1 lock"
    assert takes.words({"u", "d"}, marked) == "2 Xero calls, 1 lock"
    assert takes.words({"n1", "n2"}, marked) == "2 Xero calls, 2 locks", "one contact for both, one call for both"
    assert takes.words({f"c{n}" for n in range(51)}, marked) == "2 Xero calls, 51 locks"


def test_of_very_many_the_most_is_said() -> None:
    takes, marked = Takes(lambda key: pytest.fail(f"{key} is planned")), Tally()
    for number in range(600):
        marked.add(a_row(number, Action.DELETE if number < 100 else Action.CREATE))
    assert takes.words({str(n) for n in range(600)}, marked) == "110 Xero calls and more, up to 500 locks"


def test_the_batch_is_the_engines() -> None:
    assert Rules().batch == BATCH


# -- long words -----------------------------------------------------------------------------------------------------


def test_an_address_begins_where_it_stands_and_an_id_is_not_broken() -> None:
    address = "https://app.example/" + "a" * 80
    found = [each.text for each in wrap(line(f"GET {address}", indent=4), 60)]
    assert found[0].startswith("GET https://app.example/aaaa")
    assert "".join(text.strip() for text in found).replace("GET ", "GET", 1) == f"GET{address}"
    assert [len(text) for text in found] == [60, 48], "no line of it but the last is left half blank"
    guid = "352c0e9d-2062-5336-a87b-2bed2e6f0abe"
    assert [each.text for each in wrap(line(f"ContactID of the company {guid}"), 58)][-1].strip() == guid


def test_the_progress_names_what_is_in_flight_and_counts_what_xero_has_already() -> None:
    progress = SyncProgress(3, began=0.0)
    for item in ("a", "b"):
        progress.step(item, "sent", f"N-{item}", 1.0)
    assert progress.words()[1] == "2 more in Xero"
    progress.step("c", "sending", "N-c", 1.0)
    progress.step("a", "locking", "N-a", 1.0)
    progress.step("a", "done", "N-a", 2.0)
    assert progress.words()[:3] == ["syncing 1/3", "1 more in Xero", "N-c send"]
