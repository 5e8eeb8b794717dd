"""Start-up, against a bare Textual app and a bare interpreter."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Table, first_paint_net_ms, ratio, text_net_ms
from benchmarks.run import ROOT, Served, home_variables, program, served_scenario
from benchmarks.terminal.session import Session
from smoothx_tui.sandbox.scenario import default_scenario

ITEMS: Final = 1_000
FIRST_ROW: Final = "HC-0045"
FEW: Final = 10


def measured(folder: Path, runs: int, _many: int, beside: Sequence[str] = ()) -> Table:
    """First painted frame and first rows ÷ a bare app's first frame; the headless commands ÷ `python -c pass`.

    `beside`: command lines of other terminal programs, whose first frames are measured in the same rounds.
    """
    bare: list[float] = []
    painted: list[float] = []
    rows: list[float] = []
    others: dict[str, list[float]] = {command: [] for command in beside}
    home = home_variables(folder)
    with Served(folder, ITEMS) as served:
        for run in range(runs + 1):  # the first one warms the disk cache
            with program("bare.py") as session:
                session.wait_for("READY")
                one = first_paint_net_ms(session)
            with served.console() as session:
                session.wait_for(FIRST_ROW, timeout=60)
                two, three = first_paint_net_ms(session), text_net_ms(session, FIRST_ROW)
            frames = {command: _first_frame(command, home) for command in beside}
            if run:
                for command, frame in frames.items():
                    others[command].append(frame)
                bare.append(one)
                painted.append(two)
                rows.append(three)
    table = Table("Start")
    table.add(f"first painted frame, {ITEMS:,} items kept", "a bare Textual app's", ratio(painted, bare), "1.3")
    table.add(f"first rows on the screen, {ITEMS:,} items kept", "the same", ratio(rows, bare), "1.6")
    for command, found in others.items():
        table.add(f"first painted frame of {Path(shlex.split(command)[0]).name}", "the same", ratio(found, bare))
    _headless(table, folder, runs)
    return table


def _first_frame(command: str, home: dict[str, str]) -> float:
    """Of another program, in a home of its own that it keeps between the runs."""
    with Session(shlex.split(command), env=home) as session:
        for _ in range(20):
            with suppress(TimeoutError):  # some blink for ever
                session.settle(0.5, timeout=2)
            if frame := first_paint_net_ms(session):
                return frame
    raise AssertionError(f"{command} has painted nothing")


def _headless(table: Table, folder: Path, runs: int) -> None:
    home = home_variables(folder)
    with served_scenario(folder, _few_items(folder)) as address:
        program = [sys.executable, "-m", "smoothx_tui"]
        commands = {
            "pass": [sys.executable, "-c", "pass"],
            "version": [*program, "--version"],
            "plan": [*program, "plan", "--sandbox", address],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(runs + 1):  # the first plan reads everything, later ones what changed
            for name, argv in commands.items():
                seconds = _processor_seconds(argv, home)
                if run:
                    times[name].append(seconds)
    table.add("--version", "python -c pass, processor time", ratio(times["version"], times["pass"]), "5")
    table.add(f"plan on {FEW} items, headless", "the same", ratio(times["plan"], times["pass"]), "40")


def _few_items(folder: Path) -> Path:
    """A scenario file with so many pending items."""
    whole = default_scenario()
    lists: dict[str, list[Any]] = {"direct_costs": [], "payment_applications": []}
    lists["requisitions"] = [one for one in whole.procore["requisitions"] if not one.get("origin_id")][:FEW]
    others = [one for one in whole.xero["Invoices"] if not one.get("Url")]
    few = replace(whole, procore=whole.procore | lists, xero=whole.xero | {"Invoices": others})
    file = folder / "few.json"
    file.write_text(few.to_json(), encoding="utf-8")
    return file


def _processor_seconds(argv: list[str], home: dict[str, str]) -> float:
    """User and system time of a command, in a child of its own."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | home,
    )
    return float(done.stdout)
