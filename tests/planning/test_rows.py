"""What a changed setting does to a row: the rows that no group says it touches stay as they are."""

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Currency, Item, Kind, SubJob
from smoothx_tui.settings.mapping import Mapping
from smoothx_tui.settings.schema import Settings, SyncStatus
from smoothx_tui.xero.documents import Document, Status, Tracking
from smoothx_tui.xero.organisation import TrackingCategory, TrackingOption

if TYPE_CHECKING:
    from tests.planning.conftest import Make

LONG, SHORT = TrackingOption("o1", "2235 - Quay St"), TrackingOption("o2", "Quay St")
OWN = TrackingOption("o3", "2235-01 - Carpark", "ARCHIVED")
OPTIONS = ((LONG,), (SHORT,), (LONG, SHORT), (), (replace(SHORT, status="ARCHIVED"),), (LONG, OWN))
DATED = {"sync_prior_locked_period": True}
FLIPS: list[dict[str, Any]] = [
    {},
    *({f.name: not f.default} for f in fields(Settings) if isinstance(f.default, bool)),
    {"sync_as_draft": False, "sync_status": SyncStatus.AWAITING_PAYMENT},
    {"multi_currency": True, "accounting_currency_rate": False},
    {"ignore_contacts": frozenset({"1101"})},
    {"ignore_cost_types": frozenset({"18"})},
    {"ignore_tax_codes": frozenset({"88"})},
]


def _tracking(options: tuple[TrackingOption, ...], others: int) -> tuple[TrackingCategory, ...]:
    more = tuple(TrackingOption(f"x{at}", f"Site {at}") for at in range(others))
    return (TrackingCategory("t1", "Project", options=(*options, *more)),)


def _grounds(make: "Make") -> Iterator[tuple[Mapping, dict[str, Any]]]:
    """Mappings and organisations in which a setting may come to something or to nothing."""
    without_terms = make.mapping(bill={"terms": None}, sale={"terms": None})
    yield without_terms, {}
    yield make.mapping(project_tracking_category=""), {}
    yield make.mapping(project_tracking_category="Missing"), {}
    for options, others in product(OPTIONS, (0, 97, 98, 99, 100)):
        yield make.mapping(), {"tracking": _tracking(options, others)}


def _items(make: "Make", kind: Kind) -> Iterator[Item]:
    item = make.item(kind)
    yield item
    yield replace(item, project=replace(item.project, name="Q" * 96))
    yield replace(item, project=replace(item.project, name=" "))
    with_sub_job = replace(item.lines[0], sub_job=make.sub_job())
    yield replace(item, lines=(with_sub_job,))
    yield replace(item, lines=(item.lines[0], replace(with_sub_job, sub_job=SubJob("501", "01", "Q" * 99))))
    if kind is not Kind.DIRECT_COST:  # half a cent of retention on each of two options: rounded together or apart
        halves = [replace(line, retained=Decimal("10.005")) for line in (item.lines[0], with_sub_job)]
        yield replace(item, lines=tuple(halves))
        yield replace(item, lines=tuple(replace(line, retained=Decimal("10.01")) for line in halves))
    yield replace(item, currency=Currency("USD", "AUD"), due_date=item.date)


def _documents(make: "Make", kind: Kind) -> Iterator[Document | None]:
    yield None
    document = make.document(make.item(kind))
    for uses in ((Tracking("Project", "2235 - Quay St"),), (Tracking("Project", "Quay St"),), ()):
        lines = tuple(replace(line, tracking=uses) for line in document.lines)
        yield replace(document, lines=lines)
    yield replace(document, status=Status.VOIDED)


@pytest.mark.parametrize("kind", Kind)
def test_a_row_that_no_setting_touches_stays_as_it_is(make: "Make", kind: Kind) -> None:
    """`Groups.touched` may name too many items, never too few."""
    spared = 0
    for (mapping, changes), document in product(_grounds(make), _documents(make, kind)):
        books = make.books([document] if document is not None else [], **changes)
        for item in _items(make, kind):
            planner = Planner([item], mapping, books)
            plans = [planner.plan_of(item.key, make.settings(**flip)) for flip in FLIPS]
            for flip, plan in zip(FLIPS, plans, strict=True):
                if planner.group_of(item.key) not in planner.groups.touched(Settings(), make.settings(**flip)):
                    assert plan.outline == plans[0].outline, (flip, item, document)
                    spared += plan is not plans[0]
    assert spared > 1000


@pytest.mark.parametrize(
    "flip", [{"erp_locking": False}, {"sync_as_draft": False}, {"sync_project_number": False},
             {"address_postal_and_street": True}],
)  # fmt: skip
def test_what_no_row_shows_touches_no_row(make: "Make", flip: dict[str, Any]) -> None:
    planner = Planner([make.item()], make.mapping(), make.books())
    before = planner.plan_of("claim:77", Settings())
    after = planner.plan_of("claim:77", make.settings(**flip))
    assert after.outline == before.outline
    assert planner.groups.touched(Settings(), make.settings(**flip)) == frozenset()
