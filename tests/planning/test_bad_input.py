"""Hostile and missing values in every field: a finding or a shown value, never an exception, never a silent cut."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base import jsontext
from smoothx_tui.planning.plan import Level, Plan
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.report import plan_json
from smoothx_tui.procore.items import Certificate, Currency, Item, Kind
from smoothx_tui.settings.schema import Settings
from smoothx_tui.xero.organisation import Contacts

if TYPE_CHECKING:
    from tests.planning.conftest import Make

TEXTS = (
    "",
    " ",
    "null",
    "\x1b]0;owned\x07\x1b[2J",
    "\x9b31m\x85\u2028\u2029",
    "\u202eevil\u202c\u200b\ufeff",
    "\ud800\udfff",
    "[bold red]markup[/] [@click=app.quit]x[/]",
    "😀👩‍👩‍👧‍👦" * 60,
    "x" * 300,
    "y" * 10_000,
    "<script>&amp;\"'\\",
    "a\r\nb\tc\x00d",
    "598134320002201",
    "٣٤",
    "xero xero",
    "../../etc?x=1#y",
)
READABLE = "0 -0.00 500.0 -12345.678 0.005 9999999999.99 99999999999999.99 0.00000000001"
NUMBERS = tuple(map(Decimal, READABLE.split()))
ODD_NUMBERS = (*NUMBERS, *map(Decimal, ("1E+15", "1E+999999", "1E-999999", "NaN", "sNaN", "Infinity", "-Infinity")))
"""Beyond what either reader lets through (base.money.amount), for an item's fields all the same."""
DATES = (None, dt.date.min, dt.date.max, dt.date(2024, 2, 29))
EVERYTHING = Settings(
    sync_as_draft=False,
    multi_currency=True,
    accounting_currency_rate=False,
    sync_prior_locked_period=True,
    sub_job_as_project=False,
    address_postal_and_street=True,
    ignore_cost_types=frozenset({"19"}),
)


def _full(make: "Make", kind: Kind) -> Item:
    """An item with something in every field."""
    base = make.item(kind)
    line = make.line(
        quantity=Decimal(2),
        unit_cost=Decimal("500.00"),
        sub_job=make.sub_job(),
        tax_codes=make.item().lines[0].tax_codes,
        retained=Decimal("10.00"),
        released=Decimal("5.00"),
    )
    certificate = Certificate(*[Decimal("1.00")] * 9)
    rate = Decimal("1.5")
    return replace(base, lines=(line,), certificate=certificate, currency=Currency("USD", "AUD", rate, rate, rate))


def _variants(value: Any, numbers: tuple[Decimal, ...] = NUMBERS) -> Iterator[Any]:
    """`value` with one field anywhere below it replaced by each hostile value of its type, or by nothing."""
    if isinstance(value, bool):
        return
    if isinstance(value, str) and type(value) is str:
        yield from TEXTS
    elif isinstance(value, Decimal):
        yield from numbers
    elif isinstance(value, dt.date):
        yield from DATES
    elif isinstance(value, tuple):
        yield ()
        for position, entry in enumerate(value):
            yield from ((*value[:position], other, *value[position + 1 :]) for other in _variants(entry, numbers))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            others = _variants(getattr(value, field.name), numbers)
            yield from (replace(value, **{field.name: other}) for other in others)


def _optional(item: Item) -> Iterator[Item]:
    for name in ("contract", "company", "date", "certificate"):
        yield replace(item, **{name: None})  # type: ignore[arg-type]
    for name in ("cost_code", "cost_type", "sub_job", "quantity", "unit_cost"):
        yield replace(item, lines=(replace(item.lines[0], **{name: None}),))  # type: ignore[arg-type]
    for name in ("item_rate", "project_rate", "company_rate"):
        yield replace(item, currency=replace(item.currency, **{name: None}))  # type: ignore[arg-type]


def _check(plan: Plan) -> None:
    assert all(finding.fix for finding in plan.findings if finding.level is Level.BLOCKER)
    shape = {name: value for name, value in plan_json(plan).items() if name not in {"payload", "first"}}
    for text in _texts(shape):
        assert text.isprintable() or not _categories(text) & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}, text
    payload = jsontext.dumps([plan.payload, [step.body for step in plan.first]])
    assert payload.encode().decode() == payload
    for text in _texts(jsontext.loads(payload)):
        assert text.isprintable() or "Cc" not in _categories(text.translate(dict.fromkeys(map(ord, "\r\n\t")))), text
    if plan.payload is not None:
        assert len(plan.payload["InvoiceNumber"]) <= 255 or plan.request is None
        assert all(0 < len(line["Description"]) <= 4000 for line in plan.payload["LineItems"])


def _categories(text: str) -> set[str]:
    return set(map(unicodedata.category, text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("settings", [Settings(), EVERYTHING], ids=["defaults", "everything"])
def test_hostile_values_in_every_field(make: "Make", kind: Kind, settings: Settings) -> None:
    item = _full(make, kind)
    mapping = make.mapping(second_tracking_category="Cost Code")
    books = make.books([make.document()], contacts=Contacts(), period_lock=dt.date(2026, 6, 15))
    checked = 0
    for variant in (*_variants(item, ODD_NUMBERS), *_optional(item)):
        _check(make.plan(variant, settings, mapping, books))
        checked += 1
    assert checked > 300


@pytest.mark.parametrize("kind", Kind)
def test_hostile_values_in_every_field_of_the_document(make: "Make", kind: Kind) -> None:
    item = make.item(kind)
    document = make.document(item)
    link = make.link(item, document)
    for variant in _variants(document):
        books = make.books([variant])
        _check(make.plan(item, Settings(update_draft=True), books=books))
        _check(make.plan(item, Settings(delete_matching=True), books=books, link=link))


def test_hostile_values_in_the_organisation_and_the_link(make: "Make") -> None:
    item = make.item(lines=(make.line(1, "5.00"),))
    document = make.document()
    for variant in _variants(make.organisation().tracking):
        _check(make.plan(item, books=make.books([document], tracking=variant)))
    for contact in _variants(make.contact()):
        _check(make.plan(item, EVERYTHING, books=make.books(contacts=Contacts.of([contact]))))
    for account in _variants(make.organisation().accounts["310"]):
        _check(make.plan(item, books=make.books(accounts={"310": account})))
    for rate in _variants(make.organisation().tax_rates["INPUT"]):
        _check(make.plan(item, books=make.books(tax_rates={"INPUT": rate})))
    for link in _variants(make.link()):
        _check(make.plan(item, books=make.books([document]), link=link))


@pytest.mark.parametrize("lock", [dt.date.min, dt.date.max, dt.date(9999, 12, 1)])
def test_lock_dates_at_the_ends_of_the_calendar(make: "Make", lock: dt.date) -> None:
    books = make.books(period_lock=lock)
    for settings in (Settings(), EVERYTHING):
        _check(make.plan(books=books, settings=settings))
        _check(make.plan(make.item(date=dt.date.max), books=books, settings=settings))


def test_a_planner_over_hostile_items_plans_every_one(make: "Make") -> None:
    variants = list({variant.key: variant for variant in _variants(_full(make, Kind.HEAD_CONTRACT_CLAIM))}.values())
    planner = Planner(variants, make.mapping(), make.books())
    assert len(planner.plans(Settings())) == len(variants)
    assert len(planner.plans(EVERYTHING)) == len(variants)


def test_a_15_digit_id_stays_text_to_the_last_digit(make: "Make") -> None:
    plan = make.plan(make.item(id="598134320002201"))
    assert plan.item == "claim:598134320002201"
    assert plan.payload is not None
    assert plan.payload["Url"].endswith("/598134320002201")
