"""What is left of an item when lines are ignored or a period is locked: whole numbers, without looking at the item.

Most items are simple: nothing of them is in Xero, and nothing stands in their way. Of those an ignore list takes lines,
and a locked period blocks them, and nothing else changes in their row. So a few numbers of each are kept. They stand by
kind of line (cost type, tax codes): a list that ignores one kind moves a hundred thousand rows by taking that kind's
column away from the totals, and looks at no other line. Every other item has to be planned.
"""

from array import array
from bisect import bisect_left
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
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
STEP: Final = 10_000
"""Lines or items at a time: a millisecond or two."""
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


@dataclass(slots=True)
class _Column:
    """The lines of one kind: numbers of the items that have some, rising, and their net amounts in cents."""

    model: ItemLine
    """Any of them: an ignore list treats all of one kind alike."""
    bill: bool
    items: "array[int]" = field(default_factory=lambda: array("I"))
    cents: "array[int]" = field(default_factory=lambda: array("q"))

    def of(self, item: int) -> int | None:
        at = bisect_left(self.items, item)
        return self.cents[at] if at < len(self.items) and self.items[at] == item else None


class Remainders:
    """Some 100 bytes for each simple item."""

    def __init__(self, organisation: Organisation, places: Places | None = None) -> None:
        """`places` may be shared with whoever else keeps something about the same items."""
        self.places: Final = places or Places()
        self._organisation = organisation
        self._locked_to = organisation.locked_to
        self.base: Final = organisation.base_currency
        self._at = array("i")
        """By place: an item's number in the columns below, or -1."""
        self._shape = array("I")
        self._days = array("i")
        """Of an item dated in the locked period its day, else 0."""
        self._whole = array("q")
        """What all lines come to, in cents."""
        self._kinds = array("H")
        """Of how many kinds they are."""
        self._shapes: dict[_Shape, tuple[int, Traits]] = {}
        """Numbered, each with the traits of one of its items: settings look the same to all of them."""
        self._columns: dict[tuple[object, ...], _Column] = {}
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
        base = self.base
        shape = _Shape(others, values, traits.companies, traits.bill, item.currency.code or base, base)
        place = self.places.of(key)
        if place >= len(self._at):
            self._at.extend([-1] * (len(self.places.keys) - len(self._at)))
        number = self._at[place] = len(self._shape)
        self._shape.append(self._shapes.setdefault(shape, (len(self._shapes), traits))[0])
        self._days.append(item.date.toordinal() if traits.in_locked_period and item.date else 0)
        self._whole.append(sum(cents for _, cents in parts))
        self._kinds.append(self._put_lines(number, parts, bill=traits.bill))
        self._read = None

    def _put_lines(self, number: int, parts: list[tuple[ItemLine, int]], *, bill: bool) -> int:
        """Lines of one kind together, each kind in its column; how many kinds there are."""
        kinds, columns = 0, self._columns
        for line, cents in parts:
            kind = bill, line.cost_type, tuple(code.id for code in line.tax_codes)
            column = columns.get(kind)
            if column is None:
                column = columns[kind] = _Column(line, bill)
            if column.items and column.items[-1] == number:
                column.cents[-1] += cents
            else:
                column.items.append(number)
                column.cents.append(cents)
                kinds += 1
        return kinds

    def forget(self, keys: Iterable[str]) -> None:
        """Items that are other ones now."""
        for key in keys:
            if key in self:
                self._at[self.places.at[key]] = -1

    def standing(self, key: str, settings: Settings) -> Standing | None:
        """The item's row under other settings; None where it has to be planned."""
        number = self._number(key)
        if number < 0:
            return None
        read = self._look(settings)
        kept, cents = self._kinds[number], self._whole[number]
        rules: set[str] = set()
        for rule, column in read.dropped:
            amount = column.of(number)
            if amount is not None:
                kept -= 1
                cents -= amount
                rules.add(rule)
        return self._standing(read, number, kept, cents, rules)

    def _standing(self, read: "_Reading", number: int, kept: int, cents: int, rules: set[str]) -> Standing | None:
        shape, settings = read.shapes[self._shape[number]], read.settings
        if shape is None:
            return None
        if not kept:
            whole = self._whole[number]
            return Standing(Action.SKIPPED, whole, shape, settings, danger=False, _rules=sorted(rules))
        if not 0 <= cents <= _MOST:
            return None
        day = self._days[number]
        danger = shape.own != shape.base and not settings.multi_currency
        action = Action.BLOCKED if day and not settings.sync_prior_locked_period else Action.CREATE
        return Standing(action, cents, shape, settings, danger, _NO_RULES, day, self._locked_to)

    def left(self, settings: Settings) -> Generator[None, None, "Left"]:
        """What is left of every item under other settings, in small steps."""
        read = self._look(settings)
        cents, kept = self._whole[:], self._kinds[:]
        self._at.extend([-1] * (len(self.places.keys) - len(self._at)))
        # More may be noted on the way: columns are taken as long as they are now.
        dropped = [(column, len(column.items)) for _, column in read.dropped]
        for column, length in dropped:
            for start in range(0, length, STEP):
                end = min(start + STEP, length)
                for number, amount in zip(column.items[start:end], column.cents[start:end], strict=True):
                    cents[number] -= amount
                    kept[number] -= 1
                yield
        return Left(self, read, cents, kept)

    def alike_of(self, left: "Left", places: Iterable[int]) -> tuple[list["Alike"], list[int]]:
        """Items whose rows differ in the amount alone, together; those of the others that need no plan come back as
        places. Items that have to be planned are left out.
        """
        at, shapes, days, cents, kept = self._at, self._shape, self._days, left.cents, left.kept
        size, many, unlocked = len(cents), len(left.looks), left.read.settings.sync_prior_locked_period
        looks, plain = left.looks, left.plain
        found: dict[int, Alike] = {}
        several = len(left.rules) > 1  # which of the rules took all lines is said of each item
        others: list[int] = []
        for place in places:
            number = at[place]
            if not 0 <= number < size:
                continue
            look, amount = looks[shapes[number]], cents[number]
            if look < 0:
                continue
            if kept[number]:
                # A danger's words name the amount.
                alone = not plain[look] or not 0 <= amount <= _MOST
                key = look if unlocked else days[number] * many + look
            else:
                alone, amount, key = several, self._whole[number], -1 - look
            group = found.get(key)
            if alone:
                others.append(place)
            elif group is not None:
                group.places.append(place)
                group.cents.append(amount)
            elif (standing := self.standing_at(left, place)) is not None:
                found[key] = Alike(standing, [place], [amount])
        return list(found.values()), others

    def standing_at(self, left: "Left", place: int) -> Standing | None:
        """As `standing`, from what is left."""
        number = self._at[place]
        kept, rules = left.kept[number], set(left.rules)
        if not kept and len(rules) > 1:
            rules = {rule for rule, column in left.read.dropped if column.of(number) is not None}
        return self._standing(left.read, number, kept, left.cents[number], rules)

    def _reckonable(self, item: Item, traits: Traits, settings: Settings) -> bool:
        """Whether a foreign item could be sent in its own currency too: with Xero's own rate, which needs no checks."""
        known = item.currency.code in self._organisation.currencies
        return not traits.foreign or (known and settings.accounting_currency_rate)

    def _number(self, key: str) -> int:
        place = self.places.at.get(key, -1)
        return self._at[place] if 0 <= place < len(self._at) else -1

    def _look(self, settings: Settings) -> "_Reading":
        read = self._read
        if read is None or read.settings is not settings:
            shapes = [
                shape if signature(traits, shape.names, settings) == shape.values else None
                for shape, (_, traits) in self._shapes.items()
            ]
            rules = ((ignored_by(settings, one.model, bill=one.bill), one) for one in self._columns.values())
            read = self._read = _Reading(settings, shapes, [(rule, column) for rule, column in rules if rule])
        return read


@dataclass(slots=True)
class _Reading:
    """Settings as the columns read them: the shapes that still hold, and the kinds of lines that a rule drops."""

    settings: Settings
    shapes: list[_Shape | None]
    dropped: list[tuple[str, _Column]]


@dataclass(slots=True)
class Alike:
    """Items whose rows are as this one's, but for the amount."""

    standing: Standing
    places: list[int]
    cents: list[int]


class Left:
    """What is left of every simple item under some settings."""

    def __init__(self, remainders: Remainders, read: _Reading, cents: "array[int]", kept: "array[int]") -> None:
        """`cents`, `kept`: by an item's number, and how many kinds of lines they are of."""
        self.read: Final = read
        self.cents: Final = cents
        self.kept: Final = kept
        self.rules: Final = frozenset(rule for rule, _ in read.dropped)
        many = read.settings.multi_currency
        numbers: dict[str, int] = {}
        self.looks: Final = [-1 if one is None else numbers.setdefault(one.own, len(numbers)) for one in read.shapes]
        """By the number of a shape: its currency's number, which is all that its items' rows show of it; -1 where they
        have to be planned.
        """
        self.plain: Final = [own == remainders.base or many for own in numbers]
        """By that number: whether what is sent is no danger."""
        self._remainders = remainders

    def alike(self, places: Iterable[int]) -> tuple[list[Alike], list[int]]:
        """Of these places those whose rows differ in the amount alone, and the others that need no plan either."""
        return self._remainders.alike_of(self, places)

    def standing(self, place: int) -> Standing | None:
        """Of one of the others; None where it has to be planned after all."""
        return self._remainders.standing_at(self, place)


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
