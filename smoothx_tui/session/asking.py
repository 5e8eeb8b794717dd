"""What a session answers before anything is done: what a list setting can choose from, and what may be sent."""

from collections.abc import Sequence

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.planning.plan import Plan
from smoothx_tui.procore.reference import Offers
from smoothx_tui.session.place import Offered, Place
from smoothx_tui.session.reading import Reading
from smoothx_tui.settings.schema import Offer
from smoothx_tui.settings.values import Trial


def offered(offers: Offers, offer: Offer, trial: Trial) -> tuple[Offered, ...]:
    """The entries of a list setting; a chosen one that Procore no longer has comes last, as not found."""
    entries = [Offered(entry.id, clean(entry.name)) for entry in getattr(offers, offer.value)]
    ids = {entry.id for entry in entries}
    key = f"ignore_{'contacts' if offer is Offer.COMPANIES else offer.value}"
    chosen = getattr(trial.current, key) | getattr(trial.saved, key)
    missing = [Offered(one, f"{clean(one)} (not found in Procore)", found=False) for one in sorted(chosen - ids)]
    return (*entries, *missing)


def may_send(reading: Reading, place: Place, trial: Trial, plans: Sequence[Plan], allow_danger: frozenset[str]) -> None:
    """Raise UsageError where these plans may not be sent: an old or partial reading, a read-only session, settings that
    are not saved, nothing to send, or a danger that `allow_danger` (item keys) does not name.
    """
    if reading.old or reading.partial:
        what = "what is shown is from an earlier start" if reading.old else "not everything is read yet"
        raise UsageError(f"{what}; nothing is sent until both sides have been read", "wait for it, or refresh")
    if place.read_only:
        raise UsageError("this session is read-only", "start without --read-only to sync")
    if unsaved := trial.unsaved:
        raise UsageError(
            f"some settings have been changed but not saved: {', '.join(unsaved)}", "save or undo them first"
        )
    for plan in plans:
        if not plan.sendable:
            raise UsageError(f"{plan.item} has nothing to send: {plan.action.value}", plan.summary)
        if plan.dangers and plan.item not in allow_danger:
            raise UsageError(f"{plan.item}: {plan.dangers[0].text}", f"allow it with --allow-danger {plan.item}")
