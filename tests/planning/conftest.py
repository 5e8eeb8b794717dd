"""Builders: an item, an organisation and a mapping that plan cleanly, changed by a test in the place it is about."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.gone import gone_item
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.plan import Level, Plan
from smoothx_tui.planning.rules import plan
from smoothx_tui.procore.addresses import item_url
from smoothx_tui.procore.items import (
    Address,
    Attachment,
    Company,
    Contract,
    CostCode,
    CostType,
    Currency,
    Item,
    ItemLine,
    Kind,
    Project,
    SubJob,
    TaxCode,
)
from smoothx_tui.settings.mapping import Mapping, Side, Terms, TermsType
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.documents import Document, DocumentLine, DocumentType, Status, Tracking
from smoothx_tui.xero.organisation import (
    Account,
    Contact,
    ContactAddress,
    Contacts,
    Organisation,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from tests.planning.arithmetic import line_amount, payload_totals

TENANT = "ab12cd34-0000-4000-8000-000000000001"
CONTACT_ID = "c0000000-0000-4000-8000-000000000001"
CLIENT_ID = "c0000000-0000-4000-8000-000000000002"
DOCUMENT_ID = "d0000000-0000-4000-8000-000000000001"
JUNE = dt.date(2026, 6, 30)
VENDOR = Company("1101", "Harbour Concrete", address=Address("1 Wharf Rd", "Sydney", "NSW", "2000", "Australia"))
CLIENT = Company("1102", "Example Owner", address=Address("2 Mint St", "Sydney", "NSW", "2000", "Australia"))
ALL_CLASSES = frozenset({"ASSETS", "EQUITY", "EXPENSES", "LIABILITIES", "REVENUE"})


class Make:
    """See the module. Nothing here is shared between tests: everything is built anew."""

    contact_id, client_id, document_id, tenant = CONTACT_ID, CLIENT_ID, DOCUMENT_ID, TENANT

    def line(self, position: int = 1, amount: str = "1000.00", **changes: Any) -> ItemLine:
        line = ItemLine(
            id=f"7100{position}",
            position=position,
            description=f"Work {position}",
            amount=Decimal(amount),
            cost_code=CostCode("901", "03-300", "Concrete"),
            cost_type=CostType("18", "S", "Subcontract"),
        )
        return replace(line, **changes)

    def item(self, kind: Kind = Kind.PROGRESS_CLAIM, **changes: Any) -> Item:
        """Approved, one line of 1,000.00, dated 30 June 2026, known vendor or client, Australian dollars."""
        item_id, contract = str(changes.pop("id", "77")), Contract("1801", "SC-01", "Slabs")
        head, direct = kind is Kind.HEAD_CONTRACT_CLAIM, kind is Kind.DIRECT_COST
        tax = () if head else (TaxCode("88", "GST@10%", Decimal("0.1")),)
        item = Item(
            kind=kind,
            id=item_id,
            project=Project("21", "Quay St", "2235"),
            status="approved",
            number="HC-0045",
            claim_number="2",
            contract=None if direct else contract,
            company=CLIENT if head else VENDOR,
            date=JUNE,
            direct_cost_type="invoice" if direct else "",
            currency=Currency("AUD", "AUD"),
            lines=(self.line(tax_codes=tax),),
            url=item_url(kind, company="1", project="21", contract="1801", item=item_id),
        )
        return replace(item, **changes)

    def organisation(self, **changes: Any) -> Organisation:
        accounts = [
            Account("310", "Subcontracts", class_="EXPENSE", tax_type="INPUT"),
            Account("311", "Concrete", class_="EXPENSE", tax_type="INPUT"),
            Account("312", "Equipment", class_="EXPENSE", tax_type="INPUT"),
            Account("877", "Retention payable", class_="LIABILITY", tax_type="BASEXCLUDED"),
            Account("878", "Retention released", class_="LIABILITY", tax_type="BASEXCLUDED"),
            Account("200", "Sales", class_="REVENUE", tax_type="OUTPUT"),
            Account("655", "Retention receivable", class_="ASSET", tax_type="BASEXCLUDED"),
            Account("656", "Retention due", class_="ASSET", tax_type="BASEXCLUDED"),
        ]
        rates = [
            TaxRate("INPUT", "GST on Expenses", Decimal(10), applies_to=ALL_CLASSES - {"REVENUE"}),
            TaxRate("OUTPUT", "GST on Income", Decimal(10), applies_to=ALL_CLASSES - {"EXPENSES"}),
            TaxRate("BASEXCLUDED", "BAS Excluded", Decimal(0), applies_to=ALL_CLASSES),
        ]
        organisation = Organisation(
            TENANT,
            "Harbourline",
            "AUD",
            currencies=frozenset({"AUD", "USD"}),
            accounts={account.code: account for account in accounts},
            tax_rates={rate.tax_type: rate for rate in rates},
            tracking=(
                TrackingCategory("t1", "Project", options=(TrackingOption("o1", "2235 - Quay St"),)),
                TrackingCategory("t2", "Cost Code", options=(TrackingOption("o2", "03-300 - Concrete"),)),
            ),
            contacts=Contacts.of([self.contact(), self.contact(id=CLIENT_ID, name="Example Owner", number="1102")]),
        )
        return replace(organisation, **changes)

    def contact(self, **changes: Any) -> Contact:
        full = ContactAddress("POBOX", "1 Wharf Rd", "Sydney", "NSW", "2000", "Australia")
        contact = Contact(CONTACT_ID, "Harbour Concrete", "1101", addresses=(full, replace(full, type="STREET")))
        return replace(contact, **changes)

    def books(self, documents: Iterable[Document] = (), **organisation: Any) -> Books:
        return Books.of(self.organisation(**organisation), documents)

    def mapping(self, **changes: Any) -> Mapping:
        """`bill` and `sale` given as dicts change those tables only."""
        bill = Side(
            default_account="310",
            retention_retained="877",
            retention_released="878",
            terms=Terms(30, TermsType.DAYS_AFTER_BILL_DATE),
            tax_codes=MappingProxyType({"88": "INPUT"}),
        )
        sale = Side(
            default_account="200",
            retention_retained="655",
            retention_released="656",
            terms=Terms(20, TermsType.OF_FOLLOWING_MONTH),
        )
        bill = replace(bill, **changes.pop("bill", {}))
        return replace(Mapping(bill=bill, sale=replace(sale, **changes.pop("sale", {}))), **changes)

    def settings(self, **changes: Any) -> Settings:
        return replace(Settings(), **changes)

    def plan(
        self,
        item: Item | None = None,
        settings: Settings | None = None,
        mapping: Mapping | None = None,
        books: Books | None = None,
        link: Link | None = None,
    ) -> Plan:
        return plan(item or self.item(), settings or Settings(), mapping or self.mapping(), books or self.books(), link)

    def document(self, item: Item | None = None, status: Status = Status.DRAFT, **changes: Any) -> Document:
        """The document that Xero answers after the item was created, with its Url."""
        made = self.plan(item)
        assert made.payload is not None, made.findings
        document = self.document_of(made.payload, DOCUMENT_ID)
        paid = document.total if status is Status.PAID else Decimal(0)
        return replace(document, status=status, amount_paid=paid, **changes)

    def document_of(self, payload: dict[str, Any], document_id: str) -> Document:
        """What Xero answers for a payload: its numbers and dates in its own form, line ids, totals."""
        organisation = self.organisation()
        totals = payload_totals(payload, organisation)
        return Document(
            id=document_id,
            type=DocumentType(payload["Type"]),
            status=Status(payload["Status"]),
            number=payload["InvoiceNumber"],
            reference=payload.get("Reference", ""),
            contact_id=payload["Contact"]["ContactID"],
            contact_name="Harbour Concrete",
            date=dt.date.fromisoformat(payload["Date"]),
            due_date=dt.date.fromisoformat(payload["DueDate"]) if "DueDate" in payload else None,
            currency=payload["CurrencyCode"],
            rate=payload.get("CurrencyRate", Decimal(1)),
            url=payload["Url"],
            lines=tuple(self.document_line(line, number) for number, line in enumerate(payload["LineItems"], 1)),
            sub_total=totals.sub_total,
            total_tax=totals.total_tax,
            total=totals.total,
            updated_at="2026-07-01T00:00:00",
        )

    def document_line(self, line: dict[str, Any], number: int) -> DocumentLine:
        account = self.organisation().accounts.get(line["AccountCode"])
        return DocumentLine(
            id=line.get("LineItemID") or f"e0000000-0000-4000-8000-{number:012}",
            description=line["Description"],
            quantity=line["Quantity"].quantize(Decimal("0.0001")),
            unit_amount=line["UnitAmount"].quantize(Decimal("0.0001")),
            line_amount=line_amount(line["Quantity"], line["UnitAmount"]),
            account_code=line["AccountCode"],
            tax_type=line.get("TaxType") or (account.tax_type if account else ""),
            tracking=tuple(Tracking(use["Name"], use["Option"]) for use in reversed(line.get("Tracking", []))),
        )

    def link(self, item: Item | None = None, document: Document | None = None, **changes: Any) -> Link:
        """What the ledger keeps of the write that made `document` of `item`."""
        item = item or self.item()
        document = document or self.document(item)
        sent = self.plan(item)
        link = Link(
            item.key,
            document.id,
            sent=jsontext.dumps(sent.payload),
            line_ids=tuple(line.id for line in document.lines),
            line_keys=sent.line_keys,
            item_date=item.date,
        )
        return replace(link, **changes)

    def sub_job(self) -> SubJob:
        return SubJob("501", "01", "Carpark")


@pytest.fixture
def make() -> Make:
    return Make()


# Situations by name, for the decision table. -------------------------------------------------------------------------

Given = tuple[Item, Books]


def _standing_in(status: Status, **changes: Any) -> Callable[[Make, Kind], Given]:
    def given(make: Make, kind: Kind) -> Given:
        item = make.item(kind)
        document = replace(make.document(item, status), **changes)
        changed = replace(item, lines=(make.line(1, "1200.00", tax_codes=item.lines[0].tax_codes),))
        return changed, make.books([document])

    return given


def _gone(status: Status) -> Callable[[Make, Kind], Given]:
    def given(make: Make, kind: Kind) -> Given:
        document = make.document(make.item(kind), status)
        return gone_item(make.item(kind).key, document), make.books([document])

    return given


def _new(**changes: Any) -> Callable[[Make, Kind], Given]:
    return lambda make, kind: (replace(make.item(kind), **changes), make.books())


def _locked_to(month: int, day: int, **changes: Any) -> Callable[[Make, Kind], Given]:
    lock = dt.date(2026, month, day)
    return lambda make, kind: (replace(make.item(kind), **changes), make.books(period_lock=lock))


def _year_locked(make: Make, kind: Kind) -> Given:
    books = make.books(year_lock=dt.date(2026, 5, 31), period_lock=dt.date(2026, 4, 30))
    return make.item(kind), books


def _moved_once(make: Make, kind: Kind) -> Given:
    """Created on 1 July because June was locked; now July is locked too."""
    item = make.item(kind)
    moved = make.plan(item, make.settings(sync_prior_locked_period=True), books=make.books(period_lock=item.date))
    assert moved.payload is not None
    document = make.document_of(moved.payload, make.document_id)
    return item, make.books([document], period_lock=dt.date(2026, 7, 31))


def _sub_job(make: Make, kind: Kind) -> Given:
    item = make.item(kind)
    return replace(item, lines=(replace(item.lines[0], sub_job=make.sub_job()),)), make.books()


def _two(what: str) -> Callable[[Make, Kind], Given]:
    def given(make: Make, kind: Kind) -> Given:
        item = make.item(kind)
        second = make.line(2, "250.00", tax_codes=item.lines[0].tax_codes)
        if what == "cost types" and second.cost_type is not None:
            second = replace(second, cost_type=replace(second.cost_type, id="19", code="M"))
        elif second.tax_codes:
            second = replace(second, tax_codes=(replace(second.tax_codes[0], id="89"),))
        return replace(item, lines=(item.lines[0], second)), make.books()

    return given


def _unknown_company(make: Make, kind: Kind) -> Given:
    return make.item(kind), make.books(contacts=Contacts())


def _without_street(make: Make, kind: Kind) -> Given:
    company = make.item(kind).company
    number, postal = company.id if company else "", make.contact().addresses[:1]
    return make.item(kind), make.books(contacts=Contacts.of([make.contact(number=number, addresses=postal)]))


def _nameless(make: Make, kind: Kind) -> Given:
    item = make.item(kind)
    return replace(item, project=replace(item.project, number="")), make.books()


def _long_name(make: Make, kind: Kind) -> Given:
    item = make.item(kind)
    return replace(item, project=replace(item.project, name="Q" * 101)), make.books()


def _with_files(given: Callable[[Make, Kind], Given]) -> Callable[[Make, Kind], Given]:
    """Two files of one name, and one that is too large."""
    files = (
        Attachment("61", "claim.pdf"),
        Attachment("62", "claim.pdf", 2_400),
        Attachment("63", "plans.zip", 10_000_001),
    )

    def of(make: Make, kind: Kind) -> Given:
        item, books = given(make, kind)
        return replace(item, attachments=files), books

    return of


SITUATIONS: Final[dict[str, Callable[[Make, Kind], Given]]] = {
    "new": _new(),
    "changed draft": _standing_in(Status.DRAFT),
    "changed awaiting approval": _standing_in(Status.SUBMITTED),
    "changed awaiting payment": _standing_in(Status.AUTHORISED),
    "changed part paid": _standing_in(Status.AUTHORISED, amount_credited=Decimal("1.00")),
    "deleted in Xero": _standing_in(Status.DELETED),
    "voided in Xero": _standing_in(Status.VOIDED),
    "gone, draft": _gone(Status.DRAFT),
    "gone, awaiting payment": _gone(Status.AUTHORISED),
    "gone, paid": _gone(Status.PAID),
    "foreign": _new(currency=Currency("USD", "AUD", project_rate=Decimal("1.538462"))),
    "locked to 30 Jun": _locked_to(6, 30),
    "locked to 30 Jun, due 30 Jun": _locked_to(6, 30, due_date=dt.date(2026, 6, 30)),
    "dated 15 Jun, locked to 15 Jun": _locked_to(6, 15, date=dt.date(2026, 6, 15)),
    "year locked to 31 May": _year_locked,
    "moved once, lock moved on": _moved_once,
    "project without number": _nameless,
    "long project name": _long_name,
    "sub job": _sub_job,
    "two cost types": _two("cost types"),
    "two tax codes": _two("tax codes"),
    "unknown company": _unknown_company,
    "contact without street": _without_street,
    "new, with files": _with_files(_new()),
    "changed draft, with files": _with_files(_standing_in(Status.DRAFT)),
}


@pytest.fixture
def situations() -> dict[str, Callable[[Make, Kind], Given]]:
    return SITUATIONS


@pytest.fixture
def codes() -> Any:
    """Plan -> its findings' codes, of one level or of all."""

    def of(plan: Plan, level: Level | None = None) -> set[str]:
        return {finding.code for finding in plan.findings if level in {None, finding.level}}

    return of
