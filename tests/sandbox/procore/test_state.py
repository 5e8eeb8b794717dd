"""The state as a scenario again, and items kept as text."""

from decimal import Decimal
from typing import Any

import pytest

from smoothx_tui.sandbox.procore import ProcoreState
from smoothx_tui.sandbox.procore.store import Items, Packed, pack, unpack
from smoothx_tui.sandbox.scenario import scenario_from


async def test_a_dump_loads_to_the_same_state(procore: Any) -> None:
    lock = {"project_id": 301, "commitment_id": 801, "requisition": {"origin_id": "xero:1"}}
    await procore.client.patch("/rest/v1.1/requisitions/7001", json=lock)
    await procore.client.delete("/rest/v1.1/requisitions/7007?project_id=301")
    await procore.act("/projects/302/revoke", {"how": "empty"})
    data = {**procore.scenario.to_data(), "procore": procore.state.dump()}
    again = ProcoreState.from_scenario(scenario_from(data, "dump"), procore.clock)
    assert again.dump() == procore.state.dump()
    assert again.origins == procore.state.origins
    assert again.new_id() == procore.state.new_id()


async def test_the_scenario_is_not_changed_by_what_happens(procore: Any) -> None:
    before = procore.scenario.to_json()
    await procore.act("/vendors/1", {"name": "Other"})
    await procore.act("/items/claim:7001/edit", {"amount": "1"})
    await procore.act("/items/claim:7002/delete")
    assert procore.scenario.to_json() == before


def test_an_id_is_not_given_twice(start: Any) -> None:
    state = start().state
    first = state.new_id()
    assert first == 7008
    assert state.new_id() == 7009


@pytest.mark.parametrize(
    "found",
    [
        {"id": 1, "text": "\ud800 lone, \x1b[31m, \u202e"},
        {"id": 1, "rate": Decimal("1.10"), "big": 598134325510001},
        {"id": 1, "nothing": None, "list": [True, {"x": "é"}]},
    ],
)
def test_packing_loses_nothing(found: dict[str, Any]) -> None:
    assert unpack(pack(found)) == found


def test_a_packed_list_reads_like_a_list() -> None:
    rows = [{"id": number} for number in range(5)]
    packed = Packed(rows)
    packed.append({"id": 5})
    packed.extend(Packed([{"id": 6}]))
    packed.extend([{"id": 7}])
    assert len(packed) == 8
    assert packed[-1] == {"id": 7}
    assert packed[1:3] == rows[1:3]
    assert [row["id"] for row in packed] == list(range(8))


def test_items_give_copies() -> None:
    items = Items("commitment_id")
    items.put({"id": 2, "project_id": 1, "commitment_id": 9, "updated_at": "t", "lines": [1]})
    found = items.get(2)
    assert found is not None
    found["lines"].append(2)
    assert items.get(2) == {"id": 2, "project_id": 1, "commitment_id": 9, "updated_at": "t", "lines": [1]}
    items.put({**found, "updated_at": "u"})
    assert items.updated_at(2) == "u"
    assert items.of_project(1) == items.of_group(9) == [2]
    items.remove(2)
    assert items.get(2) is None
    assert items.of_project(1) == items.of_group(9) == []
