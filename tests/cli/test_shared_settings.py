"""Settings that a ledger shares, through the command line of two machines."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = ("--ledger", "ledger.sqlite3")


@pytest.fixture
def machines(command: Any, small_scenario: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command as ann on her machine, or as robin on another."""
    for who in ("ann", "robin"):
        (here / f"{who}.toml").write_text(f"# {who}'s own\n")

    def ran(who: str, *arguments: str, ledger: tuple[str, str] = SHARED) -> Any:
        monkeypatch.setenv("USER", who)
        monkeypatch.delenv("SUDO_USER", raising=False)
        return command(*arguments, *ledger, "--scenario", str(small_scenario), "--settings", f"{who}.toml")

    return ran


def test_what_one_machine_shares_counts_on_the_other(machines: Any, here: Path) -> None:
    assert machines("ann", "settings", "set", "erp_locking", "off").err == (
        "ann.toml: advanced.erp_locking: absent -> false\n"
    )
    assert machines("robin", "settings", "get", "erp_locking").out == "true\n", "nothing is shared yet"
    done = machines("ann", "settings", "share")
    assert (done.code, done.err) == (0, "shared as revision 1: as the file says\n")
    assert machines("robin", "settings", "get", "erp_locking").out == "false\n"
    found = json.loads(machines("robin", "settings", "get", "erp_locking", "--json").out)
    assert found["source"] == {"origin": "ledger", "where": "revision 1 of ann"}
    assert machines("robin", "settings", "set", "multi_currency", "on").err == (
        "shared as revision 2: advanced.multi_currency: absent -> true\n"
    )
    assert machines("ann", "settings", "get", "multi_currency").out == "true\n"
    assert (here / "robin.toml").read_text().startswith("# robin's own\n")
    assert "multi_currency = true" in (here / "robin.toml").read_text(), "the saver's file follows"
    assert "multi_currency" not in (here / "ann.toml").read_text()
    revisions = [json.loads(machines(who, "plan", "--json").out)["settings_revision"] for who in ("ann", "robin")]
    assert revisions[0] == revisions[1]


def test_a_start_says_who_saved_what_and_take_brings_the_file_up(machines: Any, here: Path) -> None:
    machines("ann", "settings", "set", "erp_locking", "off")
    machines("ann", "settings", "share")
    machines("robin", "settings", "set", "multi_currency", "on")
    told = machines("ann", "plan").err
    assert told.startswith("settings revision 2 of robin, ")
    assert ": advanced.multi_currency: absent -> true (settings take brings ann.toml up to it)\n" in told
    done = machines("ann", "settings", "take")
    assert (done.code, done.err) == (0, "ann.toml: advanced.multi_currency: absent -> true\n")
    assert machines("ann", "settings", "take").err == "ann.toml: is as revision 2 already\n"
    assert "revision 2 of robin" not in machines("ann", "plan").err


def test_an_edit_by_hand_does_not_count_is_named_and_is_not_lost(machines: Any, here: Path) -> None:
    machines("ann", "settings", "share")
    own = here / "robin.toml"
    own.write_text("# robin's own\n[advanced]\nmulti_currency = true\n")
    told = machines("robin", "plan").err
    assert "robin.toml has changes that do not count, as settings revision 1 of ann, " in told
    assert "advanced.multi_currency: absent -> true (smoothx-tui settings share gives them to everybody" in told
    seen = json.loads(machines("robin", "doctor", "--json").out)["parts"]
    assert [one["level"] for one in seen if one["part"] == "settings"] == ["ok", "note"]
    assert machines("robin", "settings", "take").code == 0
    assert "multi_currency" not in own.read_text()
    machines("robin", "settings", "restore", "1", "--file")
    assert own.read_text() == "# robin's own\n[advanced]\nmulti_currency = true\n"
    _, entry, back = json.loads(machines("robin", "settings", "history", "--file", "--json").out)["history"]
    assert entry["changes"] == ["advanced.multi_currency: true -> absent"]
    assert back["changes"] == ["advanced.multi_currency: absent -> true"]


def test_an_earlier_version_comes_back_for_everybody_and_sharing_can_end(machines: Any) -> None:
    machines("ann", "settings", "share")
    machines("ann", "settings", "set", "erp_locking", "off")
    done = machines("robin", "settings", "restore", "1")
    assert done.err == "shared as revision 3: advanced.erp_locking: false -> absent\n"
    assert machines("ann", "settings", "get", "erp_locking").out == "true\n"
    history = json.loads(machines("ann", "settings", "history", "--json").out)["history"]
    assert [(one["revision"], one["who"]) for one in history] == [(1, "ann"), (2, "ann"), (3, "robin")]
    assert machines("robin", "settings", "share", "--stop").err == "ended: each machine's settings file counts again\n"
    assert machines("ann", "settings", "get", "erp_locking").out == "false\n", "as her file says"
    assert machines("robin", "settings", "share", "--stop").err == "nothing was shared\n"
    assert machines("robin", "settings", "take").code == 2


def test_the_mapping_is_shared_too(machines: Any, here: Path) -> None:
    machines("ann", "settings", "share")
    exported = machines("ann", "mapping", "export", "-").out
    (here / "rows.csv").write_text(exported.replace("311", "312"))
    done = machines("ann", "mapping", "import", "rows.csv")
    assert (done.code, "shared as revision 2: mapping." in done.err) == (0, True)
    assert "311" in exported
    assert "311" not in machines("robin", "mapping", "export", "-").out
    assert "312" in machines("robin", "mapping", "export", "-").out


def test_a_read_only_machine_shares_and_takes_nothing(machines: Any) -> None:
    machines("ann", "settings", "share")
    for words in (("share",), ("take",), ("share", "--stop"), ("restore", "1")):
        done = machines("robin", "settings", *words, "--read-only")
        assert (done.code, "--read-only" in done.err) == (2, True)


def test_a_sandbox_without_a_ledger_of_its_own_shares_nothing(machines: Any) -> None:
    done = machines("ann", "settings", "share", ledger=())
    assert done.code == 2
    assert "the sandbox's own ledger is not shared" in done.err


def test_on_postgresql_every_save_is_one_for_everybody(machines: Any, postgres: Any) -> None:
    ledger = ("--ledger", postgres.new_database())
    assert machines("ann", "settings", "list", ledger=ledger).code == 0
    done = machines("ann", "settings", "set", "erp_locking", "off", ledger=ledger)
    assert done.err == "shared as revision 1: advanced.erp_locking: absent -> false\n"
    assert machines("robin", "settings", "get", "erp_locking", ledger=ledger).out == "false\n"
    assert machines("robin", "settings", "history", ledger=ledger).out.count("ann") == 1
