"""Due dates by Xero's four payment terms."""

import calendar
from datetime import MAXYEAR, date, timedelta
from functools import lru_cache

from smoothx_tui.settings.mapping import Terms, TermsType
from smoothx_tui.xero.organisation import PaymentTerms


def terms_of(found: PaymentTerms | None) -> Terms | None:
    """Xero's own terms in our words; None where there are none, or of a kind we do not know."""
    if found is None or found.day < 0:
        return None
    try:
        return Terms(found.day, TermsType(found.type))
    except ValueError:
        return None


@lru_cache(4096)
def due(day: date, terms: Terms) -> date | None:
    """When a document of that date falls due, never before its date; None past the end of the calendar.

    A day past the month's end is its last day.
    """
    try:
        return max(day, _due(day, terms))
    except (OverflowError, ValueError):
        return None


def _due(day: date, terms: Terms) -> date:
    match terms.type:
        case TermsType.DAYS_AFTER_BILL_DATE:
            return day + timedelta(days=terms.day)
        case TermsType.DAYS_AFTER_BILL_MONTH:
            return _in_month(day, 31) + timedelta(days=terms.day)
        case TermsType.OF_CURRENT_MONTH:
            return _in_month(day, terms.day)
        case TermsType.OF_FOLLOWING_MONTH:
            return _in_month(first_of_next_month(day), terms.day)


def _in_month(day: date, wanted: int) -> date:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=max(1, min(wanted, last)))


def first_of_next_month(day: date) -> date:
    """Raises OverflowError past the end of the calendar."""
    if day.month < 12:
        return date(day.year, day.month + 1, 1)
    if day.year == MAXYEAR:
        raise OverflowError("past the end of the calendar")
    return date(day.year + 1, 1, 1)
