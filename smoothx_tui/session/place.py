"""Where a session works: which organisation, sandbox or live, and what the operator should know about it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """Shown in the banner and in the typed confirmation, so that the two are never mixed up."""

    SANDBOX = "SANDBOX"
    LIVE = "LIVE"
    OTHER_HOST = "OTHER HOST"
    """A profile that is at neither service's own host."""


@dataclass(frozen=True, slots=True)
class Place:
    """`organisation` is cleaned; its base currency is "" until the first read. `note` is for a first start."""

    profile: str
    environment: Environment
    organisation: str
    tenant_id: str
    base_currency: str = ""
    read_only: bool = False
    note: str = ""
    approvals_required: bool = False
    """Nothing is sent before somebody else than its planner has approved it."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls left by the services' own headers; None until an answer said so."""

    xero_minute: int | None = None
    xero_day: int | None = None
    procore: int | None = None
    xero_waits: float | None = None
    """Seconds that Xero asked to wait with its last answer, a refusal; None where it takes calls."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a long piece of work. `total` is 0 while it is not known."""

    what: str
    done: int = 0
    total: int = 0


def age(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """How long ago that was, in the largest unit that fits: `3 h ago`."""
    seconds = max(0, int(((now or dt.datetime.now(dt.UTC)) - moment).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry that a list setting offers; `found` is False for a chosen one that Procore no longer has."""

    id: str
    name: str
    found: bool = True
