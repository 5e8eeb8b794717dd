"""Rows that a changed setting moves, by column: the simple items' without making or planning any of them."""

from collections.abc import Iterator, Sequence

from smoothx_tui.planning.planner import Planner
from smoothx_tui.session.sieve import parts
from smoothx_tui.session.table import Table
from smoothx_tui.settings.schema import Settings


def moving(table: Table, planner: Planner, settings: Settings, places: Sequence[int]) -> Iterator[None]:
    """Make the rows at these places right for other settings, in small steps; those that stay stale have to be planned.

    The rows are of the planner's own reading, under whatever settings they were made.
    """
    if planner.places is not table.places:
        return  # the planner knows its items by other numbers
    left = yield from planner.left(settings)
    for part in parts(places):
        # Some may have been looked at, and so made, on the way.
        alike, others = left.alike(table.stale_of(part))
        for rows in alike:
            table.put_alike(rows)
        yield
        for number, place in enumerate(others):
            standing = left.standing(place)
            if standing is not None:
                table.put_standing(place, standing)
            if number % 500 == 499:
                yield
        yield
