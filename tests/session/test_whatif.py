"""What a changed setting does to very many rows, by column, is what planning every item anew says."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from smoothx_tui.console.model.items import ItemsModel
from smoothx_tui.console.model.tally import Tally
from smoothx_tui.planning.actions import SENDABLE, Action
from smoothx_tui.planning.link import Link
from smoothx_tui.planning.planner import Planner
from smoothx_tui.planning.rules import plan
from smoothx_tui.procore.items import Item
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.session.rows import Row, row_of
from smoothx_tui.session.session import Session
from smoothx_tui.settings.schema import Settings, SyncStatus

if TYPE_CHECKING:
    from tests.session.conftest import MakeWorld

SWITCHES = (
    "sync_as_draft", "update_draft", "update_awaiting_approval", "update_approved", "resync_deleted", "delete_matching",
    "erp_locking", "multi_currency", "accounting_currency_rate", "sync_prior_locked_period", "sync_project_number",
    "sub_job_as_project", "address_postal_and_street",
)  # fmt: skip
MORE = 80


@pytest.fixture
async def session(make_world: "MakeWorld") -> Session:
    """On the default scenario with made items: every action and finding is in it, and many simple items."""
    session = await make_world(more_items(default_scenario(), MORE, 4)).session(kept_as="")
    await session.refresh()
    return session


def _changes(items: list[Item]) -> st.SearchStrategy[dict[str, Any]]:
    """One to three settings at once, lists of what the items really have."""
    types = sorted({kind.id for item in items for line in item.lines if (kind := line.cost_type) and kind.id})
    taxes = sorted({code.id for item in items for line in item.lines for code in line.tax_codes})
    companies = sorted({item.company.id for item in items if item.company})
    values: dict[str, st.SearchStrategy[Any]] = dict.fromkeys(SWITCHES, st.booleans())
    values["sync_status"] = st.sampled_from(SyncStatus)
    for name, ids in (("cost_types", types), ("tax_codes", taxes), ("contacts", companies)):
        values[f"ignore_{name}"] = st.frozensets(st.sampled_from(ids), max_size=4)
    one = st.sampled_from(sorted(values)).flatmap(lambda name: values[name].map(lambda value: {name: value}))
    lists = st.sampled_from(["ignore_cost_types", "ignore_tax_codes"])
    list_alone = lists.flatmap(lambda name: values[name].map(lambda value: {name: value}))
    return (
        st.lists(one, min_size=1, max_size=3).map(lambda all_: {k: v for o in all_ for k, v in o.items()}) | list_alone
    )


class Anew:
    """Every item planned by the rules alone: nothing is kept from one planning to the next."""

    def __init__(self, session: Session) -> None:
        self.items = list(session.items.values())
        self.mapping, self.books = session.loaded.mapping, session.books
        self.links: dict[str, Link] = session.planner.links
        self.claims = Planner(self.items, self.mapping, self.books, self.links).claims

    def rows(self, settings: Settings) -> dict[str, Row]:
        return {
            item.key: row_of(plan(item, settings, self.mapping, self.books, self.links.get(item.key), self.claims))
            for item in self.items
        }


def _all_right(model: ItemsModel, expected: dict[str, Row]) -> None:
    """Every row, count, total and mark."""
    assert model.stale == 0
    assert dict(model.rows) == expected
    counts = Counter((row.action, row.currency) for row in expected.values())
    totals: dict[tuple[Action, str], Decimal] = {}
    for row in expected.values():
        totals[row.action, row.currency] = totals.get((row.action, row.currency), Decimal(0)) + row.total
    assert model.rows.totals() == {of: (count, totals[of]) for of, count in counts.items()}
    marked = Tally()
    for key in model.marks:
        assert expected[key].action in SENDABLE
        marked.add(expected[key])
    assert model.marked.parts("AUD") == marked.parts("AUD")


async def test_what_if_by_columns_equals_planning_every_item_anew(session: Session) -> None:
    anew = Anew(session)
    start = session.trial.current
    model = ItemsModel(lambda key: session.row(key, model.known(key)))

    @hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(_changes(anew.items), min_size=1, max_size=3), st.data())
    def check(steps: list[dict[str, Any]], data: st.DataObject) -> None:
        session.trial.current = start
        model.load(session.items, session.places)
        model.unmark_all()
        for key in model.keys:
            model.row(key)
        for key in data.draw(st.lists(st.sampled_from(model.keys), max_size=5), "marked"):
            model.mark(key, on=True)
        for changes in steps:
            before, session.trial.current = session.trial.current, replace(session.trial.current, **changes)
            model.forget(session.touched(before, session.trial.current))
            for key in data.draw(st.lists(st.sampled_from(model.keys), max_size=3), "looked at"):
                model.row(key)
            if data.draw(st.booleans(), "the next change comes before all rows are made"):
                continue
            _fill(model, session)
            _all_right(model, anew.rows(session.trial.current))
        _fill(model, session)
        _all_right(model, anew.rows(session.trial.current))

    check()


def _fill(model: ItemsModel, session: Session) -> None:
    """As the console does it."""
    for _ in model.moving(session.moving):
        pass
    for key in model.stale_keys():
        model.row(key)


async def test_an_ignore_list_plans_few_items_and_moves_the_others(session: Session) -> None:
    model = ItemsModel(lambda key: session.row(key, model.known(key)))
    model.load(session.items, session.places)
    for key in model.keys:
        model.row(key)
    types = Counter(kind.id for item in session.items.values() for line in item.lines if (kind := line.cost_type))
    before, commonest = session.trial.current, types.most_common(1)[0][0]
    session.trial.current = replace(before, ignore_cost_types=frozenset({commonest}))
    model.forget(session.touched(before, session.trial.current))
    touched = model.stale
    for _ in model.moving(session.moving):
        pass
    assert 0 < model.stale < touched / 2
    planned = session.planner.planned
    left = model.stale
    _fill(model, session)
    assert session.planner.planned - planned <= left
