import copy
import pickle
import traceback

import pytest

from smoothx_tui.base.secret import Secret

CANARY = "canary-7f3a"


def test_no_way_of_showing_it_shows_it() -> None:
    secret = Secret(CANARY)
    shown = f"{secret} {secret!r} {secret!s} {secret:>10} {[secret]} {{'a': secret}} %s" % secret
    assert CANARY not in shown
    assert "***" in shown


def test_it_is_not_in_a_traceback() -> None:
    def fail(secret: Secret) -> None:
        raise ValueError(f"bad token {secret}")

    with pytest.raises(ValueError) as caught:
        fail(Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_it_is_not_written_to_disk() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(CANARY))


def test_it_is_given_where_it_is_asked_for() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert not Secret("")
    assert len({Secret("a"), Secret("a")}) == 1
