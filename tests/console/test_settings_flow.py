"""Trying, saving and taking back settings by keys alone."""

from dataclasses import replace
from typing import Any

import pytest

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


async def test_the_question_about_an_earlier_state_shows_what_it_undoes(console: Any, make: Any) -> None:
    import datetime as dt
    from types import SimpleNamespace

    session = make.session(make.items())
    day = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    session.changes = [
        SimpleNamespace(revision=number, at=day, who="ann", changes=(f"change {number}",)) for number in (1, 2, 3)
    ]
    async with console(session) as desk:
        await desk.press("H")
        numbers = [line.split()[:2] for line in desk.lines()[3:6]]
        assert numbers == [[">", "3"], ["2", "2026-07-01"], ["1", "2026-07-01"]], "the newest save first"
        await desk.press("j", "j", "enter")
        assert "change 3" in desk.text()
        assert "change 2" in desk.text()
        assert "change 1" not in desk.text()
        await desk.press("escape")
        assert "Settings history" in desk.text()
        await desk.press("enter", "y")
        assert "settings are as after revision 1" in desk.text()


async def test_escape_leaves_an_items_difference_for_the_impact_and_the_question_stays(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "w", "j", "enter")
        assert "before -> after" in desk.text()
        assert "y saves" in desk.text()
        at = desk.app.main.settings_pane.top
        await desk.press("escape")
        assert "What saving does" in desk.text()
        assert "y saves" in desk.text()
        assert desk.app.main.sheet.model.current.text.startswith("N-0003"), "on the item that was looked at"
        await desk.press("escape")
        assert "What saving does" not in desk.text()
        assert "y saves" not in desk.text()
        assert desk.session.saved == 0
        assert desk.app.main.settings_pane.top == at


async def test_a_list_that_was_open_leaves_the_panes_where_they_were(console: Any, make: Any) -> None:
    async with console(make.session(make.items(60))) as desk:
        await desk.press(*["j"] * 9)
        before = desk.text()
        await desk.press("?", "escape")
        assert desk.text() == before


async def test_marks_come_back_when_what_took_them_is_taken_back(console: Any) -> None:
    async with console() as desk:
        items = desk.app.main.items
        await desk.press("a")
        marked = set(items.marks)
        await desk.press(
            "2", "/", *(ch if ch != " " else "space" for ch in "Ignore Contact"), "enter", "space", "space"
        )  # items of this company are ignored
        assert items.marks == {"direct:1004"}, "of another company"
        await desk.press("escape", "1")
        assert items.marks == marked
        assert items.marked.total == len(marked)
        await desk.press("2", "space", "space", "enter", "1")
        assert "lost: nothing to send under these settings" in desk.text()
        await desk.press("u", "z")
        assert not items.marks


async def test_a_theme_is_kept_in_the_settings_file_and_said_so(console: Any, session: Any) -> None:
    async with console(session) as desk:
        await desk.press("T", "j")
        assert session.kept_themes == []
        await desk.press("enter")
        assert session.kept_themes == ["high-contrast"]
        assert "theme high-contrast, saved as ui.theme in settings.toml" in desk.text()
        await desk.press(":", *"theme light", "enter")
        assert session.kept_themes[1:] == ["light"]


@pytest.mark.parametrize("why", ["read-only", "there is no settings file", "changed meanwhile"])
async def test_a_theme_that_can_not_be_kept_is_on_for_this_run(console: Any, session: Any, why: str) -> None:
    if why == "read-only":
        session.place = replace(session.place, read_only=True)
    elif why == "changed meanwhile":
        session.save_error = ConfigurationError(why, "read it again")
    else:
        session.settings_path = None
    async with console(session) as desk:
        await desk.press("T", "j", "enter")
        assert desk.app.main.paint.look.name == "high-contrast"
        assert why in desk.text()
        assert "for this run" in desk.text()
