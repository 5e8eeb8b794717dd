"""What Xero holds for the items that were synced earlier: the document that the mapping gives, and what became of it.

Written from spec and facts alone, apart from the planner, so that the two judge each other.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.sandbox.default_scenario import mapping
from smoothx_tui.sandbox.default_scenario.desk import Desk, Line
from smoothx_tui.sandbox.default_scenario.reference import COMPANY_ID, COMPANY_IDS, PROJECTS
from smoothx_tui.sandbox.scenario_forms import made_id

Json = dict[str, Any]

HOST = "https://app.procore.com"
_KEYS = {number: key for key, number in COMPANY_IDS.items()}
_PROJECTS = {project.id: project for project in PROJECTS}
_KINDS = {"items": "claim", "line_items": "direct", "g703": "head"}


class Documents:
    """The documents of the default scenario."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.rows: list[Json] = []
        self.files: list[Json] = []

    def of(self, item: Json, status: str, *, lock: bool = True, **more: Any) -> Json:
        """The document of an item as it stands now, in that status; locks the item unless told not to."""
        kind = _kind(item)
        document_id = made_id("default document", kind, item["id"], status)
        lines = self._desk.lines[item["id"]]
        row = {
            "InvoiceID": document_id,
            "Type": "ACCREC" if kind == "head" else "ACCPAY",
            "InvoiceNumber": item["invoice_number"],
            "Reference": self._reference(item) if kind == "head" else "",
            "Url": address(item, _contract_id(item)),
            "Contact": {"ContactID": mapping.contact_id(self._company(item))},
            "Date": item.get("billing_date") or item.get("direct_cost_date"),
            "DueDate": self._due(item),
            "LineAmountTypes": "Exclusive",
            "CurrencyCode": "AUD",
            "Status": status,
            "LineItems": [*_work_lines(kind, item, lines), *_retention_lines(kind, item, lines)],
            "UpdatedDateUTC": "2026-06-30T01:00:00Z",
            **more,
        }
        self.rows.append(row)
        if lock:
            item["origin_id"] = f"xero:{mapping.TENANT[:8]}:{document_id}"
        return row

    def other(self, kind: str, company: str, number: str, amount: str, **more: Any) -> Json:
        """A document that no item stands behind: what a bookkeeper typed in."""
        account = "310" if kind == "ACCPAY" else "210"
        row = {
            "InvoiceID": made_id("default document", kind, company, number, len(self.rows)),
            "Type": kind,
            "InvoiceNumber": number,
            "Contact": {"ContactID": mapping.contact_id(company)},
            "Date": "2026-06-12",
            "DueDate": "2026-07-12",
            "Status": "AUTHORISED",
            "LineItems": [{"Description": "Entered by hand", "UnitAmount": Decimal(amount), "AccountCode": account}],
            "UpdatedDateUTC": "2026-06-12T04:00:00Z",
            **more,
        }
        self.rows.append(row)
        return row

    def _company(self, item: Json) -> str:
        if item.get("vendor_id"):
            return _KEYS[item["vendor_id"]]
        contracts: Iterable[Json] = self._desk.prime_contracts.values()
        if "commitment_id" in item:
            contracts = self._desk.commitments.values()
        contract = next(one for one in contracts if one["id"] == _contract_id(item))
        return _KEYS[contract["vendor"]["id"]]

    def _reference(self, item: Json) -> str:
        contract = next(one for one in self._desk.prime_contracts.values() if one["id"] == item["contract"]["id"])
        return f"{contract['number']} - {contract['title']}"

    def _due(self, item: Json) -> str:
        """The billing period's due date, else thirty days (the default terms for bills)."""
        period = next((one for one in self._desk.periods.values() if one["id"] == item.get("period_id")), None)
        if period:
            return str(period["due_date"])
        begin = date.fromisoformat(item.get("billing_date") or item["direct_cost_date"])
        return (begin + timedelta(days=30)).isoformat()


def _kind(item: Json) -> str:
    return next(kind for member, kind in _KINDS.items() if member in item)


def _contract_id(item: Json) -> int | None:
    contract: int | None = item.get("commitment_id") or item.get("contract", {}).get("id")
    return contract


def address(item: Json, contract: int | None) -> str:
    """The item's page in Procore (facts/procore.md, "Web addresses of items")."""
    project = item["project_id"]
    if contract is None:
        return f"{HOST}/{project}/project/direct_costs/{item['id']}"
    tool = "requisitions" if "commitment_id" in item else "payment-applications"
    place = f"{HOST}/webclients/host/companies/{COMPANY_ID}/projects/{project}/tools/invoicing"
    return f"{place}/{tool}/{contract}/{item['id']}"


def describe(line: Line) -> str:
    """A line's description with its cost code."""
    return f"{line.code} - {line.description}"


def option(item: Json) -> Json:
    """The project's tracking option: number and name."""
    project = _PROJECTS[item["project_id"]]
    name = f"{project.number} - {project.name}" if project.number else project.name
    return {"Name": "Project", "Option": name}


def account(kind: str, item: Json, line: Line) -> str:
    """The more specific row wins: project with cost type, project, company with cost type, company, default."""
    if kind == "head":
        return mapping.SALE_ACCOUNTS[line.code]
    own = mapping.PROJECT_ACCOUNTS.get(_PROJECTS[item["project_id"]].key, {})
    for rows in (own, mapping.BILL_ACCOUNTS):
        for key in (f"{line.code}.{line.type}", line.code):
            if key in rows:
                return rows[key]
    return mapping.DEFAULT_ACCOUNT


def _tax(kind: str, line: Line) -> Json:
    """Head contract lines carry no tax code: Xero takes the account's."""
    return {} if kind == "head" or line.tax is None else {"TaxType": mapping.TAX_TYPES[line.tax]}


def _work_lines(kind: str, item: Json, lines: tuple[Line, ...]) -> list[Json]:
    rows = []
    for line in lines:
        moved = cents(Decimal(line.amount) + Decimal(line.stored) - Decimal(line.stored_before))
        if not moved:
            continue
        sized = line.quantity is not None and line.unit is not None
        rows.append(
            {
                "Description": describe(line),
                "Quantity": Decimal(line.quantity or "1") if sized else Decimal(1),
                "UnitAmount": Decimal(line.unit or "0") if sized else moved,
                "AccountCode": account(kind, item, line),
                **_tax(kind, line),
                "Tracking": [option(item)],
            }
        )
    return rows


def _retention_lines(kind: str, item: Json, lines: tuple[Line, ...]) -> list[Json]:
    """One line a tax type for what was retained, and one for what was released."""
    codes = ("655", "656") if kind == "head" else ("877", "878")
    rows = []
    for name, sign, code, text in (
        ("retained", -1, codes[0], "Retention retained this period"),
        ("released", 1, codes[1], "Retention released this period"),
    ):
        sums: dict[int | None, Decimal] = {}
        for line in lines:
            sums[line.tax] = sums.get(line.tax, ZERO) + Decimal(getattr(line, name))
        rows += [
            {
                "Description": text,
                "Quantity": Decimal(1),
                "UnitAmount": cents(sign * total),
                "AccountCode": code,
                **({} if kind == "head" or tax is None else {"TaxType": mapping.TAX_TYPES[tax]}),
                "Tracking": [option(item)],
            }
            for tax, total in sums.items()
            if total
        ]
    return rows
