"""The top line: who and where, and the numbers, each as short as it has to be. What does not fit leaves whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from smoothx_tui.console.glyphs import Glyphs
from smoothx_tui.console.model import allowance
from smoothx_tui.console.model.bars import Bar, environment
from smoothx_tui.console.model.lines import Span
from smoothx_tui.session.place import Budget, Place

_GAP: Final = "  "
_NAMED: Final = 2
"""Colleagues by name; the rest is a number."""
_LEAST_NAME: Final = 12
"""So many cells of the organisation's name stay, whatever else has to be said."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands at the right. `news` is of a colleague's doing; `others` are those on the ledger, by name."""

    unsaved: int = 0
    news: str = ""
    pending: int = 0
    marked: int = 0
    others: Sequence[str] = ()
    budget: Budget | None = None

    @property
    def short(self) -> bool:
        """Whether few calls are left: a sync that stands still because of it would puzzle."""
        return allowance.is_short(self.budget)

    def parts(self) -> list[tuple[str, ...]]:
        """Each in its forms, from the longest to the shortest; the last one leaves first."""
        found = [
            (f"settings *{self.unsaved} unsaved", f"*{self.unsaved} unsaved") if self.unsaved else (),
            (self.news,) if self.news else (),
            (f"{self.pending:,} pending",) if self.pending else (),
            (f"{self.marked:,} marked",) if self.marked else (),
            _company(self.others),
        ]
        found.insert(0 if self.short else len(found), allowance.forms(self.budget))
        return [part for part in found if part]


def header(place: Place | None, numbers: Numbers, width: int, glyphs: Glyphs, unopened: str = "opening") -> Bar:
    """The banner never leaves. `unopened` stands for the place while there is none."""
    left = [Span(" smoothx ", "header"), *_where(place, unopened)]
    parts = numbers.parts()
    shown = _fitted(parts, width - _length(left))
    if len(shown) < len(parts):
        # The product's name is known to who has started it; a number is not.
        shown, left = _fitted(parts, width - _length(left[1:])), left[1:]
    if numbers.short:
        # It leaves last, and still has its place at the end.
        shown = [*shown[1:], *(shown[:1] or parts[0][-1:])]
    text = _GAP.join(shown) + (f"{_GAP}{glyphs.more}" if shown and len(shown) < len(parts) else "")
    room = width - (cell_len(text) + len(_GAP) + 1 if text else 0)
    return _joined(left, text, room, width, glyphs)


def _where(place: Place | None, unopened: str) -> list[Span]:
    if place is None:
        return [Span(f" {unopened} ", "header")]
    currency = f" ({place.base_currency})" if place.base_currency else ""
    return [*environment(place), Span(f" {place.organisation}{currency}", "header")]


def _fitted(parts: Sequence[tuple[str, ...]], room: int) -> list[str]:
    """As many parts as fit in their shortest forms; then the first ones as long as there is room.

    Where some leave there has to be room for the sign that says so.
    """
    count = len(parts)
    while count and _needs((part[-1] for part in parts[:count]), more=count < len(parts)) > room:
        count -= 1
    shown = [part[-1] for part in parts[:count]]
    for at, part in enumerate(parts[:count]):
        for form in part:
            if _needs((*shown[:at], form, *shown[at + 1 :]), more=count < len(parts)) <= room:
                shown[at] = form
                break
    return shown


def _needs(texts: Iterable[str], *, more: bool) -> int:
    """Cells of the parts with what stands around them; the sign for more is at most three."""
    return sum(len(_GAP) + cell_len(text) for text in texts) + 1 + (len(_GAP) + 3 if more else 0)


def _joined(left: Sequence[Span], text: str, room: int, width: int, glyphs: Glyphs) -> Bar:
    """Both ends; the last of the left one is the organisation's name, which is cut where it has to be."""
    *fixed, name = left
    keep = max(room - _length(fixed), min(_LEAST_NAME, cell_len(name.text)))
    if cell_len(name.text) > keep:
        name = Span(glyphs.fit(name.text, max(0, min(keep, width - _length(fixed)))), name.role)
    used = _length([*fixed, name])
    tail = " " * (width - used - cell_len(text) - 1) + text + " " if text else ""
    return Bar((*fixed, name, Span(glyphs.fit(tail, width - used) if used < width else "", "header")))


def _length(spans: Iterable[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)


def _company(others: Sequence[str]) -> tuple[str, ...]:
    """`with robin, sam +1`: names are few and short, or counted."""
    names = list(dict.fromkeys(others))
    if not names:
        return ()
    more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
    one = f" +{len(names) - 1}" if len(names) > 1 else ""
    return f"with {', '.join(names[:_NAMED])}{more}", f"with {names[0]}{one}"
