"""The history of the settings: every save is an entry, and any earlier state can be brought back.

The ledger keeps the entries (`History` is what it offers); the rules are here.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.edit import differences
from smoothx_tui.settings.file import LoadedSettings
from smoothx_tui.settings.save import Saved, write

OUTSIDE: Final = "(outside smoothx-tui)"
"""Who changed the file where no entry tells it."""
FOUND: Final = "as it was before the first save"


class Told(Protocol):
    """One save as it is shown, of a file or of what a ledger shares. `revision` counts up, `at` is UTC."""

    @property
    def revision(self) -> int: ...
    @property
    def at(self) -> dt.datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def changes(self) -> tuple[str, ...]: ...


class Entry(Told, Protocol):
    """One save of a file. `before` and `after` are the whole file."""

    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


class History(Protocol):
    """Where the entries are kept."""

    async def record_settings(self, who: str, before: str, after: str, changes: Sequence[str]) -> int:
        """Add an entry, dated by the ledger, and return its revision."""
        ...

    async def settings_history(self) -> Sequence[Entry]:
        """All entries, oldest first."""
        ...


def entry_of(entries: Sequence[Entry], revision: int) -> Entry:
    """The entry of that revision. Raises UsageError."""
    for entry in entries:
        if entry.revision == revision:
            return entry
    known = f"known: {entries[0].revision} to {entries[-1].revision}" if entries else "there is none yet"
    raise UsageError(f"there is no settings revision {revision}", known)


async def recorded_save(
    history: History, loaded: LoadedSettings, change: Callable[[str], str], *, who: str
) -> tuple[int, Saved]:
    """Save what `change` makes of the file's text and record it: (revision, what was saved); 0 if nothing changed.

    The file is saved first: an entry never tells of a save that did not happen. What an editor (or a save whose record
    was lost) changed since the last entry gets its own entry before, and so does what the first save found: the history
    has no gap, and every state can be restored. Raises as `write` does: ChangedMeanwhile, with the other's changes,
    where the file is not as it was `loaded`.
    """
    assert loaded.path is not None
    saved = await asyncio.to_thread(write, loaded.path, change, loaded.digest, known=loaded.text)
    last = (await history.settings_history())[-1:]
    if last and last[0].after != saved.before:
        await history.record_settings(OUTSIDE, last[0].after, saved.before, said(last[0].after, saved.before))
    if saved.after == saved.before:
        return 0, saved
    if not last:
        await history.record_settings(OUTSIDE, "", saved.before, (FOUND,))
    return await history.record_settings(who, saved.before, saved.after, said(saved.before, saved.after)), saved


async def restored(history: History, revision: int, loaded: LoadedSettings, *, who: str) -> tuple[int, Saved]:
    """Bring the file back to what it was after that revision: (new revision, what was saved). It is a save too."""
    entry = entry_of(await history.settings_history(), revision)
    return await recorded_save(history, loaded, lambda _: entry.after, who=who)


def said(before: str, after: str) -> tuple[str, ...]:
    """What changed between two texts of the file, a line each; comments and order alone are said as such."""
    found = tuple(difference.line() for difference in differences(before, after))
    return found or (("comments or order only",) if before != after else ())
