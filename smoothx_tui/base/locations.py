"""Where the program keeps its files: the XDG directories, decided in one place.

Nothing is made here; whoever writes makes the directory, with the mode that fits what it holds.
"""

from pathlib import Path
from typing import Final

APP: Final = "smoothx-tui"
SETTINGS_NAME: Final = "settings.toml"


def config_dir() -> Path:
    """Files that a person edits or keeps: settings, profiles, themes."""
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False)


def state_dir() -> Path:
    """What the program did and must not lose: ledger, log, crash reports."""
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False)


def cache_dir() -> Path:
    """What can be fetched again."""
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False)


def settings_file() -> Path:
    """The settings file used where neither `--settings`, `$SMOOTHX_SETTINGS` nor `./settings.toml` names one."""
    return config_dir() / SETTINGS_NAME


def profiles_file() -> Path:
    """The profiles, written by the program."""
    return config_dir() / "profiles.toml"


def themes_dir() -> Path:
    """A person's own themes, beside those that come with the program."""
    return config_dir() / "themes"


def shipped(name: str) -> Path:
    """A file or folder that comes with the program: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "bundled" / name
    return inside if inside.exists() else package.parent / name
