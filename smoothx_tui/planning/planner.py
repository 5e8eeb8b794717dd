"""All items' plans, kept between looks: a changed setting re-plans only the items that it can touch."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.claiming import claims_of
from smoothx_tui.planning.claims import Claimant, Claims
from smoothx_tui.planning.dates import due_for_sure
from smoothx_tui.planning.draft import Known
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.links import Adoption, adopt
from smoothx_tui.planning.numbering import procore_number
from smoothx_tui.planning.plan import Outline, Plan
from smoothx_tui.planning.readiness import why_not_ready
from smoothx_tui.planning.remainders import Left, Remainders, Standing
from smoothx_tui.planning.rules import plan, plan_adopted
from smoothx_tui.planning.settled import options_settled
from smoothx_tui.planning.traits import Groups, Looked, Traits, relevant, seen, signature, traits_of
from smoothx_tui.planning.wording import name_to_send
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.places import Places
from smoothx_tui.procore.shelf import ShelfItems
from smoothx_tui.settings.mapping import Mapping as MappingTables
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.organisation import Organisation

__all__ = ["Planner", "plan"]

_T = TypeVar("_T", bound=tuple[object, ...])
_KEPT: Final = 2
"""Plans kept of one item: under the settings as saved, and as tried."""
_MOST_SLOTS: Final = 256
"""Of items that are made when they are asked for, so many are kept with their plans: a few screens, some 5 MB."""


@dataclass(slots=True)
class _Slot:
    """One item with everything about it that does not depend on a setting, and its plans by what does."""

    item: Item
    link: Link | None
    organisation: Organisation
    view: tuple[object, ...]
    adoption: Adoption
    traits: Traits
    relevant: tuple[str, ...]
    group: int
    wide_group: int
    plans: dict[tuple[object, ...], Plan] = field(default_factory=dict)
    outlines: dict[tuple[object, ...], Outline] = field(default_factory=dict)

    def kept(self, wanted: tuple[object, ...], made: Plan) -> None:
        while len(self.plans) >= _KEPT:
            del self.plans[next(iter(self.plans))]
        self.plans[wanted] = made


class Planner:
    """Plans over one set of items, mapping, books and links. Not changed in place: a refresh makes a new one, which
    keeps every plan that the refresh could not touch.
    """

    def __init__(
        self,
        items: Iterable[Item] | ShelfItems,
        mapping: MappingTables,
        books: Books,
        links: Mapping[str, Link] | None = None,
    ) -> None:
        """`links`: by item key, as the ledger remembers them; adopted ones are found here. `ShelfItems` are not held:
        each is made when it is planned.
        """
        self.items: Final[Mapping[str, Item]] = (
            items if isinstance(items, ShelfItems) else {item.key: item for item in items}
        )
        self.mapping = mapping
        self.books = books
        self.links: Final[dict[str, Link]] = dict(links or {})
        self.planned = 0
        """How many plans were made so far; what a changed setting costs can be read off it."""
        self.groups = Groups()
        """By what a setting can change of the rows."""
        self.wide_groups = Groups()
        """By what a setting can change of the plans."""
        self._slots: dict[str, _Slot] = {}
        self._tuples: dict[Any, Any] = {}
        self._known: Known = {}
        self._remainders = Remainders(books.organisation, items.places if isinstance(items, ShelfItems) else None)
        self._earlier: Mapping[str, _Slot] = {}
        self._claims: Claims | None = None
        self._last: tuple[Settings, dict[str, Plan]] | None = None

    @property
    def claims(self) -> Claims:
        """What the items claim of each other."""
        if self._claims is None:
            items = self.items
            if isinstance(items, ShelfItems):
                keys = dict.fromkeys(items.numbers_shared(lambda item: procore_number(item)[0]))
                some = [items[key] for key in keys]
                self._claims = claims_of(some, self.mapping, self.books, self.links, items.projects)
            else:
                self._claims = claims_of(items.values(), self.mapping, self.books, self.links)
        return self._claims

    def following(self, items: Iterable[Item] | ShelfItems, books: Books, links: Mapping[str, Link]) -> "Planner":
        """After a reading or a write. While the organisation is the same object, an item keeps its plans unless it, its
        link, its rivals or its documents changed.
        """
        following = Planner(items, self.mapping, books, links)
        following._earlier = {**self._earlier, **self._slots} if not isinstance(items, ShelfItems) else self._slots
        following.groups, following.wide_groups = self.groups, self.wide_groups
        return following

    def keep_rows_of(self, earlier: "Planner", changed: Iterable[str]) -> bool:
        """Where only these items can be others than with an earlier planner of the same organisation: whether all other
        rows stay as they are. What they were reckoned from is taken over then.
        """
        if self.books.organisation is not earlier.books.organisation or self.claims != earlier.claims:
            return False
        self._remainders = earlier._remainders  # noqa: SLF001 - another one of the same class
        self._remainders.forget(changed)
        return True

    def prepare(self) -> None:
        """Make the look-ups over everything that the first plan needs. May be done in another thread."""
        books = self.books
        _ = self.claims, books.by_item, books.sales_numbers_folded, books.bills_by_number, books.bill_numbers
        _ = books.categories, books.organisation.contacts.by_id, books.organisation.contacts.by_name

    def group_of(self, key: str) -> int:
        """Which `groups` the item is in. Raises KeyError."""
        return self._slot(key).group

    def wide_group_of(self, key: str) -> int:
        """Which `wide_groups` the item is in. Raises KeyError."""
        return self._slot(key).wide_group

    def plan_of(self, key: str, settings: Settings) -> Plan:
        """The plan of one item. Raises KeyError for an item that is not here."""
        slot = self._slot(key)
        wanted = self._shared(signature(slot.traits, slot.relevant, settings))
        found = slot.plans.get(wanted)
        if found is None:
            found = self._made(slot, settings)
            slot.kept(wanted, found)
        return found

    def outline_of(self, key: str, settings: Settings) -> Outline:
        """What a row shows of an item's plan. The plan itself is not kept for it, so that a hundred thousand rows take
        a tenth of the room. Raises KeyError.
        """
        slot = self._slot(key)
        wanted = self._shared(signature(slot.traits, slot.relevant, settings))
        found = slot.outlines.get(wanted)
        if found is None:
            made = slot.plans.get(wanted)
            if made is None:
                made = self._made(slot, settings)
            if key not in self._remainders:
                self._remainders.note(key, slot.item, made, slot.traits, seen(slot.traits, slot.relevant), settings)
            while len(slot.outlines) >= _KEPT:
                del slot.outlines[next(iter(slot.outlines))]
            found = slot.outlines[wanted] = made.outline
        return found

    def standing_of(self, key: str, settings: Settings) -> Standing | None:
        """Action, total and summary of an item whose outline was made before, without making the item or its plan.

        The same as the outline's, so that a changed ignore list or a lock need not plan a hundred thousand items again;
        None where the item has to be planned to tell.
        """
        return self._remainders.standing(key, settings)

    @property
    def places(self) -> Places:
        """The numbers of the items that `left` knows them by."""
        return self._remainders.places

    def left(self, settings: Settings) -> Generator[None, None, Left]:
        """`standing_of` for very many items: what is left of all that need no plan, in small steps."""
        return self._remainders.left(settings)

    def _made(self, slot: _Slot, settings: Settings) -> Plan:
        self.planned += 1
        return plan_adopted(
            slot.item, settings, self.mapping, self.books, slot.adoption, self.claims, known=self._known
        )

    def plans(self, settings: Settings) -> Mapping[str, Plan]:
        """Every item's plan by key, in the items' order. What could not have changed is the same object as before."""
        if self._last is None:
            found = {key: self.plan_of(key, settings) for key in self.items}
        else:
            found = dict(self._last[1])
            for key in self.touched(self._last[0], settings):
                found[key] = self.plan_of(key, settings)
        self._last = settings, found
        return found

    def touched(self, before: Settings, after: Settings) -> Iterator[str]:
        """The items whose plan can differ between two settings: some rule that counts for them reads what changed."""
        changed = {f.name for f in fields(Settings) if getattr(before, f.name) != getattr(after, f.name)}
        if not changed:
            return
        for key in self.items:
            slot = self._slot(key)
            if not changed.isdisjoint(slot.relevant) and (
                signature(slot.traits, slot.relevant, before) != signature(slot.traits, slot.relevant, after)
            ):
                yield key

    def _shared(self, values: _T) -> _T:
        """One object for equal tuples: many items have the same."""
        shared: _T = self._tuples.setdefault(values, values)
        return shared

    def _slot(self, key: str) -> _Slot:
        slot = self._slots.get(key)
        if slot is not None:
            return slot
        item, link = self.items[key], self.links.get(key)
        claims = self.claims
        claimants = claims.same_number.get(key, ())
        view = (*_claimed(item, claimants, claims), *_documents(item, link, self.mapping, self.books))
        earlier = self._earlier.get(key)
        if (
            earlier is not None
            and (earlier.item is item or earlier.item == item)
            and earlier.organisation is self.books.organisation
            and earlier.link == link
            and earlier.view == view
        ):
            self._keep(key, earlier)
            return earlier
        adoption = adopt(item, self.books, link)
        number_settled, sub_job_settled = options_settled(item, self.mapping, self.books, claims, adoption)
        looked = Looked(
            ready=not why_not_ready(item, self.mapping)[0],
            same_number=bool(view[-1]),
            due_for_sure=due_for_sure(item, self.mapping, self.books.organisation),
            option_settled=number_settled,
            sub_job_settled=sub_job_settled,
        )
        traits = traits_of(item, self.books, adoption, claimants, looked)
        names = self._shared(relevant(traits))
        group = self.groups.of(traits, self._shared(seen(traits, names)))
        wide = self.wide_groups.of(traits, names)
        slot = _Slot(item, link, self.books.organisation, view, adoption, traits, names, group, wide)
        self._keep(key, slot)
        return slot

    def _keep(self, key: str, slot: _Slot) -> None:
        slots = self._slots
        if len(slots) >= _MOST_SLOTS and isinstance(self.items, ShelfItems):
            del slots[next(iter(slots))]
        slots[key] = slot


def _claimed(item: Item, claimants: tuple[Claimant, ...], claims: Claims) -> tuple[object, ...]:
    """What of the claims one item's plan can depend on."""
    project = item.project
    options: tuple[tuple[str, str], ...] = ()
    if claims.option_ids:
        owners = {project.id, *(f"{project.id}/{line.sub_job.id}" for line in item.lines if line.sub_job)}
        options = tuple(sorted((owner, claims.option_ids[owner]) for owner in owners if owner in claims.option_ids))
    return claimants, name_to_send(project.name).casefold() in claims.shared_names, options


def _documents(item: Item, link: Link | None, mapping: MappingTables, books: Books) -> tuple[object, ...]:
    """The documents that one item's plan can depend on: its own, those that name it, those with its number."""
    own = link.document_id if link is not None else item.origin_id.rpartition(":")[2]
    number = procore_number(item)[0]
    if not item.kind.bill:
        number = name_to_send(mapping.sale.number_prefix + number).casefold()
        same_number = books.sales_numbers_folded.get(number)
    else:
        same_number = books.bills_by_number.get(name_to_send(number).casefold())
    return books.documents.get(own), books.by_item.get(item.key), same_number
