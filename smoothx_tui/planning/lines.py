"""Which lines are sent, and what each says: ignored lines, amounts, quantities, descriptions."""

from decimal import Decimal, InvalidOperation
from typing import Final

from smoothx_tui.base.money import ZERO, cents, four_places, show
from smoothx_tui.base.text import clean
from smoothx_tui.planning.draft import Draft, PlannedLine
from smoothx_tui.planning.plan import LeftOut
from smoothx_tui.planning.traits import reads
from smoothx_tui.procore.items import Item, ItemLine, Kind
from smoothx_tui.settings.schema import Settings

ONE: Final = Decimal(1)
LARGEST_LINE: Final = Decimal("9999999999.99")
LONGEST_DESCRIPTION: Final = 4000
_CLAIMED: Final = (
    ("Quantity", "a claim's line is 1 x its amount"),
    ("UnitAmount", "Procore: work this period + new materials stored"),
)
_MULTIPLIED: Final = (("Quantity", "Procore: quantity"), ("UnitAmount", "Procore: unit_cost"))
_NOT_MULTIPLIED: Final = (
    ("Quantity", "quantity x unit cost does not give the amount, so 1 x amount"),
    ("UnitAmount", "Procore: amount"),
)
_DESCRIBED: Final = ("Description", "Procore: the line's description")
_CODED: Final = ("Description", "Procore: the line's description, with its cost code")
_NAMELESS: Final = ("Description", "the line has no description in Procore")
_LARGEST_READ: Final = Decimal("1e15")


def unreadable(draft: Draft) -> None:
    """What could not be read of Procore's answer is not guessed."""
    for problem in draft.item.problems:
        path, text = clean(problem.path), clean(problem.text)
        draft.block("unreadable", f"{path}: {text}", f"correct {path} of the item in Procore, then refresh")


@reads(
    ignore_cost_types=lambda traits: traits.ready and bool(traits.cost_types),
    ignore_tax_codes=lambda traits: traits.ready and traits.bill and bool(traits.tax_codes),
)
def moved_lines(draft: Draft) -> None:
    """Lines that moved this period, less the ignored ones, which leave with their retention."""
    procore, settings = ZERO, draft.settings
    for line in draft.item.lines:
        if not sound(line):
            draft.block(
                "unreadable",
                f"{line_name(line)}: an amount that no document can hold",
                f"correct the amounts of {line_name(line)} in Procore, then refresh",
            )
            continue
        exact = line.amount
        if line.retained or line.released:
            procore += line.net
        elif exact:
            procore += exact
        else:
            continue
        if rule := ignored_by(settings, line, bill=draft.bill):
            _leave_out(draft, line, rule)
            continue
        amount = cents(exact)
        draft.lines.append(PlannedLine(line, amount))
        if amount != exact:
            _rounded(draft, line_name(line), exact, amount)
    draft.procore = procore


def line_name(line: ItemLine) -> str:
    """For findings: `line 3 (Formwork)`, cleaned, the description in its first 40 characters."""
    description = clean(line.description.strip())
    if not description:
        return f"line {line.position}"
    return f"line {line.position} ({description if len(description) <= 40 else description[:39] + '…'})"


def sound(line: ItemLine) -> bool:
    """Whether the amounts of a line can be computed with."""
    retained, released = line.retained, line.released
    try:
        return (
            -_LARGEST_READ < line.amount < _LARGEST_READ
            and (not retained or -_LARGEST_READ < retained < _LARGEST_READ)
            and (not released or -_LARGEST_READ < released < _LARGEST_READ)
        )
    except InvalidOperation:  # an order between a number and none
        return False


def ignored_by(settings: Settings, line: ItemLine, *, bill: bool) -> str:
    """The ignore list that drops a line; "" where none does."""
    if (kind := line.cost_type) and settings.ignore_cost_types:
        ignored = settings.ignore_cost_types
        # A head contract line may know its cost type by code only; an id and a code cannot be mistaken.
        if kind.id in ignored or (not kind.id and kind.code and kind.code in ignored):
            return "ignore_cost_types"
    if bill and line.tax_codes and any(code.id in settings.ignore_tax_codes for code in line.tax_codes):
        return "ignore_tax_codes"
    return ""


def _leave_out(draft: Draft, line: ItemLine, rule: str) -> None:
    name = line_name(line)
    if line.amount:
        draft.left_out.append(LeftOut(name, line.amount, rule))
    if retention := line.released - line.retained:
        draft.left_out.append(LeftOut(f"{name}, retention", retention, rule))
    draft.reason(f"{name} left out, {show(line.net)}", rule, show(line.net), "0.00")


def _rounded(draft: Draft, name: str, exact: Decimal, rounded: Decimal) -> None:
    draft.left_out.append(LeftOut(f"{name}, rounding", exact - rounded, "half_up"))
    draft.note("rounded", f"{name}: {exact:f} is rounded to {rounded:f}, half up, as Xero does")


def line_amounts(draft: Draft) -> None:
    """Claims: 1 x amount. Direct costs: their own quantity x unit cost, where Xero arrives at the same amount."""
    direct = draft.item.kind is Kind.DIRECT_COST
    for line in draft.lines:
        line.quantity, line.unit_amount = ONE, line.amount
        if abs(line.amount) > LARGEST_LINE:
            name = line_name(line.source)
            draft.block(
                "line_too_large",
                f"{name}: Xero holds at most {show(LARGEST_LINE)} on a line",
                f"split {name} in Procore",
            )
        if not direct:
            line.why.extend(_CLAIMED)
        elif (factors := _factors(line.source, line.amount)) is not None:
            line.quantity, line.unit_amount = factors
            line.why.extend(_MULTIPLIED)
        else:
            line.why.extend(_NOT_MULTIPLIED)


def _factors(line: ItemLine, amount: Decimal) -> tuple[Decimal, Decimal] | None:
    """Quantity and unit cost cut to Xero's four places, if they still give the amount; Xero refuses a negative
    quantity.
    """
    quantity, unit_cost = line.quantity, line.unit_cost
    if quantity is None or unit_cost is None or not quantity.is_finite() or not unit_cost.is_finite():
        return None
    if quantity == ONE and unit_cost == amount:
        return ONE, amount
    if not 0 < quantity < _LARGEST_READ or abs(unit_cost) >= _LARGEST_READ:
        return None
    quantity, unit_cost = four_places(quantity), four_places(unit_cost)
    if abs(quantity * unit_cost) >= _LARGEST_READ or cents(quantity * unit_cost) != amount:
        return None
    return quantity.normalize(), at_least_cents(unit_cost)


def at_least_cents(value: Decimal) -> Decimal:
    """A unit amount with two places, or with more where it has them."""
    rounded = cents(value)
    return rounded if rounded == value else value.normalize()


def line_description(draft: Draft) -> None:
    """The line's description behind its cost code; never empty, cut at Xero's 4,000 characters with a note."""
    for line in draft.lines:
        if not line.amount:
            continue
        source = line.source
        text = source.description
        if not text.isprintable():
            text = draft.outgoing(line_name(source), text)
        text, why = text.strip(), _DESCRIBED
        if code := source.cost_code:
            head = draft.outgoing("cost code", code.full_code).strip()
            text = text or draft.outgoing("cost code", code.name).strip()
            text = f"{head} - {text}" if head and text else head or text
            why = _CODED
        if not text:
            text, why = f"Line {source.position}", _NAMELESS
        if len(text) > LONGEST_DESCRIPTION:
            text = text[:LONGEST_DESCRIPTION]
            draft.note(
                "description_cut", f"{line_name(source)}: the description is cut at {LONGEST_DESCRIPTION:,} characters"
            )
        line.description = text
        line.why.append(why)


def total(lines: list[PlannedLine]) -> Decimal:
    """What the lines come to, net of retention: what would be booked, but for its rounding."""
    return sum([line.amount - line.source.retained + line.source.released for line in lines], ZERO)


def procore_total(item: Item) -> Decimal:
    """Procore's amount of this period, without tax, net of retention; lines that cannot be computed with are not in
    it, and block the item.
    """
    return sum([line.net for line in item.lines if sound(line)], ZERO)
