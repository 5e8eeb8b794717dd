from typing import Any

import pytest

from smoothx_tui.procore.applications import by_contract, previous_of


def row(item: int, number: Any, contract: int = 1) -> dict[str, Any]:
    return {"id": item, "number": number, "contract": {"id": contract}}


def test_the_next_lower_number_came_before() -> None:
    rows = [row(1, 1), row(4, 4), row(2, 2)]
    assert previous_of(rows[1], rows) == (rows[2], "")
    assert previous_of(rows[0], rows) == (None, "")


def test_the_only_application_has_none_before_it() -> None:
    assert previous_of(row(1, None), [row(1, None)]) == (None, "")


@pytest.mark.parametrize(
    "rows",
    [[row(1, 3), row(2, None)], [row(1, None), row(2, 1)], [row(1, 3), row(2, 3)], [row(1, 3), row(2, 2), row(3, 2)]],
)
def test_an_order_that_is_not_known_is_said(rows: list[dict[str, Any]]) -> None:
    found, trouble = previous_of(rows[0], rows)
    assert found is None
    assert "not known" in trouble


def test_rows_by_their_head_contract() -> None:
    rows = [row(1, 1), row(2, 1, contract=2), {"id": 3, "contract": None}]
    assert {key: len(found) for key, found in by_contract(rows).items()} == {"1": 1, "2": 1, "": 1}
