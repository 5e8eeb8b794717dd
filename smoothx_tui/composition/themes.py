"""The console's themes for the command line, which may not know the console."""

from pathlib import Path
from typing import TYPE_CHECKING

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.services import ThemeInfo

if TYPE_CHECKING:
    from smoothx_tui.console.theming import Look


def themes(folders: tuple[Path, ...]) -> tuple[tuple[ThemeInfo, ...], tuple[str, ...]]:
    """The themes of the folders by name, and a line for each file that is none."""
    from smoothx_tui.console.theming import load

    found = load(folders)
    return tuple(_info(found.by_name[name]) for name in sorted(found.by_name)), found.problems


def check_theme(path: Path) -> ThemeInfo:
    """The theme in a file. Raises ConfigurationError, naming the key."""
    from smoothx_tui.console.theming import BadTheme, read

    try:
        return _info(read(path))
    except BadTheme as error:
        raise ConfigurationError(f"{clean(str(path))}: {error}", "docs/themes.md shows one whole") from None


def _info(look: "Look") -> ThemeInfo:
    return ThemeInfo(clean(look.name), look.about, look.theme.dark, look.theme.ansi)
