"""Saving values without a history, as somebody else does it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smoothx_tui.settings.edit import edited
from smoothx_tui.settings.save import write


def save(path: Path, changes: Mapping[str, Any], expected_digest: str, *, known: str | None = None) -> str:
    """Write `changes` (dotted key -> value, or UNSET); the file's new digest."""
    return write(path, lambda text: edited(text, changes), expected_digest, known=known).digest
