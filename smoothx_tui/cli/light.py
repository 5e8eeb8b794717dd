"""The console's own command lines, read without click: it takes longer to load than the rest of the way to the parts.

What is not plain here (help, a command, `--option=value`, a mistake) is click's, which knows every form and says what
is wrong. A test holds both to the same answer.
"""

import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from smoothx_tui.cli.exits import COMPLETION, exit_code
from smoothx_tui.cli.output import Output
from smoothx_tui.session.options import Options

if TYPE_CHECKING:
    from smoothx_tui.cli.services import Services

TEXTS: Final = frozenset({"--profile", "--ledger", "--sandbox", "--theme"})
FILES: Final = frozenset({"--settings", "--scenario"})
FLAGS: Final = frozenset({"--read-only", "--ascii", "--slow"})
_PLACES: Final = frozenset({"--profile", "--scenario", "--sandbox"})
"""Of which one at most can be given."""


class Given(TypedDict):
    """What `Services.run_console` is called with."""

    options: Options
    theme: str | None
    ascii_only: bool
    slow: bool


def main(arguments: Sequence[str], services: "Services", output: Output | None = None) -> int:
    """As `cli.main.main`: run one command line and return its exit code."""
    given = None if COMPLETION in os.environ else read(arguments)
    if given is None:
        from smoothx_tui.cli.main import main as run

        gc.freeze()
        gc.enable()
        return run(arguments, services, output)
    return exit_code(lambda: services.run_console(**given), output or Output())


def read(arguments: Sequence[str]) -> Given | None:
    """The arguments where they start the console and are plain; None leaves them to click."""
    texts: dict[str, str] = {}
    flags: set[str] = set()
    words = iter(arguments)
    for word in words:
        if word in FLAGS:
            flags.add(word)
            continue
        value = next(words, "")
        if word not in TEXTS | FILES or not value or value.startswith("-"):
            return None
        texts[word] = value
    if len(_PLACES & texts.keys()) > 1:
        return None
    files = {name: Path(texts[name]) for name in FILES & texts.keys()}
    return Given(
        options=Options(
            profile=texts.get("--profile"),
            settings=files.get("--settings"),
            ledger=texts.get("--ledger"),
            read_only="--read-only" in flags,
            scenario=files.get("--scenario"),
            sandbox=texts.get("--sandbox"),
        ),
        theme=texts.get("--theme"),
        ascii_only="--ascii" in flags,
        slow="--slow" in flags,
    )
