"""Both services, and the people who edit them behind the engine's back."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from smoothx_tui.procore.items import Contract, Currency, Item, ItemLine, Kind, Project
from smoothx_tui.xero.documents import Status
from tests.simulation.faults import Faults
from tests.simulation.services import Effect, ModelDocument, ModelItem, Services

__all__ = ["CONTACT", "TENANT", "Effect", "Faults", "ModelDocument", "ModelItem", "World"]

TENANT: Final = "5ca1ab1e-0000-4000-8000-000000000001"
PROJECT: Final = Project("101", "Quay Street", "2235")
CONTACT: Final = "c0000000-0000-4000-8000-000000000001"


@dataclass
class World(Services):
    """What a project manager and a bookkeeper do to the items and documents."""

    def add_item(self, number: int, *, lock: bool) -> None:
        kind = self.rng.choice([Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM])
        contract = "" if kind is Kind.DIRECT_COST else "77"
        tool = "requisitions" if kind is Kind.PROGRESS_CLAIM else "payment-applications"
        base = f"/webclients/host/companies/9/projects/101/tools/invoicing/{tool}/77/{number}"
        url = f"https://app.procore.com/101/project/direct_costs/{number}" if not contract else f"https://x.test{base}"
        item = Item(
            kind=kind,
            id=str(number),
            project=PROJECT,
            status="approved",
            number=f"N-{number}",
            contract=Contract(contract) if contract else None,
            date=dt.date(2026, 6, 20),
            currency=Currency("AUD", "AUD"),
            lines=(ItemLine("1", 1, "work", Decimal(100)),),
            updated_at=self.stamp(),
            url=url,
        )
        self.items[item.key] = ModelItem(item, 100, lock=lock)

    def edit_item(self, key: str) -> None:
        """A project manager edits; Procore refuses where the item is locked."""
        found = self.items[key]
        if found.origin or found.gone:
            return
        found.content += 1
        self._touch(found)
        found.edited_at = self.time()

    def delete_item(self, key: str) -> None:
        found = self.items[key]
        if not found.origin:
            found.gone = True

    def _touch(self, found: ModelItem) -> None:
        found.version += 1
        lines = (ItemLine("1", 1, "work", Decimal(found.content)),)
        found.item = replace(found.item, updated_at=self.stamp(), origin_id=found.origin, lines=lines)

    def edit_document(self, document_id: str) -> None:
        """A bookkeeper corrects a line."""
        found = self.documents[document_id]
        if found.document.ended or found.document.settled:
            return
        # Each correction is another text: an old one that comes back would be what the operator had seen.
        lines = tuple(replace(line, description=f"work (checked {self._clock})") for line in found.document.lines)
        found.document = replace(found.document, lines=lines, updated_at=self.stamp())
        found.person_touched_at, found.person_stamp = self.time(), found.document.updated_at

    def end_document(self, document_id: str) -> None:
        found = self.documents[document_id]
        status = Status.VOIDED if found.document.status is Status.AUTHORISED else Status.DELETED
        if found.document.ended or found.document.settled:
            return
        found.document = replace(found.document, status=status, updated_at=self.stamp())
        found.person_touched_at, found.ended_by_person = self.time(), True

    def pay_document(self, document_id: str) -> None:
        found = self.documents[document_id]
        if found.document.status is Status.AUTHORISED:
            found.document = replace(found.document, amount_paid=Decimal(1), updated_at=self.stamp())
            found.person_touched_at = self.time()

    def renumber(self, document_id: str) -> None:
        """A bookkeeper gives a settled matter another number: our marker is only found by its page then."""
        found = self.documents[document_id]
        if self.items[found.item].origin.endswith(document_id) and not found.document.ended:
            stamp = self.stamp()
            found.document = replace(found.document, number=f"{found.document.number}-{stamp[-5:]}", updated_at=stamp)
            found.person_touched_at, found.person_stamp = self.time(), stamp

    def move_lock_date(self) -> None:
        self.lock_date = dt.date(2026, 6, 30)
        self.lock_date_at = self.time()

    def live(self, key: str) -> list[ModelDocument]:
        return [found for found in self.documents.values() if found.item == key and not found.document.ended]
