"""The engine with the real clients, over HTTP, against the sandbox: calls are counted, and every fault is met."""

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.composition.application import Application
from smoothx_tui.planning.plan import Action, Plan
from smoothx_tui.sandbox import server
from smoothx_tui.sandbox.faults import KINDS, fault_plan_from
from smoothx_tui.sandbox.generate import more_items
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.session.options import Options
from smoothx_tui.session.session import Session
from smoothx_tui.syncing import repairs
from smoothx_tui.syncing.engine import Outcome
from smoothx_tui.syncing.sweep import Fault, verify

Opened = Callable[..., Any]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """A session on an embedded sandbox that is made as the test says."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = server.Sandbox.from_scenario

    @asynccontextmanager
    async def open_session(
        items: int = 0, faults: list[Any] | None = None, few: bool = False, **options: Any
    ) -> AsyncIterator[Any]:
        def from_scenario(scenario: Any, **_: Any) -> Any:
            more = more_items(scenario, items, 1) if items else _few(scenario) if few else scenario
            sandbox = made(more, faults=fault_plan_from(faults or []), **options)
            kept.append(sandbox)
            return sandbox

        kept: list[Any] = []
        monkeypatch.setattr(server.Sandbox, "from_scenario", from_scenario)
        session = await Application({"HOME": str(tmp_path), "USER": "ann"}).session(Options(ledger=":memory:"))
        try:
            await session.refresh()
            yield session, kept[0]
        finally:
            await session.close()

    return open_session


def _few(scenario: Any) -> Any:
    """The same world with a handful of claims: quicker to read."""
    none: dict[str, list[Any]] = {"direct_costs": [], "payment_applications": []}
    claims = scenario.procore["requisitions"][:12]
    xero = {**scenario.xero, "Invoices": []}
    return replace(scenario, procore={**scenario.procore, **none, "requisitions": claims}, xero=xero)


def creates(session: Session, most: int) -> list[Plan]:
    plans = [plan for plan in session.plans().values() if plan.action is Action.CREATE and not plan.dangers]
    return [plan for plan in plans if not plan.first][:most]


def count_live(sandbox: Any, item_urls: set[str]) -> dict[str, int]:
    counts = dict.fromkeys(item_urls, 0)
    for invoice in sandbox.dump().xero["Invoices"]:
        if invoice.get("Url") in counts and invoice["Status"] not in {"VOIDED", "DELETED"}:
            counts[invoice["Url"]] += 1
    return counts


def urls(plans: list[Plan]) -> set[str]:
    return {str((plan.payload or {})["Url"]) for plan in plans}


async def test_fifty_documents_take_four_calls(opened: Opened) -> None:
    async with opened(items=200) as (session, sandbox):
        plans = creates(session, 50)
        assert len(plans) == 50
        report = await session.sync(plans)
        assert report.counts == {Outcome.DONE: 50}
        assert report.xero_calls == 4
        assert report.procore_calls < 100, "one lock an item, and a few lists"
        assert set(count_live(sandbox, urls(plans)).values()) == {1}
        after = session.plans()
        assert {after[plan.item].action for plan in plans} == {Action.UNCHANGED}


async def test_contacts_and_options_are_made_once_and_first(opened: Opened) -> None:
    async with opened() as (session, _):
        plans = [plan for plan in session.plans().values() if plan.sendable and plan.first and not plan.dangers]
        assert plans
        report = await session.sync(plans)
        assert set(report.counts) == {Outcome.DONE}
        again = session.plans()
        assert all(not again[plan.item].first for plan in plans)


async def test_every_action_of_the_default_scenario_is_carried_out(opened: Opened) -> None:
    async with opened() as (session, _):
        plans = [plan for plan in session.plans().values() if plan.sendable]
        before = await verify(session.engine, session.items, session.books, locking=False)
        allowed = frozenset(plan.item for plan in plans)
        report = await session.sync(plans, allow_danger=allowed)
        assert set(report.counts) == {Outcome.DONE}
        after = await verify(session.engine, session.items, session.books, locking=False)
        assert not any(found.fault in {Fault.BROKEN_LINK, Fault.AUDIT} for found in after.found)
        planted = {found.item for found in before.found if found.fault is Fault.DUPLICATE}
        assert {found.item for found in after.found if found.fault is Fault.DUPLICATE} == planted


async def test_unsync_lets_an_item_be_edited_again(opened: Opened) -> None:
    async with opened() as (session, _):
        (plan,) = creates(session, 1)
        await session.sync([plan])
        item = session.items[plan.item]
        assert item.origin_id.startswith("xero:")
        result = await repairs.unsync(session.engine, item, session.books.organisation, who="ann")
        assert result.outcome is Outcome.DONE
        await session.refresh()
        assert session.items[plan.item].origin_id == ""
        assert session.plans()[plan.item].document is not None


WRITE = {"side": "xero", "method": "PUT", "path": "/Invoices"}
FAULTS = [(kind, effect) for kind, usual in KINDS.items() for effect in sorted({usual, "after"})]


@pytest.mark.parametrize(("kind", "effect"), FAULTS, ids=[f"{kind}-{effect}" for kind, effect in FAULTS])
async def test_each_fault_of_the_first_write_ends_with_one_document_or_none(
    opened: Opened, kind: str, effect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule: dict[str, Any] = {**WRITE, "what": kind, "nth": 1}
    if kind in {"drop", "timeout", "server_error", "bad_gateway", "redirect"}:
        rule["effect"] = effect
    elif effect != KINDS[kind]:
        pytest.skip("this fault has one effect")
    if kind == "late":
        rule |= {"seconds": 1, "then": "bad_gateway"}
    if kind == "slow_drip":
        rule |= {"seconds": Decimal("0.01")}
    if kind == "rate_limited":
        rule |= {"retry_after": 1}
    async with opened(faults=[rule], few=True) as (session, sandbox):
        patient = functools.partial(_short_sleep, session.engine.clock)
        monkeypatch.setattr(session.engine.clock, "sleep", patient)
        plans = creates(session, 3)
        assert len(plans) > 1
        report = await session.sync(plans)
        outcomes = {result.outcome for result in report.results}
        counts = set(count_live(sandbox, urls(plans)).values())
        if outcomes == {Outcome.DONE}:
            assert counts == {1}
        else:
            assert outcomes <= {Outcome.UNKNOWN}, report.results
            assert counts <= {0, 1}


async def _short_sleep(clock: Any, seconds: float) -> None:
    """Waits are shortened, so that a test does not stand idle."""
    import asyncio

    del clock
    await asyncio.sleep(min(seconds, 0.05))


def test_the_default_scenario_is_large_enough_for_these_tests() -> None:
    assert len(default_scenario().procore["requisitions"]) > 20
