"""What Xero still takes, in words of several lengths: it matters most where there is least room and least of it."""

from typing import Final

from smoothx_tui.session.place import Budget

_LOW_MINUTE: Final = 5
_LOW_DAY: Final = 250
"""At most so many calls left are few: of a minute's 60 and a day's 5,000. A sent item takes about two."""


def calls_left(budget: Budget | None) -> str:
    """At full length, for the line of a running sync."""
    return next(iter(forms(budget)), "")


def is_short(budget: Budget | None) -> bool:
    """Whether Xero is waited for, or soon will be."""
    return budget is not None and (
        budget.xero_waits is not None or _few(budget.xero_minute, _LOW_MINUTE) or _few(budget.xero_day, _LOW_DAY)
    )


def forms(budget: Budget | None) -> tuple[str, ...]:
    """The same from the longest to the shortest; nothing where no answer has said it yet."""
    if budget is None:
        return ()
    if budget.xero_waits is not None:
        wait = _seconds(budget.xero_waits)
        return f"Xero's limit is reached, goes on within {wait}", f"Xero pauses {wait}", f"pause {wait}"
    minute = f"{budget.xero_minute}/min" if budget.xero_minute is not None else ""
    day = f"{budget.xero_day:,}/day" if budget.xero_day is not None else ""
    both = " ".join(filter(None, (minute, day)))
    if not both:
        return ()
    if not is_short(budget):
        return f"Xero left {both}", f"Xero {both}", both, minute or day
    few = day if _few(budget.xero_day, _LOW_DAY) else minute  # a day is waited for longer than a minute
    return f"Xero low: {both}", f"Xero low: {few}", f"low {few}"


def _few(left: int | None, low: int) -> bool:
    return left is not None and left <= low


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
