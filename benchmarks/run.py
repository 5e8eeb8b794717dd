"""The programs that are compared, started in a pseudo-terminal."""

import itertools
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.terminal.session import Session

PROGRAMS: Final = Path(__file__).parent / "programs"
ROOT: Final = PROGRAMS.parents[1]
_HOMES: Final = itertools.count()


def program(name: str, *arguments: str, **options: Any) -> Session:
    """One of benchmarks/programs."""
    env = {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return Session([sys.executable, str(PROGRAMS / name), *arguments], env=env, **options)


def home_variables(folder: Path) -> dict[str, str]:
    """A new, empty home below `folder`."""
    home = folder / f"home{next(_HOMES)}"
    home.mkdir()
    return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}


def console(folder: Path, *arguments: str, env: dict[str, str] | None = None, **options: Any) -> Session:
    """The console on the embedded sandbox."""
    variables = home_variables(folder) | (env or {})
    return Session([sys.executable, "-m", "smoothx_tui", *arguments], env=variables, cwd=ROOT, **options)


def large_console(folder: Path, items: int) -> Session:
    """The console with so many items, in its zoomed table, everything planned."""
    session = program("console.py", str(items), env=home_variables(folder))
    session.wait_for(rf"\b{items:,} pending", timeout=300)
    session.settle(1.0, timeout=300)
    session.press("+", quiet=0.3)
    return session
