"""Answers for direct costs. In the list `vendor` is text and there are no lines; in the detail it is an object."""

from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, amount, cents, plain
from smoothx_tui.sandbox.procore import certificates
from smoothx_tui.sandbox.procore import shapes_codes as codes
from smoothx_tui.sandbox.procore import shapes_reference as reference
from smoothx_tui.sandbox.procore.shapes_claims import currency_text
from smoothx_tui.sandbox.procore.state import ProcoreState

Json = dict[str, Any]


def row(state: ProcoreState, found: Json) -> Json:
    """A row of the list."""
    vendor = state.find("vendors", found.get("vendor_id")) or {}
    return {**_header(state, found), "vendor": vendor.get("name"), "amount": _total(found)}


def detail(state: ProcoreState, found: Json) -> Json:
    """One direct cost with its lines."""
    vendor = state.find("vendors", found.get("vendor_id"))
    place = state.find("projects", found["project_id"]) or {}
    lines = found["line_items"]
    return {
        **_header(state, found),
        "vendor": vendor and {"id": vendor["id"], "name": vendor["name"]},
        "company": {"id": state.company["id"], "name": state.company["name"]},
        "project": {"id": found["project_id"], "name": place.get("name")},
        "currency_configuration": found.get("currency_configuration") or currency_text(state, found),
        "attachments": found.get("attachments", []),
        "line_items_count": len(lines),
        "line_items": [_line(state, line, place) for place, line in enumerate(lines, 1)],
    }


def _header(state: ProcoreState, found: Json) -> Json:
    vendor = state.find("vendors", found.get("vendor_id")) or {}
    return {
        "description": None,
        "direct_cost_date": None,
        "received_date": None,
        "payment_date": None,
        "invoice_number": None,
        "terms": None,
        "vendor_id": None,
        "vendor_name": vendor.get("name"),
        "employee": None,
        "origin_id": None,
        "origin_data": None,
        "deleted_at": None,
        "grand_total": _total(found),
        **reference.without(found, "line_items", "project_id", "attachments"),
    }


def _total(found: Json) -> str:
    return certificates.money(sum((_line_amount(line) for line in found["line_items"]), ZERO))


def _line_amount(line: Json) -> Decimal:
    if line.get("amount") is not None:
        return amount(line["amount"])
    return cents(amount(line.get("quantity") or "1") * amount(line.get("unit_cost") or "0"))


def _line(state: ProcoreState, line: Json, place: int) -> Json:
    value = plain(_line_amount(line))
    calculated = line.get("quantity") is not None and line.get("unit_cost") is not None
    answer: Json = {
        "description": None,
        "quantity": "1.0",
        "unit_cost": value,
        "amount": value,
        "total_amount": value,
        "extended_amount": value,
        "extended_type": "calculated" if calculated else "manual",
        "tax_code_id": None,
        "position": place,
        "uom": None,
        "origin_id": None,
        "origin_data": None,
        **line,
    }
    return {**answer, **_codes(state, line)}


def _codes(state: ProcoreState, line: Json) -> Json:
    """Cost code, cost type and budget code, whole where the line only named them."""
    shaped = {"cost_code": codes.cost_code(state, line), "line_item_type": codes.cost_type(state, line)}
    if line.get("wbs_code"):
        shaped["wbs_code"] = codes.short_budget_code(state, line["wbs_code"])
    return {name: value for name, value in shaped.items() if value is not None}
