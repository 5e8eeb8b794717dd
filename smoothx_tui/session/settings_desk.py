"""The settings of one session: what is in force, what is being tried, and every way to save it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.planning.plan import Plan
from smoothx_tui.settings import history
from smoothx_tui.settings.edit import edited
from smoothx_tui.settings.file import LoadedSettings, digest_of, read
from smoothx_tui.settings.save import ChangedMeanwhile
from smoothx_tui.settings.shared import SharedMeanwhile
from smoothx_tui.settings.values import Trial

if TYPE_CHECKING:
    from smoothx_tui.session.parts import Parts
    from smoothx_tui.session.sharing import Sharing

_T = TypeVar("_T")
UNREADABLE: Final = "not to be read"
"""The revision of settings that cannot be read: nothing was approved under these."""


class SettingsDesk:
    """`loaded` is what counts, `trial` what is tried on top of it."""

    def __init__(self, parts: "Parts", loaded: LoadedSettings) -> None:
        self._parts: Final = parts
        self.loaded = loaded
        self.trial: Final = Trial(loaded.settings)
        self.followed = False
        """A colleague's version was taken since the start: what was planned before may be under other settings."""

    @property
    def _sharing(self) -> "Sharing | None":
        return self._parts.sharing

    @property
    def home(self) -> str:
        """Where a save goes, cleaned: the file, or the ledger, for everybody on it."""
        if self._sharing is not None and self._sharing.begins(self.loaded):
            return "the ledger, for everybody on it"
        return clean(str(self.loaded.path))

    async def save(self) -> str:
        """Write what is tried, with an entry in the history; a word about the file, "" where there is none to say.

        Raises ChangedMeanwhile (the file), SharedMeanwhile (what is shared) and other ConfigurationErrors. Where
        somebody was faster, theirs is taken, and what was tried is still tried on top of it, to be saved once more.
        """
        changes = self.trial.changes
        if not changes:
            return ""
        return await self._save(lambda text: edited(text, changes))

    async def keep_theme(self, name: str) -> None:
        """The console's theme, into the file of this machine: how it looks is never shared."""
        self._check_file()
        await self._to_file(lambda text: edited(text, {"ui.theme": name}))
        await self.reload()

    async def _save(self, change: Callable[[str], str]) -> str:
        self._check_file()
        sharing, said = self._sharing, ""
        if sharing is not None and sharing.begins(self.loaded):
            said = (await self._first(sharing.save(self.loaded, change))).note
        else:
            await self._to_file(change)
        await self.reload()
        return said

    async def _to_file(self, change: Callable[[str], str]) -> None:
        parts = self._parts
        await self._first(history.recorded_save(parts.history, self.loaded, change, who=parts.operator))

    async def _first(self, saving: Awaitable[_T]) -> _T:
        """Save; where somebody else saved first, take theirs before saying so."""
        try:
            return await saving
        except (ChangedMeanwhile, SharedMeanwhile):
            await self.reload()
            raise

    async def reload(self) -> None:
        """Read file and ledger again, as after an editor; values being tried stay tried. Raises ConfigurationError."""
        self.loaded = await asyncio.to_thread(self._parts.load_settings)
        self.trial.mark_saved(self.loaded.settings)

    async def follow(self) -> None:
        """Take what a colleague has shared meanwhile. Raises ConfigurationError, LedgerError."""
        if self._sharing is not None and await self._sharing.news(self.loaded):
            await self.reload()
            self.followed = True

    async def news(self) -> str:
        """What a colleague has shared and is not taken yet, with who and when; "" where nothing is."""
        return "" if self._sharing is None else await self._sharing.news(self.loaded)

    async def note(self) -> str:
        """What the file says that does not count, as the ledger's version does; "" where nothing is."""
        return "" if self._sharing is None else await self._sharing.note(self.loaded)

    async def same(self, plans: Iterable[Plan], plan_of: Callable[[str], Plan]) -> None:
        """Raise UsageError where a colleague shared other settings than these plans were made under."""
        if news := await self.news():
            raise UsageError(news, "nothing was sent; refresh, look at the plans again, then sync")
        moved = [one.item for one in plans if plan_of(one.item).digest != one.digest] if self.followed else []
        if moved:
            what = f"{moved[0]} and {len(moved) - 1} more" if moved[1:] else moved[0]
            said = f"{what}: planned under settings that a colleague has replaced"
            raise UsageError(said, "nothing was sent; look at the new plan, then sync")

    async def entries(self) -> Sequence[history.Told]:
        """Every save, oldest first: of what is shared, or of the file where nothing is."""
        if self._sharing is not None and self.loaded.version is not None:
            return await self._sharing.versions()
        return await self._parts.history.settings_history()

    async def restore(self, revision: int) -> None:
        """Bring settings and mapping back to what they were after that revision; that is an entry itself."""
        self._check_file()
        sharing, parts = self._sharing, self._parts
        if sharing is not None and self.loaded.version is not None:
            await self._first(sharing.restore(self.loaded, revision))
        else:
            await self._first(history.restored(parts.history, revision, self.loaded, who=parts.operator))
        await self.reload()
        self.trial.put(self.loaded.settings)

    def now(self) -> str:
        """The revision of what counts at this moment, whatever this session has read. Blocking."""
        try:
            if not self._moved():
                return self.loaded.revision
            return self._parts.load_settings().revision
        except ConfigurationError:
            return UNREADABLE

    def _moved(self) -> bool:
        known = self.loaded.version.revision if self.loaded.version else 0
        if self._sharing is not None and self._sharing.head() != known:
            return True
        path = self.loaded.path
        return path is not None and digest_of(read(path)) != self.loaded.digest

    def _check_file(self) -> None:
        if self._parts.place.read_only:
            raise UsageError("this session is read-only", "start without --read-only to save")
        if self.loaded.path is None:
            raise ConfigurationError("there is no settings file to save to", "name one with --settings FILE")
