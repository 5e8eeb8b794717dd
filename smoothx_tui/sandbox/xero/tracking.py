"""Tracking on lines: what Xero keeps of it, and what it drops without a word (facts/xero.md 8)."""

from typing import Any

from smoothx_tui.sandbox.xero.answers import Invalid, Refused, server_error
from smoothx_tui.sandbox.xero.state import XeroState

MAX_PER_LINE = 2


def kept_tracking(given: Any, state: XeroState) -> list[dict[str, str]]:
    """The entries that name an active category and option. Anything else is dropped in silence.

    Raises Refused (500) where it is no list at all, Invalid for more than two entries.
    """
    if given is None:
        return []
    if not isinstance(given, list):
        raise Refused(server_error())
    if len(given) > MAX_PER_LINE:
        raise Invalid("A line item can have at most 2 tracking categories.")
    kept: list[dict[str, str]] = []
    for entry in given:
        found = _entry(entry, state) if isinstance(entry, dict) else None
        if found and all(one["TrackingCategoryID"] != found["TrackingCategoryID"] for one in kept):
            kept.append(found)
    return kept


def shown_tracking(kept: list[dict[str, Any]], state: XeroState) -> list[dict[str, Any]]:
    """As answers have it: the names of today, no option id (seen in recorded answers)."""
    shown = []
    for entry in kept:
        category = state.category(entry["TrackingCategoryID"])
        option = _option(category, entry.get("TrackingOptionID"), entry.get("Option")) if category else None
        names = {"Name": category["Name"] if category else entry["Name"]}
        names["Option"] = option["Name"] if option else entry["Option"]
        shown.append({**names, "TrackingCategoryID": entry["TrackingCategoryID"], "Options": []})
    return shown


def is_used(state: XeroState, category_id: str, option_id: str | None = None) -> bool:
    """Whether any line of any document carries the category (and option)."""
    return any(
        entry["TrackingCategoryID"] == category_id and option_id in (None, entry.get("TrackingOptionID"))
        for invoice in state.invoices.values()
        for line in invoice["LineItems"]
        for entry in line.get("Tracking", ())
    )


def _entry(entry: dict[str, Any], state: XeroState) -> dict[str, str] | None:
    by_id = state.category(str(entry.get("TrackingCategoryID")).lower())
    category = by_id or next((one for one in state.categories if one["Name"] == entry.get("Name")), None)
    if category is None or category.get("Status") != "ACTIVE":
        return None
    option = _option(category, entry.get("TrackingOptionID"), entry.get("Option"))
    if option is None or option.get("Status") != "ACTIVE":
        return None
    return {
        "Name": category["Name"],
        "Option": option["Name"],
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": option["TrackingOptionID"],
    }


def _option(category: dict[str, Any], option_id: Any, name: Any) -> dict[str, Any] | None:
    options: list[dict[str, Any]] = category["Options"]
    if option_id is not None:
        wanted = str(option_id).lower()
        return next((one for one in options if one["TrackingOptionID"] == wanted), None)
    return next((one for one in options if one["Name"] == name), None)
