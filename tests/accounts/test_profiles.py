"""profiles.toml: written whole and private, read with every key checked, and which profile is used."""

import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from smoothx_tui.accounts.profile import OTHER, Account, Method, Profile, Service, checked_name
from smoothx_tui.accounts.profiles import Profiles, change_profiles, read_profiles
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import ConfigurationError, UsageError

XERO = Account(Service.XERO, "production", Method.AUTHORIZATION_CODE, Keeping.FILE, "one", "tenant-1", "Harbourline")
PROCORE = Account(
    Service.PROCORE, OTHER, Method.CLIENT_CREDENTIALS, Keeping.KEYRING, "one", "42", base_url="https://h/p"
)
ONE = Profile("one", PROCORE, XERO, ledger="postgresql+psycopg://h/d", read_only=True, approvals_required=True)

XERO_TABLE = "[profiles.one.xero]\nenvironment='production'\nmethod='authorization_code'\nstore='file'\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "profiles.toml"


def test_what_is_written_is_read_again_and_private(path: Path) -> None:
    assert read_profiles(path) == Profiles()
    written = change_profiles(path, lambda found: replace(found.with_profile(ONE), default="one"))
    assert read_profiles(path) == written == Profiles({"one": ONE}, "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.stat().st_ino
    change_profiles(path, lambda found: found)
    assert path.stat().st_ino == before, "nothing changed, so nothing was written"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("read_only = true", "read_only: unknown key"),
        ("default = 'two'", "default: there is no profile two"),
        ("[profiles.one]\nreadonly = true", "profiles.one.readonly: unknown key"),
        ("[profiles.one]\nread_only = 'yes'", "profiles.one.read_only: is neither true nor false"),
        ("[profiles.one]\nledger = 3", "profiles.one.ledger: is not text"),
        ("[profiles.one.approvals]\nneeded = true", "profiles.one.approvals.needed: unknown key"),
        ("[profiles.sandbox]", "the name sandbox stands for the embedded sandbox"),
        ("[profiles.'../up']", "cannot be a profile's name"),
        ("profiles = 3", "profiles: is not a table"),
        ("[profiles.one.xero]\nenvironment = 'demo'", "demo is none of production, other"),
        ("[profiles.one", "at end of document"),
        ("\x00", "profiles.toml"),
        (
            f"{XERO_TABLE}sign_in='one'",
            "profiles.one.xero.tenant_id: is missing",
        ),
        (
            f"{XERO_TABLE}sign_in='../x'\ntenant_id='t'",
            "profiles.one.xero.sign_in",
        ),
        (
            f"{XERO_TABLE}sign_in='one'\ntenant_id='t'\nbase_url='https://elsewhere.example'",
            "base_url: goes with environment other",
        ),
    ],
)
def test_a_wrong_file_is_one_line_that_names_file_and_key(path: Path, text: str, said: str) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError) as caught:
        read_profiles(path)
    assert said in caught.value.line()
    assert str(path) in caught.value.message
    assert len(caught.value.line().splitlines()) == 1


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_can_use_is_refused_with_the_command_that_mends_it(path: Path, mode: int) -> None:
    change_profiles(path, lambda found: found.with_profile(ONE))
    path.chmod(mode)
    with pytest.raises(ConfigurationError) as caught:
        read_profiles(path)
    assert caught.value.hint == f"chmod 600 {path}"
    os.system(caught.value.hint)
    assert read_profiles(path).by_name == {"one": ONE}


def test_a_directory_that_others_can_write_to_a_link_and_no_file_are_refused(path: Path, tmp_path: Path) -> None:
    change_profiles(path, lambda found: found.with_profile(ONE))
    path.parent.chmod(0o777)
    with pytest.raises(ConfigurationError, match="others can write to it"):
        read_profiles(path)
    path.parent.chmod(0o700)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is a link"):
        read_profiles(path)
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(ConfigurationError, match="is not a file"):
        read_profiles(path)


def test_the_chosen_profile(path: Path) -> None:
    two = Profile("two")
    none, one, both = Profiles(), Profiles({"one": ONE}), Profiles({"one": ONE, "two": two})
    assert none.chosen(None, {}) is None
    assert one.chosen(None, {}) is ONE
    assert one.chosen("sandbox", {}) is None
    assert one.chosen(None, {"SMOOTHX_PROFILE": "sandbox"}) is None
    assert both.chosen("two", {"SMOOTHX_PROFILE": "one"}) is two
    assert both.chosen(None, {"SMOOTHX_PROFILE": "one"}) is ONE
    assert replace(both, default="two").chosen(None, {}) is two
    with pytest.raises(UsageError, match="there are several profiles: one, two"):
        both.chosen(None, {})
    with pytest.raises(UsageError, match="there is no profile three"):
        both.chosen("three", {})
    assert replace(both, default="two").without("two") == one


def test_names_are_safe_in_files() -> None:
    for name in ("", "Up", "a b", "../x", "-x", "x" * 41, "a\n", "sandbox", "é"):
        with pytest.raises(UsageError):
            checked_name(name)
    assert checked_name("nz-2_main") == "nz-2_main"


def test_changes_of_many_are_all_kept(path: Path) -> None:
    threads = [
        threading.Thread(target=change_profiles, args=(path, lambda found, n=n: found.with_profile(Profile(f"p{n}"))))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_profiles(path).by_name) == sorted(f"p{n}" for n in range(12))
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".tmp"] == []
