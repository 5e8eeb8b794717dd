"""Forms that the two halves of a scenario share: made ids, filled members, dates in one form."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from smoothx_tui.sandbox.scenario_check import Place, parse_instant, write_instant

_NAMES = uuid.UUID("3f0d5c7e-8f43-4d0a-9d52-6f2b8a1c7e90")
_WIRE_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")


def made_id(*parts: object) -> str:
    """An id for an object that came without one: the same parts give the same id, in every run."""
    name = "|".join(str(part) for part in parts)
    return str(uuid.uuid5(_NAMES, name.encode("utf-8", "backslashreplace").decode()))


def fill(found: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Add the members that are missing or null; what is there stays."""
    for member, value in defaults.items():
        if found.get(member) is None:
            found[member] = value
    return found


def iso_date(place: Place, found: dict[str, Any], member: str) -> None:
    """Rewrite a date that came as `/Date(ms)/`, as a time or as `YYYY-MM-DD` to the last form."""
    value = place.member(found, member, str)
    if value is None:
        return
    wire = _WIRE_DATE.match(value)
    try:
        day = _moment(wire).date() if wire else date.fromisoformat(value.split("T")[0])
    except (ValueError, OverflowError):
        place.fail(member, f"{value!r} is not a date such as 2026-06-30")
    found[member] = day.isoformat()


def iso_instant(place: Place, found: dict[str, Any], member: str) -> None:
    """Rewrite a time that came as `/Date(ms+0000)/` or as ISO text to ISO text with Z; milliseconds stay."""
    value = place.member(found, member, str)
    if value is None:
        return
    wire = _WIRE_DATE.match(value)
    try:
        moment = _moment(wire) if wire else parse_instant(value if value[-1:] in "Zz" or "+" in value else value + "Z")
    except OverflowError:
        moment = None
    if moment is None:
        place.fail(member, f"{value!r} is not a time such as 2026-06-30T02:00:00Z")
    exact = moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    found[member] = exact if moment.microsecond >= 1000 else write_instant(moment)


def _moment(wire: re.Match[str]) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(wire.group(1)))
