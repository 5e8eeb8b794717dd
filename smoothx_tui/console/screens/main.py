"""The console's screen: who is where, and what a key means. What commands do is in `control`, what is shown in `model`.

It has no modal screens: one opened over this screen repaints everything several times (facts: 25 to 48 KB).
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from smoothx_tui.base.errors import ServiceError, SmoothxError, UsageError
from smoothx_tui.console.control.drawing import Drawing
from smoothx_tui.console.control.jobs import Jobs
from smoothx_tui.console.control.planning import Planning
from smoothx_tui.console.control.prompt import Prompting
from smoothx_tui.console.keys import AFTER_ESCAPE, Keymap, Where, key_name
from smoothx_tui.console.layout import View
from smoothx_tui.console.model.items import ItemsModel
from smoothx_tui.console.model.log import Happening, LogModel
from smoothx_tui.console.model.settings import SettingsModel
from smoothx_tui.console.model.takes import Takes
from smoothx_tui.console.paint import Paint
from smoothx_tui.console.start import OpenSession, Start
from smoothx_tui.console.theming import Looks
from smoothx_tui.console.widgets.bar import OneLine, Wall
from smoothx_tui.console.widgets.lines import LinesView
from smoothx_tui.console.widgets.panes import SettingsPane, SheetPane, TextPane
from smoothx_tui.console.widgets.table import ItemsTable
from smoothx_tui.session.rows import Row
from smoothx_tui.settings.values import Trial

if TYPE_CHECKING:
    from smoothx_tui.console.app import SmoothxApp
    from smoothx_tui.console.control.approving import Approving
    from smoothx_tui.console.control.finding import Finding
    from smoothx_tui.console.control.keeping import Keeping
    from smoothx_tui.console.control.looking import Looking
    from smoothx_tui.console.control.moving import Moving
    from smoothx_tui.console.control.outside import Outside
    from smoothx_tui.console.control.presence import Presence
    from smoothx_tui.console.control.recovering import Recovering
    from smoothx_tui.console.control.sheets import Sheets
    from smoothx_tui.console.control.sweeping import Sweeping
    from smoothx_tui.console.control.syncing import Syncing
    from smoothx_tui.console.control.whatif import WhatIf
    from smoothx_tui.console.port import Session


class MainScreen(Screen[None], inherit_bindings=False):
    """Panes, bars and the one place that keys go to. No widget has Textual's focus: `view.pane` has the keys."""

    AUTO_FOCUS = None
    CSS_PATH = "main.tcss"

    def __init__(self, start: Start, open_session: OpenSession, paint: Paint, looks: Looks, keymap: Keymap) -> None:
        super().__init__()
        self.start = start
        self.open_session = open_session
        self.paint = paint
        self.looks = looks
        self.keymap = keymap
        self.session: Session | None = None
        self.trial = Trial(start.settings)
        self.view = View()
        self.items = ItemsModel(self._row)
        self.takes = Takes(lambda key: self.require_session().plan_of(key))
        self.settings = SettingsModel()
        self.log_model = LogModel()
        self.busy: dict[str, str] = {}
        self.notice: Happening | None = None
        self.last_run = ""
        self.last_command = ""
        self.tab = 0
        self.log_tab = 0
        self.unfolded = False
        self.jobs = Jobs(self)
        self.prompting = Prompting(self)
        self.planning = Planning(self)
        self.drawing = Drawing(self)
        self._widgets()
        if start.snapshot is not None and (last := start.snapshot.read()) is not None:
            self.items.show_last(last)
            self.keeping.say("opening")

    def _widgets(self) -> None:
        paint = self.paint
        self.header = OneLine(paint, id="header")
        self.titles = OneLine(paint, id="titles")
        self.summary = OneLine(paint, id="summary")
        self.bottom = OneLine(paint, id="bottom")
        # Whether a scrolled line is cheap is known when the driver is; `App.line_scroll` says it.
        self.table = ItemsTable(paint, self.items, line_scroll=True)
        self.settings_pane = SettingsPane(paint, self.settings, lambda: self.trial, line_scroll=True)
        self.preview = TextPane(paint, id="preview", line_scroll=True)
        self.log_pane = TextPane(paint, id="log", line_scroll=True)
        self.log_pane.follow = True
        self.sheet = SheetPane(paint, line_scroll=True)
        self.wall = Wall(paint)

    # -- controls, loaded after the first frame  ----------------------------------------------------------------------

    @cached_property
    def moving(self) -> "Moving":
        from smoothx_tui.console.control.moving import Moving

        return Moving(self)

    @cached_property
    def approving(self) -> "Approving":
        from smoothx_tui.console.control.approving import Approving

        return Approving(self)

    @cached_property
    def syncing(self) -> "Syncing":
        from smoothx_tui.console.control.syncing import Syncing

        return Syncing(self)

    @cached_property
    def recovering(self) -> "Recovering":
        from smoothx_tui.console.control.recovering import Recovering

        return Recovering(self)

    @cached_property
    def presence(self) -> "Presence":
        from smoothx_tui.console.control.presence import Presence

        return Presence(self)

    @cached_property
    def sweeping(self) -> "Sweeping":
        from smoothx_tui.console.control.sweeping import Sweeping

        return Sweeping(self)

    @cached_property
    def whatif(self) -> "WhatIf":
        from smoothx_tui.console.control.whatif import WhatIf

        return WhatIf(self)

    @cached_property
    def finding(self) -> "Finding":
        from smoothx_tui.console.control.finding import Finding

        return Finding(self)

    @cached_property
    def looking(self) -> "Looking":
        from smoothx_tui.console.control.looking import Looking

        return Looking(self)

    @cached_property
    def sheets(self) -> "Sheets":
        from smoothx_tui.console.control.sheets import Sheets

        return Sheets(self)

    @cached_property
    def outside(self) -> "Outside":
        from smoothx_tui.console.control.outside import Outside

        return Outside(self)

    @cached_property
    def keeping(self) -> "Keeping":
        from smoothx_tui.console.control.keeping import Keeping

        return Keeping(self)

    @cached_property
    def actions(self) -> dict[str, Callable[[str], None]]:
        """What every command does."""
        from smoothx_tui.console.control.dressing import Dressing
        from smoothx_tui.console.control.marking import Marking

        parts = (
            self.moving, Marking(self), self.finding, self.whatif, self.syncing, self.approving,
            self.planning, self.looking, self.sheets, self.outside, Dressing(self),
        )  # fmt: skip
        return {name: action for part in parts for name, action in part.commands().items()}

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.table
        yield self.titles
        with Horizontal(id="lower"):
            yield self.settings_pane
            yield self.wall
            yield self.preview
            yield self.log_pane
            yield self.sheet
        yield self.summary
        yield self.bottom

    def on_mount(self) -> None:
        line_scroll = self.smoothx.line_scroll
        for pane in (self.table, self.settings_pane, self.preview, self.log_pane, self.sheet):
            pane.line_scroll = line_scroll
        for problem in self.looks.problems:
            self.log_model.add(problem, "error", hint="docs/themes.md describes theme files")
        if self.start.theme and self.start.theme not in self.looks.by_name:
            self.say(f"there is no theme {self.start.theme}", "note", hint="T shows the themes")
        self.table.empty = ("Opening.", "ctrl+c stops")
        self.call_after_refresh(self.planning.open)

    def on_resize(self) -> None:
        self.rearrange()

    @property
    def smoothx(self) -> "SmoothxApp":
        """The app, by its own type."""
        from smoothx_tui.console.app import SmoothxApp

        assert isinstance(self.app, SmoothxApp)
        return self.app

    # -- keys ---------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Every key comes here: to the open prompt, or by the keymap to a command."""
        event.stop()
        event.prevent_default()
        name = key_name(event.key, event.character)
        if self.prompting.prompt is None and name in AFTER_ESCAPE:
            name = f"alt+{AFTER_ESCAPE[name]}"
        if name.startswith("alt+") and self.keymap.find(self.view.where, name) is None:
            # Escape and a key typed quickly after it arrive as one; nothing of ours is on such a key by default.
            self.take_key("escape")
            name = name.removeprefix("alt+")
        self.take_key(name)

    def take_key(self, name: str) -> None:
        """One key, by the registry's name."""
        if self.prompting.prompt is not None:
            self.prompting.key(name)
            return
        command = self.keymap.find(self.view.where, name)
        if command is not None:
            if self.notice is not None:
                self.notice = None
                self.draw_bars()
            self.run_command(command.id)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.prompting.paste(event.text)

    def run_command(self, command_id: str, rest: str = "") -> None:
        """Do a command; what it refuses is said in one line."""
        try:
            if self.items.last is not None:
                self.keeping.refuse(command_id)
            self.actions[command_id](rest)
        except SmoothxError as error:
            self.fail(error)
        self.last_command = command_id

    # -- the session --------------------------------------------------------------------------------------------------

    def attach(self, session: "Session") -> None:
        """The session is open: its settings are the ones that are tried from here on."""
        tried = self.trial.current if self.trial.unsaved else None
        self.session = session
        self.trial = session.trial
        if tried is not None:
            self.trial.put(tried)
        if session.place.note:
            self.say(session.place.note, "note", hint="smoothx-tui connect --help says how to connect an account")
        session.requests.listen(lambda _: self.jobs.later("requests", self._requests_changed, 0.25))
        self.presence.begin()
        self.sweeping.begin()

    def require_session(self) -> "Session":
        """The session. Raises UsageError while there is none."""
        if self.session is None:
            raise UsageError("not opened yet", "try again in a moment")
        return self.session

    def _row(self, key: str) -> Row:
        known = self.items.known(key)
        session = self.require_session()
        try:
            return session.row(key, known if session.revision == self.planning.revision else None)
        except UsageError:
            # The session has read again and the item is gone; the table hears of it with the next load.
            if known is not None:
                return known
            raise

    def name_of(self, key: str) -> str:
        """An item's number for people."""
        row = self.items.known(key)
        return (row.number if row is not None else "") or key

    # -- saying -------------------------------------------------------------------------------------------------------

    def say(self, text: str, level: str = "", *, hint: str = "", request_id: str = "", quiet: bool = False) -> None:
        """One line for the operator, kept in the log; `quiet`: the log only."""
        happening = self.log_model.add(text, level, hint=hint, request_id=request_id)
        if not quiet:
            self.notice = happening
        self.log_changed()

    def fail(self, error: SmoothxError) -> None:
        """What, where, what next, and the request id."""
        request_id = error.request_id if isinstance(error, ServiceError) else ""
        text = "; ".join(error.message.splitlines())
        self.notice = self.log_model.add(text, "error", hint=error.hint, request_id=request_id)
        self.log_changed()

    def log_changed(self) -> None:
        self.draw_bars()
        if self.log_pane.display and self.log_tab == 0:
            self.show_log()

    def _requests_changed(self) -> None:
        if self.log_pane.display and self.log_tab == 1:
            self.show_log()
        self.draw_bars()

    # -- showing ------------------------------------------------------------------------------------------------------

    @property
    def view_pane(self) -> LinesView:
        """The widget that has the keys."""
        panes: dict[Where, LinesView] = {
            Where.ITEMS: self.table,
            Where.SETTINGS: self.settings_pane,
            Where.PREVIEW: self.preview,
            Where.LOG: self.log_pane,
            Where.SHEET: self.sheet,
        }
        return panes[self.view.where]

    @property
    def text_pane(self) -> TextPane:
        """The preview or the log, whichever was looked at last."""
        return self.log_pane if self.view.side is Where.LOG else self.preview

    def go(self, pane: Where) -> None:
        """Give the keys to a pane."""
        self.view.go(pane)
        self.rearrange()

    def rearrange(self) -> None:
        self.drawing.rearrange()

    def draw_bars(self) -> None:
        self.drawing.bars()

    def draw_titles(self) -> None:
        self.drawing.titles()

    def show_preview(self) -> None:
        self.drawing.preview()

    def show_log(self) -> None:
        self.drawing.log()

    def follow(self) -> None:
        """The preview follows the cursor when it rests."""
        if self.preview.display:
            self.jobs.later("preview", self.show_preview)

    def repaint(self) -> None:
        """Everything anew, as after another program used the terminal."""
        self.smoothx.repaint()
        for widget in self.query("*"):
            widget.refresh()
