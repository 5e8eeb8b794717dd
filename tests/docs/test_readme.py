"""The README says what is so: its tables and its picture are the program's, its two commands are those of the CI."""

import re
from pathlib import Path

import pytest

from smoothx_tui.base.errors import Exit
from smoothx_tui.console.keys import BY_ID
from smoothx_tui.settings.template import UI_EXAMPLE
from tests.docs.markdown import ROOT, blocks
from tests.docs.readme import PICTURE, README, drawn_text, main_screen, readme, svg


def test_its_tables_are_the_program_s() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == readme(text), "run: python -m tests.docs.readme"


def test_the_picture_shows_the_main_screen(tmp_path: Path) -> None:
    """Its words; colours and fonts may differ with the version of what draws it."""
    shown = drawn_text(svg(main_screen(tmp_path)))
    assert drawn_text(PICTURE.read_text(encoding="utf-8")) == shown, "run: python -m tests.docs.readme"
    assert "Harbourline" in shown


def test_the_two_commands_are_one_line_each_and_the_tests_are_those_of_the_ci() -> None:
    opening, testing = [block.text for block in blocks(README) if block.section == "Two commands"]
    assert [len(text.strip().splitlines()) for text in (opening, testing)] == [2, 2]
    run = testing.splitlines()[1]
    assert run in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_every_exit_code_is_told(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").replace("\n", " ")
    codes = text[text.index("0 done ·") :]
    assert all(f" {code.value} " in f" {codes}" for code in Exit)


def test_the_keys_of_the_shipped_example_are_commands() -> None:
    """Settings do not know the console; a wrong id would only be said where somebody uses the example."""
    examples = {*re.findall(r'^# "([a-z_.]+)" = ', UI_EXAMPLE, re.MULTILINE)}
    assert examples
    assert examples <= {*BY_ID}
