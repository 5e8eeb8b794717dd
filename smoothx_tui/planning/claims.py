"""What the other items claim and know, where one item's plan depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from smoothx_tui.procore.items import Item


@dataclass(frozen=True, slots=True)
class Claimant:
    """A pending item that wants a number which others want too.

    Whether it really wants it depends on the settings: its company or all of its lines may be ignored, and one whose
    document has `ended` (voided or deleted) wants a new one only while `resync_deleted` is on.
    """

    item: Item
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """`same_number`: item key -> the pending items that want one number, itself among them. Sales invoices: without
    case and prefix. Bills: of one contact, as several suppliers may have the same.

    `shared_names`: project names, without case, that more than one project has: such a name alone does not tell whose
    tracking option it is. `option_ids`: owner (as in `Plan.options`) -> TrackingOptionID, as the ledger's links
    remember them.
    """

    same_number: Mapping[str, tuple[Claimant, ...]] = field(default_factory=lambda: MappingProxyType({}))
    shared_names: frozenset[str] = frozenset()
    option_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_CLAIMS: Final = Claims()
