"""What a test looks for in a plan's payload."""

from types import MappingProxyType
from typing import Any

from smoothx_tui.planning.plan import Plan


def payload_of(plan: Plan) -> dict[str, Any]:
    assert plan.payload is not None, plan.findings
    return plan.payload


def lines_of(plan: Plan) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = payload_of(plan)["LineItems"]
    return lines


def rows_of(rows: dict[str, str]) -> MappingProxyType[str, str]:
    return MappingProxyType(rows)
