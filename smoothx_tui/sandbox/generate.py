"""More items for a scenario: up to a hundred thousand, plausible, and the same for the same seed.

A made item imitates one that is there (its project, company, codes and number of lines) with amounts, numbers and
dates of its own, so that it plans as that one does. Most are pending; one in twenty imitates an item that was synced
earlier, with its document.
"""

import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.sandbox.procore.state import KINDS, LINES, Kind, is_locked
from smoothx_tui.sandbox.procore.store import Packed
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.sandbox.scenario_forms import made_id

Json = dict[str, Any]

MOST = 100_000
_SYNCED_SHARE = 0.05
_MOST_SYNCED = 2_000
_LONGEST = 3
_FIRST_ID = 600_000_000_000_000
_SHARES: dict[Kind, float] = {"direct_costs": 0.55, "requisitions": 0.42, "payment_applications": 0.03}
_PREFIXES: dict[Kind, str] = {"direct_costs": "INV", "requisitions": "CL", "payment_applications": "PC"}
_ZERO = frozenset({"0", "0.0", "0.00"})
_DROPPED = ("origin_id", "submitted_at", "received_date", "summary", "g702", "grand_total")


def more_items(scenario: Scenario, n: int, seed: int) -> Scenario:
    """The scenario with `n` more items; the given one is not changed.

    Item lists of the result are `Packed` (texts, read out one by one), so that many fit in memory. Raises
    ConfigurationError for a number out of range, and for a scenario with no approved item to imitate.
    """
    if not 0 <= n <= MOST:
        raise ConfigurationError(f"items: {n} is not between 0 and {MOST:,}")
    maker = _Maker(scenario, Random(seed))  # noqa: S311 - plausible, not secret
    lists: dict[str, Packed] = {kind: Packed(scenario.procore[kind]) for kind in KINDS}
    for _ in range(n):
        kind, found = maker.next()
        lists[kind].append(found)
    xero = {**scenario.xero, "Invoices": [*scenario.xero["Invoices"], *maker.documents]}
    return replace(scenario, procore={**scenario.procore, **lists}, xero=xero)


@dataclass(slots=True)
class _Models:
    """What can be imitated, by kind: pending items, and synced ones with their document."""

    pending: dict[Kind, list[Json]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    synced: list[tuple[Kind, Json, Json]] = field(default_factory=list)


def _models(scenario: Scenario) -> _Models:
    documents = {row["InvoiceID"]: row for row in scenario.xero["Invoices"]}
    found = _Models()
    for kind in KINDS:
        for item in scenario.procore[kind]:
            document = documents.get(str(item.get("origin_id") or "").rpartition(":")[2])
            if document is not None and document.get("Url"):
                found.synced.append((kind, item, document))
            elif _is_model(kind, item):
                found.pending[kind].append(_slim(kind, item))
    return found


def _is_model(kind: Kind, item: Json) -> bool:
    lines = item[LINES[kind]]
    ready = item["status"] == "approved" and not is_locked(item) and not item.get("deleted_at")
    return ready and 0 < len(lines) <= _LONGEST and not item.get("currency_configuration")


def _slim(kind: Kind, item: Json) -> Json:
    """Without what is served anyway, so that an item takes little room."""
    lines = [{name: value for name, value in line.items() if str(value) not in _ZERO} for line in item[LINES[kind]]]
    kept = {name: value for name, value in item.items() if value is not None and name not in _DROPPED}
    return {**kept, LINES[kind]: lines}


def _contract(kind: Kind, item: Json) -> int | None:
    """The commitment or head contract of a claim; None for a direct cost."""
    contract: int | None = item["contract"]["id"] if kind == "payment_applications" else item.get("commitment_id")
    return contract


def _last_numbers(scenario: Scenario) -> dict[int, int]:
    last: dict[int, int] = {}
    for kind in KINDS:
        for item in scenario.procore[kind]:
            contract = _contract(kind, item)
            if contract is not None:
                last[contract] = max(last.get(contract, 0), item.get("number") or 0)
    return last


class _Maker:
    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._random = random
        self._models = _models(scenario)
        self._kinds = [kind for kind in KINDS if self._models.pending[kind]]
        if not self._kinds:
            raise ConfigurationError("items: the scenario has no approved item that more could imitate")
        self._weights = [_SHARES[kind] for kind in self._kinds]
        self._tenant = str(scenario.xero["Organisation"]["OrganisationID"])
        self._month_end = scenario.clock.date().replace(day=1) - timedelta(days=1)
        taken = (item["id"] for kind in KINDS for item in scenario.procore[kind])
        self._next_id = max([_FIRST_ID, *taken])
        self._next_line = 10_000_000
        self._numbers = _last_numbers(scenario)
        self.documents: list[Json] = []

    def next(self) -> tuple[Kind, Json]:
        """One more item; its document, if it has one, is added to `documents`."""
        self._next_id += 1
        synced = self._models.synced and len(self.documents) < _MOST_SYNCED
        if synced and self._random.random() < _SYNCED_SHARE:
            return self._synced()
        kind = self._random.choices(self._kinds, self._weights)[0]
        model = self._random.choice(self._models.pending[kind])
        found = {**model, "id": self._next_id, "invoice_number": self._number(kind)}
        found[LINES[kind]] = [self._line(kind, line) for line in model[LINES[kind]]]
        self._date(kind, found)
        return kind, found

    def _number(self, kind: Kind) -> str:
        return f"{_PREFIXES[kind]}-{self._next_id - _FIRST_ID:06}"

    def _date(self, kind: Kind, found: Json) -> None:
        """A day of the month that has just ended; the time of change is one of a few, so that it is shared."""
        if kind == "direct_costs":
            day = self._month_end - timedelta(days=self._random.randrange(28))
            found["direct_cost_date"] = day.isoformat()
        changed = date.fromordinal(self._month_end.toordinal() - self._random.randrange(20))
        found["updated_at"] = found["created_at"] = f"{changed.isoformat()}T{self._random.randrange(24):02}:00:00Z"
        self._count(kind, found)

    def _count(self, kind: Kind, found: Json) -> None:
        """A claim's number among those of its contract: one more than the last."""
        contract = _contract(kind, found)
        if contract is not None:
            found["number"] = self._numbers[contract] = self._numbers.get(contract, 0) + 1

    def _line(self, kind: Kind, line: Json) -> Json:
        self._next_line += 1
        made = {**line, "id": self._next_line}
        cents = self._random.randrange(2_500, 4_000_000)
        value = f"{cents // 100}.{cents % 100:02}"
        if kind == "direct_costs":
            made.update(amount=value, quantity="1.0", unit_cost=value)
            return made
        made["work_completed_this_period"] = value
        made["scheduled_value"] = f"{cents // 25}.00"
        if "work_completed_retainage_retained_this_period" in made:
            made["work_completed_retainage_retained_this_period"] = f"{cents // 1000}.00"
        return made

    def _synced(self) -> tuple[Kind, Json]:
        """As the model in everything but ids and number, so that both sides agree or differ as the model's do."""
        kind, model, document = self._random.choice(self._models.synced)
        found = copy.deepcopy(model)
        document_id = made_id("generated document", self._next_id)
        number = self._number(kind)
        found.update(
            id=self._next_id,
            invoice_number=number,
            origin_id=f"xero:{self._tenant[:8]}:{document_id}",
        )
        self._count(kind, found)
        for line in found[LINES[kind]]:
            self._next_line += 1
            line["id"] = self._next_line
        row = copy.deepcopy(document)
        row.update(InvoiceID=document_id, InvoiceNumber=number, Url=f"{row['Url'].rpartition('/')[0]}/{self._next_id}")
        for place, line in enumerate(row["LineItems"]):
            line["LineItemID"] = made_id("generated line", self._next_id, place)
        for place, payment in enumerate(row["Payments"]):
            payment["PaymentID"] = made_id("generated payment", self._next_id, place)
        self.documents.append(row)
        return kind, found
