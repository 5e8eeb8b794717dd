"""Reading members of Procore's answers: what cannot be read becomes a problem of the item, never an exception."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, NotAnAmount, amount
from smoothx_tui.base.text import clean
from smoothx_tui.procore.items import ItemProblem

Row = dict[str, Any]


def as_id(value: Any) -> str:
    """An id as text: v1 answers have whole numbers, v2 answers text. "" where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value).strip()


def as_text(value: Any) -> str:
    """Text as it came; a number as its digits; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


@dataclass(slots=True)
class Problems:
    """Collects what could not be read, each path once."""

    found: dict[str, ItemProblem] = field(default_factory=dict)

    def add(self, path: str, text: str) -> None:
        self.found.setdefault(path, ItemProblem(path, clean(text)))

    def all(self) -> tuple[ItemProblem, ...]:
        return tuple(self.found.values())


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of an answer, with where it stands in it."""

    raw: Row
    problems: Problems
    path: str = ""

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def id(self, name: str) -> str:
        return as_id(self.raw.get(name))

    def text(self, name: str) -> str:
        return as_text(self.raw.get(name))

    def problem(self, name: str, text: str) -> None:
        self.problems.add(self.at(name), text)

    def maybe_amount(self, name: str) -> Decimal | None:
        """An amount; None where it is null, missing or blank. Unreadable text is a problem."""
        value = self.raw.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return amount(value)
        except NotAnAmount as error:
            self.problem(name, str(error))
            return None

    def amount(self, name: str) -> Decimal:
        """An amount; zero where it is null, missing or blank."""
        found = self.maybe_amount(name)
        return ZERO if found is None else found

    def day(self, name: str) -> dt.date | None:
        """A date, from a date or a date with a time; the day is the one that is written there."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            return dt.date.fromisoformat(value[:10])
        except (ValueError, TypeError):
            self.problem(name, f"{value!r} is not a date")
            return None

    def object(self, name: str) -> "Fields | None":
        value = self.raw.get(name)
        return Fields(value, self.problems, self.at(name)) if isinstance(value, dict) else None

    def objects(self, name: str) -> "list[Fields]":
        """The objects of a list. A list that is missing, or holds something else, is a problem: amounts are in it."""
        value = self.raw.get(name)
        if not isinstance(value, list):
            self.problem(name, "is not in Procore's answer" if value is None else "is not a list")
            return []
        found = []
        for number, one in enumerate(value):
            if isinstance(one, dict):
                found.append(Fields(one, self.problems, f"{self.at(name)}[{number}]"))
            else:
                self.problem(f"{name}[{number}]", "is not an object")
        return found
