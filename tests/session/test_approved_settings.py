"""What was approved under some settings is sent under these, or not at all."""

from typing import TYPE_CHECKING

import pytest

from smoothx_tui.planning.plan import Action
from smoothx_tui.session import approvals
from smoothx_tui.settings.file import load
from smoothx_tui.syncing.report import Outcome

if TYPE_CHECKING:
    from tests.session.conftest import World


@pytest.mark.parametrize(("locking", "outcome"), [("true", Outcome.DONE), ("false", Outcome.STALE)])
async def test_an_approval_does_not_outlive_a_change_of_the_settings(
    world: "World", locking: str, outcome: Outcome
) -> None:
    session = await world.session()
    await session.refresh()
    plans = session.plans().values()
    plan = next(plan for plan in plans if plan.action is Action.CREATE and not plan.dangers)
    await approvals.put_up(session, [plan])
    below, environ = world.sandbox.scenario.settings, {"SMOOTHX_ADVANCED__ERP_LOCKING": locking}
    session._parts.load_settings = lambda: load(None, environ=environ, below=below)
    await session.reload_settings()
    (result,) = (await session.engine.work(session.books.organisation)).results
    assert (result.item, result.outcome) == (plan.item, outcome)
    assert ("the settings changed since the preview" in result.text) is (outcome is Outcome.STALE)
