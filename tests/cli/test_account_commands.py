"""`connect`, `disconnect` and `profiles` as a person and a script meet them: no terminal needed, no secret in sight."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from smoothx_tui.accounts.accounts import Accounts
from smoothx_tui.accounts.connecting import Entity, choose
from smoothx_tui.accounts.given import client_secret_from, line_from
from smoothx_tui.accounts.profile import Account, Method, Profile, Service
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import ConfigurationError, SignInNeeded, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.cli.account_commands import Person
from smoothx_tui.cli.main import main, program
from smoothx_tui.cli.options import Tools
from smoothx_tui.cli.output import Output
from smoothx_tui.composition.application import Application

Command = Callable[..., tuple[int, str, str]]
XERO = Account(Service.XERO, "production", Method.CLIENT_CREDENTIALS, Keeping.ENVIRONMENT, "nz", "t-1", "Harbourline")


@pytest.fixture
def command(here: Path, capfd: pytest.CaptureFixture[str]) -> Command:
    """Run one command line of the real program in this process; keywords are environment variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SMOOTHX_")}

    def ran(*arguments: str, **variables: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(arguments, Application({**clean, **variables}), Output())
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return ran


@pytest.fixture
def two(here: Path) -> None:
    """Profiles nz and au; nothing is connected but nz's Xero."""
    profiles = (Profile("nz", xero=XERO), Profile("au"))
    for one in profiles:
        Accounts({}).change(lambda found, one=one: found.with_profile(one))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["xero"], "Xero: which client id? (--client-id ID, or SMOOTHX_XERO_CLIENT_ID)"),
        (["procore", "--client-id", "id"], "Procore: where does the client secret come from?"),
        (["procore", "--client-id", "id", "--secret-from", "prompt"], "there is no terminal to ask on"),
        (["procore", "--client-id", "id", "--secret-from", "s3cret"], "no such source"),
        (["procore", "--client-id", "id", "--secret-from", "env"], "it is not set"),
        (["procore", "--client-id", "id", "--secret-from", "fd:77"], "file descriptor 77 cannot be read"),
        (["xero", "--client-id", "id", "--paste", "--secret-from", "stdin"], "both read standard input"),
        (["xero", "--client-id", "id", "--custom-connection", "--paste"], "client credentials have no consent"),
        (["xero", "--client-id", "id", "--store", "environment"], "an environment cannot keep them"),
        (["xero", "--client-id", "id", "--base-url", "https://api.xero.com"], "one of the services' own hosts"),
        (["xero", "--client-id", "id", "--base-url", "nonsense"], "is no address of Xero"),
        (["xero", "--client-id", "id", "--base-url", "http://["], "is no address"),
        (
            ["procore", "--client-id", "id", "--base-url", "https://Login.Procore.com./x"],
            "one of the services' own hosts",
        ),
        (["xero", "--client-id", "id", "--profile", "Not A Name"], "cannot be a profile's name"),
        (["xero", "--client-id", "id", "--profile", "sandbox"], "stands for the embedded sandbox"),
        (["xero", "--client-id", "id", "--sandbox", "http://127.0.0.1:9"], "a sandbox has no account to change"),
        (["xero", "--client-id", "id", "--read-only"], "--read-only: accounts cannot be changed"),
        (["xero", "--same-as", "nobody"], "there is no profile nobody"),
    ],
)
def test_wrong_input_is_one_line_and_changes_nothing(
    command: Command, here: Path, arguments: list[str], said: str
) -> None:
    code, out, err = command("connect", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (here / "config").exists()


def test_a_keyring_that_is_not_there_is_told_before_anybody_consents(
    command: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smoothx_tui.accounts.vault.keyring_works", lambda: False)
    code, _, err = command("connect", "xero", "--client-id", "id", "--store", "keyring", "--wait", "10")
    assert code == 2
    assert err.startswith("smoothx-tui: this sign-in belongs in the system keyring, and there is none here (log in to")
    assert len(err.splitlines()) == 1


def test_plain_http_to_another_machine_is_refused(command: Command) -> None:
    arguments = ["--custom-connection", "--client-id", "id", "--base-url", "http://gateway.example/xero"]
    code, _, err = command("connect", "xero", *arguments, SMOOTHX_XERO_CLIENT_SECRET="s3cret")
    assert (code, "is called over https only" in err) == (2, True)


def test_no_option_takes_a_secret() -> None:
    words = ("secret", "token", "password", "passphrase", "code")
    for name in ("connect", "disconnect", "profiles"):
        command = program.get_command(click.Context(program), name)
        assert isinstance(command, click.Command)
        members = list(command.commands.values()) if isinstance(command, click.Group) else [command]
        options = [option for member in members for parameter in member.params for option in parameter.opts]
        assert [one for one in options if any(word in one for word in words)] in ([], ["--secret-from"] * len(members))


def test_profiles_are_listed_chosen_set_and_removed(command: Command, two: None) -> None:
    code, out, _ = command("profiles")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["au", "not"], ["nz", "not"]]
    assert command("profiles", "use", "nz")[0] == 0
    assert command("profiles", "set", "nz", "read_only", "on")[0] == 0
    assert command("profiles", "set", "nz", "approvals_required", "true")[0] == 0
    assert command("profiles", "set", "nz", "ledger", "postgresql+psycopg://host/books")[0] == 0
    found = json.loads(command("profiles", "list", "--json")[1])
    assert (found["schema"], found["default"], found["in_use"]) == (1, "nz", "nz")
    nz = next(one for one in found["profiles"] if one["name"] == "nz")
    assert (nz["read_only"], nz["approvals_required"], nz["ledger"]) == (True, True, "postgresql+psycopg://host/books")
    assert (nz["xero"]["name"], nz["procore"]) == ("Harbourline", None)
    assert json.loads(command("profiles", "list", "--json", SMOOTHX_PROFILE="au")[1])["in_use"] == "au"

    code, _, err = command("profiles", "remove", "nz")
    assert (code, "there is no terminal to ask on" in err) == (2, True)
    code, _, err = command("profiles", "remove", "nz", "--yes")
    assert code == 0
    assert "the app itself has to be removed where it was created" in err
    assert json.loads(command("profiles", "list", "--json")[1])["default"] is None


def test_a_list_without_a_mark_says_what_is_in_use(command: Command, two: None) -> None:
    assert command("profiles")[2] == "none is in use: name one with --profile, or: smoothx-tui profiles use NAME\n"
    assert command("profiles", "use", "sandbox")[0] == 0
    assert command("profiles")[2] == "the embedded sandbox is in use; smoothx-tui profiles use NAME changes that\n"
    assert command("profiles", "--profile", "gone")[2] == "none is in use: there is no profile gone\n"
    assert command("profiles", "--profile", "nz")[2] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "nz", "read_only", "maybe"], "read_only is true or false"),
        (["set", "nz", "colour", "red"], "'colour' is not one of"),
        (["set", "xx", "read_only", "on"], "there is no profile xx (there is au, nz)"),
        (["set", "au", "web", "https://x"], "has no Procore connected"),
        (["set", "nz", "ledger", "postgresql+psycopg://me:s3cret@host/d"], "with a password in it is not kept"),
        (["set", "nz", "ledger", "postgresql+psycopg://host/d?password=s3cret"], "with a password in it is not kept"),
        (["use", "xx"], "there is no profile xx"),
        (["remove", "xx", "--yes"], "there is no profile xx"),
    ],
)
def test_wrong_words_to_profiles(command: Command, two: None, arguments: list[str], said: str) -> None:
    code, out, err = command("profiles", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "s3cret" not in err


def test_which_profile_a_command_works_on(command: Command, two: None) -> None:
    code, _, err = command("plan")
    assert (code, "there are several profiles: au, nz" in err) == (2, True)
    code, _, err = command("plan", SMOOTHX_PROFILE="au")
    assert (code, err) == (
        4,
        "smoothx-tui: profile au has no Procore connected (smoothx-tui connect procore --profile au)\n",
    )
    assert command("settings", "list", "--profile", "sandbox")[0] == 0
    code, _, err = command("disconnect", "xero", "--profile", "au", "--yes")
    assert (code, "profile au has no Xero connected" in err) == (2, True)


def test_a_profiles_settings_file_and_ledger_are_used(command: Command, two: None, here: Path) -> None:
    (here / "own.toml").write_text("[procore_to_xero]\nupdate_approved = true\n")
    (here / "settings.toml").write_text("[procore_to_xero]\nupdate_draft = false\n")
    command("profiles", "set", "au", "settings", str(here / "own.toml"))
    command("profiles", "set", "au", "ledger", str(here / "own.sqlite3"))

    def get(key: str, *more: str, **variables: str) -> str:
        return command("settings", "get", key, *more, **variables)[1].split()[0]

    assert get("update_approved", "--profile", "au") == "true"
    assert get("update_approved", "--profile", "nz") == "false"
    assert get("update_draft", "--profile", "au", SMOOTHX_SETTINGS=str(here / "settings.toml")) == "false"
    assert command("settings", "set", "update_draft", "false", "--profile", "au")[0] == 0
    assert (here / "own.sqlite3").exists(), "the history of the settings is in the profile's ledger"


def test_secrets_come_from_the_environment_systemd_or_a_descriptor(tmp_path: Path) -> None:
    (tmp_path / "xero-client-secret").write_text("from systemd\n")
    systemd = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert client_secret_from(systemd, Service.XERO) == Secret("from systemd")
    assert client_secret_from(systemd, Service.PROCORE) is None
    assert client_secret_from({**systemd, "SMOOTHX_XERO_CLIENT_SECRET": "mine"}, Service.XERO) == Secret("mine")
    (tmp_path / "procore-client-secret").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        client_secret_from(systemd, Service.PROCORE)
    with pytest.raises(UsageError, match="is not a secret"):
        client_secret_from({"SMOOTHX_XERO_CLIENT_SECRET": "a\x1bb"}, Service.XERO)
    for text, expected in ((b"s3cret\nmore", "s3cret"), (b"s3cret", "s3cret")):
        reader, writer = os.pipe()
        os.write(writer, text)
        os.close(writer)
        assert line_from(reader) == Secret(expected)
        os.close(reader)
    reader, writer = os.pipe()
    os.close(writer)
    with pytest.raises(UsageError, match="gave no secret"):
        line_from(reader)
    os.close(reader)


def test_a_read_only_profile_saves_nothing(command: Command, two: None, here: Path) -> None:
    command("profiles", "set", "au", "read_only", "true")
    (here / "settings.toml").write_text("")
    code, _, err = command("settings", "set", "update_draft", "false", "--profile", "au")
    assert (code, "profile au is read-only: nothing is saved" in err) == (2, True), err
    assert (here / "settings.toml").read_text() == ""


class Nobody:
    def say(self, text: str) -> None: ...

    def choose(self, what: str, names: Any) -> int | None:
        self.asked = (what, list(names))
        return None

    def ask(self, what: str) -> str:
        raise AssertionError(what)


def test_choosing_an_organisation() -> None:
    found = [Entity("1", "North"), Entity("2", "South"), Entity("3", "South")]
    assert choose(found, "north", "organisation", Nobody()) == found[0]
    assert choose(found, "3", "organisation", Nobody()) == found[2]
    assert choose(found[:1], "", "organisation", Nobody()) == found[0]
    for wanted, said in (("south", "more than one organisation south"), ("west", "no organisation west")):
        with pytest.raises(UsageError, match=said) as caught:
            choose(found, wanted, "organisation", Nobody())
        assert "North (1)" in caught.value.hint
    with pytest.raises(UsageError, match="this sign-in reaches several") as asked:
        choose(found, "", "organisation", Nobody())
    assert "--organisation" in asked.value.hint
    with pytest.raises(SignInNeeded, match="reaches no organisation"):
        choose([], "", "organisation", Nobody())
    assert Person(Tools(Application({}), Output())).choose("organisation", ["a", "b"]) is None
