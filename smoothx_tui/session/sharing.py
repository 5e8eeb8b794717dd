"""The settings that everybody on a ledger works with, for one organisation: read, saved, handed to a file and back.

`settings.shared` has the rule. On PostgreSQL every save is shared, as such a ledger is there to be shared; elsewhere
sharing begins with `settings share`. All of it waits for a disk or a database: `newest`, `head` and `load` block, the
rest runs in a thread.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.settings import shared
from smoothx_tui.settings.file import LoadedSettings, load_bytes
from smoothx_tui.settings.history import said
from smoothx_tui.settings.save import write
from smoothx_tui.settings.shared import SharedMeanwhile, Standing

if TYPE_CHECKING:
    from smoothx_tui.ledger.records import SharedVersion
    from smoothx_tui.ledger.store import Ledger

_TAKE: Final = "smoothx-tui settings share gives them to everybody, settings take drops them"


@dataclass(frozen=True, slots=True)
class SharedSave:
    """A version that was saved; None where nothing differed. `note`: what the file of this machine did not follow."""

    version: "SharedVersion | None"
    note: str = ""


class Sharing:
    """What is shared on a ledger for one organisation (its tenant id)."""

    def __init__(self, ledger: "Ledger", organisation: str, who: str) -> None:
        self._ledger: Final = ledger
        self._organisation: Final = organisation
        self._who: Final = who

    def newest(self) -> "SharedVersion | None":
        """The version that counts; None where nothing is shared, or not any more."""
        found = self._ledger.shared.newest(self._organisation)
        return None if found is None or found.ended else found

    def head(self) -> int:
        """The number of the newest version, the end of sharing among them."""
        return self._ledger.shared.head(self._organisation)

    def begins(self, loaded: LoadedSettings) -> bool:
        """Whether a save from here is one for everybody."""
        return loaded.version is not None or self._ledger.database.postgres

    async def versions(self) -> "Sequence[SharedVersion]":
        return await asyncio.to_thread(self._ledger.shared.versions, self._organisation)

    async def save(self, loaded: LoadedSettings, change: Callable[[str], str]) -> SharedSave:
        """Save what `change` makes of what is shared (nothing yet: of the file) for everybody.

        Raises SharedMeanwhile where a colleague was faster, and InvalidSettings.
        """
        return await asyncio.to_thread(self._save, loaded, change)

    async def share(self, loaded: LoadedSettings) -> SharedSave:
        """Make this machine's file what counts for everybody. Raises SharedMeanwhile."""
        return await asyncio.to_thread(self._save, loaded, lambda _: loaded.text)

    async def restore(self, loaded: LoadedSettings, revision: int) -> SharedSave:
        """Make an earlier version count again, by saving it once more. Raises UsageError, SharedMeanwhile."""
        found = next((one for one in await self.versions() if one.revision == revision), None)
        if found is None or found.ended:
            raise UsageError(f"there are no settings in revision {revision}", "settings history lists them")
        return await self.save(loaded, lambda _: found.text)

    async def stop(self) -> bool:
        """End the sharing: each machine's file counts again. False where nothing was shared."""
        return await asyncio.to_thread(self._stop)

    async def note(self, loaded: LoadedSettings) -> str:
        """How this machine's file differs from what counts, and what to do about it; "" where nobody needs to know."""
        version = loaded.version
        if version is None:
            return ""
        standing = await asyncio.to_thread(self._standing, loaded)
        where = clean(str(loaded.path))
        if standing is Standing.OWN:
            keys = [one.line() for one in shared.unshared(loaded.text, version.text)]
            told = f"{where} has changes that do not count, as {shared.words(version)} does"
            return f"{told}: {shared.listed(keys)} ({_TAKE})"
        if standing is Standing.SAME or version.who == self._who or not shared.shared_text(loaded.text):
            return ""
        changes = said(shared.shared_text(loaded.text), version.text)
        return f"{shared.words(version)} counts: {shared.listed(changes)} (settings take brings {where} up to it)"

    async def news(self, loaded: LoadedSettings) -> str:
        """What a colleague has saved since `loaded`: who, when, which keys. "" where nothing is new."""
        known = loaded.version.revision if loaded.version else 0
        head = await asyncio.to_thread(self.head)
        if head <= known:
            return ""
        newest = [one for one in await self.versions() if one.revision > known][-1]
        if newest.ended:
            return f"{clean(newest.who)} ended the sharing of settings" if loaded.version else ""
        before = loaded.version.text if loaded.version else shared.shared_text(loaded.text)
        return f"{shared.words(newest)}: {shared.listed(said(before, newest.text))}"

    def _save(self, loaded: LoadedSettings, change: Callable[[str], str]) -> SharedSave:
        found = self._ledger.shared.newest(self._organisation)
        base = loaded.version
        known = base.revision if base else 0
        if found is not None and not found.ended and found.revision > known:
            raise SharedMeanwhile(found)
        before = shared.shared_text(loaded.text) if base is None else base.text
        after = shared.shared_text(change(before))
        load_bytes(Path("settings"), after.encode())
        changes = said(before, after)
        if base is not None and not changes:
            return SharedSave(None)
        standing = Standing.SAME if base is None else self._standing(loaded)
        made = self._ledger.shared.put(
            self._organisation,
            found.revision if found else 0,
            after,
            who=self._who,
            changes=changes or ("as the file says",),
        )
        if made is None:
            winner = self.newest()
            assert winner is not None
            raise SharedMeanwhile(winner)
        return SharedSave(made, self._follow(loaded, after, standing))

    def _follow(self, loaded: LoadedSettings, text: str, standing: Standing) -> str:
        """Bring the file along where it has nothing of its own to lose. What counts is in the ledger already."""
        if loaded.path is None:
            return ""
        if standing is Standing.OWN and shared.shared_text(loaded.text) != text:
            return f"{clean(str(loaded.path))} has changes of its own and was left as it is ({_TAKE})"
        try:
            write(loaded.path, lambda own: shared.brought(own, text), loaded.digest, known=loaded.text)
        except ConfigurationError as error:
            return f"the ledger has it, but the file was left as it is: {error.message}"
        return ""

    def _standing(self, loaded: LoadedSettings) -> Standing:
        assert loaded.version is not None
        earlier = {one.text for one in self._ledger.shared.versions(self._organisation)}
        return shared.standing(loaded.text, loaded.version.text, earlier)

    def _stop(self) -> bool:
        found = self.newest()
        if found is None:
            return False
        ended = self._ledger.shared.put(
            self._organisation, found.revision, "", who=self._who, changes=("sharing ended",), ended=True
        )
        if ended is None:
            raise UsageError("a colleague saved settings at this moment", "look at settings history, then again")
        return True
