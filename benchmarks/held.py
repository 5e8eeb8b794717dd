"""A held key: bytes a second, and how late the last frame is, against a single press."""

import statistics
import time
from pathlib import Path
from typing import Final

from benchmarks.measure import Table, key_net_ms, ratio
from benchmarks.run import console
from benchmarks.terminal.session import Session

RATE: Final = 30
PRESSES: Final = 30


def measured(folder: Path, runs: int, _many: int) -> Table:
    """The zoomed table of the embedded sandbox, j and k held in turn for a second each."""
    table = Table("A held key, 30 times a second")
    for name, env in (("the diffing driver", {}), ("Textual's driver", {"SMOOTHX_UI__WIRE": "plain"})):
        with console(folder, env=env) as session:
            session.wait_for(r"\d+ pending", timeout=60)
            session.settle(0.3)
            session.press("+", quiet=0.3)
            singles, rates, lates = [], [], []
            for run in range(runs):
                key = "jk"[run % 2]
                rate, late = _hold(session, key)
                rates.append(rate)
                lates.append(late)
                # The same key, where it was let go: a press that scrolls takes several times one that does not.
                singles.append(key_net_ms(session, key, 0.2)[0])
            table.add(f"KiB a second, {name}", "", f"{statistics.median(rates) / 1024:.1f}", "" if env else "12.5")
            table.add(f"last frame, {name}", "a single press", ratio(lates, singles), "" if env else "1.5")
    return table


def _hold(session: Session, key: str) -> tuple[float, float]:
    """Bytes a second, and net milliseconds from the last press to the last byte."""
    before, began, at, waited = session.count, time.monotonic(), 0, 0
    for press in range(PRESSES):
        while (left := began + press / RATE - time.monotonic()) > 0:
            session.pump(left)
        waited = session.waited()
        at = session.send(key)
    session.settle(0.2)
    last = session.chunks[-1]
    late = max(0, last.at - at - (last.waited - waited)) / 1e6
    return (session.count - before) / (PRESSES / RATE), late
