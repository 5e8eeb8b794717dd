"""Changing a person's file: values change, everything else stays."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.settings.edit import UNSET, Difference, differences, edited
from smoothx_tui.settings.schema import SCHEMA
from smoothx_tui.settings.tables import settings_of, settings_tables
from smoothx_tui.settings.template import settings_toml
from smoothx_tui.settings.values import plain

TEXT = """\
# Harbourline
[procore_to_xero]
sync_as_draft = false   # by hand
# the status
sync_status = "awaiting_payment"
# multi_currency is talked about later

# ---- currencies
[advanced]
ignore_contacts = [
  "12",  # the canteen
  "15",  # ourselves
]   # the end
ignore_tax_codes = ["3", "4"]

[mapping.bill]
default_account = "310"

[mapping.bill.cost_codes]
"03-300" = "311"
"""


def test_a_changed_value_keeps_its_comment() -> None:
    new = edited(TEXT, {"procore_to_xero.sync_as_draft": True})
    assert new == TEXT.replace("sync_as_draft = false ", "sync_as_draft = true ")


def test_a_new_key_stands_behind_the_last_one_of_its_table() -> None:
    new = edited(TEXT, {"procore_to_xero.update_draft": False, "mapping.bill.retention_retained": "877"})
    assert new == TEXT.replace(
        '"awaiting_payment"\n', '"awaiting_payment"\nupdate_draft = false\n'
    ).replace('"310"\n', '"310"\nretention_retained = "877"\n')  # fmt: skip


def test_a_list_keeps_the_comments_of_the_entries_that_stay() -> None:
    new = edited(TEXT, {"advanced.ignore_contacts": ["12", "99"], "advanced.ignore_tax_codes": ["4", "9"]})
    assert '  "12",  # the canteen\n  "99",\n]   # the end\nignore_tax_codes = ["4", "9"]\n' in new
    assert "ourselves" not in new


def test_a_list_in_another_order_is_the_same_list() -> None:
    assert edited(TEXT, {"advanced.ignore_contacts": ["15", "12"]}) == TEXT


def test_an_emptied_list() -> None:
    new = edited(TEXT, {"advanced.ignore_contacts": []})
    assert tomllib.loads(new)["advanced"]["ignore_contacts"] == []
    assert "# the end" in new


def test_a_new_table_stands_at_the_end() -> None:
    new = edited(TEXT, {"ui.glyphs": "ascii", "mapping.sale.default_account": "200"})
    assert new.startswith(TEXT)
    assert tomllib.loads(new)["ui"] == {"glyphs": "ascii"}
    assert tomllib.loads(new)["mapping"]["sale"] == {"default_account": "200"}


def test_a_key_is_taken_out_with_its_line_alone() -> None:
    new = edited(TEXT, {"procore_to_xero.sync_status": UNSET, "advanced.nothing": UNSET, "other.thing": UNSET})
    assert new == TEXT.replace('sync_status = "awaiting_payment"\n', "")


def test_rows_with_dots_in_their_names() -> None:
    new = edited(TEXT, {'mapping.bill.cost_codes."01-540.E"': "312"})
    assert new == TEXT + '"01-540.E" = "312"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "advanced.erp_locking = true\n",
        "advanced = { erp_locking = true }  # inline\n",
        "[advanced]",
        "[advanced]\n# nothing yet\n",
        "[mapping.bill]\n[advanced]\n[mapping.sale]\n",
        '[mapping]\n[mapping.bill]\ndefault_account = "1"\n[advanced]\nerp_locking = true\n[mapping.sale]\n# x\n',
    ],
)
def test_unusual_layouts(text: str) -> None:
    changes: dict[str, Any] = {
        "advanced.erp_locking": False,
        "advanced.multi_currency": True,
        "mapping.bill.terms": {"day": 20, "type": "OFCURRENTMONTH"},
    }
    tables = tomllib.loads(edited(text, changes))
    assert tables["advanced"] == {"erp_locking": False, "multi_currency": True}
    assert tables["mapping"]["bill"]["terms"] == {"day": 20, "type": "OFCURRENTMONTH"}


def test_windows_line_ends_stay() -> None:
    new = edited(TEXT.replace("\n", "\r\n"), {"procore_to_xero.update_draft": False, "ui.glyphs": "ascii"})
    assert "\n" not in new.replace("\r\n", "")


def test_what_can_not_be_changed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"advanced\.x\.y: the file is written in a way"):
        edited("[advanced]\nx = 1\n", {"advanced.x.y": 1})


def test_differences_are_about_values() -> None:
    new = edited(
        TEXT, {"procore_to_xero.sync_as_draft": True, "advanced.ignore_tax_codes": UNSET, "ui.glyphs": "ascii"}
    )
    assert differences(TEXT, "# other comment\n" + new) == (
        Difference("procore_to_xero.sync_as_draft", before=False, after=True),
        Difference("advanced.ignore_tax_codes", ["3", "4"], None),
        Difference("ui.glyphs", None, "ascii"),
    )
    assert [d.line() for d in differences(TEXT, new)] == [
        "procore_to_xero.sync_as_draft: false -> true",
        'advanced.ignore_tax_codes: ["3", "4"] -> absent',
        'ui.glyphs: absent -> "ascii"',
    ]


IDS = st.lists(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4), unique=True, max_size=4
)


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for setting in draw(st.lists(st.sampled_from(SCHEMA), unique=True, max_size=6)):
        if isinstance(setting.default, frozenset):
            changes[setting.name] = draw(IDS)
        else:
            changes[setting.name] = draw(st.sampled_from(setting.choices) if setting.choices else st.booleans())
    return changes


@given(st.sampled_from([TEXT, settings_toml(), ""]), st.lists(values(), max_size=4))
def test_any_sequence_of_changes_says_what_was_meant_and_keeps_every_comment(
    text: str, sequence: list[dict[str, Any]]
) -> None:
    wanted = settings_tables(settings_of({k: v for k, v in tomllib.loads(text).items() if k != "mapping"}))
    comments = [line for line in text.splitlines() if line.startswith("#")]
    for changes in sequence:
        text = edited(text, changes)
        for name, value in changes.items():
            table, _, key = name.partition(".")
            wanted[table][key] = plain(frozenset(value)) if isinstance(value, list) else value
    tables = tomllib.loads(text)
    assert settings_of({k: v for k, v in tables.items() if k != "mapping"}) == settings_of(wanted)
    assert [line for line in text.splitlines() if line.startswith("#")] == comments
