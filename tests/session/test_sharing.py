"""Two consoles on one ledger plan under the same settings; of two saves one wins, and the other loses nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoothx_tui.base.errors import UsageError
from smoothx_tui.planning.plan import Action
from smoothx_tui.session import approvals
from smoothx_tui.settings.shared import SharedMeanwhile
from smoothx_tui.syncing.report import Outcome

if TYPE_CHECKING:
    from tests.session.conftest import World


async def two(world: "World") -> tuple[Any, Any]:
    """Ann, who has shared her file, and Robin with a file of another machine."""
    for who in ("ann", "robin"):
        (world.folder / f"{who}.toml").write_text('# my own remark\n[ui]\ntheme = "ink"\n')
    ann: Any = await world.session(who="ann", settings=world.folder / "ann.toml")
    await ann._parts.sharing.share(ann.loaded)
    await ann.reload_settings()
    return ann, await world.session(who="robin", settings=world.folder / "robin.toml")


def file_of(world: "World", who: str) -> str:
    return (world.folder / f"{who}.toml").read_text()


def by_hand(path: Path) -> None:
    path.write_text(path.read_text() + "[advanced]\nmulti_currency = true\n")


async def test_a_save_of_one_is_told_to_the_other_and_taken_at_its_refresh(world: "World") -> None:
    ann, robin = await two(world)
    await robin.refresh()
    assert await robin.settings_news() == ""
    ann.trial.set("erp_locking", False)
    assert await ann.save_settings() == ""
    news = await robin.settings_news()
    assert news.startswith("settings revision 2 of ann, ")
    assert news.endswith(": advanced.erp_locking: absent -> false")
    assert robin.loaded.settings.erp_locking, "not under somebody's hands"
    robin.trial.set("multi_currency", True)
    await robin.refresh()
    assert not robin.trial.saved.erp_locking
    assert robin.trial.unsaved == ("multi_currency",), "what was tried is still tried"
    assert robin.loaded.revision == ann.loaded.revision
    assert str(robin.provenance["erp_locking"]) == "ledger revision 2 of ann"
    assert await robin.settings_news() == ""


async def test_a_save_brings_the_savers_own_file_along_and_leaves_what_is_personal(world: "World") -> None:
    ann, _ = await two(world)
    ann.trial.set("erp_locking", False)
    await ann.save_settings()
    assert file_of(world, "ann").startswith('# my own remark\n[ui]\ntheme = "ink"\n')
    assert "erp_locking = false" in file_of(world, "ann")
    assert "erp_locking" not in file_of(world, "robin")
    (version,) = [one for one in await ann._parts.sharing.versions() if one.revision == 2]
    assert "remark" not in version.text
    assert "ink" not in version.text


async def test_of_two_saves_the_second_is_told_who_won_and_can_save_on_top(world: "World") -> None:
    ann, robin = await two(world)
    ann.trial.set("erp_locking", False)
    robin.trial.set("multi_currency", True)
    await ann.save_settings()
    with pytest.raises(SharedMeanwhile, match=r"settings revision 2 of ann, .* was saved meanwhile") as caught:
        await robin.save_settings()
    assert "advanced.erp_locking: absent -> false" in caught.value.message
    assert caught.value.winner.who == "ann"
    assert robin.trial.unsaved == ("multi_currency",), "nothing of hers was lost"
    await robin.save_settings()
    await ann.refresh()
    for session in (ann, robin):
        assert (session.loaded.settings.erp_locking, session.loaded.settings.multi_currency) == (False, True)
    assert [(one.revision, one.who) for one in await ann.settings_history()] == [(1, "ann"), (2, "ann"), (3, "robin")]


async def test_nothing_is_sent_that_was_planned_under_settings_a_colleague_replaced(world: "World") -> None:
    ann, robin = await two(world)
    await robin.refresh()
    plan = next(one for one in robin.plans().values() if one.action is Action.CREATE and not one.dangers)
    ann.trial.set("sync_as_draft", False)
    await ann.save_settings()
    for sending in (robin.sync([plan]), approvals.put_up(robin, [plan])):
        with pytest.raises(UsageError, match=r"settings revision 2 of ann") as caught:
            await sending
        assert "refresh" in caught.value.hint
    await robin.refresh()
    with pytest.raises(UsageError, match="planned under settings that a colleague has replaced"):
        await robin.sync([plan])
    report = await robin.sync([robin.plan_of(plan.item)])
    assert [one.outcome for one in report.results] == [Outcome.DONE]


async def test_what_was_approved_goes_stale_at_the_send_for_a_worker_that_has_read_nothing_since(
    world: "World",
) -> None:
    ann, robin = await two(world)
    await ann.refresh()
    await robin.refresh()
    plan = next(one for one in ann.plans().values() if one.action is Action.CREATE and not one.dangers)
    await approvals.put_up(ann, [plan])
    ann.trial.set("erp_locking", False)
    await ann.save_settings()
    (result,) = (await robin.engine.work(robin.books.organisation)).results
    assert (result.outcome, "settings changed" in result.text) == (Outcome.STALE, True)


async def test_an_edit_of_a_file_by_hand_is_named_and_does_not_count_until_it_is_shared(world: "World") -> None:
    _, robin = await two(world)
    by_hand(robin.settings_path)
    await robin.reload_settings()
    assert not robin.loaded.settings.multi_currency
    note = await robin.settings_note()
    assert "has changes that do not count" in note
    assert "advanced.multi_currency: absent -> true" in note
    robin.trial.set("erp_locking", False)
    assert "was left as it is" in await robin.save_settings()
    assert "multi_currency = true" in file_of(world, "robin"), "a save does not drop it"
    await robin._parts.sharing.share(robin.loaded)
    await robin.reload_settings()
    assert robin.loaded.settings.multi_currency
    assert await robin.settings_note() == ""


async def test_a_start_behind_says_who_saved_what_and_a_new_machine_is_told_nothing(world: "World") -> None:
    ann, robin = await two(world)
    ann.trial.set("erp_locking", False)
    await ann.save_settings()
    await robin.refresh()
    robin.trial.set("multi_currency", True)
    await robin.save_settings()
    late = await world.session(who="ann", settings=world.folder / "ann.toml")
    assert not late.loaded.settings.erp_locking
    note = await late.settings_note()
    assert note.startswith("settings revision 3 of robin, ")
    assert "advanced.multi_currency: absent -> true" in note
    (world.folder / "new.toml").write_text("")
    fresh = await world.session(who="carl", settings=world.folder / "new.toml")
    assert fresh.loaded.revision == late.loaded.revision
    assert await fresh.settings_note() == ""


async def test_an_earlier_version_is_brought_back_for_everybody(world: "World") -> None:
    ann, robin = await two(world)
    ann.trial.set("erp_locking", False)
    await ann.save_settings()
    await robin.refresh()
    await robin.restore(1)
    await ann.refresh()
    assert ann.loaded.settings.erp_locking
    assert (await ann.settings_history())[-1].who == "robin"
    with pytest.raises(UsageError, match="no settings in revision 9"):
        await robin.restore(9)


async def test_when_sharing_ends_each_file_counts_again(world: "World") -> None:
    ann, robin = await two(world)
    ann.trial.set("erp_locking", False)
    await ann.save_settings()
    await robin.refresh()
    await ann._parts.sharing.stop()
    assert await robin.settings_news() == "ann ended the sharing of settings"
    await robin.refresh()
    assert robin.loaded.version is None
    assert robin.loaded.settings.erp_locking
    assert await robin.settings_news() == ""
