"""The Procore half of a scenario: references checked, and completed where the answer would otherwise have a hole.

Only what has to be stored is filled here (ids of lines, statuses, times); what follows from other objects (a vendor's
name on a claim, a certificate's totals) is added when it is served, so that a renamed vendor is renamed everywhere.
A project, commitment or head contract need not be named where there is only one to choose.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any

from smoothx_tui.base.money import plain
from smoothx_tui.sandbox.scenario_check import Known, Place, type_name, write_instant
from smoothx_tui.sandbox.scenario_forms import fill

LISTS = (
    "projects",
    "sub_jobs",
    "vendors",
    "cost_codes",
    "line_item_types",
    "tax_codes",
    "wbs_codes",
    "commitments",
    "prime_contracts",
    "billing_periods",
    "requisitions",
    "direct_costs",
    "payment_applications",
)
"""The lists of the Procore half, in the order in which they refer to each other."""

LONGEST_FILE = 100_000_000
"""Bytes of a file that is made up."""

_CLAIM_AMOUNTS = (
    "scheduled_value",
    "work_completed_from_previous_application",
    "work_completed_this_period",
    "materials_presently_stored",
    "materials_presently_stored_from_previous_progress",
    "work_completed_retainage_from_previous_application",
    "work_completed_retainage_retained_this_period",
    "work_completed_retainage_released_this_period",
    "materials_stored_retainage_new_materials",
    "materials_stored_retainage_retained_this_period",
    "materials_stored_retainage_released_this_period",
    "materials_stored_retainage_from_previous_application",
)
_CERTIFICATE = (
    "original_contract_sum",
    "net_change_by_change_orders",
    "contract_sum_to_date",
    "total_completed_and_stored_to_date",
    "total_retainage",
    "total_earned_less_retainage",
    "less_previous_certificates_for_payment",
    "current_payment_due",
    "balance_to_finish_including_retainage",
)
_COST_AMOUNTS = ("quantity", "unit_cost", "amount")
_DAYS = (
    "billing_date",
    "requisition_start",
    "requisition_end",
    "direct_cost_date",
    "received_date",
    "payment_date",
    "period_start",
    "period_end",
    "start_date",
    "end_date",
    "due_date",
)
_INSTANTS = ("created_at", "updated_at", "deleted_at", "submitted_at")


def read_procore(place: Place, data: dict[str, Any], organisation: dict[str, Any], clock: datetime) -> dict[str, Any]:
    """Check and complete; every list is there afterwards. Raises ConfigurationError."""
    reader = _Reader(place, data, write_instant(clock))
    reader.company(organisation)
    readers: dict[str, Callable[[Place, dict[str, Any]], None]] = {
        "projects": reader.project,
        "vendors": reader.vendor,
        "cost_codes": reader.cost_code,
        "line_item_types": reader.named,
        "tax_codes": reader.tax_code,
        "wbs_codes": reader.wbs_code,
        "commitments": reader.commitment,
        "prime_contracts": reader.prime_contract,
        "requisitions": reader.requisition,
        "direct_costs": reader.direct_cost,
        "payment_applications": reader.payment_application,
    }
    for key in LISTS:
        reader.each(key, readers.get(key, reader.of_project))
    reader.currency(organisation["BaseCurrency"])
    reader.losses()
    return data


class _Reader:
    def __init__(self, place: Place, data: dict[str, Any], now: str) -> None:
        self.place = place
        self.data = data
        self.now = now
        self.known = {key: Known(f"procore.{key}") for key in LISTS}
        self.last_number: dict[int, int] = {}

    def each(self, key: str, complete: Callable[[Place, dict[str, Any]], None]) -> None:
        fill(self.data, {key: []})
        for place, found in self.place.objects(self.data, key):
            known = "" if found.get("id") is None else f"id {found['id']}"
            named = Place(place.source, place.path, known)
            number = named.required(found, "id", int)
            for member in _DAYS:
                named.day(found, member)
            for member in _INSTANTS:
                named.instant(found, member)
            complete(named, found)
            fill(found, {"created_at": self.now, "updated_at": found.get("created_at") or self.now})
            self.known[key].add(named, "id", number, found)

    def company(self, organisation: dict[str, Any]) -> None:
        found = self.place.member(self.data, "company", dict, {})
        place = self.place.below("company")
        place.member(found, "id", int)
        place.member(found, "name", str)
        fill(found, {"id": 1, "name": organisation["Name"], "is_active": True, "my_company": True})
        self.data["company"] = found

    def currency(self, base: str) -> None:
        found = self.place.member(self.data, "currency", dict, {})
        self.data["currency"] = found
        place = self.place.below("currency")
        place.member(found, "currency_iso_code", str)
        several = bool(found.get("exchange_rates") or found.get("projects"))
        defaults = {
            "company_id": self.data["company"]["id"],
            "currency_iso_code": base,
            "currency_display": "symbol",
            "multicurrency_enabled": several,
            "exchange_rates": [],
            "projects": [],
        }
        fill(found, defaults)
        for at, rate in place.objects(found, "exchange_rates"):
            at.required(rate, "quote_currency_iso_code", str)
            _as_text(at, rate, ("exchange_rate",))
            at.required(rate, "exchange_rate", str)
            fill(rate, {"base_currency_iso_code": found["currency_iso_code"], "is_active": True})
        seen = Known("procore.currency.projects")
        for at, one in place.objects(found, "projects"):
            self.reference(at, one, "project_id", "projects")
            seen.add(at, "project_id", one["project_id"], one)
            _as_text(at, one, ("company_currency_exchange_rate_override",))
            fill(one, {"currency_iso_code": found["currency_iso_code"], "currency_display": "symbol"})

    def losses(self) -> None:
        """Members that a dump adds: projects whose permission is lost, and the next id to give."""
        lost = self.place.member(self.data, "lost_projects", dict, {})
        for project, how in lost.items():
            if how not in {"forbidden", "not_found", "empty"}:
                self.place.fail(f"lost_projects.{project}", "is none of forbidden, not_found, empty")
            if not project.isdecimal() or int(project) not in self.known["projects"].objects:
                self.place.fail("lost_projects", f"names {project}, which is not in procore.projects")
        self.place.member(self.data, "next_id", int)

    def reference(self, place: Place, found: dict[str, Any], member: str, key: str, *, only: bool = True) -> None:
        """Check `found[member]`; where it is missing and there is one object to name, name it."""
        value = place.member(found, member, int)
        if value is None and only:
            value = found[member] = self.known[key].only()
        if value is not None:
            self.known[key].need(place, member, value)
        elif only:
            place.fail(member, "is missing")

    def embedded(self, place: Place, found: dict[str, Any], member: str, key: str) -> None:
        """Check an object such as `{"id": 88}`: a known id, or a recorded object that stands for itself."""
        inside = place.member(found, member, dict)
        if inside is None:
            return
        number = place.below(member).required(inside, "id", int)
        if len(inside) == 1:
            self.known[key].need(place, f"{member}.id", number)

    def named(self, place: Place, found: dict[str, Any]) -> None:
        place.required(found, "name", str)

    def vendor(self, place: Place, found: dict[str, Any]) -> None:
        self.named(place, found)
        place.member(found, "project_ids", list)

    def project(self, place: Place, found: dict[str, Any]) -> None:
        self.named(place, found)
        place.member(found, "project_number", str)
        fill(found, {"active": True, "time_zone": "Australia/Sydney"})

    def of_project(self, place: Place, found: dict[str, Any]) -> None:
        self.reference(place, found, "project_id", "projects")

    def cost_code(self, place: Place, found: dict[str, Any]) -> None:
        if found.get("project_id") is None and found.get("biller_type") == "Project":
            found["project_id"] = found.get("biller_id")
        self.of_project(place, found)
        place.required(found, "full_code", str)
        if found.get("biller_type") == "SubJob":
            self.reference(place, found, "biller_id", "sub_jobs", only=False)

    def tax_code(self, place: Place, found: dict[str, Any]) -> None:
        place.required(found, "code", str)
        found["rate1"] = place.amount(found, "rate1")
        fill(found, {"archived": False, "default_tax_code": False})

    def wbs_code(self, place: Place, found: dict[str, Any]) -> None:
        self.of_project(place, found)
        flat = place.required(found, "flat_code", str)
        if found.get("segment_items") is None:
            found["segment_items"] = self._segments(flat, found["project_id"])
        for at, segment in place.objects(found, "segment_items"):
            at.required(segment, "code", str)
            at.required(at.member(segment, "segment", dict, {}), "type", str)
            if not all(isinstance(code, str) for code in at.member(segment, "path_codes", list, [])):
                at.fail("path_codes", "is not a list of text")

    def _segments(self, flat: str, project: int) -> list[dict[str, Any]]:
        """The parts of a flat code that came alone: those known objects whose codes stand in it."""
        choices = (
            ("sub_job", "sub_jobs", "code"),
            ("cost_code", "cost_codes", "full_code"),
            ("line_item_type", "line_item_types", "code"),
        )
        parts = flat.split(".")
        found = []
        for kind, key, member in choices:
            for one in self.known[key].objects.values():
                if one.get(member) in parts and one.get("project_id") in {None, project}:
                    segment = {"type": kind, "name": kind.replace("_", " ").title()}
                    found.append({"id": one["id"], "code": one[member], "name": one["name"], "segment": segment})
                    break
        return found

    def commitment(self, place: Place, found: dict[str, Any]) -> None:
        self._contract(place, found, "SC")
        kind = place.member(found, "commitment_type", str, "WorkOrderContract")
        if kind not in {"WorkOrderContract", "PurchaseOrderContract"}:
            place.fail("commitment_type", f"{kind!r} is neither WorkOrderContract nor PurchaseOrderContract")
        found["commitment_type"] = kind

    def prime_contract(self, place: Place, found: dict[str, Any]) -> None:
        self._contract(place, found, "HC")

    def _contract(self, place: Place, found: dict[str, Any], prefix: str) -> None:
        self.of_project(place, found)
        self.embedded(place, found, "vendor", "vendors")
        _as_text(place, found, ("grand_total", "retainage_percent"))
        place.member(found, "title", str)
        place.member(found, "number", str)
        fill(found, {"number": f"{prefix}-{found['id']}", "title": "", "status": "Approved", "grand_total": "0.00"})

    def requisition(self, place: Place, found: dict[str, Any]) -> None:
        self._item(place, found)
        self.reference(place, found, "commitment_id", "commitments")
        self.reference(place, found, "vendor_id", "vendors", only=False)
        self.reference(place, found, "period_id", "billing_periods", only=False)
        self._claim_number(found, found["commitment_id"])
        for at, line in self._lines(place, found, "items", _CLAIM_AMOUNTS):
            self.reference(at, line, "cost_code_id", "cost_codes", only=False)
            for tax_at, tax in at.objects(line, "taxes"):
                self.reference(tax_at, tax, "tax_code_id", "tax_codes", only=False)

    def direct_cost(self, place: Place, found: dict[str, Any]) -> None:
        self._item(place, found)
        fill(found, {"direct_cost_type": "invoice"})
        if isinstance(found.get("vendor"), str):
            del found["vendor"]  # a recorded list answer: the name; vendor_id has the reference
        self.embedded(place, found, "vendor", "vendors")
        vendor = found.pop("vendor", None) or {}
        if found.get("vendor_id") is None and vendor:
            found["vendor_id"] = vendor["id"]
        self.reference(place, found, "vendor_id", "vendors", only=False)
        _as_text(place, found, ("grand_total",))
        for at, line in self._lines(place, found, "line_items", _COST_AMOUNTS):
            self.reference(at, line, "tax_code_id", "tax_codes", only=False)

    def payment_application(self, place: Place, found: dict[str, Any]) -> None:
        self._item(place, found)
        contract = place.member(found, "contract", dict, {})
        self.reference(place.below("contract"), contract, "id", "prime_contracts")
        found["contract"] = contract
        self.reference(place, found, "period_id", "billing_periods", only=False)
        self._claim_number(found, contract["id"])
        for at, line in self._lines(place, found, "g703", _CLAIM_AMOUNTS):
            if not isinstance(line.get("origin_id"), str | int | None):
                at.fail("origin_id", f"is {type_name(line['origin_id'])}, expected the id of a contract line")

    def _item(self, place: Place, found: dict[str, Any]) -> None:
        self.of_project(place, found)
        for member in ("status", "invoice_number", "origin_id"):
            place.member(found, member, str)
        place.member(found, "number", int)
        place.member(found, "employee", dict)
        for member in ("summary", "g702"):
            _as_text(place.below(member), place.member(found, member, dict, {}), _CERTIFICATE)
        place.member(found, "currency_configuration", dict)
        self._attachments(place, found)
        fill(found, {"status": "approved"})

    def _attachments(self, place: Place, found: dict[str, Any]) -> None:
        """Files: `content` in base64, or `length` bytes that the sandbox makes up. A recorded link is not served."""
        seen = Known(f"{place.path}.attachments")
        for number, (at, one) in enumerate(place.objects(found, "attachments"), 1):
            for member, kind in (("id", int), ("filename", str), ("length", int), ("file_size", int)):
                at.member(one, member, kind)
            content = at.member(one, "content", str)
            try:
                base64.b64decode(content or "", validate=True)
            except ValueError:
                at.fail("content", "is not base64")
            if not 0 <= one.get("length", 0) <= LONGEST_FILE:
                at.fail("length", f"is none of 0 to {LONGEST_FILE}")
            fill(one, {"id": found["id"] * 100 + number})
            one.pop("url", None)
            seen.add(at, "id", one["id"], one)

    def _claim_number(self, found: dict[str, Any], contract: int) -> None:
        """Claims of one contract are counted from 1 in the order written, unless they say otherwise."""
        number = found.get("number") or self.last_number.get(contract, 0) + 1
        found["number"] = number
        self.last_number[contract] = max(number, self.last_number.get(contract, 0))

    def _lines(
        self, place: Place, found: dict[str, Any], key: str, amounts: tuple[str, ...]
    ) -> list[tuple[Place, dict[str, Any]]]:
        fill(found, {key: []})
        seen = Known(f"{place.path}.{key}")
        lines = list(place.objects(found, key))
        for number, (at, line) in enumerate(lines, 1):
            at.member(line, "id", int)
            fill(line, {"id": found["id"] * 1000 + number})
            seen.add(at, "id", line["id"], line)
            _as_text(at, line, amounts)
            self.embedded(at, line, "wbs_code", "wbs_codes")
            self.embedded(at, line, "cost_code", "cost_codes")
            self.embedded(at, line, "line_item_type", "line_item_types")
        return lines


def _as_text(place: Place, found: dict[str, Any], members: tuple[str, ...]) -> None:
    """Amounts are text in Procore's answers (facts/procore.md, "Formats"); a written number becomes such a text."""
    for member in members:
        value = found.get(member)
        if value is not None:
            number = place.amount(found, member)
            found[member] = value if isinstance(value, str) else plain(number)
