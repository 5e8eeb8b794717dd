"""The models: no terminal, no Textual."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from smoothx_tui.console.glyphs import ASCII, UNICODE
from smoothx_tui.console.keys import Where
from smoothx_tui.console.layout import View, arrange
from smoothx_tui.console.model.columns import lay_out
from smoothx_tui.console.model.edit import LineEdit
from smoothx_tui.console.model.items import ItemsModel
from smoothx_tui.console.model.lines import Line, Span, line, spans, wrap
from smoothx_tui.console.model.paths import leaves, short
from smoothx_tui.console.model.progress import live_of_result
from smoothx_tui.console.model.settings import SettingsModel, control_words, help_text, is_shortened
from smoothx_tui.console.model.sheet import Entry, Mode, SheetModel
from smoothx_tui.planning.plan import Action
from smoothx_tui.procore.items import Kind
from smoothx_tui.session.filters import BadFilter
from smoothx_tui.session.rows import Row
from smoothx_tui.settings.schema import BY_KEY, SCHEMA, Settings


def a_row(number: int, action: Action = Action.CREATE, **changes: Any) -> Row:
    values: dict[str, Any] = {
        "key": f"claim:{number}",
        "action": action,
        "kind": Kind.PROGRESS_CLAIM,
        "number": f"N-{number}",
        "contact": "Harbour Concrete",
        "project": "2235 - Quay St",
        "date": dt.date(2026, 6, 30),
        "total": Decimal(number * 100),
        "currency": "AUD",
        "why": "",
        "danger": False,
    }
    return Row(**(values | changes))


def a_model(*rows: Row) -> tuple[ItemsModel, dict[str, Row]]:
    """A model and the rows it is given; changing them is planning again."""
    source = {row.key: row for row in rows}
    model = ItemsModel(source.__getitem__)
    model.load(source)
    for key in source:
        model.row(key)
    return model, source


# -- the grid -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(40, 201, 7))
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_row_has_exactly_the_cells_of_the_screen(width: int, glyphs: Any) -> None:
    grid = lay_out(width, glyphs)
    rows = [
        a_row(1),
        a_row(2, contact="東京スチール" * 4, why="x" * 500, danger=True),
        replace(a_row(3), number="", date=None),
    ]
    for row in rows:
        assert cell_len(grid.row(row, cursor=True, marked=True)) == width
    assert cell_len(grid.heading("total", reverse=True)) == width


def test_columns_leave_by_priority() -> None:
    assert lay_out(120, UNICODE).left_out == ()
    assert lay_out(90, UNICODE).left_out == ("Project", "Why")
    assert lay_out(80, UNICODE).left_out == ("Project", "Why")
    assert lay_out(72, UNICODE).left_out == ("Type", "Project", "Why")
    assert lay_out(60, UNICODE).left_out == ("Type", "Project", "Date", "Why")


def test_a_total_is_never_cut() -> None:
    """A cut amount is another amount: it is whole, without its commas, or not there."""
    for width in range(45, 160):
        for amount in ("1.00", "13050000.00", "-999999999.99", "123456789012.34", "123456789012345.67"):
            text = lay_out(width, UNICODE).row(
                a_row(1, total=Decimal(amount), why="", project=""), cursor=False, marked=False
            )
            shown = [part for part in text.replace(",", "").split() if part.strip("#") in (amount, "")]
            assert shown or "####" in text, (width, text)


# -- items ----------------------------------------------------------------------------------------------------------


def test_marks_are_counted_with_their_money_by_action_and_currency() -> None:
    model, _ = a_model(a_row(1), a_row(2), a_row(3, Action.UPDATE), a_row(4, currency="USD"), a_row(5, Action.HELD))
    model.mark_all()
    assert model.marks == {"claim:1", "claim:2", "claim:3", "claim:4"}
    assert model.marked.parts("AUD") == ["+3 new 300.00 + USD 400.00", "~1 upd 300.00"]
    model.mark("claim:2", on=False)
    assert model.marked.parts("AUD")[0] == "+2 new 100.00 + USD 400.00"


def test_an_item_that_can_not_be_sent_after_a_change_loses_its_mark() -> None:
    model, source = a_model(a_row(1), a_row(2))
    model.mark_all()
    source["claim:2"] = a_row(2, Action.BLOCKED)
    model.forget()
    assert model.stale == 2
    assert model.row("claim:2").action is Action.BLOCKED
    assert model.marks == {"claim:1"}
    assert model.row("claim:1") == model.known("claim:1")
    assert model.marked.total == 1
    assert [row.action for row in model.rows.values()] == [Action.CREATE, Action.BLOCKED]


def test_what_has_a_danger_is_marked_only_by_itself() -> None:
    model, _ = a_model(a_row(1, danger=True), a_row(2))
    assert model.mark_all() == (1, 1)
    model.invert()
    assert model.marks == set()
    model.move(0)
    assert model.toggle()
    assert model.marks == {"claim:1"}
    model.invert()
    assert model.marks == {"claim:2"}


def test_a_range_is_marked_in_either_direction() -> None:
    model, _ = a_model(*(a_row(n) for n in range(6)))
    assert model.mark_range(4, 1) == 4
    assert sorted(model.marks) == ["claim:1", "claim:2", "claim:3", "claim:4"]


def test_the_cursor_stays_on_its_item_through_sort_filter_and_reading_again() -> None:
    model, source = a_model(*(a_row(n, total=Decimal(100 - n)) for n in range(10)))
    model.move(7)
    model.set_sort("total")
    model.arrange()
    assert model.current_key == "claim:7"
    model.turn_round()
    assert model.current_key == "claim:7"
    model.set_filter("N-7")
    model.arrange()
    assert model.shown == ["claim:7"]
    model.set_filter("")
    model.arrange()
    model.load(list(source)[3:])
    assert model.current_key == "claim:7"


def test_a_filter_entered_after_a_sync_holds_for_its_results_too() -> None:
    model, _ = a_model(a_row(1), a_row(2, Action.BLOCKED), a_row(3, Action.BLOCKED))
    model.set_filter("act:blocked")
    model.show_results({"claim:1": live_of_result("done", "", Action.CREATE)})
    model.arrange()
    assert model.shown == ["claim:1", "claim:2", "claim:3"], "what has just ended stays in sight"
    model.set_filter("total>250")
    model.arrange()
    assert model.shown == ["claim:3"]


def test_a_bad_filter_changes_nothing() -> None:
    model, _ = a_model(a_row(1))
    with pytest.raises(BadFilter):
        model.set_filter("nofield:x")
    assert model.shown == ["claim:1"]


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(list(Action))), max_size=60), st.booleans())
def test_arranging_in_steps_is_sorting(values: list[tuple[int, Action]], reverse: bool) -> None:
    rows = [a_row(n, action, total=Decimal(total)) for n, (total, action) in enumerate(values)]
    model, _ = a_model(*rows)
    model.set_sort("total")
    model.reverse = reverse
    model.arrange()
    totals = [model.row(key).total for key in model.shown]
    assert totals == sorted(totals, reverse=reverse)
    assert sorted(model.shown) == sorted(row.key for row in rows)


def test_rows_that_are_not_made_yet_are_shown_unfiltered_and_sorted_last() -> None:
    model = ItemsModel(lambda key: a_row(int(key.partition(":")[2])))
    model.load(["claim:3", "claim:1", "claim:2"])
    assert model.shown == ["claim:3", "claim:1", "claim:2"]
    model.row("claim:2")
    model.set_sort("total")
    model.arrange()
    assert model.shown == ["claim:2", "claim:3", "claim:1"]


# -- lines ----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200), st.integers(8, 60), st.integers(0, 70))
def test_a_wrapped_line_loses_nothing_but_blanks_and_fits(text: str, width: int, indent: int) -> None:
    source = line(text, indent=indent)
    parts = list(wrap(source, width))
    assert all(cell_len(part.text) <= width for part in parts)
    assert "".join(part.text for part in parts).replace(" ", "") == source.text.replace(" ", "")


def test_a_line_of_nothing_but_controls_is_visible_and_harmless() -> None:
    assert spans("a", ("\x1b[2J\x9b\u202e", "x")).text == "a<U+001B>[2J<U+009B><U+202E>"
    assert Line((Span("x"),)).text == "x"


def test_paths_are_counted_as_people_count() -> None:
    assert short("LineItems[1].AccountCode") == "line 2 AccountCode"
    assert short("LineItems[0]") == "line 1"
    assert short("DueDate") == "DueDate"
    assert dict(leaves({"a": [{"b": 1}], "c": None})) == {"a[0].b": 1, "c": None}


# -- the line that is typed -----------------------------------------------------------------------------------------


def test_the_keys_of_a_shell_edit_the_line() -> None:
    edit = LineEdit.of("sort by total")
    for key in ("ctrl+w", "ctrl+w"):
        edit.key(key)
    assert edit.text == "sort "
    edit.key("home")
    edit.key("x")
    edit.key("ctrl+e")
    edit.key("backspace")
    assert (edit.text, edit.at) == ("xsort", 5)
    edit.key("left")
    edit.key("ctrl+k")
    assert edit.text == "xsor"
    edit.key("ctrl+u")
    assert edit.text == ""
    assert not edit.key("f5")


def test_what_is_pasted_is_one_clean_line_of_a_sane_length() -> None:
    edit = LineEdit()
    edit.put("yes\n\x1b[2J")
    assert edit.text == "yes <U+001B>[2J"
    assert not edit.put("x" * 10_000)


def test_the_history_brings_lines_back_and_the_draft_waits() -> None:
    history: list[str] = []
    for text in ("one", "two", "one"):
        LineEdit.of(text, history).remember()
    assert history == ["two", "one"]
    edit = LineEdit.of("dra", history)
    assert edit.recall(-1)
    assert edit.text == "one"
    assert edit.recall(-1)
    assert not edit.recall(-1)
    assert edit.recall(1)
    assert edit.recall(1)
    assert edit.text == "dra"


# -- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [30, 40, 60, 100])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_setting_shows_its_whole_value_in_its_width(width: int, glyphs: Any) -> None:
    model = SettingsModel()
    saved, values = Settings(), Settings(sync_as_draft=False, ignore_contacts=frozenset({"1", "2"}))
    for at, row in enumerate(model.rows):
        text = model.text(at, width, glyphs, values, saved, {})
        assert cell_len(text) == width
        if row.key:
            words = control_words(BY_KEY[row.key], getattr(values, row.key), glyphs, None)
            assert any(word in text for word in words)
    changed = next(at for at, row in enumerate(model.rows) if row.key == "sync_as_draft")
    assert model.text(changed, width, glyphs, values, saved, {}).endswith("[off ]*")


def test_every_setting_is_reached_by_moving_and_headings_are_stepped_over() -> None:
    model = SettingsModel()
    seen = []
    for _ in range(len(SCHEMA)):
        assert model.current is not None
        seen.append(model.current.key)
        model.move(model.cursor + 1)
    assert seen == [setting.key for setting in SCHEMA]
    model.move(0)
    assert model.current is SCHEMA[0]


def test_a_search_finds_by_label_and_help_and_keeps_the_place() -> None:
    model = SettingsModel()
    model.to_key("multi_currency")
    model.search("currency")
    assert {row.key for row in model.rows if row.key} >= {"multi_currency", "accounting_currency_rate"}
    assert model.current is BY_KEY["multi_currency"]
    model.search("no such words")
    assert model.rows == []
    assert model.current is None


def test_the_help_says_effect_source_and_reading() -> None:
    setting = BY_KEY["accounting_currency_rate"]
    text = help_text(setting, "file settings.toml line 4", unsaved=False, is_idle=True)
    assert text.startswith("[file settings.toml line 4] Has no effect while 'Enable Multi-Currency' is off.")
    assert setting.said in text
    assert "Our reading: " + setting.reading in text
    assert help_text(setting, "", unsaved=False, is_idle=False, label=True).startswith(f"{setting.label}: [default]")


def test_a_label_that_does_not_fit_its_row_is_said_by_the_help() -> None:
    setting = BY_KEY["update_awaiting_approval"]
    assert is_shortened(setting, True, 40, UNICODE, None)
    assert not is_shortened(setting, True, 80, UNICODE, None)


# -- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_is_narrowed_with_its_headings_and_ticked() -> None:
    entries = [Entry("", "A"), Entry("1", "one"), Entry("", "B"), Entry("2", "two"), Entry("3", "three")]
    model = SheetModel("Pick", entries, Mode.TICK)
    assert model.current is entries[1]
    model.search("t")
    assert [entry.text for entry in model.shown] == ["B", "two", "three"]
    model.move(0)
    assert model.current is entries[3]
    assert model.toggle()
    assert model.ticked == {"2"}
    model.search("nothing like it")
    assert model.current is None
    assert not model.toggle()


# -- the layout -----------------------------------------------------------------------------------------------------


def test_the_layouts_of_the_three_sizes() -> None:
    wide = arrange(View(), 120, 36)
    assert (wide.items, wide.settings, wide.side) == (True, True, Where.PREVIEW)
    narrow = arrange(View(), 80, 24)
    assert (narrow.items, narrow.settings, narrow.side, narrow.lower) == (True, False, Where.PREVIEW, 8)
    view = View()
    view.go(Where.SETTINGS)
    assert arrange(view, 80, 24).settings
    assert arrange(view, 80, 24).side is None
    small = arrange(View(), 59, 30)
    assert (small.items, small.lower, small.bars, small.summary) == (True, 0, False, False)
    assert arrange(View(asking=True), 59, 30).summary


@given(st.integers(1, 300), st.integers(1, 100), st.sampled_from([*Where][:4]), st.booleans(), st.booleans())
def test_no_layout_is_higher_than_its_terminal(width: int, height: int, pane: Where, zoom: bool, sheet: bool) -> None:
    view = View(zoom=zoom, sheet=sheet)
    view.go(pane)
    found = arrange(view, width, height)
    fixed = 1 + 2 * found.bars + (found.summary and not found.bars) + found.title
    assert found.items or found.settings or found.side
    assert found.lower + fixed <= max(height, 4)


# -- a running sync -------------------------------------------------------------------------------------------------


def test_results_are_the_same_signs_in_the_past_tense() -> None:
    assert live_of_result("done", "", Action.UPDATE).word == "updated"
    assert live_of_result("done", "", Action.CREATE).sign == "+"
    unknown = live_of_result("unknown", "", Action.CREATE)
    assert (unknown.sign, unknown.word, unknown.role) == ("?", "unknown", "unknown")


def test_the_history_of_an_item_is_told_newest_first() -> None:
    from smoothx_tui.console.model.preview import history_lines

    def operation(state: str, at: float) -> Any:
        return SimpleNamespace(
            id="o", action="create", state=state, approved_by="ann", document_id="d1", text="said", fix="do",
            request_id="r1", created_at=at, updated_at=at,
        )  # fmt: skip

    text = [each.text for each in history_lines([operation("refused", 1.0), operation("done", 2.0)])]
    assert "create done by ann" in text[0]
    assert "    request r1" in text
    assert "    next: do" in text


def test_a_danger_has_a_sign_at_every_width() -> None:
    for width in (50, 60, 80, 120):
        assert lay_out(width, UNICODE).row(a_row(1, danger=True), cursor=True, marked=True).startswith(">*! +")


def test_a_sentence_is_cut_between_words_where_that_leaves_most_of_it() -> None:
    assert UNICODE.fit_words("nothing here reaches real books", 24) == "nothing here reaches…   "
    assert UNICODE.fit_words("nothing here reaches real books", 21) == "nothing here reaches…"
    assert UNICODE.fit_words("nothing", 9) == "nothing  "
    assert UNICODE.fit_words("x" * 30, 10) == "x" * 9 + "…"
