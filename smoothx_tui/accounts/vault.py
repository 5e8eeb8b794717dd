"""Where the secrets of a sign-in are kept: the system's keyring, or files that only their owner can read.

A vault keeps one text for a name. It knows nothing of what is in it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from smoothx_tui.accounts.privatefile import directory_problem, read_private, remove_private, shown, write_private
from smoothx_tui.accounts.sealing import Sealer, passphrase_from
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.locations import APP, state_dir
from smoothx_tui.base.secret import Secret

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}")
_WORTH: Final = 1
"""keyring's own mark of a backend that keeps secrets; those that write plain files or nothing are below it."""


class Keeping(StrEnum):
    """Where a sign-in's secrets are. `environment`: nowhere here, the process is given them."""

    KEYRING = "keyring"
    FILE = "file"
    ENVIRONMENT = "environment"


class Vault(Protocol):
    """Blocking: a keyring may ask its owner to unlock it."""

    where: str

    def read(self, name: str) -> Secret | None:
        """What is kept under the name. Raises ConfigurationError."""
        ...

    def write(self, name: str, text: Secret) -> None:
        """Keep it; it is safe when this returns. Raises ConfigurationError, and then keeps what was there."""
        ...

    def forget(self, name: str) -> None:
        """Keep nothing under the name. Raises ConfigurationError."""
        ...


def sign_in_dir() -> Path:
    """The directory of the files, and of the locks of both kinds."""
    return state_dir() / "sign-ins"


class FileVault:
    """A file for each name: 0600 in a directory of 0700, encrypted where a passphrase is given."""

    def __init__(self, directory: Path, sealer: Sealer) -> None:
        self.directory: Final = directory
        self.sealer: Final = sealer
        self.where = f"files in {shown(directory)}" + (", encrypted" if sealer.seals else "")

    def path(self, name: str) -> Path:
        """The file of a name."""
        assert _NAME.fullmatch(name), "names are made of a profile's name and a service"
        return self.directory / f"{name}.json"

    def read(self, name: str) -> Secret | None:
        if problem := directory_problem(self.directory, secret=True):
            raise problem
        path = self.path(name)
        data = read_private(path)
        if data is None:
            return None
        try:
            return Secret(self.sealer.open(name, data, path).decode())
        except UnicodeDecodeError:
            raise ConfigurationError(f"{shown(path)}: is damaged", "remove it, and connect again") from None

    def write(self, name: str, text: Secret) -> None:
        write_private(self.path(name), self.sealer.seal(name, text.reveal().encode()))

    def forget(self, name: str) -> None:
        remove_private(self.path(name))


class KeyringVault:
    """The system's keyring, by the `keyring` package (an extra)."""

    def __init__(self) -> None:
        self.where = "the system keyring"

    def read(self, name: str) -> Secret | None:
        with _keyring() as keyring:
            text = keyring.get_password(APP, name)
        return None if text is None else Secret(text)

    def write(self, name: str, text: Secret) -> None:
        with _keyring() as keyring:
            keyring.set_password(APP, name, text.reveal())

    def forget(self, name: str) -> None:
        with _keyring() as keyring:
            if keyring.get_password(APP, name) is not None:
                keyring.delete_password(APP, name)


def keyring_works() -> bool:
    """Whether there is a keyring that really keeps secrets. It is only asked who it is."""
    try:
        import keyring
    except ImportError:
        return False
    return _real(keyring.get_keyring())


def best_keeping() -> Keeping:
    """The keyring where there is a real one, else files."""
    return Keeping.KEYRING if keyring_works() else Keeping.FILE


def open_vault(keeping: Keeping, environ: Mapping[str, str]) -> Vault:
    """The vault of a sign-in. Raises ConfigurationError where the keyring that holds it cannot be reached."""
    if keeping is Keeping.KEYRING:
        if not keyring_works():
            raise ConfigurationError(
                "this sign-in belongs in the system keyring, and there is none here",
                "log in to the desktop session, or connect with --store file",
            )
        return KeyringVault()
    return FileVault(sign_in_dir(), Sealer(passphrase_from(environ)))


def _real(backend: Any) -> bool:
    """A chain of backends is as good as its members; a backend that cannot say its worth has none."""
    chained = getattr(backend, "backends", None)
    if chained is not None:
        return any(_real(one) for one in chained)
    try:
        worth = float(backend.priority)
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return False
    return worth >= _WORTH


@contextmanager
def _keyring() -> Iterator[Any]:
    """The package, with its errors as ours. Their texts are not shown: a backend may put anything in them."""
    import keyring
    import keyring.errors

    try:
        yield keyring
    except keyring.errors.KeyringLocked:
        raise ConfigurationError("the system keyring is locked", "unlock it, then try again") from None
    except Exception as error:  # noqa: BLE001 - backends raise whatever their own libraries raise
        why = f"the system keyring does not answer ({type(error).__name__})"
        raise ConfigurationError(why, "try again, or connect again with --store file") from None
