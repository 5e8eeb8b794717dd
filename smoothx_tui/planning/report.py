"""Plans as the JSON that the commands print. Money is text, except in payloads, where it is a number as Xero wants it.

Every text outside `payload` and `first` is cleaned, so that it may be shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, plain
from smoothx_tui.base.text import clean
from smoothx_tui.planning.gaps import Gap
from smoothx_tui.planning.impact import Impact, ItemImpact
from smoothx_tui.planning.lines import at_least_cents
from smoothx_tui.planning.plan import Action, Plan, PlannedFile, Reason, Totals


def plan_json(plan: Plan) -> dict[str, Any]:
    """One item's plan, for `jsontext.dumps`; `digest` names everything that would be done.

    Dicts, lists and texts, and in the payload Decimals.
    """
    return {
        "id": plan.item,
        "kind": plan.kind.value,
        "number": plan.number,
        "contact": plan.contact,
        "project": plan.project,
        "date": plan.date.isoformat() if plan.date else None,
        "action": plan.action.value,
        "document": {"status": plan.document.status.value, "id": plan.document.id} if plan.document else None,
        "payload": plan.payload,
        "request": {"method": plan.request.method, "path": plan.request.path} if plan.request else None,
        "first": [{step.step.value: step.body} for step in plan.first],
        "then": list(plan.then),
        "files": [_file(plan, file) for file in plan.files],
        "reasons": [_reason(reason) for reason in plan.reasons],
        "findings": [{"level": f.level.value, "code": f.code, "text": f.text, "fix": f.fix} for f in plan.findings],
        "left_out": [{"line": e.line, "amount": _money(e.amount), "rule": e.rule} for e in plan.left_out],
        "diff": [
            {"path": c.path, "xero": c.xero, "planned": c.planned, "edited_in_xero": c.edited_in_xero}
            for c in plan.diff
        ],
        "totals": _totals(plan.totals) if plan.totals else None,
        "why": dict(plan.why),
        "digest": plan.digest,
    }


def _file(plan: Plan, file: PlannedFile) -> dict[str, Any]:
    """`request` is null where it is not sent: it is there already, or `left_out` says why."""
    request = plan.request_of(file) if file.attach else None
    return {
        "id": clean(file.id),
        "source": file.source,
        "name": file.name or None,
        "size": file.size,
        "there": file.there,
        "left_out": file.left_out or None,
        "request": {"method": request.method, "path": request.path} if request else None,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    found = {"rule": reason.rule, "setting": reason.setting or None, "text": reason.text}
    return {**found, "before": reason.before, "after": reason.after} if reason.before or reason.after else found


def _money(amount: Decimal) -> str:
    """Two places, or more where it has them."""
    return plain(at_least_cents(amount))


def _totals(totals: Totals) -> dict[str, str]:
    return {
        "procore": _money(totals.procore),
        "xero": _money(totals.xero),
        "difference": _money(totals.difference),
        "currency": totals.currency,
    }


def summary_json(plans: Iterable[Plan]) -> dict[str, Any]:
    """Counts by action, and what would be booked by action and currency."""
    listed = list(plans)
    actions = Counter(plan.action for plan in listed)
    return {
        "items": len(listed),
        "sendable": sum(plan.sendable for plan in listed),
        "dangers": sum(plan.sendable and bool(plan.dangers) for plan in listed),
        "files": sum(len(plan.attaching) for plan in listed if plan.sendable),
        "actions": {action.value: actions[action] for action in Action if actions[action]},
        "totals": {
            action.value: {code: _money(amount) for code, amount in amounts.items()}
            for action, amounts in totals_by_action(listed).items()
        },
    }


def totals_by_action(plans: Iterable[Plan]) -> Mapping[Action, Mapping[str, Decimal]]:
    """What the sendable plans would book: action -> currency -> amount, without tax, net of retention."""
    found: dict[Action, dict[str, Decimal]] = {}
    for plan in plans:
        if plan.sendable and plan.totals is not None:
            amounts = found.setdefault(plan.action, {})
            amounts[plan.totals.currency] = amounts.get(plan.totals.currency, ZERO) + plan.totals.xero
    return {action: found[action] for action in Action if action in found}


def impact_json(impact: Impact) -> dict[str, Any]:
    """What a change would do to the pending items."""
    return {
        "pairs": [{"before": p.before.value, "after": p.after.value, "count": p.count} for p in impact.pairs],
        "totals": [
            {
                "currency": move.currency,
                "before": _money(move.before),
                "after": _money(move.after),
                "difference": _money(move.difference),
            }
            for move in impact.totals
        ],
        "unchanged": impact.unchanged,
        "items": [_item_impact(change) for change in impact.items],
    }


def _item_impact(change: ItemImpact) -> dict[str, Any]:
    return {
        "id": change.item,
        "number": change.after.number,
        "contact": change.after.contact,
        "before": change.before.action.value,
        "after": change.after.action.value,
        "why": change.after.summary,
        "changes": [{"path": c.path, "before": c.before, "after": c.after} for c in change.changes],
    }


def gaps_json(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """What `mapping check` finds."""
    return [
        {
            "code": gap.code,
            "text": gap.text,
            "fix": gap.fix,
            "blocks": gap.blocks,
            "items": list(gap.items),
            "money": [{"currency": code, "amount": _money(amount)} for code, amount in gap.money],
        }
        for gap in gaps
    ]
