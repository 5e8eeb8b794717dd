"""What a start finds of an earlier one: shown at once with its age, only where it belongs, and never in the way."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base.errors import LedgerError, UsageError
from smoothx_tui.ledger.store import Ledger
from smoothx_tui.session.cache import ABOUT
from smoothx_tui.session.place import age
from smoothx_tui.session.session import Session

if TYPE_CHECKING:
    from tests.session.conftest import World

ReadOf = Callable[[Any], dict[str, Any]]


def _rows(session: Session) -> dict[str, tuple[str, str]]:
    return session.ledger.cached_items(session._parts.scope)


async def _read_and_left(world: "World") -> Session:
    session = await world.session()
    await session.refresh()
    return session


async def test_what_was_read_is_there_at_the_next_start_before_any_call(world: "World", read_of: ReadOf) -> None:
    first = await _read_and_left(world)
    assert not first.old
    second = await world.session()
    assert (second.read_at, second.items) == (None, {})
    assert await second.show_cached()
    assert not world.asked
    assert second.old
    assert second.read_at == first.read_at
    assert second.place.base_currency == "AUD"
    assert second.problems == ()
    assert read_of(second) == read_of(first)
    assert [second.row(key) for key in second.items] == first.rows()
    revision = second.revision
    await second.refresh()
    assert not second.old
    assert second.revision > revision
    assert second.read_at is not None
    assert first.read_at is not None
    assert second.read_at > first.read_at
    assert read_of(second) == read_of(first)
    assert not await second.show_cached()


async def test_nothing_is_sent_of_what_an_earlier_start_has_read(world: "World") -> None:
    await _read_and_left(world)
    session = await world.session()
    await session.show_cached()
    plans = [plan for plan in session.plans().values() if plan.sendable]
    world.asked.clear()
    with pytest.raises(UsageError, match="earlier start"):
        await session.sync(plans, frozenset(plan.item for plan in plans))
    assert not world.asked


@pytest.mark.parametrize("moved", [{"kept_as": "another"}, {"kept_as": ""}])
async def test_another_place_has_nothing_to_show(world: "World", moved: dict[str, Any]) -> None:
    await _read_and_left(world)
    session = await world.session(**moved)
    assert not await session.show_cached()


async def test_another_organisation_or_company_has_nothing_to_show(
    world: "World", monkeypatch: pytest.MonkeyPatch
) -> None:
    await _read_and_left(world)
    for name in ("tenant_id", "company_id"):
        session = await world.session()
        service = session._parts.xero if name == "tenant_id" else session._parts.procore
        place = session._parts.place
        with monkeypatch.context() as patched:
            if name == "tenant_id":
                object.__setattr__(place, "tenant_id", "another")
            else:
                patched.setattr(service, name, "another")
            other = Session(session._parts, session.loaded)
            assert not await other.show_cached()


async def test_rows_moved_under_another_scope_are_not_believed(world: "World") -> None:
    session = await _read_and_left(world)
    rows = [(name, updated, body) for name, (updated, body) in _rows(session).items()]
    other = await world.session(kept_as="another")
    other.ledger.cache_items(other._parts.scope, rows)
    assert not await other.show_cached()
    await other.refresh()
    assert any("the copy of the last reading" in problem for problem in other.problems)


async def test_the_embedded_sandbox_keeps_nothing(world: "World") -> None:
    session = await world.session(kept_as="")
    await session.refresh()
    assert session.ledger.cached_items("") == {}


def _spoil(text: str) -> str:
    return text[: len(text) // 2] + ("A" if text[len(text) // 2] != "A" else "B") + text[len(text) // 2 + 1 :]


@pytest.mark.parametrize(
    ("which", "how"),
    [
        ("about", "spoilt"),
        ("about", "missing"),
        ("details:", "spoilt"),
        ("details:", "missing"),
        ("documents:", "empty"),
        ("documents:", "missing"),
        ("lists", "missing"),
        ("reference", "spoilt"),
        ("organisation", "empty"),
    ],
)
async def test_a_damaged_row_drops_the_cache_with_a_note_and_all_is_read_anew(
    world: "World", read_of: ReadOf, which: str, how: str
) -> None:
    first = await _read_and_left(world)
    name, body = next((name, body) for name, (_, body) in _rows(first).items() if name.startswith(which))
    if how == "missing":
        first.ledger.forget_items(first._parts.scope, [name])
    else:
        first.ledger.cache_items(first._parts.scope, [(name, "", _spoil(body) if how == "spoilt" else "")])
    session = await world.session()
    shown = await session.show_cached()
    if shown:
        assert how == "missing"
        assert which in {"details:", "documents:"}
    await session.refresh(full=True)
    if not shown and not (which == "about" and how == "missing"):
        assert any("cannot be used" in problem for problem in session.problems)
    assert read_of(session) == read_of(first)
    again = await world.session()
    assert await again.show_cached()
    assert read_of(again) == read_of(first)


async def test_another_version_s_form_is_not_read(world: "World") -> None:
    first = await _read_and_left(world)
    body = _rows(first)[ABOUT][1]
    first.ledger.cache_items(first._parts.scope, [(ABOUT, "", body.replace('"form":2', '"form":1'))])
    session = await world.session()
    assert not await session.show_cached()


async def test_a_ledger_that_can_not_keep_it_does_not_stop_the_reading(
    world: "World", monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise LedgerError("the disk is full", "make room")

    monkeypatch.setattr(Ledger, "replace_cached", full)
    session = await _read_and_left(world)
    assert session.items
    assert session.problems == ("keeping what was read: the disk is full (make room)",)


async def test_the_cache_does_not_grow_with_every_reading(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    session = await _read_and_left(world)
    free = [key for key, item in session.items.items() if not item.origin_id and not item.gone]
    sizes = []
    for turn in range(3):
        for key in free[:8]:
            await world.admin(f"procore/items/{key}/edit", invoice_number=f"T{turn}-{key[-4:]}")
        await session.refresh(full=True)
        sizes.append(len(_rows(session)))
    assert sizes[-1] <= sizes[0] + 1
    session = await world.session()
    assert await session.show_cached()
    assert session.items[free[0]].number == f"T2-{free[0][-4:]}"


async def test_after_a_sync_its_items_are_as_they_are_now(world: "World") -> None:
    session = await _read_and_left(world)
    plan = next(plan for plan in session.plans().values() if plan.sendable and not plan.dangers)
    order = list(session.items)
    report = await session.sync([plan])
    assert [result.outcome.value for result in report.results] == ["done"]
    assert list(session.items) == order
    assert session.plan_of(plan.item).action.value == "unchanged"
    await session.refresh()
    assert session.plan_of(plan.item).action.value == "unchanged"
    later = await world.session()
    assert await later.show_cached()
    assert later.plan_of(plan.item).action.value == "unchanged"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (7_200, "2 h ago"),
        (200_000, "2 d ago"),
    ],
)
def test_how_old_that_is(seconds: int, text: str) -> None:
    now = dt.datetime(2026, 7, 3, 9, tzinfo=dt.UTC)
    assert age(now - dt.timedelta(seconds=seconds), now) == text
