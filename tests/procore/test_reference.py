from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import ServiceError
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Address, Company, CostType, SubJob
from smoothx_tui.procore.load_reference import load_reference
from smoothx_tui.procore.parse_reference import (
    parse_budget_code,
    parse_company,
    parse_company_rates,
    parse_cost_code,
    parse_head_contract,
    parse_tax_code,
)

Make = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]

ANSWERS: dict[str, Any] = {
    "/rest/v1.1/projects": [
        {"id": 301, "name": "Quay St", "project_number": "2235", "active": True},
        {"id": 302, "name": "Old yard", "active": False},
    ],
    "/rest/v1.0/vendors": [{"id": 1101, "name": "Zinc Co"}, {"id": 1102, "name": "borex"}],
    "/rest/v1.0/line_item_types": [{"id": 15, "code": "S", "name": "Subcontract"}],
    "/rest/v1.0/tax_codes": [{"id": 88, "code": "GST", "description": "GST on expenses", "rate1": 10}],
    "/rest/v1.0/companies/5981/currency_configuration": {"currency_iso_code": "AUD"},
    "/rest/v1.0/companies/5981/currency_configuration/exchange_rates": {
        "exchange_rates": [
            {"base_currency_iso_code": "AUD", "quote_currency_iso_code": "USD", "exchange_rate": "0.6512"},
        ]
    },
    "/rest/v1.0/cost_codes": [{"id": 901, "full_code": "03-300", "name": "Concrete"}],
    "/rest/v1.0/sub_jobs": [{"id": 71, "code": "01", "name": "Carpark"}],
    "/rest/v1.0/projects/301/work_breakdown_structure/wbs_codes": [
        {"id": 5001, "segment_items": [{"code": "300", "path_code": "03-300", "segment": {"type": "cost_code"}}]}
    ],
    "/rest/v1.0/projects/301/billing_periods": [{"id": 3301, "due_date": "2026-07-25"}],
    "/rest/v1.0/prime_contracts": [{"id": 5501, "number": "HC-1", "title": "Head", "vendor": {"id": 1102}}],
    "/rest/v1.0/work_order_contracts": [{"id": 1801, "number": "SC-001", "vendor": {"id": 1101, "company": "Zinc Co"}}],
    "/rest/v1.0/purchase_order_contracts": [{"id": 1801, "number": "PO-001"}],
    "/rest/v1.0/companies/5981/projects/301/currency_configuration": {
        "currency_iso_code": "NZD",
        "company_currency_exchange_rate_override": "0.9123",
    },
}


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=ANSWERS[request.url.path])


async def test_reference_data_is_read_and_put_together(procore: Make) -> None:
    told: list[tuple[str, int, int]] = []
    reference = await load_reference(procore(answer), lambda *step: told.append(step))
    assert (reference.base_currency, reference.company_rates) == ("AUD", {"USD": Decimal("0.6512")})
    assert list(reference.projects) == ["301"]
    books = reference.projects["301"]
    assert (books.project.name, books.currency, books.rate) == ("Quay St", "NZD", Decimal("0.9123"))
    assert books.due_dates == {"3301": date(2026, 7, 25)}
    assert {key: one.number for key, one in books.commitments.items()} == {
        "WorkOrderContract:1801": "SC-001",
        "PurchaseOrderContract:1801": "PO-001",
    }
    assert books.commitment_vendors == {"WorkOrderContract:1801": "1101"}
    assert books.head_contracts["5501"].client == Company("1102", "borex")
    assert books.budget_codes["5001"].cost_code == "03-300"
    assert books.sub_job_by_code("01") == SubJob("71", "01", "Carpark")
    assert reference.problems == ()
    assert told == [("projects", 1, 1)]


async def test_the_ignore_lists_are_offered_what_is_there_by_name(procore: Make) -> None:
    offers = (await load_reference(procore(answer))).offers
    assert offers.companies == (("1102", "borex"), ("1101", "Zinc Co"))
    assert offers.cost_types == (("15", "S - Subcontract"),)
    assert offers.tax_codes == (("88", "GST - GST on expenses"),)


async def test_a_list_that_is_refused_is_noted_and_the_others_go_on(procore: Make) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("sub_jobs", "tax_codes", "exchange_rates")):
            return httpx.Response(403, json={"errors": "no permission"})
        return answer(request)

    reference = await load_reference(procore(handle))
    assert sorted((one.project, one.what) for one in reference.problems) == [
        ("", "exchange rates"),
        ("", "tax codes"),
        ("301", "sub jobs"),
    ]
    assert "no permission" in reference.projects["301"].unread["sub jobs"]


async def test_a_long_limit_is_not_taken_for_an_empty_list(procore: Make) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("sub_jobs"):
            return httpx.Response(429, headers={"Retry-After": "3000"})
        return answer(request)

    with pytest.raises(ServiceError) as caught:
        await load_reference(procore(handle))
    assert caught.value.status == 429


async def test_without_the_projects_nothing_can_be_read(procore: Make) -> None:
    with pytest.raises(ServiceError, match="list the projects"):
        await load_reference(procore(lambda _: httpx.Response(403, json={"errors": "no"})))


def test_a_company() -> None:
    row = {
        "id": 1,
        "name": "Borex",
        "address": "1 Quay St",
        "city": "",
        "zip": None,
        "country_code": "AU",
        "business_phone": "02 1",
        "email_address": "a@borex.example",
        "business_register": {"type": "abn", "identifier": "10 000 000 000"},
    }
    assert parse_company(row) == Company(
        "1", "Borex", "a@borex.example", "02 1", "10 000 000 000", Address("1 Quay St", country="AU")
    )


def test_the_client_is_the_directory_s_entry_where_the_contract_has_only_a_name() -> None:
    full = Company("7", "Owner", email="a@owner.example")
    row = {"id": 1, "vendor": {"id": 7, "name": "Owner"}}
    assert parse_head_contract(row, {"7": full}).client == full
    assert parse_head_contract(row, {}).client == Company("7", "Owner")
    assert parse_head_contract({"id": 1, "vendor": None}, {}).client is None


@pytest.mark.parametrize("biller", ["SubJob", "sub_job", "Sub Job"])
def test_a_cost_code_of_a_sub_job(biller: str) -> None:
    assert parse_cost_code({"id": 1, "full_code": "1", "biller_type": biller, "biller_id": 71}).sub_job == "71"
    assert parse_cost_code({"id": 1, "biller_type": "Project", "biller_id": 71}).sub_job == ""


def test_a_full_code_is_never_put_together() -> None:
    parts = {"segment_items": [{"path_codes": ["03", "300"], "segment_type": "cost_code"}]}
    assert parse_budget_code(parts).cost_code == ""
    assert parse_budget_code({"segment_items": [{"path_codes": ["03"], "segment_type": "cost_code"}]}).cost_code == "03"


def test_the_cost_type_of_a_budget_code_is_a_segment_of_its_own() -> None:
    row = {"flat_code": "03-300.S", "segment_items": [{"code": "REV", "segment": {"type": "line_item_type"}}]}
    assert parse_budget_code(row).cost_type == CostType("", "REV")


@pytest.mark.parametrize(("percent", "rate"), [(10, Decimal("0.1")), ("12.5", Decimal("0.125")), (None, None)])
def test_a_tax_code_s_rate_becomes_a_fraction(percent: Any, rate: Decimal | None) -> None:
    assert parse_tax_code({"id": 1, "code": "GST", "rate1": percent}).rate == rate


def test_only_rates_in_use_of_the_base_currency() -> None:
    row = {"base_currency_iso_code": "AUD", "quote_currency_iso_code": "USD", "exchange_rate": "0.65"}
    rows = [
        row,
        row | {"quote_currency_iso_code": "NZD", "is_active": False},
        row | {"quote_currency_iso_code": "EUR", "exchange_rate": "0"},
        row | {"quote_currency_iso_code": "GBP", "base_currency_iso_code": "USD"},
        row | {"quote_currency_iso_code": "FJD", "exchange_rate": "about 1"},
        "no row",
    ]
    assert parse_company_rates({"exchange_rates": rows}, "AUD") == {"USD": Decimal("0.65")}
    assert parse_company_rates(None, "AUD") == {}
