"""The count of calls that all processes of a ledger share: places, the minute, the day, and what headers say."""

from typing import Any

import pytest

from smoothx_tui.ledger.calls import BUSY_WAIT, PER_MINUTE, SHARE_WAIT, WINDOW, Calls, Told
from smoothx_tui.ledger.store import Ledger

ORG = "org"


def call(ledger: Ledger, told: Told = Told(), owner: str = "one") -> None:  # noqa: B008 - frozen
    turn = ledger.pacing.take(ORG, owner)
    assert turn.number, turn
    ledger.pacing.end(ORG, turn.number, told)


def test_five_at_once_over_all_processes(ledger: Ledger, time: Any) -> None:
    turns = [ledger.pacing.take(ORG, "one") for _ in range(6)]
    assert [bool(turn.number) for turn in turns] == [True] * 5 + [False]
    assert turns[5].wait == SHARE_WAIT
    assert ledger.pacing.take(ORG, "two").wait == BUSY_WAIT
    assert not ledger.pacing.take(ORG, "two").number
    for turn in turns[:3]:
        ledger.pacing.end(ORG, turn.number, Told())
    assert ledger.pacing.take(ORG, "two").number
    assert ledger.pacing.take(ORG, "one").number, "three each while there are two"
    assert not ledger.pacing.take(ORG, "one").number
    assert ledger.pacing.take(ORG, "two").number
    assert not ledger.pacing.take("another", "one").wait


def test_the_places_of_a_process_that_died_are_free_again(ledger: Ledger, time: Any) -> None:
    assert all(ledger.pacing.take(ORG, "dead").number for _ in range(5))
    time.pass_by(29)
    assert not ledger.pacing.take(ORG, "two").number
    time.pass_by(2)
    assert ledger.pacing.take(ORG, "two").number


def test_a_call_that_was_never_said_to_have_ended_does_not_hold_its_place_for_ever(ledger: Ledger, time: Any) -> None:
    assert all(ledger.pacing.take(ORG, "one").number for _ in range(5))
    for _ in range(16):
        time.pass_by(10)
        turn = ledger.pacing.take(ORG, "one")
    assert turn.number


def test_sixty_a_minute_and_the_next_when_the_first_has_gone(ledger: Ledger, time: Any) -> None:
    for _ in range(PER_MINUTE):
        call(ledger)
        time.pass_by(0.1)
    turn = ledger.pacing.take(ORG, "two")
    assert turn.number == 0
    assert turn.wait == pytest.approx(WINDOW - 6.0, abs=0.01)
    time.pass_by(turn.wait + 0.01)
    assert ledger.pacing.take(ORG, "two").number


def test_a_service_that_counts_nothing_slows_nobody(ledger: Ledger, time: Any) -> None:
    for _ in range(300):
        call(ledger, Told(minute_left=59, day_left=4999))
        time.pass_by(0.01)


def test_a_window_that_began_anew_is_believed(ledger: Ledger, time: Any) -> None:
    for left in range(59, -1, -1):
        call(ledger, Told(minute_left=left))
        time.pass_by(0.5)
    time.pass_by(ledger.pacing.take(ORG, "one").wait + 0.01)
    call(ledger, Told(minute_left=59))
    time.pass_by(0.01)
    for left in range(58, -1, -1):
        call(ledger, Told(minute_left=left), owner="two")
        time.pass_by(0.01)
    assert not ledger.pacing.take(ORG, "one").number


def test_the_service_is_believed_when_it_counts_more(ledger: Ledger, time: Any) -> None:
    call(ledger, Told(minute_left=2))
    call(ledger)
    call(ledger)
    assert ledger.pacing.take(ORG, "one").wait > 60
    time.pass_by(61)
    call(ledger)


def test_an_answer_that_was_overtaken_does_not_forget_what_came_after_it() -> None:
    calls = Calls()
    first, _ = calls.take("one", 100.0)
    others = [calls.take("one", 100.1)[0] for _ in range(3)]
    for number in others:
        calls.end(number, 100.2, Told(minute_left=40))
    calls.end(first, 100.3, Told(minute_left=59))
    assert len(calls.log) == 20


def test_after_a_refusal_everybody_stops_and_the_minute_begins_anew(ledger: Ledger, time: Any) -> None:
    for _ in range(59):
        call(ledger)
    call(ledger, Told(pause=12.0, text="the minute", anew=True), owner="two")
    turn = ledger.pacing.take(ORG, "one")
    assert (turn.number, turn.paused) == (0, True)
    assert turn.wait == pytest.approx(12.0)
    time.pass_by(12.01)
    for _ in range(60):
        call(ledger)


def test_a_call_that_was_not_made_does_not_count(ledger: Ledger, time: Any) -> None:
    for _ in range(100):
        call(ledger, Told(made=False))


def test_the_end_of_the_day_is_found_out_by_one_call_alone(ledger: Ledger, time: Any) -> None:
    call(ledger, Told(day_left=2))
    first, second = ledger.pacing.take(ORG, "one"), ledger.pacing.take(ORG, "two")
    assert first.number
    assert second.number
    assert not ledger.pacing.take(ORG, "three").number
    ledger.pacing.end(ORG, first.number, Told(day_left=1))
    ledger.pacing.end(ORG, second.number, Told(day_left=0))
    probe = ledger.pacing.take(ORG, "one")
    assert probe.number
    assert not ledger.pacing.take(ORG, "two").number
    ledger.pacing.end(ORG, probe.number, Told(pause=7200.0, text="the day", day_left=0))
    assert ledger.pacing.take(ORG, "two").paused
    time.pass_by(7201)
    call(ledger, Told(day_left=4999))
    assert [bool(ledger.pacing.take(ORG, "one").number) for _ in range(3)] == [True] * 3


def test_what_an_earlier_version_kept_there_is_forgotten(ledger: Ledger, time: Any) -> None:
    call(ledger)
    with ledger.database.transaction() as connection:
        connection.exec_driver_sql("update organisation set calls = '[1782896400000]'")
    call(ledger)


def test_calls_that_are_kept_for_others_are_left_to_them(ledger: Ledger, time: Any) -> None:
    for _ in range(PER_MINUTE - 3):
        call(ledger)
    assert not ledger.pacing.take(ORG, "one", keep=3).number
    assert ledger.pacing.take(ORG, "one", keep=2).number


def test_room_is_told_and_nothing_is_counted_for_it(ledger: Ledger, time: Any) -> None:
    for _ in range(PER_MINUTE - 3):
        call(ledger)
        time.pass_by(0.1)
    assert [ledger.pacing.room(ORG, calls).wait for calls in (1, 3, 3)] == [0.0, 0.0, 0.0]
    first = ledger.pacing.room(ORG, 4).wait
    assert first == pytest.approx(WINDOW - 5.7, abs=0.01)
    assert ledger.pacing.room(ORG, 6).wait == pytest.approx(first + 0.2, abs=0.01)
    assert ledger.pacing.room(ORG, 500).wait <= WINDOW, "more than a minute has is a whole minute"
    ledger.pacing.pause(ORG, 600.0, "the day")
    assert ledger.pacing.room(ORG, 1).paused


def test_a_minute_that_was_seen_to_begin_says_when_the_next_one_does(ledger: Ledger, time: Any) -> None:
    for left in range(40, 38, -1):
        call(ledger, Told(minute_left=left))
    time.pass_by(10.0)
    call(ledger, Told(minute_left=59))  # a new minute: it began in the last ten seconds
    for left in range(58, -1, -1):
        time.pass_by(0.5)
        call(ledger, Told(minute_left=left))
    assert ledger.pacing.room(ORG, PER_MINUTE).wait == pytest.approx(60.1 - 29.5, abs=0.01)
