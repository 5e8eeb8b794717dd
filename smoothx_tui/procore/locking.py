"""The ERP lock: an item with an `origin_id` is read-only in Procore's screens. Only the API can set it.

A wrongly nested body can answer 200 and change nothing, so what the item carries is read before and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smoothx_tui.base.answers import Answer
from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Item, Kind
from smoothx_tui.procore.loading import item_path
from smoothx_tui.procore.origin import as_origin_id
from smoothx_tui.procore.refusals import said


@dataclass(frozen=True, slots=True)
class LockState:
    """What an item carries now; `origin_id` is "" where it is not locked."""

    origin_id: str
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class LockReport:
    """What was found before, what Procore answered (None: nothing was sent), and what was found after.

    `refused` is Procore's own words about a refusal, cleaned. The caller decides what it means.
    """

    before: LockState
    answer: Answer | None
    after: LockState
    refused: str = ""


async def read_lock(client: ProcoreClient, item: Item) -> LockState:
    """What the item carries now. Raises SmoothxError (ServiceError 404 where it is not there)."""
    path, params = item_path(item.kind, item.project.id, item.id)
    raw = await client.get(path, params, f"read {item.key}")
    updated = raw.get("updated_at")
    return LockState(as_origin_id(raw.get("origin_id")), updated if isinstance(updated, str) else "")


async def write_lock(client: ProcoreClient, item: Item, origin_id: str | None) -> Answer:
    """One PATCH, nothing else; None clears. Raises as `ProcoreClient.patch` does."""
    path, body = lock_request(item, origin_id)
    return await client.patch(path, body)


async def lock(client: ProcoreClient, item: Item, origin_id: str) -> LockReport:
    """Lock an item that is not locked; one that already carries an `origin_id`, ours or not, is left as it is."""
    before = await read_lock(client, item)
    if before.origin_id:
        return LockReport(before, None, before)
    return await _written(client, item, before, origin_id)


async def unlock(client: ProcoreClient, item: Item, origin_id: str) -> LockReport:
    """Clear the lock where it is `origin_id`; any other is left as it is."""
    before = await read_lock(client, item)
    if before.origin_id.lower() != origin_id.lower():
        return LockReport(before, None, before)
    return await _written(client, item, before, None)


async def _written(client: ProcoreClient, item: Item, before: LockState, origin_id: str | None) -> LockReport:
    answer = await write_lock(client, item, origin_id)
    after = await read_lock(client, item)
    return LockReport(before, answer, after, "" if answer.ok else said(answer) or f"status {answer.status}")


def lock_request(item: Item, origin_id: str | None) -> tuple[str, Mapping[str, Any]]:
    """Path and body, nested as each kind needs it (facts: procore.md, locking after a sync).

    Raises ServiceError where Procore named no contract, which a claim can not be locked without.
    """
    project = int(item.project.id)
    contract = item.contract.id if item.contract else ""
    if item.kind is Kind.DIRECT_COST:
        path = f"/rest/v1.1/projects/{item.project.id}/direct_costs/{item.id}"
        return path, {"direct_cost": {"origin_id": origin_id}}
    if not contract.isdigit():
        raise ServiceError(f"{item.key} can not be locked: Procore names no contract for it")
    if item.kind is Kind.PROGRESS_CLAIM:
        body = {"project_id": project, "commitment_id": int(contract), "requisition": {"origin_id": origin_id}}
        return f"/rest/v1.1/requisitions/{item.id}", body
    path = f"/rest/v1.0/prime_contracts/{contract}/payment_applications/{item.id}"
    return path, {"project_id": project, "payment_application": {"origin_id": origin_id}}
