"""Items, books and accounts that the console's tests are about."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from smoothx_tui.planning.books import Books
from smoothx_tui.procore.addresses import item_url
from smoothx_tui.procore.items import (
    Company,
    Contract,
    CostCode,
    CostType,
    Currency,
    Item,
    ItemLine,
    Kind,
    Project,
    TaxCode,
)
from smoothx_tui.settings.mapping import Mapping as Accounts
from smoothx_tui.settings.mapping import Side, Terms, TermsType
from smoothx_tui.xero.organisation import (
    Account,
    Contact,
    Contacts,
    Organisation,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

THEMES = Path(__file__).parents[2] / "themes"
JUNE = dt.date(2026, 6, 30)
CLASSES = frozenset({"ASSETS", "EQUITY", "EXPENSES", "LIABILITIES", "REVENUE"})


def an_item(at: int, kind: Kind = Kind.PROGRESS_CLAIM, **changes: Any) -> Item:
    """Approved, one line of `at` hundred dollars; every text can be changed."""
    head, item_id = kind is Kind.HEAD_CONTRACT_CLAIM, str(1000 + at)
    line = ItemLine(
        id=f"9{item_id}",
        position=1,
        description=changes.pop("description", f"Work {at}"),
        amount=Decimal(at * 100),
        cost_code=CostCode("901", "03-300", "Concrete"),
        cost_type=CostType("18", "S", "Subcontract"),
        tax_codes=() if head else (TaxCode("88", "GST", Decimal("0.1")),),
    )
    item = Item(
        kind=kind,
        id=item_id,
        project=Project("21", "Quay St", "2235"),
        status="approved",
        number=f"N-{at:04}",
        claim_number="1",
        contract=None if kind is Kind.DIRECT_COST else Contract("1801", "SC-01", "Slabs"),
        company=Company("1101", "Harbour Concrete"),
        date=JUNE,
        direct_cost_type="invoice" if kind is Kind.DIRECT_COST else "",
        currency=Currency("AUD", "AUD"),
        lines=(line,),
        url=item_url(kind, company="1", project="21", contract="1801", item=item_id),
    )
    return replace(item, **changes)


def some_items(count: int = 12) -> list[Item]:
    """Mostly new ones; the second is not approved, the third foreign (a danger), the fourth lacks its company."""
    kinds = (Kind.PROGRESS_CLAIM, Kind.DIRECT_COST, Kind.HEAD_CONTRACT_CLAIM)
    items = [an_item(n, kinds[n % 3]) for n in range(1, count + 1)]
    if count > 3:
        items[1] = replace(items[1], status="draft")
        items[2] = replace(items[2], currency=Currency("USD", "AUD", company_rate=Decimal("0.65")))
        items[3] = replace(items[3], company=Company("4711", "Nobody Knows"))
    return items


def the_books() -> Books:
    accounts = [
        Account("310", "Subcontracts", class_="EXPENSE", tax_type="INPUT"),
        Account("200", "Sales", class_="REVENUE", tax_type="OUTPUT"),
    ]
    rates = [TaxRate("INPUT", "GST", Decimal(10), applies_to=CLASSES), TaxRate("OUTPUT", "GST", applies_to=CLASSES)]
    organisation = Organisation(
        "ab12cd34-0000-4000-8000-000000000001",
        "Harbourline",
        "AUD",
        currencies=frozenset({"AUD", "USD"}),
        accounts={account.code: account for account in accounts},
        tax_rates={rate.tax_type: rate for rate in rates},
        tracking=(TrackingCategory("t1", "Project", options=(TrackingOption("o1", "2235 - Quay St"),)),),
        contacts=Contacts.of([Contact("c0000000-0000-4000-8000-000000000001", "Harbour Concrete", "1101")]),
    )
    return Books.of(organisation, ())


def the_mapping() -> Accounts:
    bill = Side(
        default_account="310",
        terms=Terms(30, TermsType.DAYS_AFTER_BILL_DATE),
        tax_codes=MappingProxyType({"88": "INPUT"}),
    )
    sale = Side(default_account="200", terms=Terms(20, TermsType.OF_FOLLOWING_MONTH))
    return Accounts(bill=bill, sale=sale)
