import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.text import clean, sendable


def test_escape_sequences_become_visible() -> None:
    assert clean("Ampol\x1b]0;owned\x07") == "Ampol<U+001B>]0;owned<U+0007>"


def test_characters_that_reorder_or_hide_text_become_visible() -> None:
    assert clean("a\u202eb\u200bc\u2028d") == "a<U+202E>b<U+200B>c<U+2028>d"


def test_letters_of_every_script_stay() -> None:
    assert clean("Māori 建設 Ærø €") == "Māori 建設 Ærø €"


@given(st.text())
def test_cleaned_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = clean(text)
    assert not {unicodedata.category(ch) for ch in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert clean(shown) == shown


@given(st.text())
def test_sendable_text_keeps_all_but_control_characters(text: str) -> None:
    sent = sendable(text)
    assert [ch for ch in text if unicodedata.category(ch) != "Cc" or ch in "\t\r\n"] == list(sent)
