"""What Procore's lists and answers said of every item, in little room; an item is made when it is looked at.

A list may be read whole, or only what changed since its newest row: then the rest stays as it was.
"""

import datetime as dt
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from smoothx_tui.procore.applications import by_contract, contract_of, previous_of
from smoothx_tui.procore.attachments import without_links
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Item, ItemProblem, Kind, Project
from smoothx_tui.procore.packed import Packed, Places, RawDetail, label_of_number, stamp_of
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.reference import ProjectBooks, Reference

ListName = tuple[str, Kind]
"""(project id, kind): whose list, and of what."""

_UNLISTED: Final = -1
_HEAD_MEMBERS: Final = ("id", "number", "contract")
_HEAD: Final = f"{Kind.HEAD_CONTRACT_CLAIM.prefix}:"
_RECENT: Final = 64


class Shelf:
    """Filled by `loading`; `details` may be any mapping, a `Packed` one takes the least room."""

    def __init__(self, details: MutableMapping[str, RawDetail] | None = None) -> None:
        self.details: Final[MutableMapping[str, RawDetail]] = Packed() if details is None else details
        self.places: Final = details.places if isinstance(details, Packed) else Places()
        self.rows: Final = Packed(self.places)
        """Rows of items without (fresh) details: not fetched yet, refused, or deleted."""
        self.lists: Final[dict[ListName, array[int]]] = {}
        """Places of a list's items, in its order."""
        self.newest: Final[dict[ListName, dt.datetime]] = {}
        """The latest `updated_at` of a list that was read to its end."""
        self.uncounted: Final[dict[ListName, int]] = {}
        """How many more items Procore counts in a list than it lists."""
        self.heads: Final[dict[str, Row]] = {}
        """Of head contract claims what tells which came before another."""
        self.deleted: Final[set[str]] = set()
        self.refused: Final[dict[str, str]] = {}
        """Item key -> why Procore does not show its details."""
        self.vendors: Final[set[str]] = set()
        """Companies that details name."""
        self.moved: Final[set[str]] = set()
        """Items of which something else is here than before, for whoever takes them out."""
        self._leaving: set[int] = set()
        self._names: list[ListName] = []
        self._list_of = array("i")
        self._stamps = array("q")
        if not isinstance(self.details, Packed):
            self.vendors.update(filter(None, (vendor_of(detail.raw) for detail in self.details.values())))

    def see(self, name: ListName, row: Row) -> int | None:
        """Take note of one row of a list; the item's place, None for a row without id."""
        item_id = as_id(row.get("id"))
        if not item_id:
            return None
        key, updated = f"{name[1].prefix}:{item_id}", as_text(row.get("updated_at"))
        place = self._place(key)
        self._stamps[place] = stamp_of(updated)
        self._list_of[place] = self._number(name)
        self._leaving.discard(place)
        if name[1] is Kind.HEAD_CONTRACT_CLAIM:
            self.heads[key] = {member: row.get(member) for member in _HEAD_MEMBERS}
        gone = row.get("deleted_at") is not None
        if gone != (key in self.deleted):
            self.moved.add(key)
        (self.deleted.add if gone else self.deleted.discard)(key)
        if gone or not self.fresh(key):
            self.rows[key] = RawDetail(updated, without_links(row))
        else:
            self.rows.pop(key, None)
        return place

    def put_list(self, name: ListName, places: Iterable[int], *, whole: bool) -> None:
        """A list was read to its end; one that was not read whole only adds to what is there."""
        before = self.lists.get(name, array("i"))
        seen = dict.fromkeys(places)
        if whole:
            self._leaving.update(place for place in before if place not in seen)
            self.lists[name] = array("i", seen)
        else:
            there = set(before)
            self.lists[name] = before + array("i", (place for place in seen if place not in there))

    def keep_lists(self, names: Iterable[ListName]) -> None:
        """Only these, in this order; the items of the others are not listed any more."""
        kept = {name: self.lists[name] for name in names if name in self.lists}
        for name in self.lists.keys() - kept.keys():
            self.drop_list(name)
        self.lists.clear()
        self.lists.update(kept)

    def drop_list(self, name: ListName) -> None:
        """As if the list had never been read. What was fetched is kept: its items may come back."""
        self._leaving.update(self.lists.pop(name, ()))
        self.newest.pop(name, None)

    def settle(self) -> None:
        """Forget what left the lists. Not before a new view is there: the old one may still be asked for it."""
        for place in self._leaving:
            key = self.places.keys[place]
            self._list_of[place] = _UNLISTED
            self.rows.pop(key, None)
            self.heads.pop(key, None)
            self.deleted.discard(key)
            self.refused.pop(key, None)
        self._leaving.clear()

    def put_detail(self, key: str, detail: RawDetail) -> None:
        self.details[key] = RawDetail(detail.updated_at, without_links(detail.raw))
        self.moved.add(key)
        if self.fresh(key):
            self.rows.pop(key, None)
        self.refused.pop(key, None)
        if vendor := vendor_of(detail.raw):
            self.vendors.add(vendor)

    def refuse(self, key: str, why: str) -> None:
        """Its details cannot be had; what its row says is shown."""
        self.refused[key] = why
        self.moved.add(key)

    def fresh(self, key: str) -> bool:
        """Whether the details here are those of the item as it was last listed."""
        place = self.places.at.get(key, _UNLISTED)
        stamp = self._stamps[place] if 0 <= place < len(self._stamps) else 0
        if isinstance(self.details, Packed):
            return stamp != 0 and self.details.stamp(key) == stamp
        return stamp != 0 and key in self.details and stamp_of(self.details[key].updated_at) == stamp

    def list_of(self, key: str) -> ListName | None:
        """The list that the item is in."""
        place = self.places.at.get(key, _UNLISTED)
        number = self._list_of[place] if 0 <= place < len(self._list_of) else _UNLISTED
        return None if number == _UNLISTED else self._names[number]

    def keys(self) -> Iterator[str]:
        """Every listed item, in the order of the lists."""
        keys = self.places.keys
        return (keys[place] for places in self.lists.values() for place in places)

    def readable(self, key: str) -> bool:
        """Whether something can be shown of it: its details, or why there are none."""
        return key in self.details or key in self.deleted or key in self.refused

    def stamps(self, name: ListName) -> Iterator[int]:
        """The stamps of a list's rows, in its order."""
        return (self._stamps[place] for place in self.lists[name])

    def restore_list(self, name: ListName, keys: Iterable[str], stamps: Iterable[int]) -> None:
        """A list as it was kept outside."""
        number, places = self._number(name), array("i")
        for key, stamp in zip(keys, stamps, strict=True):
            place = self._place(key)
            self._stamps[place], self._list_of[place] = stamp, number
            places.append(place)
        self.lists[name] = places

    def doubt_lists(self) -> None:
        """After `restore_list`: a list with items whose answers are missing is read whole the next time."""
        for name, places in self.lists.items():
            keys = (self.places.keys[place] for place in places)
            if any(not self.fresh(key) and key not in self.rows for key in keys):
                self.newest.pop(name, None)

    def _place(self, key: str) -> int:
        place = self.places.of(key)
        missing = place + 1 - len(self._stamps)
        if missing > 0:
            self._stamps.extend([0] * missing)
            self._list_of.extend([_UNLISTED] * missing)
        return place

    def _number(self, name: ListName) -> int:
        if name not in self._names:
            self._names.append(name)
        return self._names.index(name)


class ShelfItems(Mapping[str, Item]):
    """Items by key, each made when it is asked for. `also` stand in place of the shelf's, or after them."""

    def __init__(
        self, shelf: Shelf, reference: Reference, keys: Iterable[str], also: Mapping[str, Item] | None = None
    ) -> None:
        """`keys`: those of the shelf's items that are shown, in order."""
        self.also: Final = dict(also or {})
        self._shelf = shelf
        self._reference = reference
        self._keys = list(keys)
        self._shown = bytearray(len(shelf.places.keys))
        at, others = shelf.places.at, set(self.also)
        for key in self._keys:
            others.discard(key)
            if key in at:
                self._shown[at[key]] = 1
        self._keys += [key for key in self.also if key in others]
        self._heads = by_contract(shelf.heads.values())
        self._recent: dict[str, Item] = {}

    def __getitem__(self, key: str) -> Item:
        found = self.also.get(key) or self._recent.get(key)
        if found is not None:
            return found
        if key not in self:
            raise KeyError(key)
        found = self._recent[key] = item_of(self._shelf, key, self._reference, self._heads)
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]
        return found

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        place = self._shelf.places.at.get(key, len(self._shown))
        return key in self.also or (place < len(self._shown) and bool(self._shown[place]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def places(self) -> Places:
        """A number for each item, the same as long as the shelf is."""
        return self._shelf.places

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """The projects of the items that are not gone."""
        found = {item.project.id: item.project for item in self.also.values() if not item.gone}
        for (project, _), places in self._shelf.lists.items():
            if project not in found and any(self._pending(place) for place in places):
                found[project] = self._reference.projects[project].project
        return tuple(found.values())

    def numbers_shared(self, built: Callable[[Item], str]) -> Iterator[str]:
        """Keys of items whose number another item may have too, found without making more than a few of them.

        `built` says the number of an item that Procore gave none.
        """
        details = self._shelf.details
        if not isinstance(details, Packed):
            yield from self._keys
            return
        labels = array("q", (0 if key in self.also else details.label(key) for key in self._keys))
        without = [key for key, label in zip(self._keys, labels, strict=True) if not label]
        ordered = sorted(labels)
        several = {label for label, following in pairwise(ordered) if label == following}
        for key in without:
            label = label_of_number(built(self[key]))
            at = bisect_left(ordered, label)
            if at < len(ordered) and ordered[at] == label:
                several.add(label)
        yield from without
        several.discard(0)
        yield from (key for key, label in zip(self._keys, labels, strict=True) if label in several)

    def numbered_like(self, numbers: Iterable[str]) -> frozenset[str]:
        """Keys of the items whose number may be taken for one of these (plain) numbers; those without one may be."""
        details = self._shelf.details
        if not isinstance(details, Packed):
            return frozenset(self._keys)
        labels = {0, *map(stamp_of, numbers)}
        return frozenset(key for key in self._keys if key in self.also or details.label(key) in labels)

    def _pending(self, place: int) -> bool:
        key = self._shelf.places.keys[place]
        return place < len(self._shown) and bool(self._shown[place]) and key not in self._shelf.deleted


def item_of(shelf: Shelf, key: str, reference: Reference, heads: Mapping[str, list[Row]]) -> Item:
    """A listed item. Raises KeyError for one whose list or project is not there."""
    name = shelf.list_of(key)
    if name is None:
        raise KeyError(key)
    project, kind = name
    books = reference.projects[project]
    if key in shelf.deleted or key not in shelf.details:
        item = parse_item(kind, shelf.rows[key].raw, reference, books)
        if key in shelf.deleted:
            # Without details there are no lines, which is no news of an item that is gone.
            return replace(item, gone=True, problems=())
        return replace(item, problems=(ItemProblem("", shelf.refused.get(key, "its details have not been read yet")),))
    raw = shelf.details[key].raw
    if kind is not Kind.HEAD_CONTRACT_CLAIM:
        return parse_item(kind, raw, reference, books)
    row = shelf.heads[key]
    earlier, trouble = previous_of(row, heads.get(contract_of(row), []))
    earlier_key = f"{kind.prefix}:{as_id(earlier.get('id'))}" if earlier else ""
    previous = shelf.details.get(earlier_key) if earlier_key and earlier_key not in shelf.deleted else None
    if earlier and not previous:
        trouble = "the previous application could not be read"
    item = parse_head_claim(raw, previous.raw if previous else None, reference, books)
    return replace(item, problems=(*item.problems, ItemProblem("number", trouble))) if trouble else item


def parse_item(kind: Kind, raw: Row, reference: Reference, books: ProjectBooks) -> Item:
    """One raw answer as an item; a head contract claim as if none came before it."""
    if kind is Kind.PROGRESS_CLAIM:
        return parse_claim(raw, reference, books)
    if kind is Kind.DIRECT_COST:
        return parse_direct_cost(raw, reference, books)
    return parse_head_claim(raw, None, reference, books)


def vendor_of(raw: Row) -> str:
    """The id of the company that an answer names; "" where none."""
    given = raw.get("vendor")
    return as_id(raw.get("vendor_id")) or (as_id(given.get("id")) if isinstance(given, dict) else "")
