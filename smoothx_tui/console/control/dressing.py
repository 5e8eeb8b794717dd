"""The themes: each seen as it is looked at, one kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from smoothx_tui.base.errors import ConfigurationError, SmoothxError, UsageError
from smoothx_tui.console.model.sheet import Entry, Mode, SheetModel

if TYPE_CHECKING:
    from smoothx_tui.console.port import Session
    from smoothx_tui.console.screens.main import MainScreen


class Dressing:
    """`app.themes`."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk

    def commands(self) -> dict[str, Callable[[str], None]]:
        return {"app.themes": self.themes}

    def themes(self, name: str) -> None:
        """Put a theme on and keep it; without a name choose from a list, each seen as it is looked at."""
        desk = self.desk
        if name:
            if name not in desk.looks.by_name:
                raise UsageError(f"no theme {name!r}", f"themes: {', '.join(desk.looks.by_name)}")
            self._keep(name)
            return
        before = desk.paint.look.name
        entries = [Entry(look.name, look.name, look.about) for look in desk.looks.by_name.values()]
        entries += [Entry("", problem, role="error") for problem in desk.looks.problems]
        note = "enter keeps it: it is saved as ui.theme in the settings file; esc leaves it as it was"
        model = SheetModel("Themes", entries, Mode.TAKE, note=note)
        model.to_id(before)
        desk.sheets.open(model, take=self._keep, moved=self.put_on, leave=lambda: self.put_on(before))

    def _keep(self, name: str) -> None:
        """On the screen at once, and in the settings file for the next start."""
        desk = self.desk
        self.put_on(name)
        session = desk.session
        if session is None or session.settings_path is None or session.place.read_only:
            why = "read-only" if session is not None and session.place.read_only else "there is no settings file"
            desk.say(f"theme {name}, for this run: {why}", "note")
        else:
            desk.jobs.start("theme", self._keep_in_file(name, session))

    async def _keep_in_file(self, name: str, session: "Session") -> None:
        desk = self.desk
        try:
            await session.keep_theme(name)
        except SmoothxError as error:
            desk.fail(ConfigurationError(f"theme {name}, for this run only: {error.message}", error.hint))
            return
        later = "; NO_COLOR is set, so the next start has none" if desk.smoothx.terminal.no_color else ""
        desk.say(f"theme {name}, saved as ui.theme in {session.settings_path}{later}", "done")

    def put_on(self, name: str) -> None:
        """On the screen, for now."""
        desk = self.desk
        look = desk.looks.by_name.get(name)
        if look is not None:
            desk.paint.look = look
            desk.smoothx.theme = name
            desk.repaint()
