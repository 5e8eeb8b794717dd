"""The console up to its first frame; then it says in the file named first which modules are loaded, and waits.

first_frame.py FILE [the console's arguments]
"""

import json
import sys
from pathlib import Path
from typing import Any

out = Path(sys.argv.pop(1))


def told(_: Any) -> None:
    """In place of `Planning.open`, which the screen calls when its first frame is painted."""
    out.with_suffix(".part").write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")
    out.with_suffix(".part").rename(out)


def main() -> None:
    from smoothx_tui.console import run as running

    run = running.run

    def hooked(*args: Any) -> int:
        from smoothx_tui.console.control.planning import Planning

        Planning.open = told  # type: ignore[assignment]
        return run(*args)

    running.run = hooked  # type: ignore[assignment]
    from smoothx_tui.__main__ import main as console

    console()


if __name__ == "__main__":
    main()
