"""What a command line can say about where to work; every command and the console share these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """`scenario` starts the embedded sandbox from that file, `sandbox` uses a served one at that address."""

    profile: str | None = None
    settings: Path | None = None
    ledger: str | None = None
    read_only: bool = False
    scenario: Path | None = None
    sandbox: str | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Settings tried for this run only (`--set key=value`)."""
