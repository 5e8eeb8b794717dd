"""Who is at the keyboard: the name that claims, approvals and the log carry."""

import os
import pwd
from types import SimpleNamespace

import pytest

from smoothx_tui.session.parts import operator_name


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"SUDO_USER": "ann", "USER": "root"}, "ann"),
        ({"USER": "robin", "LOGNAME": "other"}, "robin"),
        ({"LOGNAME": "robin"}, "robin"),
        ({"USER": "a\x1bb"}, "a<U+001B>b"),
    ],
)
def test_the_login_name(environ: dict[str, str], name: str) -> None:
    assert operator_name(environ) == name


def test_without_a_login_the_accounts_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container or a timer: a number would be the same for different people on different machines."""
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name=f"name of {uid}"))
    assert operator_name({}) == f"name of {os.getuid()}"

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert operator_name({}) == f"uid {os.getuid()}"
