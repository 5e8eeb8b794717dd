"""Copying from a terminal that may be far away: through tmux, by OSC 52, or into a file.

Facts: over SSH with tmux's defaults a bare OSC 52 is lost and so is the passthrough form; `tmux load-buffer -w -` is
delivered. A terminal does not answer whether it took an OSC 52, so the words say "sent", and the file is always there.
"""

import asyncio
import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OSC52_LIMIT: Final = 74_994
"""Bytes of base64 that terminals are known to take in one sequence."""
_TIMEOUT: Final = 3.0
FILE: Final = "copied.txt"


@dataclass(frozen=True, slots=True)
class Copied:
    """Where the text went, in words."""

    words: str
    ok: bool = True


async def copy(text: str, *, environment: Mapping[str, str], write: Callable[[str], None], folder: Path) -> Copied:
    """Copy by the first way that works; `write` sends a control sequence to the terminal."""
    path = _to_file(text, folder)
    if environment.get("TMUX") and await _tmux(text, environment):
        return Copied("to tmux and the clipboard")
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    if not environment.get("TMUX") and len(encoded) <= OSC52_LIMIT:
        write(f"\x1b]52;c;{encoded}\x07")
        return Copied("sent to the terminal's clipboard" + (f"; also in {path}" if path else ""))
    if path is not None:
        return Copied(f"to {path}")
    return Copied("there is no clipboard, and no file could be written", ok=False)


async def _tmux(text: str, environment: Mapping[str, str]) -> bool:
    """Through tmux's own buffer; `-w` passes it on to the terminal outside."""
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", "load-buffer", "-w", "-",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment),
        )  # fmt: skip
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), _TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0


def _to_file(text: str, folder: Path) -> Path | None:
    """Into a file only its owner can read: what is copied may be a customer's payload."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        return None
    return path
