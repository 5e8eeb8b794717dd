"""Items kept small: one text each, read out when asked for, so that a hundred thousand of them fit beside a console."""

import json
import sys
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, overload

from smoothx_tui.base.jsontext import dumps

_compact = json.JSONEncoder(separators=(",", ":")).encode


def pack(found: dict[str, Any]) -> str:
    """One object as text. ASCII, so that it takes a byte a character."""
    try:
        return _compact(found)
    except TypeError:  # a Decimal somewhere, which only the slower writer keeps exact
        return dumps(found)


def unpack(text: str) -> dict[str, Any]:
    """The object again, its own copy each time."""
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


class Packed(Sequence[dict[str, Any]]):
    """A list of objects that are kept as text; reads like a list, each access gives a fresh copy."""

    def __init__(self, objects: Iterable[dict[str, Any]] = ()) -> None:
        self.texts: list[str] = [pack(found) for found in objects]

    def append(self, found: dict[str, Any]) -> None:
        """Add one at the end."""
        self.texts.append(pack(found))

    def extend(self, objects: "Iterable[dict[str, Any]]") -> None:
        """Add several at the end; another packed list is taken over as it is."""
        if isinstance(objects, Packed):
            self.texts.extend(objects.texts)
        else:
            self.texts.extend(pack(found) for found in objects)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Sequence[dict[str, Any]]:
        if isinstance(index, slice):
            return [unpack(text) for text in self.texts[index]]
        return unpack(self.texts[index])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(unpack, self.texts)

    def __len__(self) -> int:
        return len(self.texts)


class Items:
    """The items of one kind by id, with the columns that lists are cut by: project, group and time of change.

    `group` is what an item belongs to inside its project: the commitment of a progress claim, the head contract of a
    head contract claim, None for a direct cost. `get` gives a copy; only `put` changes what is kept.
    """

    def __init__(self, group: str | None) -> None:
        self._group = group
        self._texts: dict[int, str] = {}
        self._projects: dict[int, list[int]] = {}
        self._groups: dict[int, list[int]] = {}
        self._updated: dict[int, str] = {}

    def load(self, objects: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Put them all, giving each back; texts of a packed list are kept as they are."""
        texts = objects.texts if isinstance(objects, Packed) else None
        for place, found in enumerate(objects):
            self._keep(found, texts[place] if texts else pack(found))
            yield found

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return map(unpack, self._texts.values())

    def get(self, number: int) -> dict[str, Any] | None:
        """A copy of the item, or None."""
        text = self._texts.get(number)
        return None if text is None else unpack(text)

    def put(self, found: dict[str, Any]) -> None:
        """Keep this state of the item; it stays in its project and group for life."""
        self._keep(found, pack(found))

    def _keep(self, found: dict[str, Any], text: str) -> None:
        number: int = found["id"]
        if number not in self._texts:
            insort(self._projects.setdefault(found["project_id"], []), number)
            group = self._group_of(found)
            if group is not None:
                insort(self._groups.setdefault(group, []), number)
        self._texts[number] = text
        self._updated[number] = sys.intern(found["updated_at"])

    def remove(self, number: int) -> None:
        """Forget the item; its id is not used again."""
        found = unpack(self._texts.pop(number))
        del self._updated[number]
        _drop(self._projects[found["project_id"]], number)
        group = self._group_of(found)
        if group is not None:
            _drop(self._groups[group], number)

    def of_project(self, project: int) -> list[int]:
        """Ids of the project's items, rising."""
        return self._projects.get(project, [])

    def of_group(self, group: int) -> list[int]:
        """Ids of the items of one commitment or head contract, rising."""
        return self._groups.get(group, [])

    def updated_at(self, number: int) -> str:
        """When the item last changed, as Procore writes times."""
        return self._updated[number]

    def _group_of(self, found: dict[str, Any]) -> int | None:
        if self._group is None:
            return None
        if self._group == "contract":
            contract: int = found["contract"]["id"]
            return contract
        group: int = found[self._group]
        return group


def _drop(numbers: list[int], number: int) -> None:
    del numbers[bisect_left(numbers, number)]
