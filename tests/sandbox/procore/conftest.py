"""A Procore of its own for each test, with a clock that stands still."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.limits import Limits
from smoothx_tui.sandbox.procore import ProcoreState, procore_routes, storage_routes
from smoothx_tui.sandbox.procore.admin import procore_admin_routes
from smoothx_tui.sandbox.scenario import Scenario, scenario_from
from smoothx_tui.sandbox.tokens import Tokens

SIGN_IN = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
Start = Callable[..., "Emulator"]


class Emulator:
    """State, clock and a signed-in client of one emulated Procore."""

    def __init__(self, scenario: Scenario, *, enforced: bool = False) -> None:
        self.clock = SandboxClock(scenario.clock, speed=0)
        self.state = ProcoreState.from_scenario(scenario, self.clock)
        self.scenario = scenario
        self.tokens = Tokens(self.clock)
        routes = procore_routes(self.state, self.clock, Limits(self.clock, enforced=enforced), self.tokens)
        admin = Mount("/admin/procore", routes=procore_admin_routes(self.state))
        storage = Mount("/storage", routes=storage_routes(self.state))
        app = Starlette(routes=[Mount("/procore", routes=routes), storage, admin])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://api.procore.com/procore")

    async def sign_in(self) -> None:
        answer = await self.client.post("/oauth/token", json=SIGN_IN)
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.client.headers["Procore-Company-Id"] = str(self.state.company["id"])

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a good answer."""
        answer = await self.client.get(path, params=query or None)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    async def act(self, path: str, body: Any = None, expect: int = 200) -> Any:
        """A project manager's deed."""
        answer = await self.client.post(f"https://api.procore.com/admin/procore{path}", json=body or {})
        assert answer.status_code == expect, answer.text
        return answer.json()


SMALL: dict[str, Any] = {
    "clock": "2026-07-03T09:00:00Z",
    "procore": {
        "company": {"id": 100, "name": "Small Builder"},
        "projects": [
            {"id": 301, "name": "Quay", "project_number": "2235"},
            {"id": 302, "name": "Depot", "active": False},
        ],
        "vendors": [{"id": 1, "name": "Vero Pty Ltd", "project_ids": [302]}, {"id": 2, "name": "Client Trust"}],
        "cost_codes": [
            {"id": 90, "project_id": 301, "full_code": "03-300", "name": "Concrete"},
            {"id": 91, "project_id": 301, "full_code": "01-540", "name": "Cranes", "biller_type": "SubJob",
             "biller_id": 501},
        ],
        "sub_jobs": [{"id": 501, "project_id": 301, "name": "Carpark", "code": "01"}],
        "line_item_types": [{"id": 14, "code": "S", "name": "Subcontract", "base_type": "commitment"}],
        "tax_codes": [{"id": 88, "code": "GST@10%", "rate1": 10}],
        "wbs_codes": [{"id": 5001, "project_id": 301, "flat_code": "03-300.S"}],
        "commitments": [
            {"id": 801, "project_id": 301, "number": "SC-1", "vendor": {"id": 1}},
            {"id": 802, "project_id": 301, "vendor": {"id": 1}, "commitment_type": "PurchaseOrderContract"},
            {"id": 803, "project_id": 301, "vendor": {"id": 1}, "deleted_at": "2026-06-01T00:00:00Z"},
        ],
        "prime_contracts": [{"id": 901, "project_id": 301, "title": "Head", "vendor": {"id": 2}}],
        "billing_periods": [
            {"id": 3301, "project_id": 301, "start_date": "2026-06-01", "end_date": "2026-06-30",
             "due_date": "2026-07-25"},
        ],
        "requisitions": [
            {"id": 7000 + place, "project_id": 301, "commitment_id": 801, "invoice_number": f"V-{place}",
             "status": "approved" if place % 2 else "draft", "period_id": 3301, "billing_date": "2026-06-30",
             "created_at": f"2026-06-{place:02}T00:00:00Z", "updated_at": f"2026-06-{place:02}T00:00:00Z",
             "items": [{"work_completed_this_period": "100.00", "scheduled_value": "500.00",
                        "work_completed_retainage_retained_this_period": "10.00",
                        "wbs_code": {"id": 5001}, "taxes": [{"tax_code_id": 88}]}]}
            for place in range(1, 8)
        ],
        "direct_costs": [
            {"id": 4401, "project_id": 301, "invoice_number": "L-1", "direct_cost_date": "2026-06-09",
             "received_date": "2026-06-10", "vendor": {"id": 1}, "origin_id": "ledgerworks:1",
             "line_items": [{"description": "Crane", "quantity": "8.2", "unit_cost": "152.5", "tax_code_id": 88,
                             "cost_code": {"id": 90}, "line_item_type": {"id": 14}},
                            {"description": "Float", "amount": "125.0"}]},
            {"id": 4402, "project_id": 301, "status": "draft", "employee": {"id": 5, "name": "Sam Sample"},
             "direct_cost_type": "expense"},
        ],
        "payment_applications": [
            {"id": 6601, "project_id": 301, "invoice_number": "PC-1", "billing_date": "2026-05-31",
             "g703": [{"origin_id": 82001, "work_completed_this_period": "1000", "materials_presently_stored": "300",
                       "wbs_code": {"id": 5001}}]},
            {"id": 6602, "project_id": 301, "invoice_number": "PC-2", "billing_date": "2026-06-30",
             "g703": [{"origin_id": 82001, "work_completed_this_period": "2000", "materials_presently_stored": "450",
                       "work_completed_from_previous_application": "1000", "wbs_code": {"id": 5001}}]},
        ],
        "currency": {
            "currency_iso_code": "AUD",
            "exchange_rates": [{"quote_currency_iso_code": "USD", "exchange_rate": "0.6512"}],
            "projects": [{"project_id": 302, "currency_iso_code": "USD"}],
        },
    },
    "xero": {},
}  # fmt: skip


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Makes emulators; without a scenario, of the small one."""
    made: list[Emulator] = []

    def make(scenario: Scenario | None = None, *, enforced: bool = False) -> Emulator:
        made.append(Emulator(scenario or scenario_from(SMALL, "small"), enforced=enforced))
        return made[-1]

    yield make
    for emulator in made:
        await emulator.client.aclose()


@pytest.fixture
async def procore(start: Start) -> Emulator:
    emulator = start()
    await emulator.sign_in()
    return emulator
