"""`settings`: golden texts, saving, history, and wrong input that changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.settings.history import OUTSIDE
from tests.settings.saving import save

FILE = """\
# mine
[procore_to_xero]
sync_as_draft = false   # by hand

[advanced]
ignore_contacts = ["12", "15"]
"""


@pytest.fixture
def file(here: Path) -> Path:
    path = here / "settings.toml"
    path.write_text(FILE)
    return path


def test_list(run: Any, golden: Any, file: Path, services: Any) -> None:
    services.environ = {"SMOOTHX_ADVANCED__MULTI_CURRENCY": "on"}
    services.below = {"advanced": {"erp_locking": False}}
    golden("settings-list.txt", run("settings", "list").out)
    golden("settings-list.json", run("settings", "list", "--json").out)


@pytest.mark.parametrize(
    ("key", "value"),
    [("sync_as_draft", "false"), ("advanced.ignore_contacts", "12,15"), ("sync_status", "awaiting_approval")],
)
def test_get_gives_what_set_takes(run: Any, file: Path, key: str, value: str) -> None:
    assert run("settings", "get", key).out == f"{value}\n"
    assert run("settings", "set", key, value).code == 0
    assert run("settings", "get", key).out == f"{value}\n"


def test_get_as_json(run: Any, file: Path) -> None:
    told = json.loads(run("settings", "get", "ignore_contacts", "--json").out)
    assert told["schema"] == 1
    assert told["value"] == ["12", "15"]
    assert told["source"] == {"origin": "file", "where": "settings.toml line 6"}


def test_set_keeps_comments_and_is_recorded(run: Any, file: Path, services: Any) -> None:
    done = run("settings", "set", "sync_as_draft", "on")
    assert (done.code, done.out) == (0, "")
    assert done.err == "settings.toml: procore_to_xero.sync_as_draft: false -> true\n"
    assert file.read_text() == FILE.replace("false ", "true ")
    assert [entry.who for entry in services.history.kept] == [OUTSIDE, "operator"]


def test_set_makes_the_file_in_the_configuration_directory(run: Any, here: Path) -> None:
    assert run("settings", "set", "multi_currency", "yes").code == 0
    assert (here / "config/smoothx-tui/settings.toml").read_text() == "[advanced]\nmulti_currency = true\n"


def test_set_says_when_something_above_the_file_counts(run: Any, file: Path, services: Any) -> None:
    services.environ = {"SMOOTHX_ADVANCED__MULTI_CURRENCY": "on"}
    done = run("settings", "set", "multi_currency", "off")
    assert "is saved, but environment SMOOTHX_ADVANCED__MULTI_CURRENCY is above the file and counts" in done.err


def test_unset_brings_the_default_back(run: Any, file: Path) -> None:
    assert run("settings", "unset", "sync_as_draft").code == 0
    assert "sync_as_draft" not in file.read_text()
    assert run("settings", "get", "sync_as_draft").out == "true\n"


def test_history_and_restore(run: Any, golden: Any, file: Path) -> None:
    run("settings", "set", "multi_currency", "on")
    run("settings", "set", "ignore_contacts", "[]")
    golden("settings-history.txt", run("settings", "history").out)
    golden("settings-history.json", run("settings", "history", "--json").out)
    done = run("settings", "restore", "2")
    assert (done.code, done.err) == (0, "settings.toml: is as after revision 2 again\n")
    assert file.read_text() == FILE + "multi_currency = true\n"
    assert run("settings", "restore", "2").err == "settings.toml: is already as after revision 2\n"
    run("settings", "restore", "1")
    assert file.read_text() == FILE, "as it was before anything was saved"
    assert run("settings", "restore", "9").err == (
        "smoothx-tui: there is no settings revision 9 (known: 1 to 5)\n"
    )  # fmt: skip


def test_validate(run: Any, file: Path) -> None:
    assert run("settings", "validate").out == "settings.toml: no mistakes\n"
    assert json.loads(run("settings", "validate", "--json").out)["valid"] is True
    file.write_text("[advanced]\nmulti_curency = true\nerp_locking = 1\n")
    done = run("settings", "validate")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "smoothx-tui: settings.toml line 2: advanced.multi_curency: unknown key; did you mean multi_currency?",
        ("smoothx-tui: settings.toml line 3: advanced.erp_locking: expected true or false, not 1 "
        "(nothing was changed; fix it in an editor, then check it with `smoothx-tui settings validate`)"),
    ]  # fmt: skip


def test_schema_is_json_schema(run: Any) -> None:
    told = json.loads(run("settings", "schema").out)
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "procore_to_xero" in told["properties"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "multi_curency", "on"], "multi_curency: no such setting; did you mean multi_currency?"),
        (["set", "multi_currency", "maybe"], 'advanced.multi_currency: expected true or false, not "maybe"'),
        (["set", "ignore_contacts", "[12]"], "advanced.ignore_contacts: expected a list of ids as text"),
        (["set", "multi_currency", "on", "--read-only"], "--read-only: nothing is saved"),
        (["unset", "nothing"], "nothing: no such setting"),
        (["restore", "1", "--read-only"], "--read-only: nothing is saved"),
        (["restore", "first"], "invalid value for REVISION"),
        (["set", "multi_currency", "on", "--settings", "other.toml"], "--settings other.toml: there is no such file"),
        (["list", "--profile", "a", "--scenario", "b"], "--profile and a sandbox exclude each other"),
        (["list", "--sandbox", "a", "--scenario", "b"], "--scenario and --sandbox exclude each other"),
        (["nothing"], "no such command"),
        (["set", "multi_currency"], "missing argument VALUE"),
    ],
)
def test_wrong_input_is_one_line_and_changes_nothing(run: Any, file: Path, arguments: list[str], said: str) -> None:
    done = run("settings", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"smoothx-tui: {said}")
    assert done.err.count("\n") == 1
    assert file.read_text() == FILE
    assert sorted(entry.name for entry in file.parent.iterdir()) == ["settings.toml"]


@pytest.mark.parametrize("text", ["[advanced\n", "[advanced]\nmulti_currency = yes\n", "\x00"])
def test_a_broken_file_is_named_and_left_alone(run: Any, file: Path, text: str) -> None:
    file.write_text(text)
    for arguments in (["list"], ["set", "multi_currency", "on"], ["unset", "multi_currency"]):
        done = run("settings", *arguments)
        assert done.code == 2
        assert done.err.startswith("smoothx-tui: settings.toml line ")
        assert "Traceback" not in done.err
    assert file.read_text() == text


def test_somebody_elses_save_in_between_is_shown(run: Any, file: Path, services: Any) -> None:
    """The other save happens after this command has read the file."""
    load_settings = services.load_settings

    def meanwhile(options: Any) -> Any:
        loaded = load_settings(options)
        save(file, {"advanced.erp_locking": False}, loaded.digest)
        services.load_settings = load_settings
        return loaded

    services.load_settings = meanwhile
    done = run("settings", "set", "multi_currency", "on")
    assert done.code == 2
    assert "was changed by somebody else meanwhile: advanced.erp_locking: absent -> false" in done.err
    assert "multi_currency" not in file.read_text()
    assert services.history.kept == []


def test_options_before_and_after_the_command(run: Any, here: Path) -> None:
    (here / "a.toml").write_text("[advanced]\nmulti_currency = true\n")
    (here / "b.toml").write_text("")
    assert run("--settings", "a.toml", "settings", "get", "multi_currency").out == "true\n"
    assert run("settings", "--settings", "a.toml", "get", "multi_currency").out == "true\n"
    assert run("--settings", "b.toml", "settings", "get", "multi_currency", "--settings", "a.toml").out == "true\n"
