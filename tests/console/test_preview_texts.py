"""What the preview says of a plan, line by line."""

from decimal import Decimal
from typing import Any

from smoothx_tui.console.glyphs import UNICODE
from smoothx_tui.console.model.preview import diff_lines, why_lines
from smoothx_tui.planning.plan import Action, DocumentRef, Plan, Reason, Totals
from smoothx_tui.procore.items import Kind
from smoothx_tui.xero.statuses import Status


def a_plan(action: Action, procore: int, xero: int, **more: Any) -> Plan:
    totals = Totals(Decimal(procore), Decimal(xero), "AUD")
    return Plan("claim:1", Kind.PROGRESS_CLAIM, "N-1", "Harbour", "Quay St", None, action, totals=totals, **more)


def last_line(plan: Plan) -> str:
    return diff_lines(plan, UNICODE, unfolded=False)[-1].text


def test_a_difference_is_told_only_where_there_are_two_totals() -> None:
    assert last_line(a_plan(Action.NOT_READY, 640, 0)) == "  Procore 640.00 AUD"
    document = DocumentRef("d1", Status.DRAFT)
    assert "difference -275.00" in last_line(a_plan(Action.ORPHANED, 0, 275, document=document))


def test_a_reason_that_two_rules_give_is_told_once() -> None:
    reasons = (Reason("date", "Procore has no billing date"), Reason("decide", "Procore has no billing date"))
    texts = [line.text.strip() for line in why_lines(a_plan(Action.BLOCKED, 10, 0, reasons=reasons))]
    assert texts.count("Procore has no billing date") == 1
