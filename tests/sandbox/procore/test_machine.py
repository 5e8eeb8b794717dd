"""A project manager and an integration at work on the same items, against a small model of the rules.

The model knows what an item's lock, number and status are; the emulator has to agree after every step, and a dump
loaded again has to be the same state.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from starlette.applications import Starlette
from starlette.routing import Mount

from smoothx_tui.sandbox.clock import SandboxClock
from smoothx_tui.sandbox.limits import Limits
from smoothx_tui.sandbox.procore import ProcoreState, procore_routes
from smoothx_tui.sandbox.procore.admin import procore_admin_routes
from smoothx_tui.sandbox.scenario import scenario_from
from smoothx_tui.sandbox.tokens import Tokens

_T = TypeVar("_T")
_NUMBERS = st.sampled_from(["A", "B", "C"])
_LOCKS = st.sampled_from(["xero:1", "xero:2", "ledgerworks:1"])
_STATUSES = st.sampled_from(["draft", "approved", "revise_and_resubmit"])
_KINDS = ("claim", "direct", "head")
_HOST = "https://api.procore.com"


@dataclass
class Model:
    """What the rules say of one item."""

    kind: str
    id: int
    number: str
    status: str = "approved"
    lock: str | None = None


class Machine(RuleBasedStateMachine):
    items = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.known: dict[str, Model] = {}

    @initialize()
    def begin(self) -> None:
        data = {
            "clock": "2026-07-03T09:00:00Z",
            "procore": {
                "projects": [{"id": 301, "name": "Quay"}],
                "vendors": [{"id": 1, "name": "Vero"}],
                "commitments": [{"id": 801, "vendor": {"id": 1}}],
                "prime_contracts": [{"id": 901, "vendor": {"id": 1}}],
            },
        }
        self.scenario = scenario_from(data, "machine")
        self.clock = SandboxClock(self.scenario.clock, speed=0)
        self.state = ProcoreState.from_scenario(self.scenario, self.clock)
        tokens = Tokens(self.clock)
        routes = procore_routes(self.state, self.clock, Limits(self.clock), tokens)
        admin = Mount("/admin/procore", routes=procore_admin_routes(self.state))
        app = Starlette(routes=[Mount("/procore", routes=routes), admin])
        headers = {
            "Authorization": f"Bearer {tokens.procore.for_client().access_token}",
            "Procore-Company-Id": "1",
        }
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_HOST, headers=headers)

    def teardown(self) -> None:
        if hasattr(self, "client"):
            self.run(self.client.aclose())
        self.loop.close()

    def run(self, work: Awaitable[_T]) -> _T:
        return self.loop.run_until_complete(work)

    def act(self, path: str, body: Any = None) -> httpx.Response:
        return self.run(self.client.post(f"/admin/procore{path}", json=body or {}))

    def patch(self, model: Model, members: dict[str, Any]) -> httpx.Response:
        if model.kind == "claim":
            body: dict[str, Any] = {"project_id": 301, "commitment_id": 801, "requisition": members}
            path = f"/rest/v1.1/requisitions/{model.id}"
        elif model.kind == "direct":
            body, path = {"direct_cost": members}, f"/rest/v1.1/projects/301/direct_costs/{model.id}"
        else:
            body = {"project_id": 301, "payment_application": members}
            path = f"/rest/v1.0/prime_contracts/901/payment_applications/{model.id}"
        return self.run(self.client.patch(f"/procore{path}", json=body))

    @rule(target=items, kind=st.sampled_from(_KINDS), number=_NUMBERS)
    def add(self, kind: str, number: str) -> str:
        answer = self.act("/items", {"kind": kind, "invoice_number": number})
        assert answer.status_code == 200
        model = Model(kind, answer.json()["id"], number)
        key = f"{kind}:{model.id}"
        assert key not in self.known
        self.known[key] = model
        return key

    @rule(key=items, lock=_LOCKS)
    def lock(self, key: str, lock: str) -> None:
        model = self.known[key]
        taken = any(other.lock == lock for other in self.known.values() if other is not model)
        answer = self.patch(model, {"origin_id": lock})
        if model.lock not in {None, lock} or (model.lock is None and taken):
            assert answer.status_code in {409, 422}
            return
        assert answer.status_code == 200
        model.lock = lock

    @rule(key=items)
    def unlock(self, key: str) -> None:
        assert self.patch(self.known[key], {"origin_id": None}).status_code == 200
        self.known[key].lock = None

    @rule(key=items, number=_NUMBERS)
    def edit_by_integration(self, key: str, number: str) -> None:
        model = self.known[key]
        answer = self.patch(model, {"invoice_number": number})
        if model.lock and number != model.number:
            assert answer.status_code == 422
            return
        assert answer.status_code == 200
        model.number = number

    @rule(key=items, status=_STATUSES)
    def judge(self, key: str, status: str) -> None:
        model = self.known[key]
        answer = self.act(f"/items/{key}/approve", {"status": status})
        assert answer.status_code == (409 if model.lock else 200)
        if not model.lock:
            model.status = status

    @rule(key=items, number=_NUMBERS)
    def edit_by_hand(self, key: str, number: str) -> None:
        model = self.known[key]
        answer = self.act(f"/items/{key}/edit", {"invoice_number": number})
        assert answer.status_code == (409 if model.lock else 200)
        if not model.lock:
            model.number = number

    @rule(key=consumes(items))
    def delete(self, key: str) -> None:
        model = self.known[key]
        if model.lock:
            assert self.act(f"/items/{key}/delete").status_code == 409
            self.act(f"/items/{key}/unlock")
        assert self.act(f"/items/{key}/delete").status_code == 200
        del self.known[key]

    @rule(seconds=st.integers(1, 5000))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds if self.clock.monotonic() + seconds < 5400 else 0)

    @invariant()
    def the_lists_agree_with_the_model(self) -> None:
        if not hasattr(self, "client"):
            return
        paths = {
            "claim": "/rest/v1.1/requisitions?project_id=301&per_page=100",
            "direct": "/rest/v1.1/projects/301/direct_costs?per_page=100",
            "head": "/rest/v1.0/payment_applications?project_id=301&per_page=100",
        }
        for kind, path in paths.items():
            rows = self.run(self.client.get(f"/procore{path}")).json()
            seen = [(row["id"], row["invoice_number"], row["status"], row["origin_id"]) for row in rows]
            wanted = [(one.id, one.number, one.status, one.lock) for one in self.known.values() if one.kind == kind]
            assert seen == sorted(wanted)

    @invariant()
    def a_dump_is_the_same_state(self) -> None:
        if hasattr(self, "state"):
            data = {**self.scenario.to_data(), "procore": self.state.dump()}
            again = ProcoreState.from_scenario(scenario_from(data, "dump"), self.clock)
            assert again.dump() == self.state.dump()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=15, stateful_step_count=25)
