"""One sign-in in its vault, and the lock that all processes of its owner share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from smoothx_tui.accounts.privatefile import LockBusy, locked
from smoothx_tui.accounts.signin import NotASignIn, SignIn
from smoothx_tui.accounts.vault import Vault
from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed
from smoothx_tui.base.text import clean

PATIENCE: Final = 90.0
"""Seconds to wait for another process: longer than its two tries of half a minute."""


class Keeper:
    """Reads and writes the sign-in of one name. Blocking."""

    def __init__(self, vault: Vault, name: str, locks: Path, patience: float = PATIENCE) -> None:
        self.name: Final = name
        self.vault: Final = vault
        self._lock = locks / f".{name}.lock"
        self._patience = patience

    def read(self) -> SignIn | None:
        """What is kept; None for nothing. Raises ConfigurationError."""
        text = self.vault.read(self.name)
        if text is None:
            return None
        try:
            return SignIn.from_text(text)
        except NotASignIn as error:
            raise ConfigurationError(f"the stored sign-in {self.name}: {error}", "connect again") from None

    def write(self, sign_in: SignIn) -> None:
        """Keep it; it is safe when this returns. Raises ConfigurationError."""
        self.vault.write(self.name, sign_in.to_text())

    def forget(self) -> None:
        """Keep nothing. Raises ConfigurationError."""
        self.vault.forget(self.name)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else renews, replaces or forgets it meanwhile. Raises ConnectionFailed when that takes too long."""
        try:
            with locked(self._lock, self._patience):
                yield
        except LockBusy as busy:
            who = f"process {clean(busy.holder)}" if busy.holder else "another process"
            raise ConnectionFailed(
                f"{who} has been renewing the sign-in {self.name} for {self._patience:.0f} s",
                "wait, or end that process if it hangs; nothing is lost",
            ) from None
