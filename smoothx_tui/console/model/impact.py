"""What a changed setting does, as the entries of a list."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from smoothx_tui.base.money import show
from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.console.model.lines import Line, line, spans
from smoothx_tui.console.model.sheet import Entry
from smoothx_tui.planning.impact import Impact, ItemImpact
from smoothx_tui.planning.plan import Action

MOST: Final = 5000
"""Items listed; the counts are of all of them."""


def impact_entries(impact: Impact, base_currency: str) -> Iterator[Entry]:
    """Pairs of actions with their counts, the totals, then the items one by one."""
    yield Entry("", "Items")
    if not impact.items:
        yield Entry("", f"  none of the {impact.unchanged:,} items changes")
    for pair in impact.pairs:
        if pair.before is pair.after:
            yield Entry("", f"  {_name(pair.after)}, with another content: {pair.count:,}")
        else:
            yield Entry("", f"  {_name(pair.before)} -> {_name(pair.after)}: {pair.count:,}")
    if impact.totals:
        yield Entry("", "Total to send")
    for move in impact.totals:
        sign = "+" if move.difference > 0 else ""
        yield Entry(
            "",
            f"  {move.currency or base_currency}  {show(move.before)} -> {show(move.after)}"
            f"  ({sign}{show(move.difference)})",
        )
    if impact.items:
        yield Entry("", "One by one (enter opens one)")
    for each in islice(impact.items, MOST):
        yield _item(each)
    if len(impact.items) > MOST:
        yield Entry("", f"  and {len(impact.items) - MOST:,} more")


def change_lines(each: ItemImpact) -> list[Line]:
    """The difference of an item's two plans."""
    found = [line(f"{each.after.contact}  {each.after.project}", "dim")]
    for change in each.changes:
        path = change.path.removeprefix("payload.")
        if change.before is None:
            found.append(spans(("+ ", "added"), f"{path}  {change.after}", indent=4))
        elif change.after is None:
            found.append(spans(("- ", "removed"), f"{path}  {change.before}", indent=4))
        else:
            found.append(spans(("~ ", "changed"), f"{path}  {change.before} -> {change.after}", indent=4))
    return found


def _item(each: ItemImpact) -> Entry:
    before, after = each.before, each.after
    moved = (
        f"{SIGNS[after.action]} {_name(after.action)}"
        if before.action is after.action
        else f"{SIGNS[before.action]} {_name(before.action)} -> {SIGNS[after.action]} {_name(after.action)}"
    )
    return Entry(
        each.item, f"{after.number or each.item:<16} {moved}", f"{after.contact}  {after.summary}", after.action.value
    )


def _name(action: Action) -> str:
    return action.value.replace("_", " ")
