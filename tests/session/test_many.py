"""What holds for very many items holds for few: rows by column, changed settings, what a change would do."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.planning.impact import Impact
from smoothx_tui.planning.plan import Action
from smoothx_tui.planning.planner import Planner
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.rows import Row, row_of
from smoothx_tui.session.session import Session
from smoothx_tui.session.table import Table
from smoothx_tui.settings.schema import Settings, SyncStatus

if TYPE_CHECKING:
    from tests.session.conftest import MakeWorld, World

CHANGES = {
    "nothing": Settings(),
    "sync_as_draft": Settings(sync_as_draft=False),
    "status": Settings(sync_as_draft=False, sync_status=SyncStatus.AWAITING_PAYMENT),
    "locks": Settings(sync_prior_locked_period=True, erp_locking=False),
    "updates": Settings(update_draft=False, update_awaiting_approval=True, update_approved=True),
    "ends": Settings(resync_deleted=True, delete_matching=True),
    "projects": Settings(sync_project_number=False, sub_job_as_project=False, address_postal_and_street=True),
    "currency": Settings(multi_currency=True, accounting_currency_rate=False),
}


@pytest.fixture
async def session(make_world: "MakeWorld") -> Session:
    """On the whole default scenario: every action and finding is in it."""
    from smoothx_tui.sandbox.scenario import default_scenario

    world: World = make_world(default_scenario())
    session = await world.session(kept_as="")
    await session.refresh()
    return session


def _all_made_anew(session: Session, settings: Settings) -> dict[str, Row]:
    planner = Planner(session.items.values(), session.loaded.mapping, session.books, session._reading.links)
    return {key: row_of(plan) for key, plan in planner.plans(settings).items()}


def _figures(impact: Impact) -> tuple[object, ...]:
    return impact.pairs, impact.totals, impact.unchanged, [each.item for each in impact.items]


async def test_only_touched_rows_are_made_again_and_all_are_right(session: Session) -> None:
    table = Table()
    for key in session.items:
        table[key] = session.row(key)
    ids = {code.id for item in session.items.values() for line in item.lines for code in line.tax_codes}
    companies = {item.company.id for item in session.items.values() if item.company}
    lists = {
        "a tax code": Settings(ignore_tax_codes=frozenset(sorted(ids)[:1])),
        "a company": Settings(ignore_contacts=frozenset(sorted(companies)[:3])),
    }
    before = session.trial.current
    for name, settings in {**CHANGES, **lists, "back": Settings()}.items():
        session.trial.put(settings)
        spared = 0
        table.spoil_groups(session.touched(before, settings))
        touched = table.stale_keys()
        for key in touched:
            made = session.planner.planned
            table[key] = session.row(key, table[key])
            table.settle(key)
            spared += session.planner.planned == made
        assert dict(table) == _all_made_anew(session, settings), name
        assert len(touched) < len(session.items) or name == "back", name
        before = settings


@pytest.mark.parametrize("name", CHANGES)
async def test_what_a_change_does_is_the_same_from_rows_as_from_plans(session: Session, name: str) -> None:
    session.trial.put(CHANGES[name])
    rows = {key: session.row(key) for key in session.items}
    of_plans = session.impact()
    of_rows = await session.impact_on(rows)
    assert of_rows.totals == of_plans.totals
    moved = [pair for pair in of_plans.pairs if pair.before is not pair.after]
    assert [pair for pair in of_rows.pairs if pair.before is not pair.after] == moved
    changed = {each.item: each for each in of_rows.items}
    # What only may have another content is counted too, never less than what has.
    assert changed.keys() >= {each.item for each in of_plans.items}
    assert of_rows.unchanged == len(rows) - len(changed)
    for each in of_plans.items:
        assert changed[each.item].changes == each.changes
        assert (changed[each.item].before.action, changed[each.item].after.action) == (
            each.before.action, each.after.action,
        )  # fmt: skip


_TEXTS = st.sampled_from(["", "a", "Harbour Concrete", "é\n<b>", "x" * 300])
_ROWS = st.builds(
    Row,
    key=st.sampled_from([f"claim:{n}" for n in range(6)]),
    action=st.sampled_from(list(Action)),
    kind=st.sampled_from(list(Kind)),
    number=_TEXTS,
    contact=_TEXTS,
    project=_TEXTS,
    date=st.none() | st.dates(),
    total=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=2)
    | st.sampled_from([Decimal("0.005"), Decimal("1E+3"), Decimal("-0"), Decimal(10) ** 15, Decimal("12.340")]),
    currency=st.sampled_from(["", "AUD", "USD"]),
    why=_TEXTS,
    danger=st.booleans(),
    group=st.integers(-1, 50),
)


@given(st.lists(_ROWS | st.sets(st.sampled_from([f"claim:{n}" for n in range(6)])), max_size=20))
def test_a_table_is_a_dictionary_of_rows(steps: list[Row | set[str]]) -> None:
    """A step puts a row, or leaves only those of some keys."""
    table, model = Table(), dict[str, Row]()
    for step in steps:
        if isinstance(step, Row):
            table[step.key] = model[step.key] = step
        else:
            for key in model.keys() - step:
                del table[key]
            model = {key: row for key, row in model.items() if key in step}
        assert dict(table) == model
        assert len(table) == len(model)
        assert {key: row.group for key, row in table.items()} == {key: row.group for key, row in model.items()}
        table.spoil_only([])
        table.spoil_groups({1, 2, 3})
        assert set(table.stale_keys()) == {key for key, row in model.items() if row.group in {1, 2, 3}}


def test_a_row_comes_back_as_it_was() -> None:
    row = Row(
        "head:1", Action.VOID, Kind.HEAD_CONTRACT_CLAIM, "PC-1", "C", "P", dt.date(2026, 6, 30), Decimal("0.1"), "AUD",
        "why", danger=True, group=3,
    )  # fmt: skip
    table = Table()
    table[row.key] = row
    table[row.key] = replace(row, total=Decimal("0.123"))
    table[row.key] = row
    assert table[row.key] == row
    assert table[row.key].group == 3
    assert "head:2" not in table
    with pytest.raises(KeyError):
        table["head:2"]
