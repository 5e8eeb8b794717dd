"""The history of the settings: every save is an entry, and any earlier state can be brought back.

The ledger keeps the entries (`History` is what it offers); the rules are here.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.edit import Difference, differences
from smoothx_tui.settings.save import write

OUTSIDE: Final = "(outside smoothx-tui)"
"""Who changed the file where no entry tells it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One save: who, when (UTC), from what, to what. `revision` counts from 1 in one ledger; texts are whole files."""

    revision: int
    who: str
    when: dt.datetime
    changes: tuple[Difference, ...]
    before_text: str
    after_text: str


class History(Protocol):
    """Where the entries are kept, oldest first."""

    def record(
        self, who: str, when: dt.datetime, changes: Sequence[Difference], before_text: str, after_text: str
    ) -> int:
        """Add an entry and return its revision."""
        ...

    def entries(self) -> Sequence[Entry]:
        """All entries, oldest first."""
        ...


def entry_of(history: History, revision: int) -> Entry:
    """The entry of that revision. Raises UsageError."""
    entries = history.entries()
    for entry in entries:
        if entry.revision == revision:
            return entry
    known = f"{entries[0].revision} to {entries[-1].revision}" if entries else "none yet"
    raise UsageError(f"there is no settings revision {revision}", f"known: {known}")


def recorded_save(
    history: History, path: Path, change: Callable[[str], str], expected_digest: str, *, who: str, when: dt.datetime
) -> tuple[int, str]:
    """Save what `change` makes of the file's text and record it: (revision, digest). Nothing changed: revision 0.

    The file is saved first: an entry never tells of a save that did not happen. What an editor (or a save whose record
    was lost) changed since the last entry gets its own entry before, so that the history has no gap.
    """
    saved = write(path, change, expected_digest)
    last = history.entries()[-1:]
    if last and last[0].after_text != saved.before:
        _record(history, OUTSIDE, when, last[0].after_text, saved.before)
    if saved.after == saved.before:
        return 0, saved.digest
    return _record(history, who, when, saved.before, saved.after), saved.digest


def _record(history: History, who: str, when: dt.datetime, before: str, after: str) -> int:
    return history.record(who, when, differences(before, after), before, after)


def restored(
    history: History, revision: int, path: Path, expected_digest: str, *, who: str, when: dt.datetime
) -> tuple[int, str]:
    """Bring the file back to what it was after that revision: (new revision, digest). Restoring is a save too."""
    entry = entry_of(history, revision)
    return recorded_save(history, path, lambda _: entry.after_text, expected_digest, who=who, when=when)
