"""Bytes on the wire for what an operator does: the console, the console with Textual's own driver, and vim."""

import shutil
import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.measure import Table
from benchmarks.run import console
from benchmarks.terminal.session import Session

QUIET: Final = 0.3


@dataclass(frozen=True)
class Action:
    """Keys that lead there, the key that is counted, the same in vim (nothing where vim has no such thing)."""

    before: tuple[str, ...]
    key: str
    budget: str = ""
    vim_before: tuple[str, ...] = ()
    vim_key: str = ""


ACTIONS: Final = {
    "cursor down, zoomed, in view": Action(("+", "g"), "j", "390", ("g", "g"), "j"),
    "cursor up, zoomed, scrolling": Action(("G", "k" * 60), "k", "580", ("G", "H"), "k"),
    "page down, zoomed": Action(("g", "pagedown"), "pagedown", "", ("g", "g"), "ctrl+f"),
    "cursor down, preview following": Action(("_", "g"), "j", "3,072"),
    "flip a setting": Action(("2",), "space", "1,536"),
    "take it back": Action((), "z", "1,536"),
    "the sync question": Action(("1", "g", "space"), "s", "410"),
    "help": Action(("escape",), "?", "15,360"),
}
_REPEATED: Final = ("j", "k")


def measured(folder: Path, runs: int, _many: int) -> Table:
    """Bytes are exact; the median is of `runs` presses where a press can be repeated."""
    table = Table("Bytes on the wire, 120 x 40, truecolour")
    with ExitStack() as stack:
        wire = stack.enter_context(console(folder))
        plain = stack.enter_context(console(folder, env={"SMOOTHX_UI__WIRE": "plain"}))
        vim = _vim(folder, stack)
        for session in (wire, plain):
            session.wait_for(r"\d+ pending", timeout=60)
            session.settle(QUIET)
        table.add("first screen", "Textual's driver", f"{wire.count:,} : {plain.count:,}", "25,600")
        for what, action in ACTIONS.items():
            ours, stock = (_bytes(session, action.before, action.key, runs) for session in (wire, plain))
            theirs = _bytes(vim, action.vim_before, action.vim_key, runs) if vim and action.vim_key else None
            note = f"vim {theirs:,.0f}" if theirs is not None else ""
            table.add(what, "Textual's driver", f"{ours:,.0f} : {stock:,.0f}", action.budget, note)
    return table


def _bytes(session: Session, before: tuple[str, ...], key: str, runs: int) -> float:
    session.press(*before, quiet=QUIET)
    times = min(runs, 5) if key in _REPEATED else 1
    return statistics.median(len(session.press(key, quiet=QUIET)) for _ in range(times))


def _vim(folder: Path, stack: ExitStack) -> Session | None:
    """vim with its cursor line on two hundred lines as wide as the table, where it is installed."""
    program = shutil.which("vim")
    if program is None:
        return None
    text = folder / "rows.txt"
    text.write_text(
        "".join(f"{n:06} claim N-{n:06} Company {n * 7919 % 997:<40} {n * 13.7:>12,.2f}\n" for n in range(200))
    )
    session = stack.enter_context(Session([program, "--clean", "-c", "set cursorline termguicolors", str(text)]))
    session.settle(0.5)
    return session
