"""What the console is given to begin with, light enough for the first frame."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from smoothx_tui.settings.schema import Settings

if TYPE_CHECKING:
    from smoothx_tui.console.port import Session
    from smoothx_tui.session.snapshot import SnapshotFile

OpenSession = Callable[[], Awaitable["Session"]]


@dataclass(frozen=True, slots=True)
class Start:
    """Known before anything is opened: the settings as the light path reads them, and how to look.

    `glyphs` is auto, unicode or ascii; `wire` auto or plain. `keys` remaps commands by id (`items.mark = "m"`).
    `theme` "" means: the shipped one that suits the terminal.
    """

    settings: Settings = field(default_factory=Settings)
    settings_path: Path = Path("settings.toml")
    theme: str = ""
    theme_folders: tuple[Path, ...] = ()
    """Folders of theme files; a later one adds to and replaces an earlier one's."""
    glyphs: str = "auto"
    wire: str = "auto"
    keys: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False
    read_only: bool = False
    snapshot: "SnapshotFile | None" = None
    """Where the table is kept for the first frame of the next start; None: nowhere."""
    state_folder: Path = Path()
    """For crash reports, the copied text where no clipboard is reachable, and the history of the prompts."""
