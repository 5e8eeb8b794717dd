"""Values from text and to text, and settings on trial."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.schema import BY_KEY, SCHEMA, Settings, SyncStatus
from smoothx_tui.settings.values import (
    Trial,
    applied,
    assignments,
    changed,
    parse,
    plain,
    setting_named,
    show,
    toml_text,
)


@pytest.mark.parametrize("text", ["true", "on", "yes", "1", " ON ", "Yes"])
def test_a_switch_goes_on(text: str) -> None:
    assert parse(BY_KEY["multi_currency"], text) is True


@pytest.mark.parametrize("text", ["false", "off", "no", "0", "Off"])
def test_a_switch_goes_off(text: str) -> None:
    assert parse(BY_KEY["multi_currency"], text) is False


@pytest.mark.parametrize("text", ["awaiting_payment", '"awaiting_payment"', "Awaiting Payment", "awaiting-payment"])
def test_a_choice_is_a_word(text: str) -> None:
    assert parse(BY_KEY["sync_status"], text) is SyncStatus.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", set()),
        ("[]", set()),
        ("18", {"18"}),
        ("18,19", {"18", "19"}),
        (" 18 , 19 ,", {"18", "19"}),
        ('["18", "19"]', {"18", "19"}),
        ('"18","19"', {"18", "19"}),
        ('["18", "18"]', {"18"}),
    ],
)
def test_a_list_is_an_array_or_separated_by_commas(text: str, ids: set[str]) -> None:
    assert parse(BY_KEY["ignore_contacts"], text) == ids


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("multi_currency", "maybe", 'advanced.multi_currency: expected true or false, not "maybe"'),
        ("multi_currency", "", 'advanced.multi_currency: expected true or false, not ""'),
        (
            "sync_status",
            "paid",
            'procore_to_xero.sync_status: expected one of "awaiting_approval", "awaiting_payment", not "paid"',
        ),
        (
            "ignore_contacts",
            "[18]",
            'advanced.ignore_contacts: expected a list of ids as text, such as ["18", "19"], not "[18]"',
        ),
        (
            "ignore_contacts",
            '["18"]\nx=1',
            (
                'advanced.ignore_contacts: expected a list of ids as text, such as ["18", "19"], '
                'not "[\\"18\\"]<U+000A>x=1"'
            ),
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wanted(key: str, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(BY_KEY[key], text)
    assert caught.value.message == said


@pytest.mark.parametrize("name", ["multi_currency", "advanced.multi_currency", " multi_currency "])
def test_a_setting_is_named_with_or_without_its_table(name: str) -> None:
    assert setting_named(name) is BY_KEY["multi_currency"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("multi_curency", "did you mean multi_currency?"),
        ("advanced.multi_curency", "did you mean advanced.multi_currency?"),
        ("procore_to_xero.multi_currency", "no such setting"),
        ("", "no such setting"),
        ("x\x1b[2J", "x<U+001B>[2J: no such setting"),
    ],
)
def test_an_unknown_setting_suggests_the_nearest(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        setting_named(name)
    assert said in caught.value.message


def test_assignments_are_checked_before_they_are_used() -> None:
    assert assignments(["advanced.multi_currency=on", "ignore_contacts=1,2"]) == {
        "multi_currency": "on",
        "ignore_contacts": "1,2",
    }
    for wrong in ("multi_currency", "multi_currency=maybe", "nothing=1"):
        with pytest.raises(UsageError):
            assignments([wrong])
    assert applied(Settings(), {"multi_currency": "on"}).multi_currency


def _value(key: str) -> st.SearchStrategy[Any]:
    setting = BY_KEY[key]
    if isinstance(setting.default, frozenset):
        return st.frozensets(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])), max_size=4)
    return st.sampled_from(SyncStatus) if setting.choices else st.booleans()


@given(st.sampled_from(SCHEMA).flatmap(lambda setting: st.tuples(st.just(setting), _value(setting.key))))
def test_a_value_written_as_toml_reads_back(pair: tuple[Any, Any]) -> None:
    setting, value = pair
    assert tomllib.loads(f"x = {toml_text(value)}")["x"] == plain(value)
    if not isinstance(value, frozenset) or all(entry.isprintable() for entry in value):
        assert parse(setting, toml_text(value)) == value
    assert show(value).isprintable() or isinstance(value, frozenset)


def test_changes_are_told_in_the_order_of_the_screen() -> None:
    after = replace(Settings(), multi_currency=True, sync_as_draft=False)
    assert changed(Settings(), after) == [("sync_as_draft", True, False), ("multi_currency", False, True)]


def test_trial_goes_back_and_forth() -> None:
    trial = Trial(Settings())
    assert not trial.undo()
    assert trial.toggle("sync_as_draft")
    assert trial.cycle("sync_status")
    assert trial.cycle("multi_currency")
    assert list(trial.unsaved) == ["sync_as_draft", "sync_status", "multi_currency"]
    assert trial.changes == {
        "procore_to_xero.sync_as_draft": False,
        "procore_to_xero.sync_status": "awaiting_payment",
        "advanced.multi_currency": True,
    }
    assert trial.undo()
    assert trial.undo()
    assert list(trial.unsaved) == ["sync_as_draft"]
    assert trial.redo()
    assert trial.current.sync_status is SyncStatus.AWAITING_PAYMENT
    assert trial.toggle("erp_locking")
    assert not trial.can_redo, "a new change forgets what could be redone"


def test_trial_ignores_what_changes_nothing() -> None:
    trial = Trial(Settings())
    assert not trial.set("multi_currency", value=False)
    assert not trial.can_undo


def test_saving_keeps_the_way_back() -> None:
    trial = Trial(Settings())
    trial.toggle("multi_currency")
    trial.mark_saved(trial.current)
    assert trial.unsaved == ()
    assert trial.undo()
    assert trial.changes == {"advanced.multi_currency": False}
    assert trial.reset("multi_currency")
    assert trial.unsaved == ()


def test_what_somebody_else_saved_is_not_an_unsaved_change_of_mine() -> None:
    trial = Trial(Settings())
    trial.toggle("multi_currency")
    trial.toggle("erp_locking")
    trial.mark_saved(replace(Settings(), delete_matching=True, erp_locking=False))
    assert list(trial.unsaved) == ["multi_currency"]
    assert trial.current.delete_matching
    trial.undo()
    trial.undo()
    assert trial.current.delete_matching, "the way back does not undo another's change"
    assert trial.changes == {"advanced.erp_locking": True}


@given(st.lists(st.sampled_from(["undo", "redo", *BY_KEY]), max_size=30))
def test_undoing_everything_gives_what_was_saved(steps: list[str]) -> None:
    trial = Trial(Settings())
    for step in steps:
        if step in ("undo", "redo"):
            getattr(trial, step)()
        elif isinstance(BY_KEY[step].default, frozenset):
            trial.set(step, getattr(trial.current, step) ^ {"1"})
        else:
            trial.cycle(step)
    seen = trial.current
    count = 0
    while trial.undo():
        count += 1
    assert trial.current == Settings()
    for _ in range(count):
        assert trial.redo()
    assert trial.current == seen
