"""Collect what items claim of each other: once for all items, and again when one of them changes."""

from collections.abc import Iterable, Mapping

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claims import Claimant, Claims
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.links import adopt
from smoothx_tui.planning.numbering import procore_number
from smoothx_tui.planning.readiness import why_not_ready
from smoothx_tui.planning.wording import name_to_send
from smoothx_tui.procore.items import Item, Project
from smoothx_tui.settings.mapping import Mapping as MappingTables


def claims_of(
    heads: Iterable[Item],
    projects: Iterable[Project],
    mapping: MappingTables,
    books: Books,
    links: Mapping[str, Link],
) -> Claims:
    """Collect them from the head contract claims, the projects and the links."""
    return Claims(_sales(heads, mapping, books, links), _shared_names(projects), _option_ids(links.values()))


def _sales(
    heads: Iterable[Item], mapping: MappingTables, books: Books, links: Mapping[str, Link]
) -> dict[str, tuple[Claimant, ...]]:
    wanted: dict[str, list[Claimant]] = {}
    for item in heads:
        if item.gone or why_not_ready(item, mapping)[0] or not any(line.moved for line in item.lines):
            continue
        adoption = adopt(item, books, links.get(item.key))
        document = adoption.document
        if adoption.elsewhere or adoption.trouble or (document is not None and not document.ended):
            continue
        claimant = Claimant(item.key, item.company.id if item.company else "", document is not None)
        wanted.setdefault(procore_number(item)[0].casefold(), []).append(claimant)
    return {number: tuple(claimants) for number, claimants in wanted.items() if len(claimants) > 1}


def _shared_names(projects: Iterable[Project]) -> frozenset[str]:
    seen: set[str] = set()
    shared: set[str] = set()
    for project in projects:
        name = name_to_send(project.name).casefold()
        (shared if name in seen else seen).add(name)
    return frozenset(shared)


def _option_ids(links: Iterable[Link]) -> dict[str, str]:
    return {owner: option_id for link in links for owner, option_id in link.option_ids}
