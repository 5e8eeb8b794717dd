"""A bookkeeper and a client at work, and a second, small set of the rules that has to agree with the emulator.

The model below knows nothing of the emulator's code: it is written from the rules alone, with whole cents.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from smoothx_tui.base.jsontext import loads
from smoothx_tui.sandbox.scenario import scenario_from
from smoothx_tui.sandbox.server import Sandbox

ACTIVE, OTHER = "22222222-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
RATE = {"310": 10, "200": 10, "877": 0}
DAYS = ("2026-05-15", "2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01")
LOCKS = (None, "2026-05-31", "2026-06-30")
SCENARIO: dict[str, Any] = {
    "clock": "2026-07-03T09:00:00Z",
    "procore": {"company": {"id": 1, "name": "x"}},
    "xero": {
        "Organisation": {"OrganisationID": "11111111-1111-4111-8111-111111111111", "Name": "Model Pty Ltd"},
        "Accounts": [
            {"Code": "310", "Type": "DIRECTCOSTS", "TaxType": "INPUT"},
            {"Code": "200", "Type": "REVENUE", "TaxType": "OUTPUT"},
            {"Code": "877", "Type": "CURRLIAB", "TaxType": "NONE"},
        ],
        "TaxRates": [{"TaxType": "INPUT", "EffectiveRate": 10}, {"TaxType": "OUTPUT", "EffectiveRate": 10}],
        "Contacts": [{"ContactID": ACTIVE, "Name": "First"}, {"ContactID": OTHER, "Name": "Second"}],
    },
}


@dataclass
class Doc:
    """A document as the model has it; amounts in cents."""

    kind: str
    number: str
    status: str
    day: str
    due: str | None
    contact: str
    lines: list[tuple[str, int, int]]
    payments: list[int] = field(default_factory=list)
    credited: int = 0

    @property
    def total(self) -> int:
        return sum(price * quantity + _tax(account, price * quantity) for account, price, quantity in self.lines)

    @property
    def settled(self) -> int:
        return sum(self.payments) + self.credited

    @property
    def due_cents(self) -> int:
        return 0 if self.status == "VOIDED" else self.total - self.settled


def _tax(account: str, cents: int) -> int:
    """Half away from zero."""
    tenths = abs(cents) * RATE[account]
    return (1 if cents >= 0 else -1) * ((tenths + 50) // 100)


a_line = st.tuples(st.sampled_from(("main", "877")), st.integers(-5000, 20000), st.integers(0, 3))
lines_of = st.lists(a_line, max_size=3)


def _lines(kind: str, drawn: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    main = "310" if kind == "ACCPAY" else "200"
    return [(main if account == "main" else account, price, quantity) for account, price, quantity in drawn]


class BookkeeperAndClient(RuleBasedStateMachine):
    docs = Bundle("docs")
    SENT: ClassVar = {"Accept": "application/json", "xero-tenant-id": "11111111-1111-4111-8111-111111111111"}

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.sandbox = Sandbox.from_scenario(scenario_from(SCENARIO, "model"), speed=0)
        transport = self.sandbox.transport()
        self.client = httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=self.SENT)
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
        token = self._http("POST", "/xero/connect/token", data=form).json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.model: dict[str, Doc] = {}
        self.locked: str | None = None
        self.archived: set[str] = set()
        self.keys = 0

    def teardown(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()

    def _http(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.runner.run(self.client.request(method, path, **more))

    def _write(self, method: str, path: str, body: Any) -> tuple[bool, Any]:
        """Send twice under one key: the second answer has to be the first, and may change nothing."""
        self.keys += 1
        headers = {"Idempotency-Key": f"key {self.keys}"}
        url = f"/xero/api.xro/2.0{path}?unitdp=4"
        first = self._http(method, url, json=body, headers=headers)
        again = self._http(method, url, json=body, headers=headers)
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert first.status_code in (200, 400), first.text
        return first.status_code == 200, loads(first.content)

    def _deed(self, path: str, body: Any = None) -> bool:
        answer = self._http("POST", f"/admin/xero{path}", json=body or {})
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code == 200

    # -- the client

    @rule(
        target=docs,
        kind=st.sampled_from(("ACCPAY", "ACCREC")),
        number=st.sampled_from(("A", "B", "a")),
        status=st.sampled_from(("DRAFT", "SUBMITTED", "AUTHORISED", "AUTHORISED", "VOIDED")),
        day=st.sampled_from(DAYS),
        due=st.sampled_from(("2026-08-01", "2026-08-01", None)),
        contact=st.sampled_from((ACTIVE, OTHER)),
        drawn=lines_of,
    )
    def create(self, kind: str, number: str, status: str, day: str, due: str | None, contact: str, drawn: Any) -> Any:
        doc = Doc(kind, number, status, day, due, contact, _lines(kind, drawn))
        body: dict[str, Any] = {
            "Type": kind,
            "InvoiceNumber": number,
            "Status": status,
            "Date": day,
            "Contact": {"ContactID": contact},
        }
        body |= {"LineItems": _sent(doc.lines)} | ({"DueDate": due} if due else {})
        done, data = self._write("PUT", "/Invoices", {"Invoices": [body]})
        allowed = status != "VOIDED" and self._fits(doc, None)
        assert done == allowed, (doc, data)
        if not done:
            return ""
        found = data["Invoices"][0]["InvoiceID"]
        self.model[found] = doc
        return found

    @rule(found=docs, status=st.sampled_from(("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED", "PAID")))
    def step(self, found: str, status: str) -> None:
        if not found:
            return
        doc = self.model[found]
        steps = {
            "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
            "SUBMITTED": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
            "AUTHORISED": ("AUTHORISED", "VOIDED"),
        }
        new = Doc(**{**vars(doc), "status": status})
        allowed = status in steps.get(doc.status, ()) and not self._is_locked(doc.day)
        if doc.settled:
            # A bill with a payment takes a change that changes nothing; a sale takes none.
            same = status == doc.status and doc.kind == "ACCPAY"
            allowed = same and not self._is_locked(doc.day)
        elif allowed and status not in ("DELETED", "VOIDED"):
            allowed = self._fits(new, found)
        done, data = self._write("POST", f"/Invoices/{found}", {"Status": status})
        assert done == allowed, (doc, status, data)
        if done:
            doc.status = status

    @rule(found=docs, drawn=lines_of, day=st.sampled_from(DAYS))
    def rewrite(self, found: str, drawn: Any, day: str) -> None:
        if not found:
            return
        doc = self.model[found]
        new = Doc(**{**vars(doc), "lines": _lines(doc.kind, drawn), "day": day})
        open_ = doc.status in ("DRAFT", "SUBMITTED", "AUTHORISED") and not doc.settled
        allowed = open_ and not self._is_locked(doc.day) and self._fits(new, found)
        body = {"Status": doc.status, "Date": day, "LineItems": _sent(new.lines)}
        done, data = self._write("POST", f"/Invoices/{found}", body)
        assert done == allowed, (doc, new, data)
        if done:
            doc.lines, doc.day = new.lines, new.day

    # -- the bookkeeper

    @rule(found=docs, cents=st.integers(1, 30000))
    def pay(self, found: str, cents: int) -> None:
        self._settle(found, cents, "pay")

    @rule(found=docs, cents=st.integers(1, 30000))
    def credit(self, found: str, cents: int) -> None:
        self._settle(found, cents, "credit")

    def _settle(self, found: str, cents: int, deed: str) -> None:
        if not found:
            return
        doc = self.model[found]
        allowed = doc.status == "AUTHORISED" and cents <= doc.due_cents
        assert self._deed(f"/invoices/{found}/{deed}", {"amount": f"{cents / 100:.2f}"}) == allowed
        if not allowed:
            return
        if deed == "pay":
            doc.payments.append(cents)
        else:
            doc.credited += cents
        if doc.due_cents == 0:
            doc.status = "PAID"

    @rule(found=docs)
    def unpay(self, found: str) -> None:
        if not found:
            return
        doc = self.model[found]
        assert self._deed(f"/invoices/{found}/unpay") == bool(doc.payments)
        if doc.payments:
            doc.payments.pop()
            doc.status = "AUTHORISED"

    @rule(found=consumes(docs))
    def remove(self, found: str) -> None:
        if not found:
            return
        doc = self.model[found]
        open_ = doc.status in ("DRAFT", "SUBMITTED", "AUTHORISED") and not doc.settled
        allowed = open_ and not self._is_locked(doc.day)
        assert self._deed(f"/invoices/{found}/delete") == allowed
        if allowed:
            doc.status = "VOIDED" if doc.status == "AUTHORISED" else "DELETED"

    @rule(day=st.sampled_from(LOCKS), name=st.sampled_from(("PeriodLockDate", "EndOfYearLockDate")))
    def lock(self, day: str | None, name: str) -> None:
        other = {"PeriodLockDate": "EndOfYearLockDate"}.get(name, "PeriodLockDate")
        assert self._deed("/lock", {name: day, other: None})
        self.locked = day

    @rule(contact=st.sampled_from((ACTIVE, OTHER)), deed=st.sampled_from(("archive", "restore")))
    def contact(self, contact: str, deed: str) -> None:
        assert self._deed(f"/contacts/{contact}/{deed}")
        (self.archived.add if deed == "archive" else self.archived.discard)(contact)

    # -- the rules, once more

    def _is_locked(self, day: str) -> bool:
        return self.locked is not None and day <= self.locked

    def _fits(self, doc: Doc, own: str | None) -> bool:
        taken = any(
            other.kind == "ACCREC" and other.number.lower() == doc.number.lower() and found != own
            for found, other in self.model.items()
            if other.status not in ("DELETED", "VOIDED")
        )
        return not (
            not doc.lines
            or doc.contact in self.archived
            or (doc.kind == "ACCREC" and taken)
            or (doc.status != "DRAFT" and doc.due is None)
            or doc.total < 0
            or (doc.status == "AUTHORISED" and self._is_locked(doc.day))
        )

    @invariant()
    def agrees(self) -> None:
        answer = self._http("GET", "/xero/api.xro/2.0/Invoices?page=1&pageSize=1000&unitdp=4")
        found = {one["InvoiceID"]: one for one in loads(answer.content)["Invoices"]}
        assert found.keys() == self.model.keys()
        for key, doc in self.model.items():
            assert _shown(found[key]) == _expected(doc), key


def _sent(lines: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    return [
        {"Description": "x", "AccountCode": account, "UnitAmount": price / 100, "Quantity": quantity}
        for account, price, quantity in lines
    ]


def _shown(invoice: dict[str, Any]) -> tuple[Any, ...]:
    amounts = (int(invoice[name] * 100) for name in ("Total", "AmountDue", "AmountPaid", "AmountCredited"))
    return (invoice["Status"], invoice["InvoiceNumber"], invoice["DateString"][:10], *amounts)


def _expected(doc: Doc) -> tuple[Any, ...]:
    return doc.status, doc.number, doc.day, doc.total, doc.due_cents, sum(doc.payments), doc.credited


TestBookkeeperAndClient = BookkeeperAndClient.TestCase
TestBookkeeperAndClient.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # shrinking such a run takes minutes; the steps are printed as they are
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
