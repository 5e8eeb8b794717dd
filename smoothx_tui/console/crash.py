"""A crash of ours: one line on the screen, a report in a file that only its owner can read, no secrets in either.

Textual's own crash screen prints local variables, tokens among them, into the scrollback. Ours writes the places in
the code and the type of the error; messages are cleaned and what looks like a secret is taken out.
"""

import datetime as dt
import os
import platform
import re
import sys
import traceback
from pathlib import Path
from typing import Final

from smoothx_tui import __version__
from smoothx_tui.base.text import clean

_SECRET: Final = re.compile(
    r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"
    r"|\b(access_token|refresh_token|id_token|client_secret|password|passphrase|api_key|secret|token|code_verifier)"
    r"([\"']?\s*[:=]\s*[\"']?)[^\s\"',;&}]+"
    r"|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
)
_LONGEST: Final = 500


def redacted(text: str) -> str:
    """`text` without what looks like a token or a password, cleaned and cut."""
    text = _SECRET.sub(lambda found: f"{found[1] or found[2] or ''}{found[3] or ' '}***".strip(), text)
    return clean(text)[:_LONGEST]


def report(error: BaseException) -> str:
    """The traceback by place and type, newest cause last. No locals, no arguments."""
    lines = [
        f"smoothx-tui {__version__}, Python {platform.python_version()}, {sys.platform}",
        f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
    ]
    for each in _chain(error):
        lines.append("")
        lines += [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(each.__traceback__)
        ]
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}: {redacted(str(each))}")
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found[::-1]


def save(error: BaseException, folder: Path) -> Path | None:
    """Write the report, 0600; None where it cannot be written."""
    path = folder / f"crash-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(report(error))
    except OSError:
        return None
    return path


def line(error: BaseException, path: Path | None) -> str:
    """The one line that is left on the terminal."""
    where = f"; the report is in {path}" if path else ""
    name = type(error).__name__
    return f"smoothx-tui: internal error ({name}){where}. The next start settles what was in flight."
