"""`python -m benchmarks`: ratios, each measured side by side and interleaved. See docs/performance.md."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import held, keys, planning, proof, session_scale, start, syncing, wire_bytes
from benchmarks.measure import Table

PARTS: Final[dict[str, Callable[[Path, int, int], Table]]] = {
    "start": start.measured,
    "keys": keys.measured,
    "bytes": wire_bytes.measured,
    "held": held.measured,
    "proof": proof.measured,
    "session": session_scale.measured,
    "sync": syncing.measured,
    "planning": lambda folder, runs, _: planning.measured(folder, runs),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; everything by default")
    parser.add_argument("--runs", type=int, default=11, help="how often each thing is measured")
    parser.add_argument("--many", type=int, default=10_000, help="items of the large sandbox, up to 100,000")
    parser.add_argument(
        "--beside", action="append", default=[], metavar="COMMAND",
        help="another terminal program whose first frame is timed, too: 'venvs/posting/bin/posting', several times",
    )  # fmt: skip
    options = parser.parse_args()
    parts = PARTS | {"start": partial(start.measured, beside=options.beside)}
    for part in options.parts or parts:
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
            print(parts[part](Path(folder), options.runs, options.many), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
