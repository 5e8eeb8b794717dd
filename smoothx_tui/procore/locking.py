"""The ERP lock: an item with an `origin_id` is read-only in Procore's screens. Only the API can set it.

A wrongly nested body can answer 200 and change nothing, so whoever sends one reads the item before and after.
"""

from collections.abc import Mapping
from typing import Any

from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.items import Item, Kind


def lock_request(item: Item, origin_id: str | None) -> tuple[str, Mapping[str, Any]]:
    """Path and body of the PATCH, nested as each kind needs it; an `origin_id` of None clears the lock.

    Raises ServiceError where Procore named no contract, which a claim cannot be locked without.
    """
    project = int(item.project.id)
    contract = item.contract.id if item.contract else ""
    if item.kind is Kind.DIRECT_COST:
        path = f"/rest/v1.1/projects/{item.project.id}/direct_costs/{item.id}"
        return path, {"direct_cost": {"origin_id": origin_id}}
    if not contract.isdigit():
        raise ServiceError(f"{item.key} cannot be locked: Procore names no contract for it")
    if item.kind is Kind.PROGRESS_CLAIM:
        body = {"project_id": project, "commitment_id": int(contract), "requisition": {"origin_id": origin_id}}
        return f"/rest/v1.1/requisitions/{item.id}", body
    path = f"/rest/v1.0/prime_contracts/{contract}/payment_applications/{item.id}"
    return path, {"project_id": project, "payment_application": {"origin_id": origin_id}}
