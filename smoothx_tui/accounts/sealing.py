"""Encryption of what is kept in files: AES-256-GCM under a key that scrypt makes of a passphrase.

The passphrase comes from systemd (`LoadCredential=smoothx-passphrase:…`), from the file that `SMOOTHX_PASSPHRASE_FILE`
names, or from `SMOOTHX_PASSPHRASE`; it is never an argument.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from smoothx_tui.accounts.privatefile import shown
from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.jsontext import BadJson, dumps, loads
from smoothx_tui.base.secret import Secret

CREDENTIAL: Final = "smoothx-passphrase"
_VARIABLE: Final = "SMOOTHX_PASSPHRASE"
_FILE_VARIABLE: Final = "SMOOTHX_PASSPHRASE_FILE"
_MARK: Final = "smoothx-sealed"
_VERSION: Final = 1
_SALT: Final = 16
_NONCE: Final = 12
_HINT: Final = f"provide it in {_FILE_VARIABLE}, {_VARIABLE} or the systemd credential {CREDENTIAL}"


class Sealer:
    """Seals and opens texts. Keys are kept by salt, as one costs a tenth of a second."""

    def __init__(self, passphrase: Secret | None) -> None:
        self._passphrase = passphrase
        self._keys: dict[bytes, bytes] = {}
        self._salt: bytes | None = None

    @property
    def seals(self) -> bool:
        """Whether there is a passphrase."""
        return self._passphrase is not None

    def seal(self, name: str, text: bytes) -> bytes:
        """`text` as it is kept under `name`: as it is where there is no passphrase."""
        if self._passphrase is None:
            return text
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._salt is None:
            self._salt = os.urandom(_SALT)
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key(self._salt)).encrypt(nonce, text, _bound(name))
        members = {"salt": self._salt, "nonce": nonce, "data": sealed}
        return dumps(
            {_MARK: _VERSION, **{key: base64.b64encode(value).decode() for key, value in members.items()}}
        ).encode()

    def open(self, name: str, data: bytes, where: Path) -> bytes:
        """What `seal` was given; a text that is not sealed is taken as it is. Raises ConfigurationError."""
        envelope = _envelope(data)
        if envelope is None:
            return data
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._passphrase is None:
            raise ConfigurationError(f"{shown(where)}: is encrypted, and there is no passphrase", _HINT)
        try:
            if envelope[_MARK] != _VERSION:
                raise ConfigurationError(f"{shown(where)}: was sealed by a newer version", "use that version")
            salt, nonce, sealed = (base64.b64decode(envelope[key], validate=True) for key in ("salt", "nonce", "data"))
            text = AESGCM(self._key(salt)).decrypt(nonce, sealed, _bound(name))
        except InvalidTag:
            raise ConfigurationError(f"{shown(where)}: the passphrase does not open it", _HINT) from None
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise ConfigurationError(f"{shown(where)}: is damaged", "remove it, and connect again") from None
        self._salt = self._salt or salt
        return text

    def _key(self, salt: bytes) -> bytes:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        assert self._passphrase is not None
        if salt not in self._keys:
            made = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(self._passphrase.reveal().encode())
            self._keys[salt] = made
        return self._keys[salt]


def passphrase_from(environ: Mapping[str, str]) -> Secret | None:
    """The passphrase that is given to this process. Raises ConfigurationError for a file that cannot be read."""
    directory = environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(directory) / CREDENTIAL if directory else None
    named = environ.get(_FILE_VARIABLE)
    path = Path(named) if named else credential if credential is not None and credential.exists() else None
    if path is None:
        return Secret(environ[_VARIABLE]) if environ.get(_VARIABLE) else None
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8"
        raise ConfigurationError(f"{shown(path)}: the passphrase cannot be read: {why}", _HINT) from None
    if not text:
        raise ConfigurationError(f"{shown(path)}: holds no passphrase", _HINT)
    return Secret(text)


def is_sealed(data: bytes) -> bool:
    """Whether this was made by `seal` under a passphrase."""
    return _envelope(data) is not None


def _envelope(data: bytes) -> dict[str, Any] | None:
    try:
        found = loads(data)
    except (BadJson, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) and _MARK in found else None


def _bound(name: str) -> bytes:
    """A sealed text opens under its own name only: two of them cannot change places."""
    return f"smoothx-tui sign-in {name}".encode()
