"""How Xero writes and reads values: dates, booleans, guids, comma lists (facts/xero.md 1 and 15)."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

ZERO_ID: Final = "00000000-0000-0000-0000-000000000000"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS_DATE = re.compile(r"^/Date\((-?\d{1,15})([+-]\d{4})?\)/$")
_BUSINESS_DATES = ("Date", "DueDate", "FullyPaidOnDate", "ExpectedPaymentDate", "PlannedPaymentDate")
_WITH_TEXT = ("Date", "DueDate")


def read_date(text: str) -> date | None:
    """A business date in any form that comes in: `2026-06-30`, with a time, `/Date(ms)/`. None: not a date.

    A zone does not move the day: Xero's dates are the organisation's calendar days.
    """
    wire = _MS_DATE.match(text)
    try:
        if wire:
            return (_EPOCH + timedelta(milliseconds=int(wire.group(1)))).date()
        day, _, clock = text.partition("T")
        if clock:
            datetime.fromisoformat(text)
        return date.fromisoformat(day) if len(day) == 10 else None
    except (ValueError, OverflowError):
        return None


def read_instant(text: str) -> datetime | None:
    """A moment, UTC where no zone is given (If-Modified-Since comes both ways)."""
    wire = _MS_DATE.match(text)
    try:
        if wire:
            return _EPOCH + timedelta(milliseconds=int(wire.group(1)))
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def instant_text(moment: datetime) -> str:
    """How the state keeps a moment, the same as a scenario: UTC, Z, milliseconds where there are any."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00").removesuffix(".000") + "Z"


def ms_date(moment: datetime) -> str:
    """`/Date(1539993600000+0000)/`."""
    return f"/Date({round((moment - _EPOCH) / timedelta(milliseconds=1))}+0000)/"


def day_out(text: str) -> str:
    """A kept day as Xero writes it: midnight UTC of that day."""
    return ms_date(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))


def dates_out(found: dict[str, Any]) -> dict[str, Any]:
    """`found` with its kept dates in wire form, and their string twins where Xero gives them."""
    out: dict[str, Any] = {}
    for name, value in found.items():
        if name in _BUSINESS_DATES and isinstance(value, str):
            if name in _WITH_TEXT:
                out[name + "String"] = f"{value}T00:00:00"
            out[name] = day_out(value)
        elif name == "UpdatedDateUTC" and isinstance(value, str):
            out.update(updated_out(value, with_text=True))
        else:
            out[name] = value
    return out


def updated_out(text: str, *, with_text: bool = False) -> dict[str, str]:
    """`UpdatedDateUTC`, with its string twin (which has no fraction) where asked."""
    moment = read_instant(text) or _EPOCH
    out = {"UpdatedDateUTC": ms_date(moment)}
    if with_text:
        out["UpdatedDateUTCString"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return out


def as_guid(text: str) -> str | None:
    """The guid in lower case, or None. .NET also reads the forms without hyphens and in braces."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def read_flag(text: str | None, *, default: bool = False) -> bool:
    """A boolean of a query: `true`, `True`, `false`, `False`; anything else counts as `default`."""
    lowered = (text or "").lower()
    return lowered == "true" if lowered in ("true", "false") else default


def comma_list(text: str | None) -> list[str]:
    """The entries of a comma list; blanks around entries and empty entries fall away."""
    return [entry.strip() for entry in (text or "").split(",") if entry.strip()]


def lock_day(text: str) -> str:
    """A lock date as error messages write it, `31-Jul-2013`."""
    return date.fromisoformat(text).strftime("%d-%b-%Y")
