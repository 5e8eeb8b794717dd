"""The driver's proof on the console's own screens, counted: every cell as Textual's own driver shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.measure import Table
from benchmarks.run import console
from benchmarks.same_screen import Proof, Step, same_as_repainted, same_frames, same_screens
from benchmarks.terminal.session import Session

SIZES: Final = ((120, 36), (80, 24), (60, 16))
NO_REGIONS: Final = {"TERM": "other-256color"}
"""Where the terminal scrolls by itself the table moves by lines and not by half pages; here both drivers agree."""

# Not the logs: they show the time of day.
WALK: Final[list[Step]] = [
    "j", "j", "G", "k", "pageup", "ctrl+u", "g", "space", "v", "j", "j", "v", "]", "]", "]", "+", "j", "_", "1", "+",
    "j", "_", "2", "space", "j", "l", "G", "enter", "j", "space", "escape", "w", "escape", "z", "3", "j", "1", "?",
    "pagedown", "escape", "/", "bl", "enter", "escape", "o", "escape", "T", "j", "escape", ":", "s", "escape", "s",
    "escape",
]  # fmt: skip
SCROLLING: Final[list[Step]] = [
    "j",
    "G",
    *["k"] * 14,
    "+",
    "G",
    "k" * 40,
    "k",
    "k",
    "g",
    "j" * 40,
    "j",
    "j",
    "3",
    "j",
    "j",
]


def compared(start: Callable[..., Session], columns: int, rows: int) -> Proof:
    """The walk with both drivers; `start` starts the console with an environment and a size and waits for items."""
    plain = start(env=NO_REGIONS | {"SMOOTHX_UI__WIRE": "plain"}, columns=columns, rows=rows)
    wire = start(env=NO_REGIONS, columns=columns, rows=rows)
    proof = same_screens(plain, wire, WALK, quiet=0.15)
    return proof + same_frames(plain.output, plain.size)


def measured(folder: Path, _runs: int, _many: int) -> Table:
    """Screens and cells compared, and how many differ."""
    sessions: list[Session] = []

    def start(**options: object) -> Session:
        session = console(folder, **options)  # type: ignore[arg-type]
        sessions.append(session)
        session.wait_for(r"\d+ pending", timeout=60)
        session.settle(0.3)
        return session

    table = Table("The same screens, cell by cell")
    try:
        for size in SIZES:
            table.add(f"{size[0]} x {size[1]}", "Textual's driver", str(compared(start, *size)), "0 different")
        scrolled = same_as_repainted(start(rows=30), SCROLLING)
        table.add("scrolled by the terminal", "a full repaint", str(scrolled), "0 different")
    finally:
        for session in sessions:
            session.close()
    return table
