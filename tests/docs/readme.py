"""The README's tables and the picture of the main screen, made from the program: `python -m tests.docs.readme`."""

import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from benchmarks.run import console
from benchmarks.terminal.emulator import Emulator, Look
from smoothx_tui.console.keys import BY_ID
from smoothx_tui.settings.template import settings_table
from tests.docs.markdown import ROOT

README: Final = ROOT / "README.md"
PICTURE: Final = ROOT / "docs" / "console.svg"
SIZE: Final = (120, 36)
_KEYS: Final = (
    "move.down", "move.up", "move.half_down", "move.half_up", "pane.items", "pane.settings", "pane.preview", "pane.log",
    "pane.zoom", "look.next_tab", "look.why", "look.unfold", "look.copy", "find.filter", "find.sort", "mark.toggle",
    "mark.range", "mark.all", "set.toggle", "set.undo", "set.save", "set.history", "sync.start", "sync.refresh",
    "sync.stop", "app.command", "app.palette", "app.themes", "app.help", "app.back",
)  # fmt: skip
"""The commands that a first day needs; docs/keys.md has all."""


def keys_table() -> str:
    rows = (f"| {' '.join(f'`{key}`' for key in BY_ID[one].keys)} | {BY_ID[one].help} |" for one in _KEYS)
    return "\n".join(["| keys | does |", "|---|---|", *rows]) + "\n"


MADE: Final[Mapping[str, Callable[[], str]]] = {"keys": keys_table, "settings": settings_table}
"""What stands between `<!-- made: NAME -->` and `<!-- end -->`."""


def readme(text: str) -> str:
    """The README with its tables as they should be."""
    for name, make in MADE.items():
        mark = f"<!-- made: {name} -->\n"
        assert text.count(mark) == 1, f"README.md: {mark.strip()} does not stand there once"
        before, _, rest = text.partition(mark)
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}\n{make()}\n{end}{after}"
    return text


def main_screen(folder: Path) -> Emulator:
    """The console on the embedded sandbox, as it begins."""
    columns, rows = SIZE
    with console(folder, columns=columns, rows=rows) as session:
        session.wait_for(r"[1-9]\d* pending", timeout=60)
        session.settle(0.5)
        return session.emulator


def svg(screen: Emulator) -> str:
    """What a terminal shows, as a picture without fonts of its own."""
    paper = Console(record=True, width=SIZE[0], file=StringIO(), force_terminal=True, color_system="truecolor")
    for row in screen.cells:
        line = Text(end="\n")
        for look, cells in groupby(row, key=lambda cell: cell.look):
            line.append("".join(cell.text for cell in cells), _style(look))
        paper.print(line, soft_wrap=True)
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", paper.export_svg(title="smoothx-tui"), flags=re.DOTALL)
    return drawn.replace("Fira Code, monospace", "Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace")


def _style(look: Look) -> Style:
    return Style(
        color=_colour(look.foreground),
        bgcolor=_colour(look.background),
        bold=1 in look.attributes,
        dim=2 in look.attributes,
        italic=3 in look.attributes,
        underline=4 in look.attributes,
        reverse=7 in look.attributes,
    )


def _colour(numbers: tuple[int, ...]) -> Color | None:
    """Of a terminal with all colours: 2, then red, green and blue."""
    return Color.from_rgb(*numbers[1:]) if len(numbers) == 4 else None


def drawn_text(picture: str) -> str:
    """The words of a picture, without its blanks."""
    words = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return re.sub(r"\s+", "", "".join(words).replace("&#160;", " "))


def main() -> int:
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(svg(main_screen(Path(folder))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
