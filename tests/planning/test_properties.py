"""What holds for every item and every combination of settings."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothx_tui.base import jsontext
from smoothx_tui.base.money import ZERO, cents
from smoothx_tui.planning.plan import Action, Level, Plan
from smoothx_tui.planning.planner import Planner, plan
from smoothx_tui.planning.traits import relevant
from smoothx_tui.procore.items import CostType, Currency, Item, Kind, SubJob, TaxCode
from smoothx_tui.settings.schema import SCHEMA, Settings, SyncStatus
from smoothx_tui.xero.documents import Document, Status

if TYPE_CHECKING:
    from tests.planning.conftest import Make

EXAMPLES = settings(max_examples=40, derandomize=True)
IDS = {"ignore_cost_types": ["18", "19"], "ignore_tax_codes": ["88", "89"], "ignore_contacts": ["1101", "1102"]}
AMOUNTS = st.decimals(min_value=-5000, max_value=50000, places=3, allow_nan=False)
RETENTION = st.sampled_from([ZERO, Decimal("10.00"), Decimal("33.333")])
LOCK = dt.date(2026, 6, 15)


@st.composite
def some_settings(draw: st.DrawFn) -> Settings:
    values: dict[str, Any] = {}
    for setting in SCHEMA:
        if setting.key in IDS:
            values[setting.key] = draw(st.frozensets(st.sampled_from(IDS[setting.key]), max_size=2))
        elif setting.key == "sync_status":
            values[setting.key] = draw(st.sampled_from(SyncStatus))
        else:
            values[setting.key] = draw(st.booleans())
    return Settings(**values)


@st.composite
def some_item(draw: st.DrawFn, make: "Make", item_id: str = "77") -> Item:
    kind = draw(st.sampled_from(Kind))
    head = kind is Kind.HEAD_CONTRACT_CLAIM
    lines = tuple(
        replace(
            make.line(position),
            amount=draw(AMOUNTS),
            retained=ZERO if kind is Kind.DIRECT_COST else draw(RETENTION),
            released=ZERO if kind is Kind.DIRECT_COST else draw(RETENTION),
            cost_type=draw(st.sampled_from([None, CostType("18", "S"), CostType("19", "M")])),
            sub_job=draw(st.sampled_from([None, SubJob("501", "01", "Carpark")])),
            tax_codes=() if head else draw(st.sampled_from([(), (TaxCode("88"),), (TaxCode("89"),)])),
            quantity=draw(st.sampled_from([None, Decimal(2), Decimal("8.2")])),
            unit_cost=draw(st.sampled_from([None, Decimal("152.5")])),
        )
        for position in range(1, draw(st.integers(0, 4)) + 1)
    )
    return make.item(
        kind,
        id=item_id,
        lines=lines,
        status=draw(st.sampled_from(["approved", "approved", "approved", "draft"])),
        number=draw(st.sampled_from(["HC-0045", "", "N-2"])),
        date=draw(st.sampled_from([dt.date(2026, 6, 30), dt.date(2026, 6, 10)])),
        currency=draw(
            st.sampled_from(
                [Currency("AUD", "AUD"), Currency("USD", "AUD", project_rate=Decimal("1.5")), Currency("EUR", "AUD")]
            )
        ),
        origin_id=draw(st.sampled_from(["", "", "", "sage:1"])),
        gone=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def some_document(draw: st.DrawFn, make: "Make", item: Item) -> Document | None:
    """None, or a document of the item: as it would be sent, or as it was with another amount."""
    if draw(st.booleans()):
        return None
    ready = replace(item, gone=False, status="approved", origin_id="", lines=item.lines or (make.line(),))
    lines = tuple(replace(line, amount=abs(line.amount) + 1, retained=ZERO) for line in ready.lines)
    plan = make.plan(replace(ready, lines=lines, currency=Currency("AUD", "AUD")), Settings())
    if plan.payload is None or "Contact" not in plan.payload:
        return None
    document = make.document_of(plan.payload, make.document_id)
    status = draw(st.sampled_from(Status))
    paid = document.total if status is Status.PAID else ZERO
    return replace(document, status=status, amount_paid=paid)


@st.composite
def some_case(draw: st.DrawFn, make: "Make") -> tuple[Item, Document | None]:
    item = draw(some_item(make))
    return item, draw(some_document(make, item))


def _plan(make: "Make", item: Item, document: Document | None, chosen: Settings) -> Plan:
    books = make.books([document] if document else [], period_lock=LOCK)
    return make.plan(item, chosen, books=books)


@given(data=st.data())
@EXAMPLES
def test_equal_inputs_give_equal_plans_and_equal_bytes(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    first, second = _plan(make, item, document, chosen), _plan(make, item, document, chosen)
    assert first == second
    assert first.body == second.body
    assert first.digest == second.digest


@given(data=st.data())
@EXAMPLES
def test_a_plan_is_blocked_or_has_something_to_send_never_both(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    plan = _plan(make, item, document, chosen)
    blockers = [finding for finding in plan.findings if finding.level is Level.BLOCKER]
    assert bool(plan.request) is plan.sendable
    assert not (blockers and plan.request)
    assert bool(blockers) or plan.action is not Action.BLOCKED
    assert all(finding.fix for finding in blockers)
    assert plan.reasons
    assert all(reason.rule for reason in plan.reasons)
    if plan.request is None:
        assert not plan.first
        assert not plan.then
    if plan.sendable:
        assert plan.effect is not None
        assert jsontext.loads(plan.body)["Invoices"]


@given(data=st.data())
@EXAMPLES
def test_lines_left_out_and_retention_come_to_procores_amount(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    plan = _plan(make, item, document, chosen)
    assert plan.totals is not None
    if plan.payload is None:
        return
    sent = sum((cents(line["Quantity"] * line["UnitAmount"]) for line in plan.payload["LineItems"]), ZERO)
    assert sent == plan.totals.xero
    assert plan.totals.difference == sum((entry.amount for entry in plan.left_out), ZERO)
    assert plan.totals.procore == item.total


@given(data=st.data())
@EXAMPLES
def test_every_value_of_a_payload_has_a_why(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    plan = _plan(make, item, document, chosen)
    if plan.payload is None:
        assert not plan.why
        return
    paths = {path for path, text in plan.why if text}
    for member, value in plan.payload.items():
        if member == "LineItems":
            continue
        assert (f"{member}.{next(iter(value))}" if isinstance(value, dict) else member) in paths
    for number, line in enumerate(plan.payload["LineItems"]):
        assert {f"LineItems[{number}].{member}" for member in line} <= paths
    assert len(paths) == len(plan.why)


@given(data=st.data())
@EXAMPLES
def test_an_update_never_changes_the_status(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    plan = _plan(make, item, document, chosen)
    if plan.payload is not None and document is not None and not document.ended:
        assert plan.payload["Status"] == document.status.value
        assert plan.payload["InvoiceID"] == document.id


@given(data=st.data())
@EXAMPLES
def test_flipping_a_setting_twice_is_nothing(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    name = data.draw(st.sampled_from([f.name for f in fields(Settings) if isinstance(getattr(chosen, f.name), bool)]))
    flipped = make.settings(**{**_values(chosen), name: not getattr(chosen, name)})
    planner = Planner([item], make.mapping(), make.books([document] if document else [], period_lock=LOCK))
    before = planner.plan_of(item.key, chosen)
    planner.plan_of(item.key, flipped)
    assert planner.plan_of(item.key, chosen) is before


@given(data=st.data())
@EXAMPLES
def test_ignore_lists_only_remove(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    ignoring = _plan(make, item, document, chosen)
    plan = _plan(make, item, document, make.settings(**{**_values(chosen), **dict.fromkeys(IDS, frozenset())}))
    assert set(_lines(ignoring)) <= set(_lines(plan))
    if ignoring.action is Action.SKIPPED:
        assert ignoring.payload is None


@given(data=st.data())
@EXAMPLES
def test_a_date_never_moves_twice(make: "Make", data: st.DataObject) -> None:
    chosen = replace(data.draw(some_settings()), sync_prior_locked_period=True, ignore_contacts=frozenset())
    item = make.item(data.draw(st.sampled_from(Kind)), date=dt.date(2026, 6, 10))
    first = make.plan(item, chosen, books=make.books(period_lock=LOCK))
    if first.action is not Action.CREATE or first.payload is None:
        return
    document = make.document_of(first.payload, make.document_id)
    later = data.draw(st.dates(LOCK, dt.date(2027, 12, 31)))
    link = data.draw(st.sampled_from([None, make.link(item, document, item_date=item.date)]))
    again = make.plan(item, chosen, books=make.books([document], period_lock=later), link=link)
    assert again.payload is not None
    assert again.payload["Date"] == first.payload["Date"]
    assert again.action is Action.UNCHANGED


@given(data=st.data())
@EXAMPLES
def test_incremental_is_full(make: "Make", data: st.DataObject) -> None:
    """A planner that has been through other settings says what a new one says."""
    cases = [data.draw(some_item(make, str(70 + number))) for number in range(3)]
    if data.draw(st.booleans()):  # of one number and amount: they depend on each other
        cases += [replace(cases[0], id="80"), replace(cases[1], id="81")]
    documents = [made for item in cases if (made := data.draw(some_document(make, item)))]
    books = make.books(documents[:1], period_lock=LOCK)
    old = Planner(cases, make.mapping(), books)
    chosen = Settings()
    for _ in range(3):
        chosen = data.draw(some_settings())
        incremental = old.plans(chosen)
    assert dict(incremental) == dict(Planner(cases, make.mapping(), books).plans(chosen))
    alone = {item.key: plan(item, chosen, make.mapping(), books, None, old.claims) for item in cases}
    assert dict(incremental) == alone


class _Watched(Settings):
    """Settings that note which of them are read."""

    __slots__ = ()
    seen: set[str] = set()  # noqa: RUF012 - emptied by the test

    def __getattribute__(self, name: str) -> Any:
        if name in _NAMES:
            _Watched.seen.add(name)
        return super().__getattribute__(name)


_NAMES = {f.name for f in fields(Settings)}


@given(data=st.data())
@EXAMPLES
def test_a_rule_reads_only_settings_that_are_declared_for_such_items(make: "Make", data: st.DataObject) -> None:
    (item, document), chosen = data.draw(some_case(make)), data.draw(some_settings())
    books = make.books([document] if document else [], period_lock=LOCK)
    planner = Planner([item], make.mapping(), books)
    declared = set(relevant(planner._slot(item.key).traits))
    watched = _Watched(**_values(chosen))
    _Watched.seen = set()
    make.plan(item, watched, books=books)
    assert _Watched.seen <= declared


@pytest.mark.parametrize("setting", [setting.key for setting in SCHEMA])
def test_every_setting_is_declared_by_a_rule(setting: str) -> None:
    from smoothx_tui.planning.traits import READERS

    assert READERS[setting]


def _values(chosen: Settings) -> dict[str, Any]:
    return {f.name: getattr(chosen, f.name) for f in fields(Settings)}


def _lines(plan: Plan) -> Mapping[str, None]:
    if plan.payload is None:
        return {}
    lines = zip(plan.line_keys, plan.payload["LineItems"], strict=True)
    return {jsontext.dumps([key, line["UnitAmount"]]): None for key, line in lines if "/" not in key}
