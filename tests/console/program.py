"""The console on a session made by hand, as a program of its own, for tests at a pseudo-terminal.

python -m tests.console.program STATE_FOLDER [--items N] [--hostile] [--crash] [--wire auto|plain] [--slow]
    [--theme NAME]
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

HOSTILE = [
    "\x1b]2;PWNED\x07", "\x1b]2;PWNED\x1b\\", "\x1b[777;777H", "\x1b[2J", "\x1b[31m", "\x1bc", "\x1b[?1049l",
    "\x1bP+q544e\x1b\\", "\x1b]52;c;UFdORUQ=\x07", "\x1b[6n", "\x9b2J", "\x9d2;PWNED\x9c", "\x90q\x9c", "\x85", "\x00",
    "\x07", "\x08\x08", "\r", "\n", "\t", "\x0b\x0c", "\x7f", "\u202egnp.exe", "\u2066x\u2069", "\u200b\u200d\ufeff",
    "\u2028\u2029", "\ue000", "[@click=app.quit]x[/]", "[b", "[/]", "[#ff0]x", "東京" * 50, "x" * 10_000,
]  # fmt: skip
"""Escape sequences, 8-bit controls, bidi, zero width, markup, wide and very long: each goes into every field."""


def hostile_session() -> Any:
    """Every text that the session gives is hostile."""
    from smoothx_tui.procore.items import Company, Project
    from smoothx_tui.session.place import Offered
    from tests.console.examples import an_item
    from tests.console.hand_session import HandSession, Result, operation, settings_change

    items = [
        an_item(
            at + 1,
            number=text,
            title=text,
            description=text,
            company=Company("1101", text),
            project=Project("21", text, text),
            url=f"https://app.procore.com/{text}",
            status="approved" if at % 3 else text,
        )
        for at, text in enumerate(HOSTILE)
    ]
    session = HandSession(items)
    session.place = replace(session.place, note="".join(HOSTILE[:4]))
    session.offered = {key: tuple(Offered(text, text) for text in HOSTILE) for key in session.offered}
    session.outcomes = {
        item.key: Result(item.key, "refused", text=text, fix=text, request_id=text)
        for item, text in zip(items, HOSTILE, strict=True)
    }
    session.operations = [operation(text) for text in HOSTILE]
    session.changes = [settings_change(text) for text in HOSTILE]
    return session


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--crash", action="store_true")
    parser.add_argument("--wire", default="auto")
    parser.add_argument("--theme", default="")
    parser.add_argument("--slow", action="store_true")
    options = parser.parse_args()
    from smoothx_tui.console import environ

    environ.quieten(os.environ, slow=options.slow)
    from smoothx_tui.console.run import run
    from smoothx_tui.console.start import Start
    from tests.console.examples import THEMES, some_items
    from tests.console.hand_session import HandSession, crash_with_a_token

    session: Any = hostile_session() if options.hostile else HandSession(some_items(options.items))
    session.settings_path = options.state / "settings.toml"
    if options.crash:
        session.history = crash_with_a_token

    async def open_session() -> Any:
        return session

    start = Start(
        theme=options.theme,
        theme_folders=(THEMES,),
        state_folder=options.state,
        wire=options.wire,
        slow=options.slow,
    )
    code = run(start, open_session)
    (options.state / "closed").write_text(str(session.closed), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
