"""Start-up, against a bare Textual app and a bare interpreter."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.measure import Table, first_paint_net_ms, ratio, text_net_ms
from benchmarks.run import ROOT, Served, program

ITEMS: Final = 1_000
FIRST_ROW: Final = "HC-0045"


def measured(folder: Path, runs: int, _many: int) -> Table:
    """First painted frame and first rows ÷ a bare app's first frame; the headless commands ÷ `python -c pass`."""
    bare: list[float] = []
    painted: list[float] = []
    rows: list[float] = []
    with Served(folder, ITEMS) as served:
        for run in range(runs + 1):  # the first one warms the disk cache
            with program("bare.py") as session:
                session.wait_for("READY")
                one = first_paint_net_ms(session)
            with served.console() as session:
                session.wait_for(FIRST_ROW, timeout=60)
                two, three = first_paint_net_ms(session), text_net_ms(session, FIRST_ROW)
            if run:
                bare.append(one)
                painted.append(two)
                rows.append(three)
    table = Table("Start")
    table.add(f"first painted frame, {ITEMS:,} items kept", "a bare Textual app's", ratio(painted, bare), "1.3")
    table.add(f"first rows on the screen, {ITEMS:,} items kept", "the same", ratio(rows, bare), "1.6")
    _headless(table, runs)
    return table


def _headless(table: Table, runs: int) -> None:
    commands = {"pass": ["-c", "pass"], "version": ["-m", "smoothx_tui", "--version"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, arguments in commands.items():
            times[name].append(_processor_seconds([sys.executable, *arguments]))
    table.add("--version", "python -c pass, processor time", ratio(times["version"], times["pass"]), "5")


def _processor_seconds(argv: list[str]) -> float:
    """User and system time of a command, in a child of its own."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)
