"""What the other items claim and know, where one item's plan depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Claimant:
    """A head contract claim that wants a sales number of its own.

    `ended`: its document is voided or deleted, so that it wants one only while `resync_deleted` is on.
    """

    item: str
    company: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """`sales`: a number that several pending items want, without case and prefix -> who wants it.

    `shared_names`: project names, without case, that more than one project has: such a name alone does not tell whose
    tracking option it is. `option_ids`: owner (as in `Plan.options`) -> TrackingOptionID, as the ledger's links
    remember them.
    """

    sales: Mapping[str, tuple[Claimant, ...]] = field(default_factory=lambda: MappingProxyType({}))
    shared_names: frozenset[str] = frozenset()
    option_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_CLAIMS: Final = Claims()
