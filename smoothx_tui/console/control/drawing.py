"""What stands on the screen: the arrangement of the panes, the bars and titles, the texts of preview and log."""

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.widget import Widget

from smoothx_tui.base.errors import UsageError
from smoothx_tui.console.keys import Where
from smoothx_tui.console.layout import PREVIEW_TABS, SETTINGS_WIDTH, WIDE, Arrangement, arrange, is_small
from smoothx_tui.console.model import allowance, bars
from smoothx_tui.console.model.bars import Bar
from smoothx_tui.console.model.header import Numbers, header
from smoothx_tui.console.model.lines import Line, Span, line, wrap
from smoothx_tui.console.model.log import TABS as LOG_TABS
from smoothx_tui.console.model.log import Happening, request_lines
from smoothx_tui.console.model.settings import SettingsModel
from smoothx_tui.settings.schema import SCHEMA, Control

if TYPE_CHECKING:
    from smoothx_tui.console.screens.main import MainScreen

MOST_TOLD: Final = 3
"""Lines of an error; the log has the rest of a longer one."""
_WHOLE: Final = ("error", "danger")
MOST_ASKED: Final = 5
"""Lines of a question; the item's preview has the rest of a longer danger."""


class Drawing:
    """Fills the widgets from the models."""

    def __init__(self, desk: "MainScreen") -> None:
        self.desk = desk
        self._arrangement: Arrangement | None = None
        self._previewed = ""

    # -- arrangement --------------------------------------------------------------------------------------------------

    def rearrange(self) -> None:
        """Show the panes that fit and that the operator looks at; nothing moves where nothing has changed."""
        desk = self.desk
        width, height = desk.size
        wanted = arrange(desk.view, width, height)
        if wanted != self._arrangement:
            self._place(wanted, width)
            self._arrangement = wanted
            # The panes have their new sizes only after the layout.
            desk.call_after_refresh(self._settle)
        where = desk.view.where
        for pane, widget in (
            (Where.ITEMS, desk.table), (Where.SETTINGS, desk.settings_pane), (Where.PREVIEW, desk.preview),
            (Where.LOG, desk.log_pane), (Where.SHEET, desk.sheet),
        ):  # fmt: skip
            if pane is not Where.ITEMS:  # those say their place in a line of their own
                widget.viewed = self.titles
            if widget.active != (pane is where):
                widget.active = pane is where
                widget.refresh()
        self.titles()
        self.bars()
        self.preview()
        self.log()

    def _place(self, wanted: Arrangement, width: int) -> None:
        desk = self.desk
        lower = desk.query_one("#lower")
        # Beside the items it has its share; alone it takes what the bars leave, however many lines an error has.
        lower.styles.height = wanted.lower if wanted.items else "1fr"
        for widget, shown in (
            (desk.header, wanted.bars),
            (desk.table, wanted.items),
            (desk.titles, wanted.title),
            (lower, wanted.lower > 0),
            (desk.settings_pane, wanted.settings),
            (desk.wall, wanted.settings and wanted.side is not None),
            (desk.preview, wanted.side is Where.PREVIEW),
            (desk.log_pane, wanted.side is Where.LOG),
            (desk.sheet, wanted.side is Where.SHEET),
            (desk.summary, wanted.summary),
        ):
            _display(widget, shown=shown)
        desk.settings_pane.styles.width = SETTINGS_WIDTH if wanted.side is not None and width >= WIDE else "1fr"

    def _settle(self) -> None:
        desk = self.desk
        if desk.table.display:
            desk.table.keep_in_view(desk.items.cursor)
        if desk.settings_pane.display:
            desk.settings_pane.keep_in_view(desk.settings.cursor)
        if desk.sheet.display and desk.sheet.model is not None:
            desk.sheet.keep_in_view(desk.sheet.model.cursor)

    def count_offers(self) -> None:
        """How much each list setting offers; asked once after a reading."""
        desk = self.desk
        if desk.session is None:
            return
        for setting in SCHEMA:
            if setting.control is Control.MANY and setting.offer is not None:
                desk.settings_pane.offered[setting.key] = len(desk.session.offers(setting.offer))
        desk.settings_pane.refresh()

    # -- bars ---------------------------------------------------------------------------------------------------------

    def bars(self) -> None:
        """Header, line of marks, bottom line."""
        desk = self.desk
        width, height = desk.size
        if width == 0:
            return
        session, items, glyphs = desk.session, desk.items, desk.paint.glyphs
        desk.header.show(
            header(
                session.place if session else None,
                Numbers(
                    unsaved=len(desk.trial.unsaved),
                    news=desk.presence.newer,
                    pending=len(items.keys),
                    marked=len(items.marks),
                    others=desk.presence.names,
                    budget=session.budget if session else None,
                ),
                width,
                glyphs,
                "not opened" if desk.planning.not_opened else "opening",
            )
        )
        desk.summary.show(*self._summary(width))
        if desk.prompting.prompt is not None:
            desk.bottom.show(desk.prompting.bar(width))
        elif is_small(width, height):
            desk.bottom.show(*self._small(width))
        else:
            sheet = desk.sheet.model.mode if desk.view.sheet and desk.sheet.model is not None else None
            desk.bottom.show(bars.hints(desk.keymap, desk.view.where, width, sheet))

    def _small(self, width: int) -> tuple[Bar, ...]:
        desk, glyphs = self.desk, self.desk.paint.glyphs
        notice, session = desk.notice, desk.session
        if notice is not None:
            return (
                self._notice(notice, width)
                if notice.level in _WHOLE
                else (self._words(notice.line(), notice.level, width),)
            )
        progress = desk.syncing.progress
        doing = progress.words() if progress is not None else list(desk.busy.values())
        if doing and session is not None and allowance.is_short(session.budget):
            # Why it stands still: there is no header to say it.
            doing[0] += f" {glyphs.dot} {allowance.forms(session.budget)[-1]}"
        ways = bars.small_ways(desk.keymap, desk.view.where)
        unsaved, marked = len(desk.trial.unsaved), len(desk.items.marks)
        state = ([f"*{unsaved} unsaved"] if unsaved else []) + ([f"{marked:,} marked"] if marked else [])
        return (bars.small(session.place if session else None, doing, state, ways, width, glyphs),)

    def _summary(self, width: int) -> tuple[Bar, ...]:
        """What matters most now: the question, a running sync, a notice, the setting's help, the marks."""
        desk, glyphs = self.desk, self.desk.paint.glyphs
        prompt = desk.prompting.prompt
        if prompt is not None and desk.prompting.offer:
            return (Bar((Span(glyphs.fit(f" {desk.prompting.offer}", width), "dim"),)),)
        if prompt is not None and prompt.above and not desk.prompting.fits(width):
            # A question about money is never cut: it takes the lines that it needs.
            asked = list(wrap(line(f" {prompt.above}", prompt.role, indent=1), width))
            return tuple(Bar(each.spans) for each in asked[:MOST_ASKED])
        if prompt is None and desk.notice is not None and desk.notice.level in _WHOLE:
            return self._notice(desk.notice, width)
        return (self._one_summary(width),)

    def _notice(self, notice: Happening, width: int) -> tuple[Bar, ...]:
        """What went wrong, what next and the request id, in the few lines that it takes."""
        told = list(wrap(line(f" {notice.line()}", notice.level, indent=1), width))
        if len(told) <= MOST_TOLD:
            return tuple(Bar(each.spans) for each in told)
        last = self._words(" ".join(each.text.strip() for each in told[MOST_TOLD - 1 :]), notice.level, width)
        return (*(Bar(each.spans) for each in told[: MOST_TOLD - 1]), last)

    def _one_summary(self, width: int) -> Bar:
        desk, glyphs, session = self.desk, self.desk.paint.glyphs, self.desk.session
        if desk.notice is not None:
            return self._words(desk.notice.line(), desk.notice.level, width)
        if session is not None and desk.syncing.progress is not None:
            told = bars.fitting(desk.syncing.progress.words(allowance.calls_left(session.budget)), width - 3, glyphs)
            return bars.summary(told, "", width, glyphs, "running")
        if desk.view.where is Where.SETTINGS and desk.settings.current is not None:
            return self._words(desk.whatif.help(desk.settings.current), "hint", width)
        return bars.summary(self._marks(), desk.last_run, width, glyphs)

    def _marks(self) -> list[str]:
        desk = self.desk
        items, session = desk.items, desk.session
        if desk.busy:
            waits = session is not None and session.budget.xero_waits is not None
            return [*desk.busy.values(), allowance.calls_left(session.budget) if session is not None and waits else ""]
        lapsed = f"{len(items.lapsed)} lost: nothing to send under these settings" if items.lapsed else ""
        if not items.marks or session is None:
            return ["nothing marked" if items.keys else "", lapsed]
        hidden = (
            f"{items.hidden_marks} of them hidden by the filter"
            if len(items.marks) < 2000 and items.hidden_marks
            else ""
        )
        marked = f"{len(items.marks):,} marked: {'  '.join(items.marked.parts(session.place.base_currency))}"
        return [marked, hidden, lapsed, desk.takes.words(items.marks, items.marked)]

    def _words(self, text: str, role: str, width: int) -> Bar:
        """A text in the line of marks; where it is cut, where the rest is."""
        glyphs = self.desk.paint.glyphs
        if cell_len(text) + 2 <= width:
            return Bar((Span(f" {text}", role),))
        where = "i" if self.desk.view.where is Where.SETTINGS and self.desk.notice is None else "4"
        key = self.desk.keymap.first("look.why" if where == "i" else "pane.log")
        tail = f" ({key}: all)"
        return Bar((Span(glyphs.fit_words(f" {text}", width - len(tail)).rstrip(), role), Span(tail, "dim")))

    # -- titles -------------------------------------------------------------------------------------------------------

    def titles(self) -> None:
        """The line over the lower panes, with the tabs."""
        desk = self.desk
        width = desk.size.width
        wanted = self._arrangement
        if wanted is None or width == 0:
            return
        glyphs = desk.paint.glyphs
        spans: list[Span] = []
        room = width
        if wanted.settings:
            part = SETTINGS_WIDTH if wanted.side is not None and width >= WIDE else width
            title = glyphs.rule(_settings_title(desk.settings), part, desk.settings_pane.in_sight)
            spans.append(Span(title, self._role(Where.SETTINGS)))
            room -= part
            if wanted.side is not None:
                spans.append(Span(glyphs.tee_down, "title"))
                room -= 1
        if wanted.side is not None:
            beside = {Where.SHEET: desk.sheet, Where.LOG: desk.log_pane}.get(wanted.side, desk.preview)
            title = glyphs.rule(self._side_title(wanted.side), room, beside.in_sight)
            spans.append(Span(title, self._role(wanted.side)))
        desk.titles.show(Bar(tuple(spans)))

    def _role(self, pane: Where) -> str:
        return "title_focus" if self.desk.view.where is pane else "title"

    def _side_title(self, side: Where) -> str:
        desk = self.desk
        if side is Where.SHEET:
            return desk.sheet.model.heading() if desk.sheet.model is not None else ""
        if side is Where.LOG:
            return "4 Log  " + _tabs(LOG_TABS, desk.log_tab)
        return "3 Preview  " + _tabs(PREVIEW_TABS, desk.tab)

    # -- texts --------------------------------------------------------------------------------------------------------

    def preview(self) -> None:
        """The preview of the item under the cursor."""
        desk = self.desk
        if not desk.preview.display:
            return
        key = desk.items.current_key
        place = f"{key} {desk.tab}"
        keep, self._previewed = place == self._previewed, place
        desk.preview.show(self._preview_lines(key), keep=keep)

    def _preview_lines(self, key: str | None) -> list[Line]:
        desk = self.desk
        if desk.session is None or key is None:
            return [line("Nothing to preview yet." if desk.session is None else "No item is shown.", "dim")]
        from smoothx_tui.console.model import preview

        tab = PREVIEW_TABS[desk.tab]
        if tab == "history":
            desk.jobs.start("history", self._history(key))
            return [line("reading the ledger", "dim")]
        try:
            plan = desk.session.plan_of(key)
        except UsageError as error:
            return [line(error.line(), "dim")]
        if tab == "payload":
            place = desk.session.place
            return preview.payload_lines(plan, f"{place.organisation} {place.environment}")
        if tab == "why":
            return preview.why_lines(plan)
        return preview.diff_lines(plan, desk.paint.glyphs, unfolded=desk.unfolded)

    async def _history(self, key: str) -> None:
        desk = self.desk
        from smoothx_tui.console.model.preview import history_lines

        lines = history_lines(await desk.require_session().history(key))
        if desk.items.current_key == key and PREVIEW_TABS[desk.tab] == "history":
            desk.preview.show(lines)

    def log(self) -> None:
        """The events or the requests."""
        desk = self.desk
        if not desk.log_pane.display:
            return
        if LOG_TABS[desk.log_tab] == "requests":
            desk.log_pane.show(request_lines(desk.session.requests if desk.session else ()), keep=True)
        else:
            desk.log_pane.show(desk.log_model.event_lines(), keep=True)


def _display(widget: Widget, *, shown: bool) -> None:
    """Only where it differs: every change lays the screen out again."""
    if widget.display != shown:
        widget.display = shown


def _settings_title(model: SettingsModel) -> str:
    return "2 Settings" + (f"  search: {model.query}" if model.query else "")


def _tabs(names: tuple[str, ...], at: int) -> str:
    return "  ".join(f"[{name}]" if here == at else name for here, name in enumerate(names))
