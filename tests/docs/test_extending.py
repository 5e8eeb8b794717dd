"""The worked examples of docs/extending.md, made in a copy of the package in the order in which they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.small import one_project
from tests.docs.markdown import ROOT, blocks, spans, tables

PAGE: Final = ROOT / "docs" / "extending.md"


class Copy:
    """The package as somebody has extended it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "smoothx_tui", folder / "smoothx_tui", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "themes", folder / "themes")
        shutil.copytree(ROOT / "docs", folder / "docs")
        shutil.copy(ROOT / "settings.toml", folder)

    def follow(self) -> None:
        """Make every example."""
        for block in blocks(PAGE):
            first, _, rest = block.text.partition("\n")
            if block.language == "diff":
                self._change(self.folder / first, rest.splitlines())
            elif first.startswith("# "):
                (self.folder / first.removeprefix("# ")).write_text(rest, encoding="utf-8")

    def _change(self, file: Path, lines: list[str]) -> None:
        """What stands must stand there once, in these very lines."""
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[:1] in kinds) for kinds in (" -", " +"))
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file.name} does not hold once:\n{old}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: str) -> str:
        """A module of the copy; what it prints."""
        places = {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
        environ = os.environ | places | {"PYTHONPATH": str(self.folder), "USER": "operator"}
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("extended"))
    made.follow()
    made.run("smoothx_tui.settings.template")
    return made


def test_the_setting_is_listed_documented_and_saved(copy: Copy) -> None:
    assert "hold_large_items = false" in (copy.folder / "settings.toml").read_text(encoding="utf-8")
    assert "Hold Large Items" in (copy.folder / "docs" / "settings.md").read_text(encoding="utf-8")
    assert "hold_large_items" in copy.run("smoothx_tui", "settings", "list")


def test_the_rule_holds_what_it_says_and_only_if_it_is_asked(copy: Copy) -> None:
    for position, held in (("off", False), ("on", True)):
        arguments = ("plan", "--json", "--set", f"hold_large_items={position}", "--filter", "act:held")
        found = copy.run("smoothx_tui", *arguments)
        assert bool(re.search(r"held: [\d,.]+ is large", found)) is held


def test_the_command_prints_and_is_in_the_help(copy: Copy) -> None:
    scenario = copy.folder / "scenario.json"
    scenario.write_text(one_project(), encoding="utf-8")
    assert re.search(r"create +\d", copy.run("smoothx_tui", "count", "--scenario", str(scenario)))
    counted = json.loads(copy.run("smoothx_tui", "count", "--json", "--scenario", str(scenario)))
    assert counted["count"]["create"] > 3
    assert re.search(r"Look:(?s:.*)count .*Send:", copy.run("smoothx_tui", "--help"), re.DOTALL)


def test_the_theme_is_one(copy: Copy) -> None:
    assert copy.run("smoothx_tui", "themes", "check", "themes/paper.toml") == "paper: no mistakes\n"
    assert "ink on paper" in copy.run("smoothx_tui", "themes", "list")


def test_what_knows_the_item_kinds_is_named() -> None:
    (table,) = (one for one in tables(PAGE) if one.section == "An item kind")
    named = {spans(file)[0] for file, _ in table.rows}
    member = re.compile(r"\bKind\.(PROGRESS_CLAIM|DIRECT_COST|HEAD_CONTRACT_CLAIM)\b")
    files = (ROOT / "smoothx_tui").rglob("*.py")
    knowing = {str(file.relative_to(ROOT)) for file in files if member.search(file.read_text(encoding="utf-8"))}
    knowing |= {"smoothx_tui/procore/kinds.py"}
    assert knowing - named == set()
    assert named - knowing == set()
