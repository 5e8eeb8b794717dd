"""Procore's reference objects to our types. Text is kept as it came; blank is ""."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, NotAnAmount, amount
from smoothx_tui.procore.fields import Row, as_id, as_text
from smoothx_tui.procore.items import Address, Company, Contract, CostCode, CostType, Project, SubJob, TaxCode
from smoothx_tui.procore.reference import BudgetCode, HeadContract, KnownCostCode, Named

_PERCENT = Decimal(100)


def parse_project(row: Row) -> Project:
    name = as_text(row.get("name")) or as_text(row.get("display_name"))
    return Project(as_id(row.get("id")), name, as_text(row.get("project_number")).strip())


def parse_company(row: Row) -> Company:
    """A vendor. In the rows of commitments and direct costs there is little more than the name."""
    register = row.get("business_register")
    tax_number = as_text(register.get("identifier")) if isinstance(register, dict) else ""
    return Company(
        id=as_id(row.get("id")),
        name=as_text(row.get("name")) or as_text(row.get("company")),
        email=as_text(row.get("email_address")),
        phone=as_text(row.get("business_phone")),
        tax_number=tax_number or as_text(row.get("business_id")),
        address=Address(
            street=as_text(row.get("address")),
            city=as_text(row.get("city")),
            region=as_text(row.get("state_code")),
            postal_code=as_text(row.get("zip")),
            country=as_text(row.get("country_code")),
        ),
    )


def parse_cost_type(row: Row) -> CostType:
    return CostType(as_id(row.get("id")), as_text(row.get("code")), as_text(row.get("name")))


def parse_tax_code(row: Row) -> TaxCode:
    """`rate1` is in percent here (10), on a claim's line it is a fraction (0.1)."""
    percent = maybe(row.get("rate1"))
    name = as_text(row.get("code")) or as_text(row.get("description"))
    return TaxCode(as_id(row.get("id")), name, None if percent is None else percent / _PERCENT)


def parse_sub_job(row: Row) -> SubJob:
    return SubJob(as_id(row.get("id")), as_text(row.get("code")), as_text(row.get("name")))


def parse_cost_code(row: Row) -> KnownCostCode:
    """Also reads the cost code inside a line. `biller_type` says whether a sub job is billed."""
    code = CostCode(as_id(row.get("id")), as_text(row.get("full_code")), as_text(row.get("name")))
    billed = as_text(row.get("biller_type")).replace("_", "").replace(" ", "").lower() == "subjob"
    return KnownCostCode(code, as_id(row.get("biller_id")) if billed else "")


def parse_budget_code(row: Row) -> BudgetCode:
    """From the list of budget codes (`segment.type`) or from a claim's line (`segment_type`)."""
    by_type: dict[str, Row] = {}
    items = row.get("segment_items")
    for one in items if isinstance(items, list) else []:
        if isinstance(one, dict):
            segment = one.get("segment")
            kind = as_text(one.get("segment_type")) or as_text(
                segment.get("type") if isinstance(segment, dict) else None
            )
            by_type.setdefault(kind, one)
    cost_code, cost_type, sub_job = (by_type.get(kind) for kind in ("cost_code", "line_item_type", "sub_job"))
    return BudgetCode(
        cost_code=_path_code(cost_code) if cost_code else "",
        cost_code_name=as_text(cost_code.get("name")) if cost_code else "",
        cost_type=CostType("", as_text(cost_type.get("code")), as_text(cost_type.get("name"))) if cost_type else None,
        sub_job=parse_sub_job(sub_job) if sub_job else None,
    )


def _path_code(item: Row) -> str:
    """The full code where Procore states it; it is never put together from parts, whose separator is not known."""
    path = as_text(item.get("path_code"))
    parts = item.get("path_codes")
    return path or (as_text(parts[0]) if isinstance(parts, list) and len(parts) == 1 else "")


def parse_contract(row: Row) -> Contract:
    return Contract(as_id(row.get("id")), as_text(row.get("number")), as_text(row.get("title")))


def parse_head_contract(row: Row, vendors: Mapping[str, Company]) -> HeadContract:
    """The client is the head contract's own `vendor`; where that is only an id and a name, the directory's entry."""
    given = row.get("vendor")
    client = parse_company(given) if isinstance(given, dict) and as_id(given.get("id")) else None
    if client and client == Company(client.id, client.name):
        client = vendors.get(client.id, client)
    return HeadContract(parse_contract(row), client)


def parse_due_date(row: Row) -> date | None:
    try:
        return date.fromisoformat(as_text(row.get("due_date"))[:10])
    except ValueError:
        return None


def parse_company_rates(body: Any, base: str) -> dict[str, Decimal]:
    """Currency -> its units for one of the base currency; only positive rates that are in use."""
    rows = body.get("exchange_rates") if isinstance(body, dict) else body
    rates = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("is_active") is False:
            continue
        rate = maybe(row.get("exchange_rate"))
        if as_text(row.get("base_currency_iso_code")) == base and rate and rate > ZERO:
            rates[as_text(row.get("quote_currency_iso_code"))] = rate
    return rates


def maybe(value: Any) -> Decimal | None:
    """A number in any of Procore's forms; None where there is none."""
    try:
        return amount(value)
    except NotAnAmount:
        return None


def offered(pairs: Iterable[tuple[str, str]]) -> tuple[Named, ...]:
    """Entries of a list setting, by name, then id."""
    return tuple(sorted((Named(key, name) for key, name in pairs if key), key=lambda one: (one.name.casefold(), one)))
