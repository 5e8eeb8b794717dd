"""A Procore that is a function from request to response, one project with its reference data, and raw answers."""

import copy
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from smoothx_tui.base.http import Host
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.tokens import ClientCredentials
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.endpoints import ProcoreEndpoints
from smoothx_tui.procore.items import Company, Contract, CostCode, CostType, Project, SubJob, TaxCode
from smoothx_tui.procore.reference import BudgetCode, HeadContract, KnownCostCode, ProjectBooks, Reference
from tests.handmade import Handler, ManualClock, Tokens


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture
def procore(clock: ManualClock, log: RequestLog) -> Callable[[Handler], ProcoreClient]:
    def make(handler: Handler) -> ProcoreClient:
        host = Host(
            "https://api.procore.com", name="Procore", clock=clock, log=log, transport=httpx.MockTransport(handler)
        )
        return ProcoreClient(host, "5981", Tokens(), clock, jitter=lambda: 0.5)

    return make


@pytest.fixture
def books() -> ProjectBooks:
    return ProjectBooks(
        project=Project("301", "Quay St", "2235"),
        currency="AUD",
        cost_codes={
            "901": KnownCostCode(CostCode("901", "03-300", "Concrete")),
            "902": KnownCostCode(CostCode("902", "05-120", "Steel"), sub_job="71"),
        },
        sub_jobs={"71": SubJob("71", "01", "Carpark")},
        budget_codes={
            "5003": BudgetCode("03-300", "Concrete", CostType("", "REV", "Revenue")),
            "5004": BudgetCode("03-300", "Concrete", CostType("", "REV"), SubJob("9201", "01", "from the segment")),
        },
        commitments={"WorkOrderContract:1801": Contract("1801", "SC-001", "Concrete works")},
        commitment_vendors={"WorkOrderContract:1801": "1101"},
        head_contracts={"5501": HeadContract(Contract("5501", "HC-1", "Head contract"), Company("1138", "Owner"))},
        due_dates={"3301": date(2026, 7, 25), "3302": None},
    )


@pytest.fixture
def reference(books: ProjectBooks) -> Reference:
    return Reference(
        company_id="5981",
        base_currency="AUD",
        company_rates={"USD": Decimal("0.6512")},
        projects={"301": books},
        vendors={"1101": Company("1101", "Harbour Concrete", email="a@harbour.example")},
        cost_types={"15": CostType("15", "S", "Subcontract"), "17": CostType("17", "REV", "Revenue")},
        tax_codes={"88": TaxCode("88", "GST", Decimal("0.1"))},
    )


@pytest.fixture
def claim() -> dict[str, Any]:
    return copy.deepcopy(_CLAIM)


@pytest.fixture
def cost() -> dict[str, Any]:
    return copy.deepcopy(_COST)


@pytest.fixture
def head() -> dict[str, Any]:
    return copy.deepcopy(_HEAD)


Connect = Callable[..., ProcoreClient]


@pytest.fixture
async def connect(log: RequestLog) -> AsyncIterator[Connect]:
    """Signs a real client in at a sandbox in this process."""
    hosts: list[Host] = []

    def make(sandbox: Any, transport: httpx.AsyncBaseTransport | None = None) -> ProcoreClient:
        at = ProcoreEndpoints.sandbox("http://127.0.0.1")
        host = Host(at.api, name="Procore", clock=sandbox.clock, log=log, transport=transport or sandbox.transport())
        hosts.append(host)
        tokens = ClientCredentials(host, at.token_path, "sandbox", Secret("sandbox"), clock=sandbox.clock)
        company = str(sandbox.scenario.procore["company"]["id"])
        return ProcoreClient(host, company, tokens, sandbox.clock)

    yield make
    for host in hosts:
        await host.aclose()


_CLAIM: dict[str, Any] = {
    "id": 2201,
    "commitment_id": 1801,
    "commitment_type": "WorkOrderContract",
    "vendor_id": 1101,
    "vendor_name": "Harbour Concrete",
    "invoice_number": "HC-0045",
    "number": 2,
    "status": "approved",
    "billing_date": "2026-06-30",
    "period_id": 3301,
    "origin_id": None,
    "updated_at": "2026-06-29T05:10:00Z",
    "currency_configuration": {"currency_iso_code": "AUD", "currency_exchange_rate": Decimal("1.0")},
    "summary": {"current_payment_due": "13050.00", "total_retainage": None},
    "items": [
        {
            "id": 71001,
            "item_type": "contract_item",
            "description_of_work": "Footings",
            "cost_code_id": 901,
            "work_completed_this_period": "12000.00",
            "materials_presently_stored": "700.00",
            "materials_presently_stored_from_previous_progress": "200.00",
            "work_completed_retainage_retained_this_period": "1200.00",
            "work_completed_retainage_released_this_period": "300.00",
            "materials_stored_retainage_new_materials": "50.00",
            "materials_stored_retainage_released_this_period": "5.00",
            "taxes": [{"tax_code_id": 88, "tax_code_name": "GST@10%", "tax_code_rate": Decimal("0.1")}],
            "wbs_code": {
                "id": 5001,
                "flat_code": "03-300.S",
                "segment_items": [
                    {"id": 9001, "code": "300", "path_codes": ["03", "300"], "segment_type": "cost_code"},
                    {"id": 9101, "code": "S", "path_codes": ["S"], "segment_type": "line_item_type"},
                ],
            },
        }
    ],
}
_COST: dict[str, Any] = {
    "id": 4401,
    "direct_cost_type": "invoice",
    "status": "approved",
    "invoice_number": "LIFT-221",
    "direct_cost_date": "2026-06-09",
    "description": "Crane hire",
    "grand_total": None,
    "vendor": {"id": 1102, "name": "Lifting Co"},
    "vendor_id": 1102,
    "employee": None,
    "origin_id": None,
    "deleted_at": None,
    "updated_at": "2026-06-10T00:00:00Z",
    "currency_configuration": {"currency_iso_code": "AUD", "currency_exchange_rate": "1.0"},
    "line_items_count": 2,
    "line_items": [
        {
            "id": 1,
            "description": "Mobile crane",
            "quantity": "8.2",
            "unit_cost": "152.5",
            "amount": "1250.5",
            "tax_code_id": 88,
            "cost_code": {"id": 902, "full_code": "05-120", "name": "Steel", "biller_type": "SubJob", "biller_id": 71},
            "line_item_type": {"id": 14, "code": "E", "name": "Equipment"},
            "wbs_code": {"id": 5002, "flat_code": "05-120.E"},
        },
        {"id": 2, "description": "Float", "quantity": "1.0", "unit_cost": "125.0", "amount": "125.0"},
    ],
}
_HEAD: dict[str, Any] = {
    "id": 6601,
    "number": 3,
    "invoice_number": "PC-03",
    "status": "approved",
    "billing_date": "2026-06-30",
    "period_id": 3302,
    "origin_id": "null",
    "updated_at": "2026-06-30T00:00:00Z",
    "contract": {"id": 5501, "type": "PrimeContract", "title": "Head contract"},
    "g702": {"current_payment_due": "47500.00"},
    "g703": [
        {
            "id": 91001,
            "type": "payment_application_line_item",
            "origin_id": 82001,
            "origin_type": "LineItem",
            "description_of_work": "Structure",
            "description_override": None,
            "work_completed_this_period": "50000.00",
            "materials_presently_stored": "900.00",
            "work_completed_retainage_retained_this_period": "2500.00",
            "work_completed_retainage_released_this_period": "0.00",
            "materials_stored_retainage_retained_this_period": "40.00",
            "cost_code": {"id": 901, "full_code": "03-300"},
            "wbs_code": {"id": 5003, "flat_code": "03-300.REV"},
        }
    ],
}
