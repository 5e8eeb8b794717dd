"""A made company with as many pending items as wanted, for the planning benchmark. The same for the same seed."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from types import MappingProxyType

from smoothx_tui.planning.books import Books
from smoothx_tui.planning.planner import Planner
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
    SubJob,
    TaxCode,
)
from smoothx_tui.settings.mapping import Mapping, Side, Terms, TermsType
from smoothx_tui.xero.organisation import (
    Account,
    Contact,
    Contacts,
    Organisation,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

KINDS = (Kind.DIRECT_COST, Kind.DIRECT_COST, Kind.PROGRESS_CLAIM, Kind.PROGRESS_CLAIM, Kind.HEAD_CONTRACT_CLAIM)
CODES = tuple(CostCode(str(900 + at), f"{at:02}-{at * 7 % 1000:03}", f"Trade {at}") for at in range(40))
TYPES = tuple(CostType(str(10 + at), code, code) for at, code in enumerate("LEMSO"))
TAXES = (TaxCode("88", "GST@10%", Decimal("0.1")), TaxCode("89", "GST Free", Decimal(0)))
PROJECTS = tuple(Project(str(20 + at), f"Site {at}", f"{2200 + at}") for at in range(12))
COMPANIES = tuple(Company(str(1000 + at), f"Supplier {at} Pty Ltd") for at in range(400))
ALL = frozenset({"ASSETS", "EQUITY", "EXPENSES", "LIABILITIES", "REVENUE"})
LOCKED_TO = dt.date(2026, 5, 31)


def items(count: int, seed: int = 8, lines: int = 5) -> Iterator[Item]:
    """Five lines each: three quarters of the items plain, the others foreign, dated in a locked period or with a
    sub job.
    """
    random = Random(seed)
    for at in range(count):
        kind = KINDS[at % len(KINDS)]
        project, company = PROJECTS[at % len(PROJECTS)], COMPANIES[at * 7 % len(COMPANIES)]
        foreign = at % 20 == 3
        item_id = str(598_134_325_000_000 + at)
        yield Item(
            kind,
            item_id,
            project,
            "approved",
            number=f"{kind.prefix[0].upper()}-{at:06}",
            claim_number=str(at % 9 + 1),
            contract=None if kind is Kind.DIRECT_COST else Contract(f"5{at % 80}", f"SC-{at % 80:03}", "Works"),
            company=company,
            date=dt.date(2026, 5 if at % 15 == 4 else 6, 1 + at % 28),
            direct_cost_type="invoice",
            currency=Currency("USD" if foreign else "AUD", "AUD"),
            lines=tuple(_line(kind, random, at, position) for position in range(1, lines + 1)),
            url=item_url(kind, company="1", project=project.id, contract=f"5{at % 80}", item=item_id),
        )


def _line(kind: Kind, random: Random, at: int, position: int) -> ItemLine:
    amount = Decimal(random.randrange(2_500, 4_000_000)).scaleb(-2)
    direct, head = kind is Kind.DIRECT_COST, kind is Kind.HEAD_CONTRACT_CLAIM
    return ItemLine(
        f"{at}{position:03}",
        position,
        f"Work {position} of item {at}",
        amount,
        quantity=Decimal(1) if direct else None,
        unit_cost=amount if direct else None,
        cost_code=CODES[(at + position * 3) % len(CODES)],
        cost_type=TYPES[(at + position) % len(TYPES)],
        sub_job=SubJob("7", "01", "Carpark") if at % 12 == 5 else None,
        tax_codes=() if head else (TAXES[(at + position) % 7 == 0],),
        retained=(amount / 10).quantize(Decimal("0.01")) if kind is Kind.PROGRESS_CLAIM else Decimal(0),
    )


def mapping() -> Mapping:
    """Half of the cost codes have a row; the others go to the side's default."""
    rows = MappingProxyType({code.full_code: "311" for code in CODES[::2]})
    bill = Side(
        "310",
        "877",
        "878",
        Terms(30, TermsType.DAYS_AFTER_BILL_DATE),
        cost_codes=rows,
        projects=MappingProxyType({"21": MappingProxyType({CODES[4].full_code: "312"})}),
        tax_codes=MappingProxyType({"88": "INPUT", "89": "EXEMPTEXPENSES"}),
    )
    sale = Side("200", "655", "656", Terms(20, TermsType.OF_FOLLOWING_MONTH), "INV-")
    return Mapping(bill=bill, sale=sale)


def books() -> Books:
    accounts = [Account(code, code, class_="EXPENSE", tax_type="INPUT") for code in ("310", "311", "312")]
    accounts += [Account(code, code, class_="LIABILITY", tax_type="BASEXCLUDED") for code in ("877", "878")]
    accounts += [Account(code, code, class_="ASSET", tax_type="BASEXCLUDED") for code in ("655", "656")]
    accounts.append(Account("200", "Sales", class_="REVENUE", tax_type="OUTPUT"))
    rates = [TaxRate(code, code, Decimal(rate), applies_to=ALL) for code, rate in (("INPUT", 10), ("OUTPUT", 10))]
    rates += [TaxRate(code, code, Decimal(0), applies_to=ALL) for code in ("EXEMPTEXPENSES", "BASEXCLUDED")]
    options = tuple(TrackingOption(f"o{one.id}", f"{one.number} - {one.name}") for one in PROJECTS)
    contacts = [Contact(f"c0000000-0000-4000-8000-0000000{one.id:>05}", one.name, one.id) for one in COMPANIES]
    organisation = Organisation(
        "ab12cd34-0000-4000-8000-000000000001",
        "Benchmark",
        "AUD",
        period_lock=LOCKED_TO,
        currencies=frozenset({"AUD", "USD"}),
        accounts={account.code: account for account in accounts},
        tax_rates={rate.tax_type: rate for rate in rates},
        tracking=(TrackingCategory("t1", "Project", options=options),),
        contacts=Contacts.of(contacts),
    )
    return Books.of(organisation, [])


def planner(count: int) -> Planner:
    return Planner(items(count), mapping(), books())
