"""What waits for a second person: as the entries of a list, and as the text that is read before saying yes."""

from collections.abc import Sequence
from typing import Final

from smoothx_tui.base import jsontext
from smoothx_tui.base.money import show
from smoothx_tui.console.glyphs import SIGNS
from smoothx_tui.console.model.lines import BLANK, Line, line, spans
from smoothx_tui.console.model.sheet import Entry
from smoothx_tui.console.port_approvals import Waiting
from smoothx_tui.planning.plan import Action
from smoothx_tui.session.place import age

APPROVE: Final = "yes"
WITHDRAW: Final = "withdraw"


def entries(found: Sequence[Waiting], operator: str) -> list[Entry]:
    """One entry an operation, oldest first; what the operator put up needs somebody else's yes."""
    # As wide as they have to be: in a narrow terminal the rest says who, and since when.
    action, number, amount = (max((len(word(one)) for one in found), default=0) for word in (_action, _number, _amount))
    return [
        Entry(
            one.id,
            f"{_action(one):<{action}}  {_number(one):<{number}}  {_amount(one):>{amount}}",
            f"by {_planner(one, operator)}, {age(one.planned_at)}  {one.item}",
            one.action if one.action in set(Action) else "",
        )
        for one in found
    ]


def document_lines(found: Sequence[Waiting], operator: str) -> list[Line]:
    """The exact requests that are approved, one after the other."""
    lines: list[Line] = []
    for one in found:
        if lines:
            lines.append(BLANK)
        lines.append(
            spans(
                (_action(one), one.action if one.action in set(Action) else ""),
                f"  {_number(one)}  {_amount(one)}  ",
                (f"{one.item}, submitted by {_planner(one, operator)}", "dim"),
                indent=2,
            )
        )
        lines.append(line(one.request, "heading"))
        text = jsontext.dumps({"Invoices": [dict(one.effect)]} if one.effect else {}, indent=2)
        lines += [line(each, indent=len(each) - len(each.lstrip()) + 2) for each in text.split("\n")]
    return lines


def question(found: Sequence[Waiting], operator: str, where: str) -> tuple[str, str]:
    """(what is asked, what to type). Of one's own only a withdrawal is asked: the ledger takes no approval of them."""
    others = [one for one in found if one.planned_by != operator]
    own = len(found) - len(others)
    if not others:
        return f"You put {'this' if own == 1 else f'these {own}'} up: a colleague has to approve.", f"Type {WITHDRAW}:"
    tail = f" {own} of your own wait for a colleague." if own else ""
    return f"Approve {len(others)} at {where}; a worker sends them.{tail}", f"Type {APPROVE}, or {WITHDRAW}:"


def _planner(one: Waiting, operator: str) -> str:
    return "you" if one.planned_by == operator else one.planned_by


def _action(one: Waiting) -> str:
    sign = next((SIGNS[each] for each in Action if each.value == one.action), "-")
    return f"{sign} {one.action}"


def _number(one: Waiting) -> str:
    return one.number or one.item


def _amount(one: Waiting) -> str:
    return f"{one.currency} {show(one.total)}".strip() if one.total is not None else ""
