"""What was read last, and the planner over it: a new reading keeps every plan that nothing new can touch."""

import asyncio
from collections.abc import Callable
from typing import Final

from smoothx_tui.base.errors import UsageError
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.packed import Places
from smoothx_tui.procore.shelf import ShelfItems
from smoothx_tui.session.impacts import NotedGroups
from smoothx_tui.session.reading import Reading
from smoothx_tui.settings.mapping import Mapping as MappingTables


class Planned:
    """Empty until a reading is taken. `mapping` answers with the one that is in force now."""

    def __init__(self, mapping: Callable[[], MappingTables]) -> None:
        self._mapping: Final = mapping
        self._planner: Planner | None = None
        self._no_places: Final = Places()
        self.reading = Reading()
        self.revision = 0
        """Raised whenever what plans are made from (items, books, links, mapping) was read anew."""
        self.changed: frozenset[str] | None = None
        """The only items whose rows can differ since the `revision` before this one; None: all of them can."""
        self.noted: Final = NotedGroups()

    @property
    def books(self) -> Books:
        """Raises UsageError before the first reading."""
        if self.reading.books is None:
            raise UsageError("nothing has been read yet", "refresh first")
        return self.reading.books

    @property
    def planner(self) -> Planner:
        """Raises UsageError before the first reading."""
        if self._planner is None:
            raise UsageError("nothing has been read yet", "refresh first")
        return self._planner

    @property
    def places(self) -> Places:
        """A number for each item, the same as long as the session is: what is kept of many items stands in arrays."""
        items = self.reading.items
        return items.places if isinstance(items, ShelfItems) else self._no_places

    def show(self, reading: Reading) -> None:
        """Take a reading that still goes on."""
        self._put(reading, self._planner_for(reading), None)

    async def take(self, reading: Reading) -> None:
        """Take a reading. Look-ups over everything are made in a thread: with very many items they take a moment."""
        earlier, changed, planner = self._planner, reading.changed, self._planner_for(reading)
        await asyncio.to_thread(planner.prepare)
        stays = (
            changed is not None
            and earlier is not None
            and earlier.mapping == planner.mapping
            and planner.keep_rows_of(earlier, changed)
        )
        self._put(reading, planner, changed if stays else None)

    def _put(self, reading: Reading, planner: Planner, changed: frozenset[str] | None) -> None:
        self.reading, self._planner, self.changed = reading, planner, changed
        self.revision += 1
        if changed is None:
            self.noted.forget()

    def _planner_for(self, reading: Reading) -> Planner:
        books, items, mapping = reading.books, reading.items, self._mapping()
        assert books is not None
        assert isinstance(items, ShelfItems)
        earlier = self._planner
        if earlier is None or earlier.mapping != mapping:
            return Planner(items, mapping, books, reading.links)
        return earlier.following(items, books, reading.links)
