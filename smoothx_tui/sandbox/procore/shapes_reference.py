"""Answers for companies, projects, vendors and codes. What the scenario gave wins over every default here."""

from typing import Any

from smoothx_tui.sandbox.procore.state import ProcoreState

Json = dict[str, Any]

_ORIGIN: Json = {"origin_id": None, "origin_data": None}
_COST_CODE_HIDDEN = ("project_id",)


def without(found: Json, *members: str) -> Json:
    """The object without members that Procore's own answer does not have."""
    return {name: value for name, value in found.items() if name not in members}


def company(state: ProcoreState) -> Json:
    return {"logo_url": None, "pcn_business_experience": False, **state.company}


def project(state: ProcoreState, found: Json) -> Json:
    """A row of the list of projects, v1.1."""
    number, name = found.get("project_number"), found["name"]
    own_company = {"id": state.company["id"], "name": state.company["name"]}
    return {
        "project_number": None,
        "display_name": f"{number} - {name}" if number else name,
        "address": None,
        "city": None,
        "state_code": None,
        "zip": None,
        "country_code": "AU",
        "origin_code": None,
        "accounting_project_number": None,
        "parent_job_id": None,
        "is_erp_integrated": False,
        "company": own_company,
        **_ORIGIN,
        **found,
    }


def project_detail(state: ProcoreState, found: Json) -> Json:
    """One project, v1.0: more members than the row has."""
    return {
        "description": None,
        "start_date": None,
        "completion_date": None,
        "total_value": None,
        "tz_name": found.get("time_zone"),
        "departments": [],
        **project(state, found),
    }


def sub_job(found: Json) -> Json:
    return {**_ORIGIN, "code": None, **without(found, "project_id")}


def cost_code(state: ProcoreState, found: Json) -> Json:
    """Codes are bound to a project; `biller_type` says Project or SubJob."""
    place = state.find("projects", found["project_id"]) or {}
    return {
        "code": found["full_code"].rsplit("-", 1)[-1],
        "biller": place.get("name"),
        "biller_id": found["project_id"],
        "biller_type": "Project",
        "budgeted": True,
        "parent": {"id": None},
        "position": None,
        "sortable_code": found["full_code"],
        "standard_cost_code_id": None,
        "deleted_at": None,
        "line_item_types": [],
        **_ORIGIN,
        **without(found, *_COST_CODE_HIDDEN),
    }


def cost_type(found: Json) -> Json:
    return {"code": None, "base_type": "other", **_ORIGIN, **without(found, "created_at", "updated_at")}


def tax_code(found: Json) -> Json:
    return {"description": "", **_ORIGIN, **without(found, "created_at", "updated_at")}


def wbs_code(found: Json) -> Json:
    """A budget code with its parts, each with the segment it belongs to."""
    parts = [{"path_codes": [one["code"]], "path_ids": [], "status": "active", **one} for one in found["segment_items"]]
    defaults = {"flat_name": None, "description": None, "status": "active"}
    return {**defaults, **without(found, "project_id"), "segment_items": parts}


def segments(state: ProcoreState, project_id: int) -> list[Json]:
    """The project's pattern: a sub job segment only where the project has sub jobs."""
    kinds = (("sub_job", "Sub Job", False), ("cost_code", "Cost Code", True), ("line_item_type", "Cost Type", False))
    has_sub_jobs = bool(state.of_project("sub_jobs", project_id))
    return [
        {
            "id": 10 + position,
            "type": kind,
            "name": name,
            "position": position,
            "delimiter": ".",
            "required": kind != "sub_job",
            "structure": "tiered" if tiered else "flat",
            "tiered": tiered,
            "is_included_in_project_pattern": kind != "sub_job" or has_sub_jobs,
        }
        for position, (kind, name, tiered) in enumerate(kinds, 1)
    ]


def vendor(found: Json) -> Json:
    """A company of the directory. Blank text is often "" and not null."""
    blank = ("legal_name", "trade_name", "abbreviated_name", "address", "city", "state_code", "zip", "country_code")
    more = ("business_phone", "mobile_phone", "fax_number", "email_address", "website", "business_id", "notes")
    defaults: Json = dict.fromkeys(blank + more, "")
    return {
        **defaults,
        "company": found["name"],
        "business_register": None,
        "is_active": True,
        "origin_code": None,
        "synced_to_erp": False,
        "company_vendor": True,
        "primary_contact": None,
        "vendor_group": None,
        "parent": None,
        "project_ids": [],
        **_ORIGIN,
        **found,
    }


def billing_period(found: Json) -> Json:
    return {"start_date": None, "end_date": None, "due_date": None, "status": "open", "position": None, **found}


def company_currency(state: ProcoreState) -> Json:
    defaults = {"multicurrency_enabled_effective_date": None, "eligible_for_multicurrency": True}
    return {**defaults, **without(state.currency, "exchange_rates", "projects")}


def company_rates(state: ProcoreState) -> Json:
    """1 base = rate x quote (facts/procore.md, "Reference objects")."""
    company_id = state.company["id"]
    rates = state.currency["exchange_rates"]
    return {"exchange_rates": [{"id": place, "company_id": company_id, **one} for place, one in enumerate(rates, 1)]}


def _own_currency(state: ProcoreState, project_id: int) -> Json:
    configured: list[Json] = state.currency["projects"]
    return next((one for one in configured if one["project_id"] == project_id), {})


def project_currency(state: ProcoreState, project_id: int) -> Json:
    """The project's own configuration, or the company's where it has none."""
    own = _own_currency(state, project_id)
    return {
        "company_id": state.company["id"],
        "project_id": project_id,
        "currency_iso_code": state.currency["currency_iso_code"],
        "currency_display": state.currency.get("currency_display", "symbol"),
        "company_currency_exchange_rate_override": None,
        "multicurrency_enabled": bool(state.currency.get("multicurrency_enabled")),
        **without(own, "exchange_rates"),
    }


def project_rates(state: ProcoreState, project_id: int) -> Json:
    own = _own_currency(state, project_id)
    common = {"company_id": state.company["id"], "project_id": project_id}
    return {
        "exchange_rates": [{"id": place, **common, **one} for place, one in enumerate(own.get("exchange_rates", []), 1)]
    }
