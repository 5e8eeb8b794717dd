"""The desk at which the default scenario is written: it numbers things, ties them together and keeps the index.

What it makes are objects as Procore answers them. What Xero holds for the ones that were synced earlier is in
`documents`.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from smoothx_tui.sandbox.default_scenario import reference
from smoothx_tui.sandbox.default_scenario.reference import (
    CODE_NAMES,
    COMPANY_IDS,
    COMPANY_NAMES,
    LAST_MONTH,
    PROJECT_IDS,
    SUB_JOBS,
    TYPE_IDS,
    cost_code_id,
)

Json = dict[str, Any]
MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"
_PERIODS = {
    MAY: ("2026-05-01", "2026-05-31", "2026-06-25", "closed"),
    JUNE: ("2026-06-01", "2026-06-30", "2026-07-25", "open"),
    JULY: ("2026-07-01", "2026-07-31", "2026-08-25", "open"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the author of a scenario thinks of it. Amounts are this period's; `before` is work of earlier ones.

    `stored` and `stored_before` are materials stored now and at the previous claim. `quantity` x `unit` is a direct
    cost's own.
    """

    code: str
    amount: str = "0"
    text: str = ""
    type: str = "S"
    tax: int | None = 88
    second_tax: int | None = None
    retained: str = "0"
    released: str = "0"
    stored: str = "0"
    stored_before: str = "0"
    before: str = "0"
    sub_job: int | None = None
    quantity: str | None = None
    unit: str | None = None
    change: bool = False

    @property
    def description(self) -> str:
        return self.text or CODE_NAMES[self.code]


class Desk:
    """Collects the Procore half and the index of cases."""

    def __init__(self) -> None:
        self.cases: dict[str, str] = {}
        self.expected: dict[str, str] = {}
        self.items: dict[str, list[Json]] = {"requisitions": [], "direct_costs": [], "payment_applications": []}
        self.lines: dict[int, tuple[Line, ...]] = {}
        self.commitments: dict[tuple[str, str], Json] = {}
        self.prime_contracts: dict[str, Json] = {}
        self.budget_codes: dict[tuple[str, str, str, int | None], Json] = {}
        self.periods: dict[tuple[str, str], Json] = {}
        self._claims, self._costs, self._heads = count(598134325514001), count(598134325515001), count(598134325517001)
        self._line_ids, self._wbs, self._period_ids = count(71001), count(5001), count(3301)
        self._commitment_ids, self._prime_ids = count(598134325513001), count(598134325516001)

    def claim(
        self,
        project: str,
        company: str,
        number: str | None,
        *lines: Line,
        case: str = "",
        expect: str = "",
        **more: Any,
    ) -> Json:
        """A progress claim, in the June period unless told otherwise; `order=True` puts it on a purchase order."""
        contract = self.commitment(project, company, order=more.pop("order", False))
        month = more.pop("month", JUNE)
        period = self.period(project, month) if month else None
        found = {
            "id": next(self._claims),
            "project_id": PROJECT_IDS[project],
            "commitment_id": contract["id"],
            "invoice_number": number,
            "number": sum(one["commitment_id"] == contract["id"] for one in self.items["requisitions"]) + 1,
            "status": "approved",
            "billing_date": period["end_date"] if period else "2026-06-30",
            "period_id": period["id"] if period else None,
            "submitted_at": LAST_MONTH,
            "updated_at": LAST_MONTH,
            "created_at": "2026-06-20T02:00:00Z",
            "items": [self._claim_line(project, line) for line in lines],
        }
        return self._keep("requisitions", "claim", found, lines, case, expect, more)

    def direct(
        self,
        project: str,
        company: str | None,
        number: str | None,
        *lines: Line,
        case: str = "",
        expect: str = "",
        **more: Any,
    ) -> Json:
        """A direct cost, an invoice of 9 June unless told otherwise."""
        found = {
            "id": next(self._costs),
            "project_id": PROJECT_IDS[project],
            "direct_cost_type": "invoice",
            "status": "approved",
            "invoice_number": number,
            "direct_cost_date": "2026-06-09",
            "received_date": "2026-06-10",
            "terms": "Net 30",
            "description": lines[0].description if lines else None,
            "vendor_id": COMPANY_IDS[company] if company else None,
            "updated_at": LAST_MONTH,
            "created_at": "2026-06-10T02:00:00Z",
            "line_items": [self._cost_line(project, line) for line in lines],
        }
        return self._keep("direct_costs", "direct", found, lines, case, expect, more)

    def head(
        self, project: str, number: str | None, *lines: Line, case: str = "", expect: str = "", **more: Any
    ) -> Json:
        """A head contract claim, in the June period unless told otherwise."""
        contract = self.prime_contract(project)
        month = more.pop("month", JUNE)
        period = self.period(project, month)
        earlier = self.items["payment_applications"]
        found = {
            "id": next(self._heads),
            "project_id": PROJECT_IDS[project],
            "contract": {"id": contract["id"]},
            "invoice_number": number,
            "number": sum(one["contract"]["id"] == contract["id"] for one in earlier) + 1,
            "status": "approved",
            "billing_date": period["end_date"],
            "period_id": period["id"],
            "period_start": period["start_date"],
            "period_end": period["end_date"],
            "updated_at": LAST_MONTH,
            "created_at": "2026-06-22T02:00:00Z",
            "g703": [self._head_line(project, place, line) for place, line in enumerate(lines)],
        }
        return self._keep("payment_applications", "head", found, lines, case, expect, more)

    def _keep(
        self, kind: str, prefix: str, found: Json, lines: tuple[Line, ...], case: str, expect: str, more: Json
    ) -> Json:
        found.update(more)
        self.items[kind].append(found)
        self.lines[found["id"]] = lines
        if case:
            self.note(case, f"{prefix}:{found['id']}", expect)
        return found

    def note(self, case: str, key: str, expect: str) -> None:
        """Put an item into the index: what it shows, and the action a plan gives it under the default settings."""
        assert case not in self.cases, case
        self.cases[case] = key
        if expect:
            self.expected[case] = expect

    def remove(self, kind: str, found: Json) -> None:
        """Take an item out of Procore's list, as if deleted there; what Xero holds for it stays."""
        self.items[kind].remove(found)

    def commitment(self, project: str, company: str, *, order: bool = False) -> Json:
        """The company's contract on the project, made at its first claim."""
        key = (project, company)
        if key not in self.commitments:
            place = len(self.commitments) + 1
            self.commitments[key] = {
                "id": next(self._commitment_ids),
                "project_id": PROJECT_IDS[project],
                "commitment_type": "PurchaseOrderContract" if order else "WorkOrderContract",
                "number": f"{'PO' if order else 'SC'}-{place:03}",
                "title": f"{COMPANY_NAMES[company]}, {project} works",
                "status": "Approved",
                "retainage_percent": "10.0",
                "grand_total": f"{100_000 + place * 12_500}.00",
                "vendor": {"id": COMPANY_IDS[company]},
                "created_at": "2025-10-05T00:00:00Z",
                "updated_at": "2026-02-01T00:00:00Z",
            }
        return self.commitments[key]

    def prime_contract(self, project: str) -> Json:
        """The project's head contract, made at its first claim."""
        if project not in self.prime_contracts:
            place = len(self.prime_contracts) + 1
            owner = f"owner_{project}" if f"owner_{project}" in COMPANY_IDS else "owner_quay"
            self.prime_contracts[project] = {
                "id": next(self._prime_ids),
                "project_id": PROJECT_IDS[project],
                "number": f"HC-{place}",
                "title": "Head contract" if project != "ferry" else "Head contract, as amended by deeds " + "I, " * 90,
                "status": "Approved",
                "retainage_percent": "5.0",
                "grand_total": f"{place * 4_000_000}.00",
                "vendor": {"id": COMPANY_IDS[owner]},
                "created_at": "2025-09-05T00:00:00Z",
                "updated_at": "2026-02-01T00:00:00Z",
            }
        return self.prime_contracts[project]

    def period(self, project: str, month: str) -> Json:
        """The project's billing period of a month."""
        key = (project, month)
        if key not in self.periods:
            start, end, due, status = _PERIODS[month]
            self.periods[key] = {
                "id": next(self._period_ids),
                "project_id": PROJECT_IDS[project],
                "start_date": start,
                "end_date": end,
                "due_date": due,
                "status": status,
                "position": int(month[-2:]),
                "created_at": "2026-04-01T00:00:00Z",
            }
        return self.periods[key]

    def budget_code(self, project: str, line: Line) -> Json:
        """The reference to the budget code of a line's sub job, cost code and cost type."""
        key = (project, line.code, line.type, line.sub_job)
        if key not in self.budget_codes:
            self.budget_codes[key] = self._new_budget_code(project, line)
        return {"id": self.budget_codes[key]["id"]}

    def _new_budget_code(self, project: str, line: Line) -> Json:
        division, code = line.code.split("-")
        sub_job = next((one for one in SUB_JOBS if one["id"] == line.sub_job), None)
        type_name = next(name for _, short, name, _ in reference.COST_TYPES if short == line.type)
        parts = [
            {
                "id": cost_code_id(project, line.code),
                "code": code,
                "name": CODE_NAMES[line.code],
                "path_codes": [division, code],
                "segment": {"id": 12, "name": "Cost Code", "type": "cost_code"},
            },
            {
                "id": TYPE_IDS[line.type],
                "code": line.type,
                "name": type_name,
                "path_codes": [line.type],
                "segment": {"id": 13, "name": "Cost Type", "type": "line_item_type"},
            },
        ]
        flat = f"{line.code}.{line.type}"
        if sub_job:
            flat = f"{sub_job['code']}.{flat}"
            segment = {"id": 11, "name": "Sub Job", "type": "sub_job"}
            own = {"id": sub_job["id"], "code": sub_job["code"], "name": sub_job["name"]}
            parts.insert(0, {**own, "path_codes": [sub_job["code"]], "segment": segment})
        return {
            "id": next(self._wbs),
            "project_id": PROJECT_IDS[project],
            "flat_code": flat,
            "description": f"{CODE_NAMES[line.code]}.{type_name}",
            "segment_items": parts,
        }

    def _claim_line(self, project: str, line: Line) -> Json:
        taxes = [{"tax_code_id": number} for number in (line.tax, line.second_tax) if number is not None]
        return {
            "id": next(self._line_ids),
            "item_type": "change_order_item" if line.change else "contract_item",
            "description_of_work": line.description,
            "cost_code_id": cost_code_id(project, line.code),
            "wbs_code": self.budget_code(project, line),
            **_progress(line),
            "materials_presently_stored_from_previous_progress": line.stored_before,
            "taxes": taxes,
        }

    def _head_line(self, project: str, place: int, line: Line) -> Json:
        return {
            "id": next(self._line_ids) + 20_000,
            "origin_id": 82_001 + PROJECT_IDS[project] % 1000 * 100 + place,
            "description_of_work": line.description,
            "cost_code": {"id": cost_code_id(project, line.code)},
            "wbs_code": self.budget_code(project, line),
            **_progress(line),
        }

    def _cost_line(self, project: str, line: Line) -> Json:
        quantities = {"quantity": line.quantity, "unit_cost": line.unit} if line.quantity else {}
        return {
            "id": next(self._line_ids) + 40_000,
            "description": line.description,
            **quantities,
            "amount": line.amount,
            "tax_code_id": line.tax,
            "cost_code": {"id": cost_code_id(project, line.code)},
            "line_item_type": {"id": TYPE_IDS[line.type]},
            "wbs_code": self.budget_code(project, line),
        }


def _progress(line: Line) -> Json:
    """Work, stored materials and retention of a claim line; the scheduled value leaves room for more work."""
    work, before, stored = Decimal(line.amount), Decimal(line.before), Decimal(line.stored)
    scheduled = (abs(work) + before + stored) * 2
    return {
        "scheduled_value": f"{scheduled:.2f}",
        "work_completed_from_previous_application": f"{before:.2f}",
        "work_completed_this_period": f"{work:.2f}",
        "materials_presently_stored": f"{stored:.2f}",
        "work_completed_retainage_retained_this_period": f"{Decimal(line.retained):.2f}",
        "work_completed_retainage_released_this_period": f"{Decimal(line.released):.2f}",
    }
