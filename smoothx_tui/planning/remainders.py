"""What is left of an item when lines are ignored or a period is locked: whole numbers, without looking at the item.

Most items are simple: nothing of them is in Xero, and nothing stands in their way. Of those an ignore list takes lines,
and a locked period blocks them, and nothing else changes in their row. So a few numbers of each are kept, and a changed
list moves a hundred thousand rows by adding them up. Every other item has to be planned.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from smoothx_tui.planning.checks import LARGEST_TOTAL
from smoothx_tui.planning.lines import ignored_by
from smoothx_tui.planning.plan import Action, Level, Plan
from smoothx_tui.planning.saying import all_ignored, in_locked_period, new_document, relabelled
from smoothx_tui.planning.traits import Traits, signature
from smoothx_tui.procore.items import Item, ItemLine
from smoothx_tui.procore.packed import Places
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.organisation import Organisation

FOLLOWED: Final = frozenset({"ignore_cost_types", "ignore_tax_codes", "multi_currency", "sync_prior_locked_period"})
"""Settings that are reckoned with here. Where another one moved that a row depends on, the item has to be planned."""

_CENTS: Final = 100
_NO_RULES: Final[list[str]] = []
_MOST: Final = int(LARGEST_TOTAL * _CENTS)


@dataclass(slots=True)
class Standing:
    """What of a row such a setting moves: the same as in the `Outline` of the item's plan, worded when asked for.

    `cents`: what the row shows, the payload's total, or Procore's amount where no line is left.
    """

    action: Action
    cents: int
    _shape: "_Shape"
    _settings: Settings
    danger: bool
    _rules: list[str]
    _day: int = 0
    _locked_to: date | None = None

    @property
    def total(self) -> Decimal:
        return Decimal(self.cents).scaleb(-2)

    @property
    def currency(self) -> str:
        own = self.action is Action.SKIPPED or self._settings.multi_currency
        return self._shape.own if own else self._shape.base

    @property
    def summary(self) -> str:
        if self._rules:
            return all_ignored(self._rules)
        if self.action is Action.BLOCKED and self._locked_to is not None:
            return in_locked_period(date.fromordinal(self._day), self._locked_to)
        if self.danger:
            return relabelled(self._shape.own, self._shape.base, self.total)
        return new_document(self.currency, self.total, bill=self._shape.bill)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What many items have in common: the other settings behind their rows with the values they had, and words."""

    names: tuple[str, ...]
    values: tuple[object, ...]
    companies: frozenset[str]
    bill: bool
    own: str
    """The items' own currency; `base`: Xero's, which their documents are in while `multi_currency` is off."""
    base: str


class Remainders:
    """Some 100 bytes for each simple item."""

    def __init__(self, organisation: Organisation, places: Places | None = None) -> None:
        """`places` may be shared with whoever else keeps something about the same items."""
        self._places = places or Places()
        self._organisation = organisation
        self._locked_to = organisation.locked_to
        self._at = array("i")
        """By place: an item's number in the columns below, or -1."""
        self._shape = array("I")
        self._days = array("i")
        """Of an item dated in the locked period its day, else 0."""
        self._starts = array("I", [0])
        """Where its parts begin; they end where the next one's begin."""
        self._kinds = array("H")
        self._cents = array("q")
        self._shapes: dict[_Shape, tuple[int, Traits]] = {}
        """Numbered, each with the traits of one of its items: settings look the same to all of them."""
        self._lines: dict[tuple[object, ...], int] = {}
        self._models: list[tuple[ItemLine, bool]] = []
        """A line of each kind: an ignore list treats all of one kind alike."""
        self._read: _Reading | None = None

    def __contains__(self, key: str) -> bool:
        return self._number(key) >= 0

    def note(
        self, key: str, item: Item, plan: Plan, traits: Traits, names: tuple[str, ...], settings: Settings
    ) -> None:
        """Keep what is needed of a plan, if the item is simple. `names`: the settings that are `seen` in its row."""
        if not _simple(plan, traits) or not self._reckonable(item, traits, settings):
            return
        parts = _parts(item)
        if parts is None or plan.totals is None:
            return
        others = tuple(name for name in names if name not in FOLLOWED)
        values = signature(traits, others, settings)
        base = self._organisation.base_currency
        shape = _Shape(others, values, traits.companies, traits.bill, item.currency.code or base, base)
        place = self._places.of(key)
        if place >= len(self._at):
            self._at.extend([-1] * (len(self._places.keys) - len(self._at)))
        self._at[place] = len(self._shape)
        self._shape.append(self._shapes.setdefault(shape, (len(self._shapes), traits))[0])
        self._days.append(item.date.toordinal() if traits.in_locked_period and item.date else 0)
        for line, cents in parts:
            self._kinds.append(self._kind(line, bill=traits.bill))
            self._cents.append(cents)
        self._starts.append(len(self._kinds))
        self._read = None

    def forget(self, keys: Iterable[str]) -> None:
        """Items that are other ones now."""
        for key in keys:
            if key in self:
                self._at[self._places.at[key]] = -1

    def standing(self, key: str, settings: Settings) -> Standing | None:
        """The item's row under other settings; None where it has to be planned."""
        at = self._number(key)
        if at < 0:
            return None
        read = self._read
        if read is None or read.settings is not settings:
            read = self._read = self._look(settings)
        shape = read.shapes[self._shape[at]]
        if shape is None:
            return None
        start, end, dropped = self._starts[at], self._starts[at + 1], read.dropped
        kept = cents = 0
        for kind, amount in zip(self._kinds[start:end], self._cents[start:end], strict=True):
            if not dropped[kind]:
                kept += 1
                cents += amount
        if not kept:
            rules = sorted({dropped[kind] for kind in self._kinds[start:end]})
            whole = sum(self._cents[start:end])
            return Standing(Action.SKIPPED, whole, shape, settings, danger=False, _rules=rules)
        if not 0 <= cents <= _MOST:
            return None
        day = self._days[at]
        danger = shape.own != shape.base and not settings.multi_currency
        action = Action.BLOCKED if day and not settings.sync_prior_locked_period else Action.CREATE
        return Standing(action, cents, shape, settings, danger, _NO_RULES, day, self._locked_to)

    def _reckonable(self, item: Item, traits: Traits, settings: Settings) -> bool:
        """Whether a foreign item could be sent in its own currency too: with Xero's own rate, which needs no checks."""
        known = item.currency.code in self._organisation.currencies
        return not traits.foreign or (known and settings.accounting_currency_rate)

    def _number(self, key: str) -> int:
        place = self._places.at.get(key, -1)
        return self._at[place] if 0 <= place < len(self._at) else -1

    def _look(self, settings: Settings) -> "_Reading":
        shapes = [
            shape if signature(traits, shape.names, settings) == shape.values else None
            for shape, (_, traits) in self._shapes.items()
        ]
        return _Reading(settings, shapes, [ignored_by(settings, line, bill=bill) for line, bill in self._models])

    def _kind(self, line: ItemLine, *, bill: bool) -> int:
        place = (bill, line.cost_type, tuple(code.id for code in line.tax_codes))
        found = self._lines.setdefault(place, len(self._models))
        if found == len(self._models):
            self._models.append((line, bill))
        return found


class _Reading:
    """Settings as the columns read them: the shapes that still hold, and by which rule a kind of line is dropped."""

    def __init__(self, settings: Settings, shapes: list[_Shape | None], dropped: list[str]) -> None:
        self.settings = settings
        self.shapes = shapes
        self.dropped = dropped


def _simple(plan: Plan, traits: Traits) -> bool:
    """Whether nothing but what is followed here can change the row: no document, nobody's number, nothing in the way
    but a locked period, and no line missing that could bring a finding with it.
    """
    if traits.status is not None or traits.rivals or traits.same_number or plan.left_out or plan.document is not None:
        return False
    serious = [finding.code for finding in plan.findings if finding.level is not Level.NOTE]
    if "foreign_amounts" in serious:
        serious.remove("foreign_amounts")
    return (plan.action is Action.CREATE and not serious) or (
        plan.action is Action.BLOCKED and serious == ["locked_period"]
    )


def _parts(item: Item) -> list[tuple[ItemLine, int]] | None:
    """Each line that moved, with its net amount in cents; None where something is not whole cents, or retention is
    negative: then lines depend on each other.
    """
    parts = []
    for line in item.lines:
        if not line.moved:
            continue
        if line.retained < 0 or line.released < 0:
            return None
        cents = [amount * _CENTS for amount in (line.amount, line.retained, line.released)]
        if any(amount != int(amount) for amount in cents):
            return None
        parts.append((line, int(line.net * _CENTS)))
    return parts
