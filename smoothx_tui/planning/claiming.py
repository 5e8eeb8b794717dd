"""Collect what items claim of each other: once for all items, and again when one of them changes."""

from collections.abc import Iterable, Mapping

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claims import Claimant, Claims
from smoothx_tui.planning.contacts import contact_key
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.links import adopt
from smoothx_tui.planning.numbering import procore_number
from smoothx_tui.planning.readiness import why_not_ready
from smoothx_tui.planning.wording import name_to_send
from smoothx_tui.procore.items import Item, Project
from smoothx_tui.settings.mapping import Mapping as MappingTables


def claims_of(
    items: Iterable[Item],
    mapping: MappingTables,
    books: Books,
    links: Mapping[str, Link],
    projects: Iterable[Project] | None = None,
) -> Claims:
    """Collect them from the items and the links. With `projects` (those of all pending items) `items` may be only
    those whose number another one may have.
    """
    pending = [item for item in items if not item.gone]
    named = {item.project.id: item.project for item in pending}.values() if projects is None else projects
    same_number = _same_number(pending, mapping, books, links)
    return Claims(same_number, _shared_names(named), _option_ids(links.values()))


def _same_number(
    items: Iterable[Item], mapping: MappingTables, books: Books, links: Mapping[str, Link]
) -> dict[str, tuple[Claimant, ...]]:
    wanted: dict[tuple[str, str], list[Claimant]] = {}
    for item in _repeated(items):
        claimant = _claimant(item, mapping, books, links.get(item.key))
        if claimant is not None:
            contacts = books.organisation.contacts
            whose = contact_key(item, mapping, contacts) if item.kind.bill else ""
            wanted.setdefault((whose, _number(item)), []).append(claimant)
    groups = [tuple(claimants) for claimants in wanted.values() if len(claimants) > 1]
    return {claimant.item.key: group for group in groups for claimant in group}


def _number(item: Item) -> str:
    return name_to_send(procore_number(item)[0]).casefold()


def _repeated(items: Iterable[Item]) -> Iterable[Item]:
    """The items whose number another item of the same side has: few, so that only they are looked at closely."""
    first: dict[tuple[bool, str], Item] = {}
    several: dict[tuple[bool, str], list[Item]] = {}
    for item in items:
        place = item.kind.bill, _number(item)
        earlier = first.setdefault(place, item)
        if earlier is not item:
            several.setdefault(place, [earlier]).append(item)
    return [item for group in several.values() for item in group]


def _claimant(item: Item, mapping: MappingTables, books: Books, link: Link | None) -> Claimant | None:
    """None for an item that wants no number whatever the settings say."""
    if why_not_ready(item, mapping)[0] or not any(line.moved for line in item.lines):
        return None
    adoption = adopt(item, books, link)
    document = adoption.document
    if adoption.elsewhere or adoption.trouble or (document is not None and not document.ended):
        return None
    return Claimant(item, document is not None)


def _shared_names(projects: Iterable[Project]) -> frozenset[str]:
    seen: set[str] = set()
    shared: set[str] = set()
    for project in projects:
        name = name_to_send(project.name).casefold()
        (shared if name in seen else seen).add(name)
    return frozenset(shared)


def _option_ids(links: Iterable[Link]) -> dict[str, str]:
    return {owner: option_id for link in links for owner, option_id in link.option_ids}
