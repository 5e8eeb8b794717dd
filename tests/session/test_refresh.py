"""What a refresh asks for, what it keeps, and that it comes to the same as reading everything."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base.errors import SmoothxError, UsageError
from smoothx_tui.procore import loading
from smoothx_tui.procore.items import Kind
from smoothx_tui.sandbox.scenario import Scenario
from smoothx_tui.session import reader
from smoothx_tui.session.asking import may_send

if TYPE_CHECKING:
    from tests.session.conftest import World

ReadOf = Callable[[Any], dict[str, Any]]


@pytest.fixture
def by_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long enough to be read by what changed."""
    monkeypatch.setattr(loading, "SMALL", 0)


async def test_a_second_reading_asks_for_nothing_that_did_not_change(world: "World", by_changes: None) -> None:
    session = await world.session()
    await session.refresh()
    assert len(world.details) == len(session.items) - len(session._reading.gone)
    first = len(world.asked)
    world.asked.clear()
    await session.refresh()
    assert not world.details
    assert len(world.asked) < first // 2
    asked = [one for one in world.asked if "/requisitions?" in one or "/direct_costs?" in one]
    lists = [one for one in asked if "per_page=1&" not in f"{one}&"]
    assert lists
    assert len(asked) == 2 * len([one for one in lists if "filters" in one]) + len(
        [one for one in lists if "filters" not in one]
    ), "each list of changes comes with one count of the whole"
    assert all("filters%5Bupdated_at%5D=" in one for one in lists if "511001" in one)
    assert not any("filters" in one for one in world.asked if "payment_applications" in one)
    assert not any("cost_codes" in one for one in world.asked)


async def test_only_what_changed_is_fetched_and_its_project_is_read_again(world: "World", by_changes: None) -> None:
    session = await world.session()
    await session.refresh()
    key = next(key for key, item in session.items.items() if item.kind is Kind.DIRECT_COST and not item.origin_id)
    await world.admin(f"procore/items/{key}/edit", amount="77.00", invoice_number="NEW-1")
    world.asked.clear()
    await session.refresh()
    assert [one.rpartition("/")[2] for one in world.details] == [key.partition(":")[2]]
    assert session.items[key].number == "NEW-1"
    project = session.items[key].project.id
    assert {one.partition("project_id=")[2][:15] for one in world.asked if "cost_codes" in one} == {project}


async def test_changes_come_to_the_same_as_reading_everything(
    world: "World", read_of: ReadOf, by_changes: None
) -> None:
    session = await world.session()
    await session.refresh()
    free = [key for key, item in session.items.items() if not item.origin_id and not item.gone]
    claim, direct, head = (next(key for key in free if key.startswith(name)) for name in ("claim", "direct", "head"))
    await world.admin(f"procore/items/{claim}/send-back")
    await world.admin(f"procore/items/{direct}/edit", amount="12.34")
    await world.admin(f"procore/items/{head}/edit", members={"status": "draft"})
    company = session.items[direct].company
    assert company is not None
    await world.admin(f"procore/vendors/{company.id}", name="Renamed Pty Ltd")
    document = next(one for one in session.books.documents.values() if one.status == "DRAFT")
    await world.admin(f"xero/invoices/{document.id}/edit", Reference="", LineItems=_lines(document))
    await session.refresh()
    fresh = await world.session(kept_as="", ledger="other.sqlite3")
    await fresh.refresh()
    assert read_of(session) == read_of(fresh)
    assert session.items[claim].status == "revise_and_resubmit"


def _lines(document: Any) -> list[dict[str, Any]]:
    return [{"LineItemID": one.id, "Description": f"{one.description} edited"} for one in document.lines]


async def test_a_deleted_item_shows_in_the_count_and_is_gone_at_the_next_reading(
    world: "World", read_of: ReadOf, by_changes: None
) -> None:
    session = await world.session()
    await session.refresh()
    key = next(key for key, item in session.items.items() if item.kind is Kind.DIRECT_COST and item.origin_id)
    await world.admin(f"procore/items/{key}/unlock")
    await session.refresh()
    await world.admin(f"procore/items/{key}/delete")
    world.asked.clear()
    await session.refresh()
    assert session.items[key].gone

    def asked(*words: str) -> list[str]:
        there = f"projects/{session.items[key].project.id}/direct_costs?"
        return [one for one in world.asked if there in one and all(word in one for word in words)]

    assert len(asked("filters")) == 1
    assert len([one for one in asked() if one.endswith("?per_page=1")]) == 1, "one call counts it"
    assert len([one for one in asked("per_page=100") if "filters" not in one]) == 1, "then it was read whole"
    await session.refresh()
    assert session.items[key].gone
    again = await world.session()
    assert await again.show_cached()
    assert again.items[key].gone
    fresh = await world.session(kept_as="", ledger="other.sqlite3")
    await fresh.refresh()
    assert read_of(session) == read_of(fresh)


async def test_a_short_list_is_read_whole_as_that_costs_no_more(world: "World") -> None:
    session = await world.session()
    await session.refresh()
    key = next(key for key, item in session.items.items() if item.kind is Kind.DIRECT_COST and not item.origin_id)
    await world.admin(f"procore/items/{key}/delete")
    await session.refresh()
    assert key not in session.items


async def test_a_day_later_everything_is_listed_again(
    world: "World", by_changes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await world.session()
    await session.refresh()
    world.asked.clear()
    monkeypatch.setattr(reader, "FULL_EVERY", reader.FULL_EVERY * 0)
    await session.refresh()
    assert not any("filters" in one for one in world.asked)
    assert any("cost_codes" in one for one in world.asked)


@pytest.mark.parametrize("how", ["forbidden", "not_found"])
async def test_a_lost_permission_is_no_deletion(world: "World", how: str, by_changes: None) -> None:
    session = await world.session()
    await session.refresh()
    linked = next(item for item in session.items.values() if item.origin_id and not item.gone)
    theirs = {key for key, item in session.items.items() if item.project.id == linked.project.id}
    await world.admin(f"procore/projects/{linked.project.id}/revoke", how=how)
    await session.refresh(full=True)
    assert not any(session.items[key].gone for key in theirs & session.items.keys() - set(session._reading.gone))
    assert linked.key not in session.items
    await world.admin(f"procore/projects/{linked.project.id}/restore")
    world.asked.clear()
    await session.refresh()
    assert theirs <= session.items.keys()
    assert not world.details


async def test_a_list_that_went_empty_is_no_deletion_of_all(world: "World", by_changes: None) -> None:
    session = await world.session()
    await session.refresh()
    synced = Counter((i.project.id, i.kind) for i in session.items.values() if i.origin_id and not i.gone)
    (project, kind), many = synced.most_common(1)[0]
    assert many > 1
    before = set(session._reading.gone)
    await world.admin(f"procore/projects/{project}/revoke", how="empty")
    await session.refresh(full=True)
    assert not [key for key in session._reading.gone if key.startswith(kind.prefix) and key not in before]
    told = [problem for problem in session.problems if "permission" in problem]
    assert any(f"{kind.value.replace('_', ' ')}s of project {project}" in problem for problem in told)


async def _cut_after(world: "World", details: int, reading: "asyncio.Task[None]") -> None:
    while len(world.details) < details:  # noqa: ASYNC110 - there is no event for it, and nothing is waited for
        await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_cut_in_the_middle_loses_nothing_that_was_fetched(world: "World", read_of: ReadOf) -> None:
    session = await world.session()
    await session.refresh()
    whole = read_of(session)
    world.asked.clear()
    other = await world.session(ledger="cut.sqlite3")
    task = asyncio.create_task(other.refresh())
    await _cut_after(world, 9, task)
    fetched = len(world.details)
    await other.close()
    third = await world.session(ledger="cut.sqlite3")
    assert not await third.show_cached()
    await third.refresh()
    # Up to eight were being fetched when it was cut.
    assert len(session.items) - len(session._reading.gone) - len(world.details) >= fetched - 8 > 0
    assert read_of(third) == whole


async def test_a_cut_of_a_later_reading_goes_on_where_it_was(world: "World", read_of: ReadOf, by_changes: None) -> None:
    session = await world.session()
    await session.refresh()
    free = [key for key, item in session.items.items() if not item.origin_id and not item.gone]
    for key in free:
        await world.admin(f"procore/items/{key}/edit", invoice_number=f"X{key[-4:]}")
    world.asked.clear()
    task = asyncio.create_task(session.refresh())
    await _cut_after(world, 10, task)
    assert all(session.plan_of(key).item == key for key in session.items)
    for later in (session, await world.session()):
        world.asked.clear()
        await later.refresh()
        assert 0 <= len(world.details) < len(free)
    fresh = await world.session(kept_as="", ledger="other.sqlite3")
    await fresh.refresh()
    assert read_of(later) == read_of(session) == read_of(fresh)


async def test_a_row_that_changed_while_the_last_list_was_read_is_met_by_the_overlap(
    world: "World", by_changes: None
) -> None:
    session = await world.session()
    await session.refresh()
    shelf = session._reader._shelf
    assert shelf is not None
    key = next(key for key, item in session.items.items() if item.kind is Kind.DIRECT_COST and not item.origin_id)
    name = shelf.list_of(key)
    assert name is not None
    await world.admin(f"procore/items/{key}/edit", invoice_number="LATE-1")
    # As if a newer row had been listed already when this one changed.
    shelf.newest[name] = max(shelf.newest.values()) + loading.OVERLAP / 2
    await session.refresh()
    assert session.items[key].number == "LATE-1"


async def test_a_first_reading_shows_what_came_and_sends_nothing_of_it(
    world: "World", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_FIRST_LOOK", 0.0)
    monkeypatch.setattr(reader, "_LAST_LOOK", 0.0)
    session = await world.session()
    seen: list[int] = []
    refused: list[str] = []

    def came() -> None:
        seen.append(len(session.items))
        assert session.partial
        assert [session.row(key).key for key in session.items] == list(session.items)
        sendable = next((plan for plan in session.plans().values() if plan.sendable), None)
        if sendable is not None:
            with pytest.raises(UsageError) as caught:
                may_send(session._reading, session.place, session.trial, [sendable], frozenset({sendable.item}))
            refused.append(caught.value.message)

    await session.refresh(came=came)
    assert not session.partial
    assert seen
    assert seen == sorted(seen)
    assert seen[-1] <= len(session.items)
    assert all("not everything is read yet" in one for one in refused)


async def test_after_a_failed_reading_the_earlier_one_stands(world: "World", read_of: ReadOf) -> None:
    session = await world.session()
    await session.refresh()
    before = read_of(session)
    await world.admin("xero/disconnect")
    with pytest.raises(SmoothxError):
        await session.refresh()
    assert read_of(session) == before
    await world.admin("xero/connect")
    await session.refresh()
    assert read_of(session) == before


async def test_many_items_are_planned_as_few_are(make_world: "Callable[..., World]", small: Scenario) -> None:
    """Numbers that two items share are found without making every item."""
    costs = small.procore["direct_costs"]
    free = [one for one in costs if not one.get("origin_id") and one["status"] == "approved"][:2]
    vendor = {name: free[0][name] for name in ("vendor", "vendor_id") if name in free[0]}
    twins = [{**one, **vendor, "invoice_number": number} for one, number in zip(free, ("A 1", "a 1"), strict=True)]
    others = [one for one in costs if one["id"] not in {one["id"] for one in twins}]
    scenario = replace(small, procore={**small.procore, "direct_costs": [*others, *twins]})
    world = make_world(scenario)
    session = await world.session()
    await session.refresh()
    lazy = {key: session.plan_of(key).digest for key in session.items}
    from smoothx_tui.planning.planner import Planner

    eager = Planner(session.items.values(), session.loaded.mapping, session.books, session._reading.links)
    assert {key: plan.digest for key, plan in eager.plans(session.trial.current).items()} == lazy
    assert session.planner.claims == eager.claims
    assert {f"direct:{one['id']}" for one in twins} <= session.planner.claims.same_number.keys()


async def test_a_reading_with_nothing_new_leaves_every_row_as_it_is(world: "World") -> None:
    session = await world.session()
    await session.refresh()
    rows = {key: session.row(key) for key in session.items}
    await session.refresh()
    assert session.changed == frozenset()
    made = session.planner.planned
    assert {key: session.row(key, row) for key, row in rows.items()} == rows
    assert made == 0
    assert session.planner.planned < len(rows)


async def test_only_rows_of_what_changed_are_made_again(world: "World", read_of: ReadOf) -> None:
    session = await world.session()
    await session.refresh()
    rows = {key: session.row(key) for key in session.items}
    free = [key for key, item in session.items.items() if not item.origin_id and not item.gone]
    key = next(key for key in free if key.startswith("direct"))
    await world.admin(f"procore/items/{key}/edit", amount="55.00")
    await session.refresh()
    assert set(session.changed or ()) == {key}
    rows[key] = session.row(key)
    assert rows == {key: session.row(key) for key in session.items}
    # Two items with one number concern each other: then every row may be another one.
    other = next(one for one in free if one.startswith("direct") and one != key)
    await world.admin(f"procore/items/{other}/edit", invoice_number=session.items[key].number)
    for one in (key, other):
        company = session.items[key].company
        assert company is not None
        await world.admin(f"procore/items/{one}/edit", members={"vendor_id": int(company.id)})
    await session.refresh()
    assert session.planner.claims.same_number.keys() >= {key, other}
    assert session.changed is None


async def test_a_sync_touches_its_items_and_those_that_share_a_number(world: "World") -> None:
    session = await world.session()
    await session.refresh()
    safe = [plan for plan in session.plans().values() if plan.sendable and not plan.dangers and not plan.first]
    # The first of a project tells the ledger its tracking option, which all of the project's items are matched by.
    first, second = next((a, b) for a in safe for b in safe if a is not b and a.project == b.project)
    await session.sync([first])
    rows = {key: session.row(key) for key in session.items}
    await session.sync([session.plan_of(second.item)])
    assert session.changed is not None
    assert second.item in session.changed
    assert len(session.changed) < len(rows)
    rows.update((key, session.row(key)) for key in session.changed)
    assert rows == {key: session.row(key) for key in session.items}
    fresh = await world.session(kept_as="")
    await fresh.refresh()
    assert rows == {key: fresh.row(key) for key in fresh.items}
