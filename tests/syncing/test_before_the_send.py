"""What keeps a plan from being sent: staleness, drift, adoption, other hands."""

import datetime as dt
from dataclasses import replace

import pytest

from smoothx_tui.syncing.checking import moved_date
from smoothx_tui.syncing.engine import Outcome
from tests.simulation.planner import look, organisation
from tests.simulation.world import TENANT
from tests.syncing.table import Table, outcomes


def test_an_item_that_changed_since_the_preview_is_stale_and_the_others_go_on(table: Table) -> None:
    plans = table.plans()
    items, _, books = look(table.world)
    table.world.edit_item(table.first)
    report = table.go(table.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.STALE, Outcome.DONE, Outcome.DONE]
    assert "changed in Procore since the preview" in report.results[0].text
    assert report.results[0].fix


def test_changed_settings_make_a_plan_stale(one: Table) -> None:
    engine = one.engine()
    engine.settings_revision = engine.settings_now = lambda: "7"
    items, _, books = look(one.world)
    desk = engine.desk()
    frozen = engine._record(desk, one.plans()[0], items[one.first], books, "ann")
    one.ledger.freeze_or_conflict([replace(frozen, owner="", fence=0)], who="ann", supersede=lambda _: False)
    engine.settings_now = lambda: "8"
    report = one.go(engine.work(organisation()))
    assert outcomes(report) == [Outcome.STALE]
    assert "settings changed" in report.results[0].text
    assert one.world.documents == {}


def test_an_item_that_belongs_to_another_integration_is_held(one: Table) -> None:
    plans = one.plans()
    one.world.items[one.first].origin = "sage:1"
    assert outcomes(one.sync(plans)) == [Outcome.HELD]
    assert one.world.documents == {}


def test_a_document_that_procore_knows_is_adopted_and_not_made_again(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    (document,) = one.world.documents
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    one.world.renumber(document)
    items, _, books = look(one.world)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DRIFT], "its number was changed, so what it holds is not what was planned"
    assert report.results[0].document_id == document
    assert len(one.world.documents) == 1
    assert one.ledger.links(TENANT)[one.first].document_id == document


def test_a_document_that_names_the_item_is_adopted(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    one.world.items[one.first].origin = ""
    one.world.items[one.first].item = replace(one.world.items[one.first].item, origin_id="")
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    items, _, _ = look(one.world)
    from smoothx_tui.planning.books import Books

    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=Books.of(organisation(), ())))
    assert len(one.world.documents) == 1
    assert outcomes(report) == [Outcome.DONE]


def test_a_document_that_came_and_went_since_the_preview_makes_it_stale(one: Table) -> None:
    """It was another console's. Taken for the one sent here, it would end this operation with its call under way."""
    one.world.items[one.first].lock = False
    plans = one.plans()
    items, _, books = look(one.world)
    one.sync(plans)
    (document,) = one.world.documents
    one.world.end_document(document)
    with one.ledger.database.transaction() as connection:
        for name in ("operations", "links"):
            connection.exec_driver_sql(f"delete from {name}")
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.STALE]
    assert f"has come and gone in Xero since the preview: N-1001 (Deleted, {document})" in report.results[0].text
    assert outcomes(one.sync()) == [Outcome.DONE], "a new plan knows it"


def test_several_documents_of_one_item_are_held_and_named(one: Table) -> None:
    plans = one.plans()
    one.sync(plans)
    (document,) = one.world.documents.values()
    twin = "7e000000-0000-4000-8000-00000000beef"
    one.world.documents[twin] = replace(document, document=replace(document.document, id=twin))
    one.world.items[one.first].origin = ""
    items, _, books = look(one.world)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.HELD]
    assert "2 live documents" in report.results[0].text
    assert twin in report.results[0].text


@pytest.mark.parametrize(
    ("planned", "now", "outcome"),
    [
        (None, dt.date(2026, 6, 30), Outcome.STALE),
        (dt.date(2026, 6, 30), dt.date(2026, 7, 15), Outcome.STALE),
        (dt.date(2026, 6, 30), None, Outcome.STALE),
        (dt.date(2026, 6, 30), dt.date(2026, 6, 25), Outcome.DONE),
        (None, dt.date(2026, 5, 31), Outcome.DONE),
    ],
)
def test_a_moved_lock_date_makes_a_date_stale_only_where_it_matters(
    one: Table, planned: dt.date | None, now: dt.date | None, outcome: Outcome
) -> None:
    one.world.lock_date = planned
    plans = one.plans()
    items, _, books = look(one.world)
    one.world.lock_date = now
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [outcome]


def test_a_date_moves_to_the_first_of_the_next_month() -> None:
    assert moved_date(dt.date(2026, 6, 30), dt.date(2026, 6, 30)) == dt.date(2026, 7, 1)
    assert moved_date(dt.date(2026, 6, 10), dt.date(2026, 6, 15)) == dt.date(2026, 7, 1)
    assert moved_date(dt.date(2026, 12, 1), dt.date(2026, 12, 31)) == dt.date(2027, 1, 1)
    assert moved_date(dt.date(2026, 7, 2), dt.date(2026, 6, 30)) == dt.date(2026, 7, 2)


def test_a_document_that_changed_in_xero_since_the_preview_is_drift(one: Table) -> None:
    one.world.items[one.first].lock = False
    one.sync()
    one.world.edit_item(one.first)
    plans = one.plans()
    items, _, books = look(one.world)
    (document,) = one.world.documents
    one.world.edit_document(document)
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DRIFT]
    assert one.world.documents[document].content == "100"


def test_a_note_in_xero_that_touches_nothing_of_ours_is_no_drift(one: Table) -> None:
    one.world.items[one.first].lock = False
    one.sync()
    one.world.edit_item(one.first)
    plans = one.plans()
    items, _, books = look(one.world)
    (found,) = one.world.documents.values()
    found.document = replace(found.document, updated_at="touched")
    report = one.go(one.engine().run(plans, approved_by="ann", items=items, books=books))
    assert outcomes(report) == [Outcome.DONE]
