"""The console with many items: `python console.py ITEMS`.

The embedded sandbox is opened as always; then its items are multiplied in memory, so that what is measured is the
console and the planning, not a hundred thousand HTTP calls.
"""

import sys
from dataclasses import replace

from smoothx_tui.composition.application import Application, theme_folders
from smoothx_tui.console.run import run
from smoothx_tui.console.start import Start
from smoothx_tui.session.options import Options
from smoothx_tui.session.session import Report, Session, silent


class Multiplied(Session):
    """A session whose items are copies of the sandbox's, `count` in all."""

    count = 0

    async def refresh(self, report: Report = silent) -> None:
        await super().refresh(report)
        found = list(self.items.values())
        copies = {}
        for number in range(self.count):
            item = found[number % len(found)]
            copy = replace(item, id=f"{item.id}{number}", number=f"{item.number}-{number}", origin_id="")
            copies[copy.key] = copy
        self._take(replace(self._reading, items=copies, links={}))


async def opened() -> Session:
    session = await Application().session(Options())
    many = Multiplied(session._parts, session.loaded)  # noqa: SLF001 - a benchmark stands in the session's place
    many.count = int(sys.argv[1])
    return many


if __name__ == "__main__":
    sys.exit(run(Start(theme_folders=theme_folders(), theme="dark"), opened))
