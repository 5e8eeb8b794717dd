"""The terminal around us, looked at before Textual is imported.

Textual reads its `TEXTUAL_*` variables when it is imported and takes `NO_COLOR` out of the environment, so both are
settled here first. Nothing in this module imports Textual.
"""

import codecs
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final

QUIET: Final = {
    # Animations and sub-cell scrolling cost kilobytes a second over SSH and tell the operator nothing.
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    # A held key arrives 30 times a second. A frame waits for the end of its period: one of the same length makes the
    # last frame late by up to a whole one, one of half the length never, and no more frames come of it.
    "TEXTUAL_FPS": "60",
}
SLOW: Final = {"TEXTUAL_FPS": "10"}
SLOW_COLOURS: Final = {"TEXTUAL_COLOR_SYSTEM": "256"}
"""A colour of 256 is 9 bytes, one of 16 million up to 17. Not for a terminal that has 16."""

HEADLESS_HINT: Final = "use the headless commands: smoothx-tui plan, sync, settings, items (see smoothx-tui --help)"


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the console needs to know of the terminal. `no_color` is remembered because Textual removes it."""

    utf8: bool = True
    no_color: bool = False
    colours: int = 256
    """16, 256 or 16,777,216."""


def refusal(environment: Mapping[str, str], *, stdin_tty: bool, stdout_tty: bool) -> str | None:
    """Why no console can run here, as one line with what to do instead; None where it can."""
    if not (stdin_tty and stdout_tty):
        return f"the console needs a terminal on standard input and output; {HEADLESS_HINT}"
    if environment.get("TERM", "") in {"dumb", ""}:
        return f"TERM={environment.get('TERM') or '(not set)'} cannot show a console; {HEADLESS_HINT}"
    return None


def look(environment: Mapping[str, str], encoding: str | None) -> Terminal:
    """Read the terminal's abilities from the environment and the encoding of standard output."""
    return Terminal(
        utf8=_is_utf8(encoding),
        # https://no-color.org: set and not empty, whatever the value.
        no_color=bool(environment.get("NO_COLOR")),
        colours=_colours(environment),
    )


def quieten(environment: MutableMapping[str, str], *, slow: bool = False) -> None:
    """Set Textual's variables where the operator has not. Call before Textual is imported."""
    wanted = QUIET | (SLOW if slow else {}) | (SLOW_COLOURS if slow and _colours(environment) > 256 else {})
    for name, value in wanted.items():
        environment.setdefault(name, value)


def child_environment(terminal: Terminal) -> dict[str, str]:
    """The environment for an editor or a clipboard program: ours, without Textual's variables, with NO_COLOR back."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEXTUAL_")}
    if terminal.no_color:
        kept["NO_COLOR"] = "1"
    return kept


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "ascii").name == "utf-8"
    except LookupError:
        return False


def _colours(environment: Mapping[str, str]) -> int:
    if environment.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return 1 << 24
    term = environment.get("TERM", "").lower()
    if term.endswith("256color") or term.startswith(("screen", "tmux")):
        return 256
    return 16
