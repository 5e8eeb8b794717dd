"""A plan as JSON, in the shape that docs/cli.md promises. Money is text, except inside a Xero payload."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from smoothx_tui.base.money import ZERO, plain
from smoothx_tui.planning.plan import Action, Plan, Totals

if TYPE_CHECKING:
    from smoothx_tui.session.place import Place
    from smoothx_tui.session.session import Session


def place_json(place: "Place") -> dict[str, Any]:
    """`profile` and `organisation` of every document that speaks of items."""
    return {
        "profile": place.profile,
        "organisation": {
            "name": place.organisation,
            "tenant_id": place.tenant_id,
            "base_currency": place.base_currency,
            "environment": place.environment.value,
        },
    }


def plans_json(session: "Session", plans: Sequence[Plan]) -> dict[str, Any]:
    """The document of `plan --json` and of a plan file."""
    return {
        **place_json(session.place),
        "settings_revision": session.loaded.revision,
        "items": [plan_json(plan) for plan in plans],
        "summary": summary_json(plans),
        "problems": list(session.problems),
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    """One item. `digest` names everything that would be done: a plan file is checked by it before it is sent."""
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
        "reasons": [_reason(plan, number) for number in range(len(plan.reasons))],
        "findings": [{"level": f.level.value, "code": f.code, "text": f.text, "fix": f.fix} for f in plan.findings],
        "left_out": [{"line": out.line, "amount": plain(out.amount), "rule": out.rule} for out in plan.left_out],
        "diff": [
            {"path": c.path, "xero": c.xero, "planned": c.planned, "edited_in_xero": c.edited_in_xero}
            for c in plan.diff
        ],
        "totals": _totals(plan.totals),
        "why": dict(plan.why),
        "digest": plan.digest,
    }


def _reason(plan: Plan, number: int) -> dict[str, Any]:
    reason = plan.reasons[number]
    found = {"rule": reason.rule, "setting": reason.setting or None, "text": reason.text}
    if reason.before or reason.after:
        found |= {"before": reason.before, "after": reason.after}
    return found


def _totals(totals: Totals | None) -> dict[str, Any] | None:
    if totals is None:
        return None
    return {
        "procore": plain(totals.procore),
        "xero": plain(totals.xero),
        "difference": plain(totals.difference),
        "currency": totals.currency,
    }


def summary_json(plans: Iterable[Plan]) -> dict[str, Any]:
    """Counts, and what would be booked by action and currency."""
    listed = list(plans)
    actions = Counter(plan.action for plan in listed)
    return {
        "items": len(listed),
        "sendable": sum(plan.sendable for plan in listed),
        "dangers": sum(plan.sendable and bool(plan.dangers) for plan in listed),
        "actions": {action.value: actions[action] for action in Action if actions[action]},
        "totals": {
            action.value: {currency: plain(amount) for currency, amount in amounts.items()}
            for action, amounts in totals_by_action(listed).items()
        },
    }


def totals_by_action(plans: Iterable[Plan]) -> Mapping[Action, Mapping[str, Decimal]]:
    """What the sendable plans would book: action -> currency -> amount, without tax."""
    found: dict[Action, dict[str, Decimal]] = {}
    for plan in plans:
        if plan.sendable and plan.totals is not None:
            amounts = found.setdefault(plan.action, {})
            amounts[plan.totals.currency] = amounts.get(plan.totals.currency, ZERO) + plan.totals.xero
    return {action: found[action] for action in Action if action in found}
