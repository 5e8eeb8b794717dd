"""Telling the writer of a scenario what is wrong, in one line that names the file, the object and the member."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.money import ZERO, NotAnAmount, amount
from smoothx_tui.base.text import clean

_TYPE_NAMES = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    Decimal: "a number",
    type(None): "null",
}


def type_name(value: object) -> str:
    """What a person calls the type of a JSON value."""
    return _TYPE_NAMES.get(type(value), "something else")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a scenario: `path` such as `procore.projects[2]`, `name` such as `id 301`."""

    source: str
    path: str
    name: str = ""

    def fail(self, member: str, text: str) -> NoReturn:
        """Raise ConfigurationError naming this object and the member. All outside text is cleaned."""
        where = ".".join(part for part in (self.path, member) if part)
        known = f" ({clean(self.name)})" if self.name else ""
        raise ConfigurationError(f"{clean(self.source)}: {clean(where)}{known}: {clean(text)}")

    def below(self, member: str, name: str = "") -> "Place":
        """The place one step in; the name of the object around it stays unless there is a better one."""
        return Place(self.source, f"{self.path}.{member}" if self.path else member, name or self.name)

    def member(self, holder: dict[str, Any], key: str, kind: type, default: Any = None) -> Any:
        """`holder[key]` of the wanted type; a missing or null one is the default, another type fails."""
        value = holder.get(key)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(key, f"is {type_name(value)}, expected {_TYPE_NAMES[kind]}")
        return value

    def required(self, holder: dict[str, Any], key: str, kind: type) -> Any:
        """Like `member`, and it has to be there."""
        value = self.member(holder, key, kind)
        if value is None:
            self.fail(key, "is missing")
        return value

    def objects(self, holder: dict[str, Any], key: str) -> Iterator[tuple["Place", dict[str, Any]]]:
        """The objects of the list `holder[key]`, each with its place; a missing list has none."""
        for number, found in enumerate(self.member(holder, key, list, [])):
            place = self.below(f"{key}[{number}]")
            if not isinstance(found, dict):
                place.fail("", f"is {type_name(found)}, expected an object")
            yield place, found

    def amount(self, holder: dict[str, Any], key: str, default: Decimal | None = None) -> Decimal:
        """The amount `holder[key]`, a number or text; missing and without a default fails."""
        value = holder.get(key)
        if value is None and default is not None:
            return default or ZERO
        if value is None:
            self.fail(key, "is missing")
        try:
            return amount(value)
        except NotAnAmount as error:
            self.fail(key, str(error))

    def day(self, holder: dict[str, Any], key: str) -> None:
        """Fail unless `holder[key]` is missing, null or a date `YYYY-MM-DD`."""
        value = self.member(holder, key, str)
        if value is None:
            return
        try:
            date.fromisoformat(value)
        except ValueError:
            self.fail(key, f"{value!r} is not a date such as 2026-06-30")

    def instant(self, holder: dict[str, Any], key: str) -> None:
        """Fail unless `holder[key]` is missing, null or a time with its zone."""
        value = self.member(holder, key, str)
        if value is not None and parse_instant(value) is None:
            self.fail(key, f"{value!r} is not a time such as 2026-06-30T02:00:00Z")


class Known:
    """The ids met in one list, so that a second use is named and a reference can be looked up."""

    def __init__(self, listing: str) -> None:
        self.listing = listing
        self.objects: dict[Any, dict[str, Any]] = {}

    def add(self, place: Place, member: str, key: Any, found: dict[str, Any]) -> None:
        """Remember an object under its id; a second one with that id fails."""
        if key in self.objects:
            place.fail(member, f"{key} appears twice in {self.listing}")
        self.objects[key] = found

    def need(self, place: Place, member: str, key: Any) -> dict[str, Any]:
        """The object with that id, or the error that names the reference."""
        found = self.objects.get(key) if isinstance(key, str | int) else None
        if found is None:
            place.fail(member, f"names {key}, which is not in {self.listing}")
        return found

    def only(self) -> Any:
        """The one id there is, so that a small scenario need not repeat it; None where there is a choice."""
        return next(iter(self.objects)) if len(self.objects) == 1 else None


def parse_instant(text: str) -> datetime | None:
    """An aware time in UTC, or None where the text is no time or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def write_instant(moment: datetime) -> str:
    """As Procore writes it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
