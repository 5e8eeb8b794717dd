"""One plan of each sort that a command treats in its own way."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from smoothx_tui.planning.plan import (
    Action,
    Change,
    DocumentRef,
    Finding,
    FirstStep,
    LeftOut,
    Level,
    Plan,
    Reason,
    Request,
    Step,
    Totals,
)
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.place import Environment, Place
from smoothx_tui.xero.documents import Status

PLACE = Place(
    profile="sandbox",
    environment=Environment.SANDBOX,
    organisation="Harbourline Pty Ltd",
    tenant_id="7d1f0a52-0000-4000-8000-000000000001",
)
CONTACT = "c0000000-0000-4000-8000-000000000001"
DOCUMENT = "d0000000-0000-4000-8000-000000000001"
JUNE = dt.date(2026, 6, 30)


def _payload(number: str, amount: str, account: str = "310") -> dict[str, Any]:
    line = {"Description": "Slab", "Quantity": 1, "UnitAmount": Decimal(amount), "AccountCode": account}
    return {
        "Type": "ACCPAY",
        "Contact": {"ContactID": CONTACT},
        "InvoiceNumber": number,
        "Date": "2026-06-30",
        "Status": "DRAFT",
        "LineItems": [line],
    }


def _totals(amount: str, procore: str = "") -> Totals:
    return Totals(Decimal(procore or amount), Decimal(amount), "AUD")


def sample_plans() -> list[Plan]:
    """One plan of each sort that a command treats in its own way."""
    plans = [
        Plan(
            "claim:1",
            Kind.PROGRESS_CLAIM,
            "HC-0045",
            "Harbour Concrete",
            "2235 - Quay St",
            JUNE,
            Action.CREATE,
            payload=_payload("HC-0045", "13050.00"),
            request=Request("PUT", "/Invoices?summarizeErrors=false&unitdp=4"),
            first=(FirstStep(Step.CREATE_CONTACT, {"Name": "Harbour\u202eConcrete", "ContactNumber": "1101"}),),
            then=("lock",),
            reasons=(Reason("send", "new: AUD 13,050.00"),),
            totals=_totals("13050.00"),
            why=(("Status", "sync_as_draft"),),
        ),
        Plan(
            "direct:1",
            Kind.DIRECT_COST,
            "LIFT-221",
            "Lifting Co",
            "2235 - Quay St",
            dt.date(2026, 6, 9),
            Action.UPDATE,
            document=DocumentRef(DOCUMENT, Status.DRAFT),
            payload=_payload("LIFT-221", "1375.50"),
            request=Request("POST", f"/Invoices/{DOCUMENT}?unitdp=4"),
            then=("lock",),
            reasons=(Reason("update_draft", "total, 1 line", "update_draft", "1250.50", "1375.50"),),
            left_out=(LeftOut("line 3 Fuel", Decimal("-88.10"), "ignore_cost_types"),),
            diff=(
                Change("Total", "1250.50", "1375.50"),
                Change("LineItems[1]", None, "Float 125.00 310"),
                Change("DueDate", "2026-07-30", "2026-07-15", edited_in_xero=True),
            ),
            totals=_totals("1375.50", "1463.60"),
        ),
        Plan(
            "claim:7",
            Kind.PROGRESS_CLAIM,
            "DP-0007",
            "Dunn Plumbing",
            "2241 - Depot",
            dt.date(2026, 5, 31),
            Action.BLOCKED,
            payload=_payload("DP-0007", "4125.00"),
            reasons=(Reason("locked_period", "locked period to 31 May", "sync_prior_locked_period"),),
            findings=(Finding(Level.BLOCKER, "locked", "the date is locked", "turn sync_prior_locked_period on"),),
            totals=_totals("4125.00"),
        ),
        Plan(
            "claim:9",
            Kind.PROGRESS_CLAIM,
            "US-0001",
            "Overseas Steel",
            "2299 - Harbour",
            JUNE,
            Action.CREATE,
            payload=_payload("US-0001", "1000.00"),
            request=Request("PUT", "/Invoices?summarizeErrors=false&unitdp=4"),
            reasons=(Reason("currency", "new: AUD 1,000.00", "multi_currency"),),
            findings=(Finding(Level.DANGER, "relabelled", "USD 1,000.00 would be booked as AUD 1,000.00"),),
            totals=_totals("1000.00"),
        ),
        Plan(
            "head:3",
            Kind.HEAD_CONTRACT_CLAIM,
            "PC-11",
            "Quay Street Holdings",
            "2235 - Quay St",
            JUNE,
            Action.UNCHANGED,
            document=DocumentRef(DOCUMENT, Status.AUTHORISED),
            reasons=(Reason("same", "Xero holds exactly this"),),
            totals=_totals("61000.00"),
        ),
    ]
    return [replace(plan, tenant=PLACE.tenant_id) for plan in plans]
