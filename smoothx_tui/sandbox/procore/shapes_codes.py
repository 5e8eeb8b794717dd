"""Cost codes, cost types and budget codes on the lines of items: whole objects where a line only names them."""

from typing import Any

from smoothx_tui.sandbox.procore import shapes_reference as reference
from smoothx_tui.sandbox.procore.state import ProcoreState

Json = dict[str, Any]


def budget_code(state: ProcoreState, given: Json) -> Json:
    """With the segment items, which only the lines of progress claims carry."""
    found = state.find("wbs_codes", given["id"])
    if found is None or "segment_items" in given:
        return given
    parts = []
    for one in reference.wbs_code(found)["segment_items"]:
        segment = one["segment"]
        part = reference.without(one, "segment", "status")
        parts.append({**part, "segment_type": segment["type"], "segment_id": segment.get("id")})
    return {**short_budget_code(state, given), "segment_items": parts}


def short_budget_code(state: ProcoreState, given: Json) -> Json:
    """Id, flat code and description: what direct costs and head contract claims carry."""
    found = state.find("wbs_codes", given["id"])
    if found is None:
        return given
    return {"id": found["id"], "flat_code": found["flat_code"], "description": found.get("description"), **given}


def cost_code(state: ProcoreState, line: Json) -> Json | None:
    """The line's cost code, else that of its budget code; a recorded one stands for itself."""
    given = line.get("cost_code")
    if given is not None:
        found = state.find("cost_codes", given["id"])
        return {**reference.cost_code(state, found), **given} if found else given
    part = _segment(state, line, "cost_code")
    if part is None:
        return None
    full_code = "-".join(part.get("path_codes") or [part["code"]])
    budget = state.find("wbs_codes", line["wbs_code"]["id"]) or {}
    rows = state.of_project("cost_codes", budget["project_id"])
    found = next((one for one in rows if one["full_code"] == full_code), None)
    return reference.cost_code(state, found) if found else None


def cost_type(state: ProcoreState, line: Json) -> Json | None:
    """The line's cost type, else that of its budget code."""
    given = line.get("line_item_type")
    if given is not None:
        found = state.find("line_item_types", given["id"])
        return {**reference.cost_type(found), **given} if found else dict(given)
    part = _segment(state, line, "line_item_type")
    rows = state.lists["line_item_types"].values()
    found = next((one for one in rows if part and one.get("code") == part["code"]), None)
    return reference.cost_type(found) if found else None


def _segment(state: ProcoreState, line: Json, kind: str) -> Json | None:
    budget = state.find("wbs_codes", (line.get("wbs_code") or {}).get("id"))
    parts: list[Json] = budget["segment_items"] if budget else []
    return next((one for one in parts if one["segment"]["type"] == kind), None)
