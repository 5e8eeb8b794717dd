"""Client id and secret as they are given to a process: never as an argument, which everybody on a machine can read.

prompt      typed without echo, on a terminal
stdin       the first line of standard input
fd:N        the first line of an open file descriptor
env         SMOOTHX_XERO_CLIENT_SECRET, or systemd's LoadCredential=xero-client-secret:…
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from smoothx_tui.accounts.profile import Service
from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean

_LONGEST: Final = 16 * 1024


def client_id_from(environ: Mapping[str, str], service: Service) -> str:
    """`SMOOTHX_XERO_CLIENT_ID` or its sister; "" where it is not set."""
    return environ.get(_variable(service, "ID"), "").strip()


def client_secret_from(environ: Mapping[str, str], service: Service) -> Secret | None:
    """From the environment, else from systemd's credentials. Raises ConfigurationError for one that is unreadable."""
    text = environ.get(_variable(service, "SECRET"), "").strip()
    if text:
        return checked_secret(text, _variable(service, "SECRET"))
    directory = environ.get("CREDENTIALS_DIRECTORY")
    path = Path(directory) / f"{service.value}-client-secret" if directory else None
    if path is None or not path.exists():
        return None
    try:
        return checked_secret(path.read_text(encoding="utf-8").strip(), f"the systemd credential {path.name}")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"the systemd credential {path.name} cannot be read", "check the unit") from None


def secret_variables(service: Service) -> str:
    """The two variables, for advice."""
    return f"{_variable(service, 'ID')} and {_variable(service, 'SECRET')}"


def line_from(descriptor: int) -> Secret:
    """The first line that comes out of a file descriptor. Raises UsageError where none does."""
    data, where = b"", "standard input" if descriptor == 0 else f"file descriptor {descriptor}"
    try:
        while b"\n" not in data and len(data) < _LONGEST and (piece := os.read(descriptor, 4096)):
            data += piece
    except OSError as error:
        raise UsageError(f"{where} cannot be read: {error.strerror}", "open it for reading") from None
    return checked_secret(data.partition(b"\n")[0].decode("utf-8", "replace").strip(), where)


def descriptor_of(source: str) -> int | None:
    """The file descriptor that `stdin` or `fd:N` names; None for another word."""
    if source == "stdin":
        return 0
    number = source.removeprefix("fd:")
    return (
        int(number) if source.startswith("fd:") and number.isascii() and number.isdigit() and len(number) < 6 else None
    )


def checked_secret(text: str, where: str) -> Secret:
    """A secret that can be sent. Raises UsageError, which does not show it."""
    if not text:
        raise UsageError(f"{clean(where)} gave no secret", "give it as one line")
    if not text.isprintable() or len(text) > _LONGEST:
        raise UsageError(f"what {clean(where)} gave is not a secret", "give it as one line, without control characters")
    return Secret(text)


def _variable(service: Service, what: str) -> str:
    return f"SMOOTHX_{service.value.upper()}_CLIENT_{what}"
