"""PATCH and DELETE of the three kinds of item: editing, and the lock by `origin_id`.

A locked item (one with an `origin_id`) takes no other edit and no deletion; null unlocks. The value is unique in the
company. A body nested wrongly is answered 200 and changes nothing (S), a badly formatted date is stored as null
without an error (S), and an unknown member is ignored: all three are why a client has to read back.
"""

from datetime import date
from typing import Any

from smoothx_tui.sandbox.procore import shapes_claims, shapes_costs
from smoothx_tui.sandbox.procore.answers import Refusal, bad_request, conflict, invalid, invalid_list, not_found
from smoothx_tui.sandbox.procore.call import Call, read_id
from smoothx_tui.sandbox.procore.item_reads import need_item
from smoothx_tui.sandbox.procore.state import Kind, is_locked

Json = dict[str, Any]

_LOCK_MEMBERS = ("origin_id", "origin_data")
_DATES = frozenset({"billing_date", "payment_date", "received_date", "direct_cost_date", "period_start", "period_end"})
_EDITABLE: dict[Kind, tuple[str, ...]] = {
    "requisitions": ("invoice_number", "billing_date", "payment_date", "status"),
    "direct_costs": (
        "status",
        "description",
        "direct_cost_date",
        "payment_date",
        "received_date",
        "terms",
        "vendor_id",
        "invoice_number",
    ),
    "payment_applications": ("invoice_number", "billing_date", "period_start", "period_end", "status"),
}
STATUSES: dict[Kind, tuple[str, ...]] = {
    "requisitions": (
        "draft",
        "under_review",
        "revise_and_resubmit",
        "approved",
        "approved_as_noted",
        "pending_owner_approval",
    ),
    "direct_costs": ("draft", "pending", "revise_and_resubmit", "approved"),
    "payment_applications": ("draft", "under_review", "revise_and_resubmit", "approved"),
}


def patch_claim(call: Call) -> Json:
    """PATCH /requisitions/{id}: the body needs project_id and commitment_id beside `requisition`."""
    project, commitment = _body_id(call, "project_id"), _body_id(call, "commitment_id")
    found = need_item(call, "requisitions", project)
    if found["commitment_id"] != commitment:
        raise not_found(call.version)
    found = _apply(call, "requisitions", found, call.body.get("requisition"))
    return shapes_claims.claim(call.state, found, "extended")


def patch_direct_cost(call: Call) -> Json:
    """PATCH /projects/{p}/direct_costs/{id} with `direct_cost`."""
    found = need_item(call, "direct_costs", call.ids["project_id"])
    found = _apply(call, "direct_costs", found, call.body.get("direct_cost"))
    return shapes_costs.detail(call.state, found)


def patch_head_claim(call: Call) -> Json:
    """PATCH /prime_contracts/{pc}/payment_applications/{id} with project_id beside `payment_application`."""
    found = need_item(call, "payment_applications", _body_id(call, "project_id"))
    if found["contract"]["id"] != call.ids["prime_contract_id"]:
        raise not_found(call.version)
    found = _apply(call, "payment_applications", found, call.body.get("payment_application"))
    return shapes_claims.head_claim(call.state, found, detail=True)


def delete_claim(call: Call) -> None:
    _delete(call, "requisitions", call.query_id("project_id"))


def delete_direct_cost(call: Call) -> None:
    _delete(call, "direct_costs", call.ids["project_id"])


def delete_head_claim(call: Call) -> None:
    _delete(call, "payment_applications", call.query_id("project_id"))


def _delete(call: Call, kind: Kind, project: int) -> None:
    found = need_item(call, kind, project)
    if is_locked(found):
        raise _synced(kind)
    call.state.remove_item(kind, found["id"])


def _body_id(call: Call, name: str) -> int:
    value = call.body.get(name)
    if isinstance(value, str):
        value = read_id(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_request(f"{name} is required")
    return value


def _apply(call: Call, kind: Kind, found: Json, given: Any) -> Json:
    """The item after the edit, kept; or the refusal. Nothing recognisable in the body changes nothing."""
    if not isinstance(given, dict):
        return found
    changes = {name: given[name] for name in (*_LOCK_MEMBERS, *_EDITABLE[kind]) if name in given}
    for name in _DATES.intersection(changes):
        changes[name] = _date_or_null(changes[name])
    changes = {name: value for name, value in changes.items() if found.get(name) != value}
    _check_lock(call, kind, found, changes)
    _check_values(call, kind, changes)
    if changes:
        found.update(changes)
        call.state.change_item(kind, found)
    return found


def _check_lock(call: Call, kind: Kind, found: Json, changes: Json) -> None:
    """One integration an object: a held item takes only the same value again, or null."""
    if not is_locked(found):
        wanted = changes.get("origin_id")
        if is_locked(changes) and call.state.origins.get(str(wanted), (kind, found["id"])) != (kind, found["id"]):
            raise _taken(kind)
        return
    if any(name not in _LOCK_MEMBERS for name in changes) or is_locked(changes):
        raise _synced(kind)


def _check_values(call: Call, kind: Kind, changes: Json) -> None:
    origin = changes.get("origin_id")
    if origin is not None and not isinstance(origin, str):
        raise invalid("origin_id", "must be text")
    if "status" in changes and changes["status"] not in STATUSES[kind]:
        raise invalid("status", "is not included in the list")
    vendor = changes.get("vendor_id")
    if vendor is not None and call.state.find("vendors", vendor) is None:
        raise invalid("vendor_id", "does not exist")
    for name in ("invoice_number", "description", "terms"):
        if changes.get(name) is not None and not isinstance(changes[name], str):
            raise invalid(name, "must be text")


def _date_or_null(value: Any) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _taken(kind: Kind) -> Refusal:
    """A value that another item has. Direct costs answer 409 for a duplicate."""
    if kind == "direct_costs":
        return conflict("Origin ID has already been taken")
    return invalid("origin_id", "has already been taken")


def _synced(kind: Kind) -> Refusal:
    """An edit of a locked item, in the shape of its kind."""
    text = "This item has been synced with ERP and cannot be edited"
    return invalid("base", text) if kind == "direct_costs" else invalid_list(text)
