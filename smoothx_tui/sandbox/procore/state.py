"""What the emulated Procore knows, and the few ways in which it changes."""

import secrets
from typing import Any, Literal

from smoothx_tui.base.clock import Clock
from smoothx_tui.sandbox.procore.store import Items
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.sandbox.scenario_check import write_instant

Kind = Literal["requisitions", "direct_costs", "payment_applications"]
KINDS: tuple[Kind, ...] = ("requisitions", "direct_costs", "payment_applications")
LINES: dict[Kind, str] = {"requisitions": "items", "direct_costs": "line_items", "payment_applications": "g703"}
"""The member that holds an item's lines."""

_GROUPS: dict[Kind, str | None] = {
    "requisitions": "commitment_id",
    "direct_costs": None,
    "payment_applications": "contract",
}
_NOT_LOCKED = (None, "", "null")
LOST_PROJECTS = "lost_projects"
NEXT_ID = "next_id"

Loss = Literal["forbidden", "not_found", "empty"]
"""How a lost permission looks: 403, 404, or lists that are empty and items that answer 404."""


def is_locked(found: dict[str, Any]) -> bool:
    """Whether an integration holds the item: null, "" and the text "null" are none (facts/procore.md, "Locking")."""
    return found.get("origin_id") not in _NOT_LOCKED


class ProcoreState:
    """One company: reference objects by list and id, items by kind, lost permissions.

    Objects are as the scenario has them; `shapes` makes answers of them.
    """

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        data = scenario.procore
        self.clock = clock
        self.signing_key: bytes = secrets.token_bytes(32)
        """Of the links of files: another sandbox's are not good here."""
        self.company: dict[str, Any] = dict(data["company"])
        self.currency: dict[str, Any] = dict(data["currency"])
        self.lists: dict[str, dict[int, dict[str, Any]]] = {}
        self.other: dict[str, Any] = {}
        self.items: dict[Kind, Items] = {kind: Items(_GROUPS[kind]) for kind in KINDS}
        self.origins: dict[str, tuple[Kind, int]] = {}
        self.lost: dict[int, Loss] = {int(project): how for project, how in data.get(LOST_PROJECTS, {}).items()}
        self._load(data)
        self._next_id: int = data.get(NEXT_ID) or self._first_free_id()

    @classmethod
    def from_scenario(cls, scenario: Scenario, clock: Clock) -> "ProcoreState":
        """The state at the scenario's start; the scenario is not changed by what happens later."""
        return cls(scenario, clock)

    def _load(self, data: dict[str, Any]) -> None:
        for name, value in data.items():
            if name in self.items:
                continue
            if name in {"company", "currency", LOST_PROJECTS, NEXT_ID}:
                continue
            if isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value):
                self.lists[name] = {one["id"]: dict(one) for one in value}
            else:
                self.other[name] = value
        for kind in KINDS:
            for found in self.items[kind].load(data[kind]):
                if is_locked(found):
                    self.origins.setdefault(found["origin_id"], (kind, found["id"]))

    def _first_free_id(self) -> int:
        biggest = [max(objects, default=0) for objects in self.lists.values()]
        biggest += [max(found["id"] for found in items) for items in self.items.values() if len(items)]
        return max(biggest, default=0) + 1

    def dump(self) -> dict[str, Any]:
        """The Procore half of a scenario; loading it gives this state again."""
        data = self.references()
        data.update({kind: list(items) for kind, items in self.items.items()})
        data.update(self.other)
        data[LOST_PROJECTS] = {str(project): how for project, how in self.lost.items()}
        data[NEXT_ID] = self._next_id
        return data

    def references(self) -> dict[str, Any]:
        """Company, currency and the lists that items refer to; copies, one level deep."""
        data: dict[str, Any] = {"company": dict(self.company), "currency": dict(self.currency)}
        data.update({name: [dict(one) for one in objects.values()] for name, objects in self.lists.items()})
        return data

    def new_id(self) -> int:
        """An id that no object has had."""
        number = self._next_id
        self._next_id += 1
        return number

    def now(self) -> str:
        """The time as Procore writes it."""
        return write_instant(self.clock.now())

    def find(self, listing: str, number: object) -> dict[str, Any] | None:
        """A reference object, or None."""
        if not isinstance(number, int) or isinstance(number, bool):
            return None
        return self.lists.get(listing, {}).get(number)

    def of_project(self, listing: str, project: int) -> list[dict[str, Any]]:
        """The objects of a list that carry that project."""
        return [found for found in self.lists.get(listing, {}).values() if found.get("project_id") == project]

    def change_item(self, kind: Kind, found: dict[str, Any]) -> None:
        """Keep a changed item: it gets a new `updated_at`, and its lock is known company-wide."""
        before = self.items[kind].get(found["id"])
        if before is not None and is_locked(before):
            self.origins.pop(before["origin_id"], None)
        if is_locked(found):
            self.origins[found["origin_id"]] = (kind, found["id"])
        found["updated_at"] = self.now()
        self.items[kind].put(found)

    def remove_item(self, kind: Kind, number: int) -> None:
        """Delete for good, as Procore does with claims and direct costs."""
        before = self.items[kind].get(number)
        if before is not None and is_locked(before):
            self.origins.pop(before["origin_id"], None)
        self.items[kind].remove(number)

    def change_object(self, found: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
        """Change a reference object that `find` gave."""
        found.update(members, updated_at=self.now())
        return found
