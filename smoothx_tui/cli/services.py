"""What the commands ask of the composition root: it alone knows how the parts are put together."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    from smoothx_tui.accounts.accounts import Accounts
    from smoothx_tui.session.session import Session
    from smoothx_tui.session.sharing import Sharing
    from smoothx_tui.settings.file import LoadedSettings
    from smoothx_tui.settings.history import History


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """`sandbox serve`. `port` 0 takes a free one; `items` more are made from `seed`; `tls` is certificate and key.

    `speed` is sandbox seconds per second: limits, key windows and token lives all run that much faster.
    """

    port: int = 0
    scenario: Path | None = None
    state: Path | None = None
    items: int = 0
    seed: int = 1
    faults: Path | None = None
    real_limits: bool = False
    tls: tuple[Path, Path] | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """A theme that the console can use. `ansi`: it has the terminal's own 16 colours."""

    name: str
    about: str
    dark: bool
    ansi: bool


class Services(Protocol):
    """Everything a command can start. Errors are SmoothxErrors."""

    def open_session(self, options: Options) -> "AbstractAsyncContextManager[Session]":
        """A session on the profile or sandbox that the options name; closed at the end."""
        ...

    def placed(self, options: Options) -> Options:
        """The options with what their profile adds: its ledger, settings file, read-only. No profile: as they are."""
        ...

    def load_settings(self, options: Options) -> "LoadedSettings":
        """The settings in force, with those of the scenario below them and what the ledger shares; it blocks."""
        ...

    def open_sharing(self, options: Options) -> "AbstractAsyncContextManager[Sharing | None]":
        """The settings that the options' ledger shares; None where the ledger is a sandbox's own."""
        ...

    def open_history(self, options: Options) -> "AbstractAsyncContextManager[History]":
        """The settings history of the ledger that the options name."""
        ...

    def run_console(self, options: Options, *, theme: str | None, ascii_only: bool, slow: bool) -> int:
        """The console; its exit code. `slow`: few frames and 256 colours, for a line that is."""
        ...

    def accounts(self) -> "Accounts":
        """The profiles of this user, and what it takes to sign in."""
        ...

    async def serve_sandbox(self, options: SandboxOptions) -> None:
        """Serve both APIs on loopback until a signal ends it; says its address on standard error."""
        ...

    def themes(self) -> tuple[Sequence[ThemeInfo], Sequence[str]]:
        """Every theme by name, and a line for each file that is none."""
        ...

    def check_theme(self, path: Path) -> ThemeInfo:
        """The theme in a file. Raises ConfigurationError, naming the key."""
        ...
