"""Answers for progress claims (requisitions) and head contract claims (payment applications)."""

from bisect import bisect_left
from decimal import Decimal
from itertools import chain
from typing import Any

from smoothx_tui.base.money import ZERO, amount, plain
from smoothx_tui.sandbox.procore import certificates
from smoothx_tui.sandbox.procore import shapes_codes as codes
from smoothx_tui.sandbox.procore import shapes_reference as reference
from smoothx_tui.sandbox.procore.shapes_contracts import vendor_of
from smoothx_tui.sandbox.procore.state import ProcoreState

Json = dict[str, Any]

_ZERO_MEMBERS = (
    "materials_presently_stored",
    "work_completed_from_previous_application",
    "work_completed_this_period",
    "work_completed_retainage_retained_this_period",
    "work_completed_retainage_released_this_period",
    "materials_stored_retainage_released_this_period",
)
_HUNDRED = Decimal(100)
_RATE_PLACES = Decimal("0.000001")


def claim(state: ProcoreState, found: Json, view: str) -> Json:
    """A progress claim. `view`: default, header_only (no certificate), items or extended (with the lines)."""
    contract = state.find("commitments", found["commitment_id"]) or {}
    vendor = state.find("vendors", found.get("vendor_id")) or vendor_of(state, contract) or {}
    period = state.find("billing_periods", found.get("period_id")) or {}
    lines = found["items"]
    stored = certificates.total(lines, "materials_presently_stored_from_previous_progress")
    totals = certificates.certificate(lines, stored)
    totals.update(found.get("summary") or {})
    answer = {
        "commitment_type": contract.get("commitment_type"),
        "contract_name": contract.get("title"),
        "vendor_id": vendor.get("id"),
        "vendor_name": vendor.get("name"),
        "invoice_number": None,
        "invoice_type": "progress",
        "number": None,
        "billing_date": None,
        "requisition_start": period.get("start_date"),
        "requisition_end": period.get("end_date"),
        "period_id": None,
        "percent_complete": f"{certificates.percent_complete(totals)}%",
        "payment_date": None,
        "final": False,
        "deletable": True,
        "erp_status": None,
        "origin_id": None,
        "origin_data": None,
        "submitted_at": None,
        "total_claimed_amount": totals["current_payment_due"],
        "currency_configuration": _currency(state, found),
        **reference.without(found, "items", "summary", "attachments"),
    }
    if view != "header_only":
        answer["summary"] = totals
    if view in {"items", "extended"}:
        answer["items"] = [_claim_line(state, line) for line in lines]
    if view == "extended":
        answer.update(attachments=found.get("attachments", []), item_packages=found.get("item_packages", []))
    return answer


def _currency(state: ProcoreState, found: Json) -> Json:
    own = reference.project_currency(state, found["project_id"])
    code, base = own["currency_iso_code"], state.currency["currency_iso_code"]
    override = own["company_currency_exchange_rate_override"]
    return {
        "currency_iso_code": code,
        "currency_exchange_rate": amount(override) if override else _company_rate(state, code, base),
        "base_currency_iso_code": base,
    }


def _company_rate(state: ProcoreState, code: str, base: str) -> Decimal:
    """Units of the company's currency for one of `code`; the company states it the other way round."""
    rates: list[Json] = state.currency["exchange_rates"]
    rate = next((one["exchange_rate"] for one in rates if one["quote_currency_iso_code"] == code), None)
    if code == base or rate is None or not amount(rate):
        return Decimal("1.0")
    return (1 / amount(rate)).quantize(_RATE_PLACES)


def currency_text(state: ProcoreState, found: Json) -> Json:
    """The project's currency on an item: the rate is text, but on progress claims it is a number (S)."""
    own = _currency(state, found)
    return {**own, "currency_exchange_rate": plain(own["currency_exchange_rate"])}


def _claim_line(state: ProcoreState, line: Json) -> Json:
    defaults: Json = dict.fromkeys(_ZERO_MEMBERS, "0.00")
    answer = {
        "item_type": "contract_item",
        "accounting_method": "amount",
        "cost_code_id": None,
        "scheduled_value": "0.00",
        "materials_presently_stored_from_previous_progress": "0.00",
        "materials_stored_retainage_new_materials": "0.00",
        "description_of_work": None,
        **defaults,
        **line,
        "taxes": [_line_tax(state, tax) for tax in line.get("taxes") or []],
    }
    if answer["cost_code_id"] is None:
        answer["cost_code_id"] = (codes.cost_code(state, line) or {}).get("id")
    if line.get("wbs_code"):
        answer["wbs_code"] = codes.budget_code(state, line["wbs_code"])
    return answer


def _line_tax(state: ProcoreState, tax: Json) -> Json:
    """On a claim line the rate is a fraction: 0.1 for 10 %."""
    code = state.find("tax_codes", tax.get("tax_code_id")) or {}
    rate = amount(code.get("rate1") or 0) / _HUNDRED
    return {"tax_code_name": code.get("code"), "tax_code_rate": rate, **tax}


def head_claim(state: ProcoreState, found: Json, *, detail: bool) -> Json:
    """A head contract claim; the list has the certificate, the detail the lines too."""
    contract = state.find("prime_contracts", found["contract"]["id"]) or {}
    client = vendor_of(state, contract) or {}
    lines = found["g703"]
    totals = certificates.certificate(lines, stored_before(state, found))
    totals.update(found.get("g702") or {})
    answer = {
        "invoice_number": None,
        "number": None,
        "billing_date": None,
        "period_id": None,
        "period_start": None,
        "period_end": None,
        "percent_complete": certificates.percent_complete(totals),
        "formatted_contract_company": client.get("name"),
        "total_amount_accrued_this_period": certificates.money(_accrued(state, found)),
        "total_amount_paid": totals["less_previous_certificates_for_payment"],
        "origin_id": None,
        "origin_data": None,
        "currency_configuration": currency_text(state, found),
        **reference.without(found, "g703", "g702", "project_id", "attachments"),
        "g702": totals,
        "contract": {"type": "PrimeContract", "title": contract.get("title"), **found["contract"]},
    }
    if detail:
        answer["g703"] = [_head_line(state, place, line) for place, line in enumerate(lines, 1)]
        answer["attachments"] = found.get("attachments", [])
    return answer


def _accrued(state: ProcoreState, found: Json) -> Decimal:
    lines = found["g703"]
    work = certificates.total(lines, "work_completed_this_period", "materials_presently_stored")
    return work - stored_before(state, found)


def stored_before(state: ProcoreState, found: Json) -> Decimal:
    """Materials stored at the previous application, over the lines that this one has too (by `origin_id`)."""
    previous = _previous(state, found)
    if previous is None:
        return ZERO
    mine = {line.get("origin_id") for line in found["g703"]}
    lines = [line for line in previous["g703"] if line.get("origin_id") in mine]
    return certificates.total(lines, "materials_presently_stored")


def _previous(state: ProcoreState, found: Json) -> Json | None:
    """The application of the same contract with the next lower number. Ids rise with numbers as a rule, so that the
    search begins just below this one and rarely goes far.
    """
    items = state.items["payment_applications"]
    number = found.get("number") or 0
    numbers = items.of_group(found["contract"]["id"])
    place = bisect_left(numbers, found["id"])
    best: Json | None = None
    for other in chain(reversed(numbers[:place]), numbers[place + 1 :]):
        one = items.get(other)
        if one is None or (one.get("number") or 0) >= number:
            continue
        if best is None or (one.get("number") or 0) > (best.get("number") or 0):
            best = one
        if best.get("number") == number - 1:
            break
    return best


def _head_line(state: ProcoreState, place: int, line: Json) -> Json:
    defaults: Json = dict.fromkeys(_ZERO_MEMBERS, "0.00")
    answer = {
        "type": "payment_application_line_item",
        "item_number": place,
        "origin_id": None,
        "origin_type": "LineItem",
        "description_of_work": None,
        "description_override": None,
        "scheduled_value": "0.00",
        "materials_stored_retainage_retained_this_period": "0.00",
        **defaults,
        **line,
    }
    if cost_code := codes.cost_code(state, line):
        answer["cost_code"] = cost_code
    if line.get("wbs_code"):
        answer["wbs_code"] = codes.short_budget_code(state, line["wbs_code"])
    return answer
