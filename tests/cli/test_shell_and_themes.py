"""Themes and completion: what a person sets up once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def test_themes_of_the_console(command: Any, here: Path) -> None:
    own = here / "config" / "smoothx-tui" / "themes"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text('about = "m\\u001bine"\n[colours]\nprimary="#111111"\nforeground="#222222"\n'
                                   'background="#333333"\n')  # fmt: skip
    (own / "odd.toml").write_text("[colours]\nprimari = 1\n")
    done = command("themes", "list", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    themes = {one["name"]: one for one in told["themes"]}
    assert {"dark", "light", "high-contrast", "sixteen", "monochrome", "mine"} <= themes.keys()
    assert themes["mine"]["about"] == "m<U+001B>ine"
    assert themes["sixteen"]["ansi"]
    assert len(told["problems"]) == 1
    assert "odd.toml left out: colours.primari: no such colour" in told["problems"][0]
    assert "mine" in command("themes", "list").out

    good = command("themes", "check", str(own / "mine.toml"))
    assert (good.code, good.out) == (0, "mine: no mistakes\n")
    bad = command("themes", "check", str(own / "odd.toml"))
    assert (bad.code, bad.out) == (2, "")
    assert "odd.toml: colours.primari: no such colour" in bad.err
    assert command("themes", "check", "nothing.toml").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_the_shells_own(command: Any, shell: str) -> None:
    done = command("completion", shell)
    assert done.code == 0
    assert f"_SMOOTHX_TUI_COMPLETE={shell}_complete" in done.out
    assert "smoothx-tui" in done.out


@pytest.mark.parametrize(
    ("shell", "words", "offered"),
    [
        ("bash", "smoothx-tui uns", "plain,unsync"),
        ("zsh", "smoothx-tui uns", "plain\nunsync\nUnlock ITEM in Procore"),
        ("fish", "smoothx-tui uns", "plain,unsync\tUnlock ITEM in Procore"),
        ("bash", "smoothx-tui settings get sync_as", "plain,sync_as_draft"),
        ("bash", "smoothx-tui sync --app", "plain,--approve-only"),
        ("bash", "smoothx-tui themes check ", "file,"),
    ],
)
def test_completion_answers(here: Path, shell: str, words: str, offered: str) -> None:
    """What the script asks of the program, as each shell asks it."""
    last = words.rpartition(" ")[2]
    asked = {
        "_SMOOTHX_TUI_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": last if shell == "fish" else str(len(words.split(" ")) - 1),
    }
    answer = subprocess.run(
        [sys.executable, "-m", "smoothx_tui"], env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    assert offered in answer.stdout


def test_completion_works_in_bash(here: Path) -> None:
    """The script as bash runs it, with the program in the path."""
    folder = here / "bin"
    folder.mkdir()
    program = folder / "smoothx-tui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m smoothx_tui "$@"\n')
    program.chmod(0o755)
    script = (
        'source <(smoothx-tui completion bash); COMP_WORDS=(smoothx-tui ver); COMP_CWORD=1; '
        '_smoothx_tui_completion smoothx-tui; echo "${COMPREPLY[@]}"'
    )  # fmt: skip
    path = f"{folder}:{os.environ['PATH']}"
    answer = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert (answer.stdout, answer.stderr) == ("verify\n", "")
