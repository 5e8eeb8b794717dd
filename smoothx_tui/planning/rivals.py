"""The other pending items that want an item's number, as the settings have them."""

from collections.abc import Iterator
from decimal import Decimal

from smoothx_tui.base.money import ZERO
from smoothx_tui.planning.claims import Claimant
from smoothx_tui.planning.draft import Draft
from smoothx_tui.planning.lines import ignored_by, sound
from smoothx_tui.procore.items import Item, ItemLine
from smoothx_tui.settings.schema import Settings


def rivals(draft: Draft) -> Iterator[Item]:
    """Those that would have a new document by the same number; none for an item whose document stands."""
    if draft.live_document is not None:
        return
    for claimant in draft.claims.same_number.get(draft.item.key, ()):
        if claimant.item.key != draft.item.key and _wants(claimant, draft.settings):
            yield claimant.item


def kept_total(item: Item, settings: Settings) -> Decimal:
    """Procore's amount of the lines that are not ignored: without tax, net of retention."""
    return sum([line.net for line in _kept(item, settings) if sound(line)], ZERO)


def _wants(claimant: Claimant, settings: Settings) -> bool:
    company = claimant.item.company
    if company is not None and company.id in settings.ignore_contacts:
        return False
    if claimant.ended and not settings.resync_deleted:
        return False
    return any(True for _ in _kept(claimant.item, settings))


def _kept(item: Item, settings: Settings) -> Iterator[ItemLine]:
    bill = item.kind.bill
    return (line for line in item.lines if line.moved and not ignored_by(settings, line, bill=bill))
