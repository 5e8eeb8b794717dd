"""Answers for commitments and head contracts: list, detail and the v2.0 form with ids as text."""

from typing import Any

from smoothx_tui.sandbox.procore import shapes_reference as reference
from smoothx_tui.sandbox.procore.state import ProcoreState

Json = dict[str, Any]

_NOT_A_COMMITMENT = ("commitment_type", "project_id")
_COMMON: Json = {
    "accounting_method": "amount",
    "approved_change_orders": "0.00",
    "contract_date": None,
    "deleted_at": None,
    "description": None,
    "executed": True,
    "execution_date": None,
    "origin_code": None,
    "origin_data": None,
    "origin_id": None,
    "private": False,
    "retainage_percent": "0.0",
}


def vendor_of(state: ProcoreState, contract: Json) -> Json | None:
    """The company behind a contract, as the directory has it now."""
    given = contract.get("vendor") or {}
    found = state.find("vendors", given.get("id"))
    if found is not None:
        return reference.vendor(found)
    return reference.vendor(given) if "name" in given else None


def currency_of(state: ProcoreState, project_id: int) -> str:
    code: str = reference.project_currency(state, project_id)["currency_iso_code"]
    return code


def commitment(state: ProcoreState, found: Json, *, detail: bool) -> Json:
    """A work order or purchase order contract, v1.0. In the list the company is an id and a name only."""
    vendor = vendor_of(state, found)
    place = state.find("projects", found["project_id"]) or {}
    answer = {
        **_COMMON,
        "requisitions_are_enabled": True,
        "currency_configuration": {"currency_iso_code": currency_of(state, found["project_id"])},
        **reference.without(found, *_NOT_A_COMMITMENT),
        "project": {"id": found["project_id"], "name": place.get("name")},
        "vendor": vendor and {"id": vendor["id"], "company": vendor["company"]},
    }
    if detail:
        answer.update(vendor=vendor, line_items=found.get("line_items", []), invoice_contacts=[], payments_issued=[])
    return answer


def commitment_v2(state: ProcoreState, found: Json) -> Json:
    """The same in v2.0: ids are text, the company is an id."""
    vendor = vendor_of(state, found)
    return {
        "id": str(found["id"]),
        "number": found["number"],
        "title": found["title"],
        "type": found["commitment_type"],
        "status": found["status"],
        "vendor_id": vendor and str(vendor["id"]),
        "currency_iso_code": currency_of(state, found["project_id"]),
        "accounting_method": found.get("accounting_method", "amount"),
        "retainage_percent": found.get("retainage_percent"),
        "grand_total": found.get("grand_total"),
        "origin_id": found.get("origin_id"),
        "origin_data": found.get("origin_data"),
        "deleted_at": found.get("deleted_at"),
        "created_at": found["created_at"],
        "updated_at": found["updated_at"],
    }


def prime_contract(state: ProcoreState, found: Json, *, detail: bool) -> Json:
    """A head contract, v1.0; its `vendor` is the client."""
    answer = {
        **_COMMON,
        "currency_configuration": {"currency_iso_code": currency_of(state, found["project_id"])},
        **reference.without(found, "project_id"),
        "vendor": vendor_of(state, found),
    }
    if detail:
        answer.update(type="PrimeContract", line_items=found.get("line_items", []), payments_received=[])
    return answer
