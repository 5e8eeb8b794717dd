"""What a beginner needs where keys do something else than usual: what can be typed, and how to leave."""

from typing import Any

import pytest

from smoothx_tui.base.errors import UsageError
from smoothx_tui.settings.schema import BY_KEY


@pytest.mark.parametrize("keys", [("/",), ("3", "/"), ("2", "/"), (":",), ("ctrl+p",), ("space", "s")])
@pytest.mark.parametrize("size", [(120, 36), (60, 16)])
async def test_every_prompt_says_how_to_leave_it(console: Any, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    async with console(size=size) as desk:
        await desk.press(*keys)
        assert "esc" in desk.lines()[-1]


async def test_the_way_out_gives_way_to_what_is_typed(console: Any) -> None:
    async with console(size=(60, 16)) as desk:
        await desk.press("/", *("a" * 46))
        assert desk.lines()[-1].strip() == "filter: " + "a" * 46


async def test_what_was_wrong_with_a_filter_leaves_with_the_filter(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"total>x", "enter")
        assert "expected an amount" in desk.text()
        await desk.press("backspace")
        assert "expected an amount" not in desk.text()
        await desk.press("x", "enter", "escape")
        assert "expected an amount" not in desk.text()


async def test_a_search_of_the_settings_is_named_while_it_holds_and_says_when_it_finds_none(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "/", *"zzz", "enter")
        assert "2 Settings  search: zzz" in desk.text()
        assert "No setting has these words." in desk.text()
        assert "esc shows all" in desk.text()
        await desk.press("escape")
        assert "search: zzz" not in desk.text()
        assert "Sync as Draft" in desk.text()


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_all_about_a_setting_is_there_to_read(console: Any, size: tuple[int, int]) -> None:
    async with console(size=size) as desk:
        await desk.press("2", "j", "i", "+")  # "Status when not Draft": greyed out while "Sync as Draft" is on
        read = " ".join(" ".join(desk.lines()).split())
        setting = BY_KEY["sync_status"]
        for text in (setting.said, setting.reading, "Has no effect while 'Sync as Draft' is on."):
            assert " ".join(text.split()) in read


async def test_a_step_back_says_what_it_changed(console: Any) -> None:
    async with console() as desk:
        await desk.press("2", "space", "1", "z")
        assert "undone: Sync as Draft: on" in desk.text()
        await desk.press("Z")
        assert "redone: Sync as Draft: off" in desk.text()


async def test_what_select_all_leaves_out_can_be_found(console: Any) -> None:
    async with console() as desk:
        await desk.press("a")
        assert "1 with a danger left out: / danger shows them" in desk.text()
        await desk.press("/", *"danger", "enter")
        assert [desk.app.main.items.row(key).danger for key in desk.app.main.items.shown] == [True]


async def test_tab_in_a_filter_offers_the_words_of_a_field(console: Any) -> None:
    async with console() as desk:
        await desk.press("/", *"act:", "tab")
        assert "act:new" in desk.lines()[-2]
        assert "act:block" in desk.lines()[-2]
        await desk.press(*"bl", "tab")
        assert desk.lines()[-1].startswith(" filter: act:block ")
        await desk.press("ctrl+u", *"!ty", "tab")
        assert desk.lines()[-1].startswith(" filter: !type: ")


async def test_an_order_is_said_where_no_title_can_show_it(console: Any) -> None:
    async with console(size=(80, 24)) as desk:
        await desk.press("O")
        assert "as read, from the end" in desk.text()
        await desk.press(":", *"sort project", "enter")
        assert "sorted by Project▲" in desk.text()
        await desk.press("O")
        assert "sorted by Project▼" in desk.text()
        await desk.press(":", *"sort total", "enter")
        assert "sorted by" not in desk.text()


async def test_a_pane_says_where_more_is_than_fits(console: Any) -> None:
    async with console(size=(80, 24)) as desk:
        title = next(line for line in desk.lines() if "3 Preview" in line)
        assert title.endswith(" 1-8/15 ─")
        await desk.press("3", "j", "j")
        assert next(line for line in desk.lines() if "3 Preview" in line).endswith(" 3-10/15 ─")
        await desk.press("+")
        assert next(line for line in desk.lines() if "3 Preview" in line).endswith("──"), "all of it is there"


@pytest.mark.parametrize(("keys", "pane"), [(("2", "1", "]"), "items"), (("2", "]"), "preview")])
async def test_another_tab_of_the_preview_is_seen_where_the_settings_stood_in_its_place(
    console: Any, keys: tuple[str, ...], pane: str
) -> None:
    async with console(size=(80, 24)) as desk:
        await desk.press(*keys)
        assert "3 Preview  diff  [payload]" in desk.text()
        assert desk.app.main.view.pane == pane


async def test_marks_that_the_filter_hides_are_said_before_what_they_take(console: Any) -> None:
    async with console(size=(80, 24)) as desk:
        await desk.press("a", "/", *"danger", "enter", "down")
        assert "of them hidden by the filter" in desk.lines()[-2]


@pytest.mark.parametrize("size", [(50, 12), (80, 24)])
async def test_an_error_of_several_lines_leaves_the_pane_its_room_and_the_keys_their_line(
    console: Any, size: tuple[int, int]
) -> None:
    async with console(size=size) as desk:
        await desk.press("3", "+")
        desk.app.main.fail(
            UsageError("something that takes more than one line of any narrow terminal " * 2, "try again")
        )
        await desk.rest()
        assert "(4: all)" in desk.text() or "try again" in desk.text()
        assert "3 Preview" in desk.lines()[0 if size == (50, 12) else 1]
        await desk.press("k")
        assert desk.lines()[-1].endswith("keys" if size == (50, 12) else ")")
        assert "takes more than" not in desk.text()
