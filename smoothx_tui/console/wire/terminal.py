"""What a terminal can do, by its name in TERM."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Families whose members all delete and insert lines inside a scroll region. GNU screen erases with the terminal's own
# background whatever colour is set; the others erase with the current one ("bce").
_WITH_COLOURED_ERASE: Final = (
    "xterm", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "ghostty", "konsole", "gnome", "vte", "st-",
    "mintty", "putty", "iterm", "nsterm", "contour", "linux", "ms-terminal",
)  # fmt: skip
_WITHOUT_COLOURED_ERASE: Final = ("screen", "eterm")
_EXACT: Final = frozenset({"st"})


@dataclass(frozen=True, slots=True)
class Terminal:
    """`scrolls`: it moves lines inside a region. `coloured_erase`: it erases with the current background."""

    scrolls: bool
    coloured_erase: bool


def terminal_of(environ: Mapping[str, str]) -> Terminal:
    """The abilities of the terminal that `environ` names; none for a name that is not known."""
    name = environ.get("TERM", "").lower()
    if name.startswith(_WITHOUT_COLOURED_ERASE):
        return Terminal(scrolls=True, coloured_erase="-bce" in name)
    known = name in _EXACT or name.startswith(_WITH_COLOURED_ERASE)
    return Terminal(scrolls=known, coloured_erase=known)
