"""Finding and reading the file: precedence, where values come from, and every mistake with its place."""

import os
from pathlib import Path
from types import MappingProxyType

import pytest

from smoothx_tui.base.errors import ConfigurationError, Exit
from smoothx_tui.settings.file import SETTINGS_VARIABLE, find, load
from smoothx_tui.settings.layers import Origin
from smoothx_tui.settings.mapping import CisRow, Mapping, Terms, TermsType
from smoothx_tui.settings.problems import InvalidSettings
from smoothx_tui.settings.schema import SCHEMA, Settings, SyncStatus


def lines(path: Path | None, environ: dict[str, str] | None = None, **more: object) -> list[str]:
    """What a person is told, file names cut to their last part."""
    with pytest.raises(InvalidSettings) as caught:
        load(path, environ=environ or {}, **more)  # type: ignore[arg-type]
    assert caught.value.exit_code is Exit.USAGE
    folder = f"{path.parent}/" if path else "/"
    return [line.replace(folder, "") for line in caught.value.message.splitlines()]


def test_no_file_is_all_defaults() -> None:
    loaded = load(None, environ={})
    assert loaded.settings == Settings()
    assert loaded.mapping == Mapping()
    assert (loaded.path, loaded.digest) == (None, "")
    assert {source.origin for source in loaded.provenance.values()} == {Origin.DEFAULT}
    assert set(loaded.provenance) >= {setting.key for setting in SCHEMA}


def test_a_file_that_is_not_there_yet_is_all_defaults_too(tmp_path: Path) -> None:
    loaded = load(tmp_path / "new.toml", environ={})
    assert (loaded.settings, loaded.digest) == (Settings(), "")


def test_each_layer_wins_over_the_ones_below(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[advanced]\nerp_locking = false\nmulti_currency = true\nsync_project_number = false\n")
    loaded = load(
        file,
        environ={
            "SMOOTHX_ADVANCED__MULTI_CURRENCY": "off",
            "SMOOTHX_ADVANCED__SYNC_PROJECT_NUMBER": "off",
            "HOME": "/",
        },
        overrides={"sync_project_number": "on"},
        below={"advanced": {"erp_locking": True, "sub_job_as_project": False}},
    )
    s = loaded.settings
    assert (s.sub_job_as_project, s.erp_locking, s.multi_currency, s.sync_project_number) == (False, False, False, True)
    assert {key: str(loaded.provenance[key]).replace(f"{tmp_path}/", "") for key in
            ("sync_as_draft", "sub_job_as_project", "erp_locking", "multi_currency", "sync_project_number")} == {
        "sync_as_draft": "default",
        "sub_job_as_project": "scenario",
        "erp_locking": "file settings.toml line 2",
        "multi_currency": "environment SMOOTHX_ADVANCED__MULTI_CURRENCY",
        "sync_project_number": "flag --set sync_project_number",
    }  # fmt: skip
    assert set(loaded.pinned) == {"multi_currency", "sync_project_number"}


def test_mapping_rows_of_several_layers_are_one_table(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[mapping.bill]\ndefault_account = "310"\n[mapping.bill.cost_codes]\n"03-300" = "311"\n')
    below = {
        "mapping": {
            "approved_as_noted": False,
            "bill": {
                "default_account": "300",
                "cost_codes": {"01-540.E": "312"},
                "terms": {"day": 30, "type": "OFCURRENTMONTH"},
            },
        }
    }
    loaded = load(file, environ={"SMOOTHX_MAPPING__BILL__TERMS__DAY": "20"}, below=below)
    bill = loaded.mapping.bill
    assert bill.default_account == "310"
    assert bill.cost_codes == {"03-300": "311", "01-540.E": "312"}
    assert bill.terms == Terms(20, TermsType.OF_CURRENT_MONTH)
    assert not loaded.mapping.approved_as_noted
    assert loaded.provenance['mapping.bill.cost_codes."01-540.E"'].origin is Origin.SCENARIO
    assert loaded.provenance["mapping.bill.cost_codes.03-300"].where.endswith("line 4")


def test_the_whole_mapping(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("""
[mapping]
second_tracking_category = "Cost code"
second_tracking_source = "cost_type"
direct_cost_types = ["invoice"]
[mapping.contacts]
"12" = "00000000-0000-4000-8000-000000000001"
[mapping.bill.projects."77"]
"05-120" = "313"
[mapping.bill.tax_codes]
"88" = "INPUT"
[mapping.bill.cis]
labour = { cost_type = "18", account = "320" }
[mapping.sale]
number_prefix = "HC-"
""")
    mapping = load(file, environ={}).mapping
    assert mapping.second_tracking_source == "cost_type"
    assert mapping.direct_cost_types == ("invoice",)
    assert mapping.bill.projects == {"77": MappingProxyType({"05-120": "313"})}
    assert mapping.bill.tax_codes == {"88": "INPUT"}
    assert (mapping.bill.cis_labour, mapping.bill.cis_materials) == (CisRow("18", "320"), None)
    assert mapping.sale.number_prefix == "HC-"


def test_the_environment_speaks_the_words_of_the_command_line() -> None:
    environ = {
        "SMOOTHX_ADVANCED__IGNORE_CONTACTS": "12,15",
        "SMOOTHX_PROCORE_TO_XERO__SYNC_STATUS": "awaiting_payment",
        "SMOOTHX_MAPPING__DIRECT_COST_TYPES": '["expense"]',
        "SMOOTHX_MAPPING__APPROVED_AS_NOTED": "no",
        "SMOOTHX_MAPPING__SALE__DEFAULT_ACCOUNT": "200",
        "SMOOTHX_UI__GLYPHS": "ascii",
        "SMOOTHX_TOKEN": "not a table",
    }
    loaded = load(None, environ=environ)
    assert loaded.settings.ignore_contacts == {"12", "15"}
    assert loaded.settings.sync_status is SyncStatus.AWAITING_PAYMENT
    assert loaded.mapping.direct_cost_types == ("expense",)
    assert not loaded.mapping.approved_as_noted
    assert loaded.mapping.sale.default_account == "200"
    assert loaded.ui.glyphs == "ascii"


def test_every_mistake_is_one_line_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("""\
[procore_to_xero]
sync_as_draft = "on"
sync_status = "paid"
[advanced]
multi_curency = true
ignore_contacts = [88, "x", ""]
erp_locking = 1
[mapping]
direct_cost_types = ["payroll"]
second_tracking_source = 3
[mapping.bill]
terms = { day = "3", type = "x" }
default_account = 310
tax_codes = "none"
[mapping.bill.cis]
labour = { cost_type = "1" }
[mapping.bill.cost_codes]
"01-540.E" = 3
[mapping.sale]
tax_codes = {}
[ui]
glyphs = "fancy"
[advancd]
x = 1
""")
    assert lines(file) == [
        'settings.toml line 2: procore_to_xero.sync_as_draft: expected true or false, not "on"',
        (
            "settings.toml line 3: procore_to_xero.sync_status: "
            'expected one of "awaiting_approval", "awaiting_payment", not "paid"'
        ),
        "settings.toml line 5: advanced.multi_curency: unknown key; did you mean multi_currency?",
        'settings.toml line 6: advanced.ignore_contacts: entry 1: expected text: write "88"',
        "settings.toml line 6: advanced.ignore_contacts: entry 3: is empty",
        "settings.toml line 7: advanced.erp_locking: expected true or false, not 1",
        (
            'settings.toml line 9: mapping.direct_cost_types: entry 1: expected one of "invoice", "expense"; '
            "payroll is never synced here"
        ),
        'settings.toml line 10: mapping.second_tracking_source: expected one of "cost_code", "cost_type", not 3',
        'settings.toml line 12: mapping.bill.terms.day: expected a whole number, not "3"',
        (
            'settings.toml line 12: mapping.bill.terms.type: expected one of "DAYSAFTERBILLDATE", '
            '"DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH", not "x"'
        ),
        'settings.toml line 13: mapping.bill.default_account: expected text: write "310"',
        'settings.toml line 14: mapping.bill.tax_codes: expected a table, not "none"',
        "settings.toml line 16: mapping.bill.cis.labour.account: is missing",
        'settings.toml line 18: mapping.bill.cost_codes."01-540.E": expected text: write "3"',
        "settings.toml line 20: mapping.sale.tax_codes: unknown table; did you mean cost_codes?",
        'settings.toml line 22: ui.glyphs: expected one of "auto", "unicode", "ascii", not "fancy"',
        "settings.toml line 23: advancd: unknown table; did you mean advanced?",
    ]


def test_what_xero_could_not_use_is_named_too(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("""\
[mapping]
project_tracking_category = "Job"
second_tracking_category = "Job"
[mapping.contacts]
"12" = "harbour"
[mapping.bill]
default_account = "12345678901"
terms = { day = 32, type = "OFFOLLOWINGMONTH" }
[mapping.bill.tax_codes]
"88" = ""
[mapping.bill.projects."7"]
"03-300" = " "
[mapping.bill.cis]
labour = { cost_type = "", account = "3" }
[ui.keys]
"items.sync" = ""
""")
    assert lines(file) == [
        (
            "settings.toml line 3: mapping.second_tracking_category: names the project's own category; "
            "one line cannot carry both"
        ),
        "settings.toml line 5: mapping.contacts.12: expected a Xero ContactID (8-4-4-4-12 hexadecimal digits)",
        "settings.toml line 7: mapping.bill.default_account: expected a Xero account code of at most 10 characters",
        "settings.toml line 8: mapping.bill.terms.day: expected 1 to 31 with OFFOLLOWINGMONTH, not 32",
        "settings.toml line 10: mapping.bill.tax_codes.88: names no Xero tax type; remove the row if none is meant",
        "settings.toml line 12: mapping.bill.projects.7.03-300: names no account; remove the row if none is meant",
        "settings.toml line 14: mapping.bill.cis.labour.cost_type: names no cost type",
        "settings.toml line 16: ui.keys.items.sync: names no key".replace("items.sync", '"items.sync"'),
    ]


def test_mistakes_of_environment_flags_and_scenario_name_their_place() -> None:
    found = lines(
        None,
        {
            "SMOOTHX_ADVANCED__MULTI_CURRENCY": "maybe",
            "SMOOTHX_ADVANCD__MULTI_CURRENCY": "on",
            "SMOOTHX_ADVANCED__NOTHING": "on",
        },
        overrides={"erp_lcking": "on", "mapping.bill.nothing": "1", "a b": "1"},
        below={"advanced": {"erp_locking": "yes"}, "other": {}},
    )
    assert sorted(found) == [
        "--set a b: is not a key",
        "--set erp_lcking: no such setting; did you mean erp_locking?",
        "--set mapping.bill.nothing: mapping.bill.nothing: unknown key",
        "environment SMOOTHX_ADVANCD__MULTI_CURRENCY: no table advancd; did you mean advanced?",
        'environment SMOOTHX_ADVANCED__MULTI_CURRENCY: advanced.multi_currency: expected true or false, not "maybe"',
        "environment SMOOTHX_ADVANCED__NOTHING: advanced.nothing: unknown key",
        'the scenario\'s settings: advanced.erp_locking: expected true or false, not "yes"',
        "the scenario's settings: other: unknown table",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[advanced\nx = 1\n", "settings.toml line 1, column 10: is not TOML: expected ']'"),
        (b"[advanced]\nerp_locking = yes\n", "settings.toml line 2, column 15: is not TOML: invalid value"),
        (b"a = 1\na = 2\n", "settings.toml line 2, column 6: is not TOML: cannot overwrite a value"),
        (b'[advanced]\nx = """', "settings.toml line 2: is not TOML: unterminated string"),
        (b"[advanced]\n\xff = 1\n", "settings.toml line 2: is not UTF-8 text"),
        (b"a = " + b"[" * 5000, "settings.toml: is nested too deeply"),
    ],
)  # fmt: skip
def test_a_broken_file_names_line_and_column(tmp_path: Path, text: bytes, said: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text)
    assert lines(file)[0].startswith(said)
    assert file.read_bytes() == text


def test_hostile_text_in_the_file_is_made_visible(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[advanced]\nerp_locking = "\\u001b[2J\\u202e"\n"\\u001bx" = 1\n')
    found = lines(file)
    assert 'not "<U+001B>[2J<U+202E>"' in found[0]
    assert all(line.isprintable() for line in found)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\xef\xbb\xbf[advanced]\r\nerp_locking = false\r\n")
    assert not load(file, environ={}).settings.erp_locking


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load(tmp_path, environ={})
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be read: Not a directory"):
        load(tmp_path / "file" / "settings.toml", environ={})
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    with pytest.raises(ConfigurationError, match="over 8 MB"):
        load(huge, environ={})


def test_finding_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert find(None, {}) == tmp_path / "xdg" / "smoothx-tui" / "settings.toml"
    (tmp_path / "settings.toml").touch()
    assert find(None, {}) == Path("settings.toml")
    other = tmp_path / "other.toml"
    with pytest.raises(ConfigurationError, match=rf"{SETTINGS_VARIABLE} .*other.toml: there is no such file"):
        find(None, {SETTINGS_VARIABLE: str(other)})
    with pytest.raises(ConfigurationError, match=r"--settings .*other.toml: there is no such file"):
        find(other, {SETTINGS_VARIABLE: "x"})
    assert find(other, {}, may_be_new=True) == other
    other.touch()
    assert find(None, {SETTINGS_VARIABLE: str(other)}) == other


def test_revision_tells_values_not_texts(persons: Path) -> None:
    one = load(persons, environ={})
    persons.write_text(persons.read_text() + "# a comment\n")
    assert load(persons, environ={}).revision == one.revision
    changed = load(persons, environ={"SMOOTHX_ADVANCED__ERP_LOCKING": "off"})
    assert changed.revision != one.revision
    persons.write_text(persons.read_text().replace('"310"', '"311"'))
    assert load(persons, environ={}).revision != one.revision


def test_reading_leaves_nothing_behind(persons: Path) -> None:
    load(persons, environ={})
    assert os.listdir(persons.parent) == ["settings.toml"]  # noqa: PTH208 - names are enough
