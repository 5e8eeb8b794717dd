from pathlib import Path

import pytest

from smoothx_tui.base import locations


def test_every_file_has_its_xdg_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    assert locations.settings_file() == tmp_path / "CONFIG" / "smoothx-tui" / "settings.toml"
    assert locations.profiles_file().parent == locations.themes_dir().parent == locations.config_dir()
    assert locations.state_dir() == tmp_path / "STATE" / "smoothx-tui"
    assert locations.cache_dir() == tmp_path / "CACHE" / "smoothx-tui"
    assert list(tmp_path.iterdir()) == []


def test_what_is_shipped_is_there() -> None:
    assert locations.shipped("themes").is_dir()
