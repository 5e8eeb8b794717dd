"""Running counts and totals, so that a mark costs the same with ten items and with a hundred thousand."""

from collections import Counter
from decimal import Decimal

from smoothx_tui.base.money import ZERO, show
from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.planning.actions import Action
from smoothx_tui.session.rows import ACTION_WORDS, Row

_ORDER = {action: at for at, action in enumerate((Action.CREATE, Action.RECREATE, Action.UPDATE, Action.DELETE))}


class Tally:
    """How many rows of each action, and how much money, by currency."""

    def __init__(self) -> None:
        self.counts: Counter[Action] = Counter()
        self._sums: dict[tuple[Action, str], Decimal] = {}

    def add(self, row: Row) -> None:
        self.counts[row.action] += 1
        key = (row.action, row.currency)
        self._sums[key] = self._sums.get(key, ZERO) + row.total

    def drop(self, row: Row) -> None:
        """Take out a row that was added with these same values."""
        self.counts[row.action] -= 1
        self._sums[(row.action, row.currency)] -= row.total

    def clear(self) -> None:
        self.counts.clear()
        self._sums.clear()

    @property
    def total(self) -> int:
        return self.counts.total()

    def parts(self, base_currency: str) -> list[str]:
        """`+2 new 26,100.00`, by action; another currency than the base is named."""
        found: list[str] = []
        for action in sorted(self.counts, key=lambda action: _ORDER.get(action, len(_ORDER))):
            if not self.counts[action]:
                continue
            amounts = [
                f"{currency + ' ' if currency not in ('', base_currency) else ''}{show(amount)}"
                for (of, currency), amount in sorted(self._sums.items(), key=lambda pair: pair[0][1])
                if of is action and amount
            ]
            found.append(f"{SIGNS[action]}{self.counts[action]} {ACTION_WORDS[action]} {' + '.join(amounts)}".rstrip())
        return found
