"""What a change would do: two sets of plans side by side, and two plans of one item."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, plain
from smoothx_tui.base.text import clean
from smoothx_tui.planning.plan import Action, Outline, Plan


@dataclass(frozen=True, slots=True)
class Pair:
    """How many items go from one action to another; `before` and `after` may be equal where only the effect moves."""

    before: Action
    after: Action
    count: int


@dataclass(frozen=True, slots=True)
class TotalsMove:
    """What would be sent in one currency, before and after: the payloads' totals of the items that can be sent."""

    currency: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One difference between two plans of an item; None is absent. `path` as in the plan's JSON."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemImpact:
    """An item whose plan changes. Its differences are found when they are looked at: with very many items only the
    outlines are at hand, and `planned` makes the two plans.
    """

    item: str
    before: Plan | Outline
    after: Plan | Outline
    planned: Callable[[], tuple[Plan, Plan]] | None = None

    @property
    def changes(self) -> tuple[PlanChange, ...]:
        if self.planned is not None:
            return compare(*self.planned())
        assert isinstance(self.before, Plan)
        assert isinstance(self.after, Plan)
        return compare(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change would do to all items. Nothing is sent by it."""

    pairs: tuple[Pair, ...]
    totals: tuple[TotalsMove, ...]
    items: Sequence[ItemImpact]
    unchanged: int
    """Items whose plan stays as it is."""


def impact(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> Impact:
    """Compare two sets of plans of the same items; one that is in only one of them is left out."""
    moved = [
        ItemImpact(key, plan, other)
        for key, plan in before.items()
        if (other := after.get(key)) is not None and other is not plan and other != plan
    ]
    counts: dict[tuple[Action, Action], int] = {}
    for change in moved:
        pair = change.before.action, change.after.action
        counts[pair] = counts.get(pair, 0) + 1
    pairs = sorted(counts.items(), key=lambda entry: (entry[0][0] is entry[0][1], -entry[1], entry[0]))
    return Impact(
        tuple(Pair(was, becomes, count) for (was, becomes), count in pairs),
        _totals(before, after),
        tuple(moved),
        len(before) - len(moved),
    )


def _totals(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> tuple[TotalsMove, ...]:
    old, new = to_send(before), to_send(after)
    moves = (TotalsMove(code, old.get(code, ZERO), new.get(code, ZERO)) for code in sorted({*old, *new}))
    return tuple(move for move in moves if move.difference)


def to_send(plans: Mapping[str, Plan]) -> dict[str, Decimal]:
    """The payloads' totals by currency, of the items that can be sent: without tax, net of retention."""
    sums: dict[str, Decimal] = {}
    for plan in plans.values():
        if plan.request is not None and plan.payload is not None and plan.totals is not None:
            sums[plan.totals.currency] = sums.get(plan.totals.currency, ZERO) + plan.totals.xero
    return sums


def compare(before: Plan, after: Plan) -> tuple[PlanChange, ...]:
    """What differs between two plans of one item, payload lines by what they stand for."""
    old, new = dict(_flat(before)), dict(_flat(after))
    paths = [*old, *(path for path in new if path not in old)]
    return tuple(PlanChange(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def _flat(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "action", plan.action.value
    if plan.request is not None:
        yield "request", f"{plan.request.method} {plan.request.path}"
    for step in plan.first:
        yield f"first.{step.step.value}.{clean(str(step.body.get('Name', '')))}", _text(step.body)
    if plan.then:
        yield "then", ", ".join(plan.then)
    for file in plan.files:
        yield f"files.{clean(file.id)}", file.left_out or f"{file.name}{' (online)' if file.online else ''}"
    said: dict[str, str] = {}
    for finding in plan.findings:
        path = f"findings.{finding.level.value}.{finding.code}"
        said[path] = f"{said[path]}; {finding.text}" if path in said else finding.text
    yield from said.items()
    for left in plan.left_out:
        yield f"left_out.{left.line}.{left.rule}", plain(left.amount)
    if plan.totals is not None:
        yield "totals.xero", plain(plan.totals.xero)
        yield "totals.currency", plan.totals.currency
    yield from _payload(plan)


def _payload(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.payload is None:
        return
    for member, value in plan.payload.items():
        if member != "LineItems":
            yield f"payload.{member}", _text(value)
    for key, line in zip(plan.line_keys, plan.payload["LineItems"], strict=True):
        for member, value in line.items():
            yield f"payload.LineItems[{clean(key)}].{member}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(member)}" for name, member in value.items())
    if isinstance(value, list):
        return "; ".join(_text(entry) for entry in value)
    return clean(str(value))
