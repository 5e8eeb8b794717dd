"""Whether a switch that names tracking options another way changes more of an item than those names."""

from collections.abc import Iterable
from decimal import Decimal

from smoothx_tui.base.money import cents
from smoothx_tui.planning.books import Books, Category
from smoothx_tui.planning.claims import Claims
from smoothx_tui.planning.lines import LARGEST_LINE, sound
from smoothx_tui.planning.links import Adoption
from smoothx_tui.planning.tracking import (
    LONGEST_OPTION,
    MOST_OPTIONS,
    known_option,
    project_option,
    sub_job_option,
)
from smoothx_tui.planning.wording import name_to_send
from smoothx_tui.procore.items import Item, ItemLine
from smoothx_tui.settings.mapping import Mapping
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.organisation import TrackingOption


def options_settled(
    item: Item, mapping: Mapping, books: Books, claims: Claims, adoption: Adoption
) -> tuple[bool, bool]:
    """Whether flipping (`sync_project_number`, `sub_job_as_project`) leaves the item's action, total and difference.

    So it does where every option that either way asks for can be used or made; and for an item whose document stands,
    where it is the same option both ways.
    """
    name = mapping.project_tracking_category
    category = books.categories.get(name.strip().casefold())
    if not name or category is None or category.category.status != "ACTIVE":
        return True, True
    sub_jobs = {line.sub_job for line in item.lines if line.sub_job is not None}
    found: list[TrackingOption | None] = []
    for numbered in (True, False):
        wanted, other = (name_to_send(text) for text in project_option(item.project, numbered=numbered))
        option = known_option(category, adoption.link, claims, item.project.id, wanted, other)
        if not _usable(category, wanted, option, 1 + len(sub_jobs)):
            return False, False
        found.append(option)
    if (document := adoption.live) is not None:
        one = found[0] if found[0] is found[1] and not sub_jobs else None
        return one is not None and _named(document, category) <= {one.name}, False
    for sub_job in sub_jobs:
        wanted, owner = name_to_send(sub_job_option(item.project, sub_job)), f"{item.project.id}/{sub_job.id}"
        option = known_option(category, adoption.link, claims, owner, wanted, "")
        if not _usable(category, wanted, option, 1 + len(sub_jobs)):
            return False, False
    settled = not sub_jobs or _alike_in_any_groups(item.lines)
    return settled, settled


def _usable(category: Category, wanted: str, option: TrackingOption | None, most_made: int) -> bool:
    if not 0 < len(wanted) <= LONGEST_OPTION:
        return False
    return category.active_count + most_made <= MOST_OPTIONS if option is None else option.status == "ACTIVE"


def _named(document: Document, category: Category) -> set[str]:
    uses = (use for line in document.lines for use in line.tracking)
    return {use.option for use in uses if use.category == category.category.name}


def _alike_in_any_groups(lines: Iterable[ItemLine]) -> bool:
    """Retention is summed by option and then rounded: in whole cents of one sign it comes to the same in any groups."""
    held = [line for line in lines if line.retained or line.released]
    if not all(sound(line) and _even(line.retained) and _even(line.released) for line in held):
        return False
    return max(sum(line.retained for line in held), sum(line.released for line in held)) <= LARGEST_LINE


def _even(amount: Decimal) -> bool:
    return amount >= 0 and amount == cents(amount)
