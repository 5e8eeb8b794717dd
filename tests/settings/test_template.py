"""The shipped files are what the schema makes, and what they say is true."""

import tomllib
from pathlib import Path

import pytest

from smoothx_tui.settings.file import load
from smoothx_tui.settings.schema import BY_KEY, Settings
from smoothx_tui.settings.tables import settings_tables
from smoothx_tui.settings.template import MAPPING_EXAMPLE, UI_EXAMPLE, _uncommented, settings_markdown, settings_toml

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("name", "made"), [("settings.toml", settings_toml), ("docs/settings.md", settings_markdown)])
def test_shipped_file_is_what_the_schema_makes(name: str, made: object) -> None:
    assert callable(made)
    text = (ROOT / name).read_text()
    assert text == made(), "run: python -m smoothx_tui.settings.template"


def test_settings_toml_holds_every_setting_with_its_default() -> None:
    assert tomllib.loads(settings_toml()) == settings_tables(Settings())


def test_mapping_stays_out_of_the_shipped_file() -> None:
    """The file stands above a scenario: an active mapping in it would hide the scenario's."""
    assert "mapping" not in tomllib.loads(settings_toml())


def test_the_examples_are_valid(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(_uncommented(MAPPING_EXAMPLE) + _uncommented(UI_EXAMPLE))
    loaded = load(file, environ={})
    assert loaded.mapping.bill.cost_codes["01-540.E"] == "312"
    assert loaded.mapping.sale.terms is not None
    assert loaded.ui.keys == {"sync.start": "S"}


def test_every_line_fits() -> None:
    assert max(map(len, settings_toml().splitlines())) <= 120


def test_the_page_names_every_setting() -> None:
    page = settings_markdown()
    for key, setting in BY_KEY.items():
        assert f"`{key}`" in page
        assert f"### {setting.label}\n" in page
