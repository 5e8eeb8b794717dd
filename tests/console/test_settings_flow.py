"""Trying, saving and taking back settings by keys alone."""

from typing import Any

from smoothx_tui.base.errors import ConfigurationError


async def test_a_flipped_setting_changes_the_preview_at_once_and_is_marked_unsaved(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space")
        assert "Status          SUBMITTED" in desk.text()
        assert "[off ]*" in desk.text()
        assert "settings *1 unsaved" in desk.lines()[0]
        await desk.press("j", "l")
        assert "Status          AUTHORISED" in desk.text()
        await desk.press("z", "z")
        assert "Status          DRAFT" in desk.text()
        assert "unsaved" not in desk.lines()[0]
        await desk.press("Z")
        assert "Status          SUBMITTED" in desk.text()


async def test_a_save_shows_its_impact_and_needs_a_second_key(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "w")
        assert "Sync as Draft: on -> off" in desk.text()
        assert "create, with another content: 8" in desk.text()
        assert desk.session.saved == 0
        await desk.press("w", "enter")
        assert desk.session.saved == 0
        await desk.press("y")
        assert desk.session.saved == 1
        assert "1 saved to settings.toml" in desk.text()


async def test_an_item_of_the_impact_opens_as_the_difference_of_its_plans(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "w")
        await desk.press("enter")
        assert "Status  DRAFT -> SUBMITTED" in desk.text()
        await desk.press("escape")
        assert desk.session.saved == 0


async def test_a_save_that_is_refused_is_said_and_loses_nothing(console: Any, make: Any) -> None:
    session = make.session(make.items())
    session.save_error = ConfigurationError("settings.toml was changed meanwhile", "reload it")
    async with console(session) as desk:
        await desk.press("2", "space", "w")
        await desk.press("y")
        assert "changed meanwhile" in desk.text()
        assert desk.session.trial.unsaved == ("sync_as_draft",)


async def test_a_list_is_searched_ticked_live_and_undone_in_one_step(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "G", "k", "k", "enter", "/", *"old", "enter", "space")
        assert desk.session.trial.current.ignore_contacts == {"7"}
        await desk.press("enter")
        assert desk.session.trial.unsaved == ("ignore_contacts",)
        await desk.press("z")
        assert desk.session.trial.unsaved == ()


async def test_leaving_a_list_takes_its_ticks_back(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "G", "k", "k", "enter", "space", "escape")
        assert desk.session.trial.unsaved == ()
        assert not desk.session.trial.can_undo


async def test_the_settings_history_brings_an_earlier_state_back_after_a_question(console: Any, make: Any) -> None:
    import datetime as dt
    from types import SimpleNamespace

    session = make.session(make.items())
    session.changes = [
        SimpleNamespace(revision=1, at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC), who="ann", changes=("draft: on -> off",))
    ]
    async with console(session) as desk:
        await desk.press("2", "space", "H")
        await desk.press("enter")
        assert "back to revision 1" in desk.text()
        assert session.trial.unsaved
        await desk.press("y")
        assert not session.trial.unsaved
