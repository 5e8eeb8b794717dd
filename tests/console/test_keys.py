"""One registry for keys, help, hints, palette, command line and documentation."""

import os
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.base.errors import ConfigurationError, UsageError
from smoothx_tui.console.keydocs import keys_markdown
from smoothx_tui.console.keys import (
    BY_ID,
    COMMANDS,
    GROUPS,
    LOST_KEYS,
    PANES,
    Keymap,
    Takes,
    Where,
    key_name,
    key_problem,
)
from smoothx_tui.console.model import words
from smoothx_tui.console.model.bars import HINTS, SHEET_HINTS, hints

DOCS = Path(__file__).parents[2] / "docs"


def test_no_default_key_is_one_that_terminals_lose() -> None:
    for command in COMMANDS:
        for key in command.keys:
            assert key_problem(key) is None, f"{command.id}: {key}"


def test_ids_are_unique_and_belong_to_a_group() -> None:
    assert len(BY_ID) == len(COMMANDS)
    assert {command.id.partition(".")[0] for command in COMMANDS} == set(GROUPS)


def test_words_of_the_command_line_are_unique() -> None:
    found = [command.word for command in COMMANDS if command.word]
    assert len(found) == len(set(found))


def test_the_keys_of_the_specification_do_what_it_says() -> None:
    keymap = Keymap.build()
    wanted = {
        "j": "move.down", "ctrl+d": "move.half_down", "1": "pane.items", "tab": "pane.next", "+": "pane.zoom",
        "]": "look.next_tab", "v": "mark.range", "*": "mark.invert", "/": "find.filter", "N": "find.previous",
        "O": "find.reverse", "s": "sync.start", "p": "sync.replan", "U": "look.unfold", "i": "look.why",
        "e": "set.edit", "w": "set.save", "Z": "set.redo", "y": "look.copy", "R": "sync.refresh", "T": "app.themes",
        "L": "look.requests", ":": "app.command", "ctrl+p": "app.palette", "f1": "app.help", "ctrl+z": "app.suspend",
        "shift+up": "mark.range_up", "q": "app.back", "ctrl+c": "sync.stop", "enter": "look.open",
    }  # fmt: skip
    for key, command_id in wanted.items():
        found = keymap.find(Where.ITEMS, key)
        assert found is not None, key
        assert found.id == command_id
    for key in ("space", "left", "l"):
        found = keymap.find(Where.SETTINGS, key)
        assert found is not None
        assert found.id.startswith("set.")


def test_commands_are_remapped_by_their_id() -> None:
    keymap = Keymap.build({"mark.toggle": "m, x", "sync.start": "S"})
    assert keymap.keys["mark.toggle"] == ("m", "x")
    assert keymap.find(Where.ITEMS, "space") is None
    found = keymap.find(Where.LOG, "S")
    assert found is not None
    assert found.id == "sync.start"


def test_a_command_can_lose_its_keys_and_is_then_named_by_its_word() -> None:
    assert Keymap.build({"sync.start": ""}).first("sync.start") == ":sync"


def test_a_conflict_names_both_commands() -> None:
    with pytest.raises(ConfigurationError, match="s would be both") as error:
        Keymap.build({"mark.toggle": "s"})
    assert "mark.toggle" in error.value.message
    assert "sync.start" in error.value.message


def test_keys_may_be_shared_by_panes_that_are_never_asked_together() -> None:
    assert Keymap.build({"mark.range": "h"}).find(Where.SETTINGS, "h") is BY_ID["set.left"]


@pytest.mark.parametrize("key", [*LOST_KEYS, "ctrl+shift+a", "hyper+x", "nokey", "", "\x1b"])
def test_keys_that_can_not_be_are_refused_with_the_reason(key: str) -> None:
    assert key_problem(key)


def test_an_unknown_command_id_is_named() -> None:
    with pytest.raises(ConfigurationError, match="there is not a command"):
        Keymap.build({"mark.everything": "x"})


@pytest.mark.parametrize(
    ("key", "character", "name"),
    [
        ("slash", "/", "/"),
        ("G", "G", "G"),
        ("space", " ", "space"),
        ("ctrl+d", "\x04", "ctrl+d"),
        ("f1", None, "f1"),
        ("alt+j", "j", "alt+j"),
        ("alt+shift+g", "G", "alt+G"),
    ],
)
def test_textuals_names_become_ours(key: str, character: str | None, name: str) -> None:
    assert key_name(key, character) == name


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
@pytest.mark.parametrize("where", [*PANES])
def test_hints_never_cut_silently(where: Where, width: int) -> None:
    bar = hints(Keymap.build(), where, width)
    assert len(bar.text) <= width
    shown = sum(1 for span in bar.spans if span.role == "key")
    left_out = len(HINTS[where]) - shown
    assert (f"(+{left_out} more: ?)" in bar.text) == bool(left_out)
    if width >= 60:
        assert "? help" in bar.text
        assert "q quit" in bar.text


def test_every_hint_has_a_word() -> None:
    for command_id in {*sum(HINTS.values(), ()), *sum(SHEET_HINTS.values(), ())}:
        assert BY_ID[command_id].hint, command_id


def test_the_documentation_is_the_registry() -> None:
    if os.environ.get("SMOOTHX_GOLDEN"):
        (DOCS / "keys.md").write_text(keys_markdown(), encoding="utf-8")
    assert (DOCS / "keys.md").read_text(encoding="utf-8") == keys_markdown()


async def test_every_command_is_done_by_something_and_listed_in_the_help(console: Any) -> None:
    async with console() as desk:
        assert set(desk.app.main.actions) == set(BY_ID)
        await desk.press("?")
        entries = {entry.id for entry in desk.app.main.sheet.model.shown}
        assert entries >= set(BY_ID)


# -- the command line -------------------------------------------------------------------------------------------------


def test_a_line_is_a_word_and_the_rest() -> None:
    typed = words.read(":filter act:new  total>5")
    assert typed is not None
    assert (typed.command.id, typed.rest) == ("find.filter", "act:new  total>5")
    assert words.read("  ") is None


def test_a_beginning_is_enough_where_it_is_one_command() -> None:
    typed = words.read("refr")
    assert typed is not None
    assert typed.command.id == "sync.refresh"
    with pytest.raises(UsageError, match="could be"):
        words.read("s")
    with pytest.raises(UsageError, match="is not a command"):
        words.read("rm -rf")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("refr", "refresh "),
        ("se", "set"),
        ("set sync_as", "set sync_as_draft="),
        ("set sync_as_draft=of", "set sync_as_draft=off"),
        ("set sync_status=awaiting_p", "set sync_status=awaiting_payment"),
        ("sort con", "sort contact"),
        ("filter a", "filter act:"),
        ("filter act:new con", "filter act:new contact:"),
        ("theme da", "theme dark"),
        ("theme xx", "theme xx"),
        ("nonsense x", "nonsense x"),
        ("", ""),
    ],
)
def test_tab_fills_in_what_is_certain(text: str, filled: str) -> None:
    assert words.complete(text, {Takes.THEME: lambda: ["dark", "light"]})[0] == filled


def test_tab_offers_what_is_not_certain() -> None:
    assert words.complete("se", {})[1] == ["set", "settings"]
