"""What of a settings file is shared, how a file stands to it, and how it is brought along."""

import datetime as dt
import tomllib
from pathlib import Path

from smoothx_tui.settings.file import load_bytes
from smoothx_tui.settings.layers import Origin
from smoothx_tui.settings.shared import Standing, brought, shared_text, standing, unshared

MINE = """\
# ours since June
[advanced]
multi_currency = true   # foreign suppliers
ignore_cost_types = ["19", "18"]

[ui]
theme = "ink"

[mapping.bill]
terms = { type = "DAYSAFTERBILLDATE", day = 30 }
default_account = "310"
"""
THEIRS = shared_text('[advanced]\nerp_locking = false\n[mapping.bill]\ndefault_account = "311"\n')


class Kept:
    """A version as a ledger keeps it."""

    def __init__(self, text: str, *, ended: bool = False) -> None:
        self.revision, self.at, self.who = 7, dt.datetime(2026, 7, 3, tzinfo=dt.UTC), "ann"
        self.text, self.ended = text, ended
        self.changes: tuple[str, ...] = ()


def test_only_settings_and_mapping_are_shared_in_one_way_of_writing() -> None:
    text = shared_text(MINE)
    assert "#" not in text
    assert "ui" not in tomllib.loads(text)
    other = (
        '[mapping.bill]\ndefault_account="310"\n[mapping.bill.terms]\nday=30\ntype="DAYSAFTERBILLDATE"\n[advanced]\n'
    )
    assert text == shared_text(other + 'ignore_cost_types = ["18", "19"]\nmulti_currency = true\n')
    assert shared_text("") == shared_text('[ui]\ntheme = "ink"\n') == shared_text("[mapping.bill]\n") == ""


def test_a_file_is_the_same_behind_or_has_something_of_its_own() -> None:
    newest, earlier = THEIRS, {shared_text(MINE)}
    assert standing(THEIRS + "# said aside\n", newest, earlier) is Standing.SAME
    assert standing(MINE, newest, earlier) is Standing.BEHIND
    assert standing('[ui]\ntheme = "ink"\n', newest, earlier) is Standing.BEHIND, "nothing of its own to lose"
    edited = MINE.replace('"310"', '"999"')
    assert standing(edited, newest, earlier) is Standing.OWN
    assert {one.key for one in unshared(edited, shared_text(MINE))} == {"mapping.bill.default_account"}


def test_a_file_brought_along_keeps_what_is_the_persons_own() -> None:
    text = brought(MINE, THEIRS)
    assert shared_text(text) == THEIRS
    assert text.startswith("# ours since June")
    assert tomllib.loads(text)["ui"] == {"theme": "ink"}
    assert brought(text, THEIRS) == text


def test_what_is_shared_stands_in_the_place_of_the_file_below_the_environment() -> None:
    path = Path("settings.toml")
    environ = {"SMOOTHX_ADVANCED__SYNC_PROJECT_NUMBER": "false"}
    loaded = load_bytes(path, MINE.encode(), environ=environ, version=Kept(THEIRS))
    assert (loaded.settings.multi_currency, loaded.settings.erp_locking) == (False, False)
    assert (loaded.settings.sync_project_number, loaded.ui.theme) == (False, "ink")
    assert loaded.mapping.bill.default_account == "311"
    source = loaded.provenance["erp_locking"]
    assert (source.origin, str(source)) == (Origin.LEDGER, "ledger revision 7 of ann")
    assert loaded.provenance["sync_project_number"].origin is Origin.ENVIRONMENT
    assert loaded.provenance["multi_currency"].origin is Origin.DEFAULT
    assert loaded.text == MINE, "a save of the file compares with the file"


def test_where_the_sharing_has_ended_the_file_counts_again() -> None:
    loaded = load_bytes(Path("settings.toml"), MINE.encode(), version=Kept("", ended=True))
    assert loaded.version is None
    assert loaded.settings.multi_currency
