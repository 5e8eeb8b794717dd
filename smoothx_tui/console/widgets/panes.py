"""The other panes: settings, text (preview and log), and the sheet.

The settings are one list that draws `[ on ]`, `<Aw. approval>` and `2 of 14`, and not Textual's Switch, Select and
SelectionList: 17 switches of three lines each do not fit 80 x 24, one flipped Switch costs eight times the bytes of a
repainted line, an opened Select repaints the screen, and a SelectionList of some thousand companies takes seconds.
"""

from collections.abc import Callable, Sequence
from typing import Final

from textual.strip import Strip

from smoothx_tui.console.model.lines import BLANK, Line, Span, line, wrapped
from smoothx_tui.console.model.settings import SettingsModel
from smoothx_tui.console.model.sheet import Mode, SheetModel
from smoothx_tui.console.paint import Paint
from smoothx_tui.console.widgets.lines import LinesView
from smoothx_tui.settings.values import Trial

_NO_SETTING: Final = ("No setting has these words.", "esc shows all, / changes them")


class SettingsPane(LinesView):
    """The settings as rows."""

    def __init__(self, paint: Paint, model: SettingsModel, trial: Callable[[], Trial], *, line_scroll: bool) -> None:
        super().__init__(paint, id="settings", line_scroll=line_scroll)
        self.model = model
        self._trial = trial
        self.offered: dict[str, int] = {}
        """How many entries each list setting offers, once it is known."""

    @property
    def count(self) -> int:
        return len(self.model.rows)

    def draw(self, at: int, width: int) -> Strip:
        trial = self._trial()
        text = self.model.text(at, width, self.paint.glyphs, trial.current, trial.saved, self.offered)
        role = self.model.role(at, trial.current, trial.saved)
        over = ("cursor" if self.active else "cursor_idle") if at == self.model.cursor else ""
        return self.paint.strip(text, role, width, over)

    def blank(self, at: int, width: int) -> Strip:
        if self.count == 0 and at < len(_NO_SETTING):
            return self.paint.strip(f" {_NO_SETTING[at]}", "" if at else "heading", width)
        return super().blank(at, width)

    @property
    def position(self) -> int:
        return self.model.cursor

    def move(self, to: int) -> None:
        """The cursor to a row. At the first setting its heading comes into view as well."""
        old, new = self.model.move(to)
        self.cursor_moved(old, new)
        if new == 1 and self.top == 1:
            self.scroll_top(0)


class TextPane(LinesView):
    """Lines to read, wrapped to the pane. There is no cursor: the keys scroll."""

    def __init__(self, paint: Paint, *, id: str, line_scroll: bool) -> None:  # noqa: A002 - Textual's name
        super().__init__(paint, id=id, line_scroll=line_scroll)
        self._source: Sequence[Line] = ()
        self._wrapped: list[Line] = []
        self._width = 0
        self.query_text = ""
        self.follow = False
        """Stay at the end when lines come (the log), unless somebody has scrolled away from it."""
        self._at_end = True

    @property
    def lines(self) -> list[Line]:
        """As wrapped to the present width."""
        width = max(8, self.size.width - 1)
        if self._width != width:
            self._wrapped, self._width = wrapped(self._source, width), width
        return self._wrapped

    @property
    def count(self) -> int:
        return len(self.lines)

    def show(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show other lines, from the top unless `keep`."""
        if keep and list(lines) == list(self._source):
            return
        top = self.top if keep else 0
        self._source, self._width = lines, 0
        self.keep_in_view(top)

    @property
    def position(self) -> int:
        return self.top

    def keep_in_view(self, at: int) -> None:
        """The line `at` first, or the end where lines are followed."""
        if self.size.height:
            self.scroll_top(self.max_scroll_y if self.follow and self._at_end else at)
            self.refresh()

    def draw(self, at: int, width: int) -> Strip:
        line = self.lines[at]
        found = self.query_text and self.query_text in line.text.casefold()
        return self.paint.strips((Span(" "), *line.spans), width, "match" if found else "")

    def move(self, to: int) -> None:
        """Scroll so that `to` is the first line."""
        self.scroll_top(to)
        self._at_end = self.top >= self.max_scroll_y

    def search(self, query: str, step: int = 1) -> bool:
        """Scroll to the next line (or, with -1, the one before) that holds `query`; around the end."""
        self.query_text = query.casefold()
        self.refresh()
        total = self.count
        for offset in range(1, total + 1):
            at = (self.top + offset * step) % total
            if self.query_text and self.query_text in self.lines[at].text.casefold():
                self.move(at)
                return True
        return False


class SheetPane(LinesView):
    """A list that is open over the preview or the whole body."""

    above = 1

    def __init__(self, paint: Paint, *, line_scroll: bool) -> None:
        super().__init__(paint, id="sheet", line_scroll=line_scroll)
        self.model: SheetModel | None = None
        self._note = [BLANK]
        self._text: list[Line] = []
        self._fitted: tuple[object, str, int] | None = None

    @property
    def count(self) -> int:
        if self.model is not None and self.model.mode is Mode.READ:
            return len(self.text)
        return len(self.model.shown) if self.model else 0

    @property
    def text(self) -> list[Line]:
        """A sheet to read, wrapped to the pane: what it says is said nowhere else."""
        model, width = self.model, max(8, self.size.width - 2)
        if model is None:
            return []
        fitted = (model, model.query, width)
        if self._fitted is None or self._fitted[0] is not model or self._fitted[1:] != fitted[1:]:
            self._text = wrapped((model.line(at) for at in range(len(model.shown))), width)
            self._fitted = fitted
        return self._text

    @property
    def position(self) -> int:
        """Where the cursor is; of a sheet to read, the first line shown."""
        return self.top if self.model is None or self.model.mode is Mode.READ else self.model.cursor

    def open(self, model: SheetModel) -> None:
        """Show another sheet."""
        self.model = model
        self.scroll_top(0)
        self.keep_in_view(model.cursor)

    def draw_above(self, at: int, width: int) -> Strip:
        return self.paint.strip(" " + self._note[at].text, "dim", width)

    def _fit_note(self) -> None:
        """Wrap the note to the pane: what it says is said nowhere else. It leaves the list most of the lines."""
        note = line(self.model.note if self.model else "")
        broken = wrapped([note], self.size.width - 1)
        self._note = broken if len(broken) <= max(1, self.size.height // 3) else [note]
        self.above = len(self._note)

    def draw(self, at: int, width: int) -> Strip:
        model = self.model
        if model is None:
            return self.paint.strip("", "", width)
        if model.mode is Mode.READ:
            return self.paint.strips((Span(" "), *self.text[at].spans), width)
        cursor = at == model.cursor
        return self.paint.strips(
            (Span(">" if cursor else " "), *model.line(at).spans), width, "cursor" if cursor else ""
        )

    def blank(self, at: int, width: int) -> Strip:
        if self.model is not None and self.count == 0 and at == 0:
            return self.paint.strip("  " + self.model.empty, "dim", width)
        return super().blank(at, width)

    def move(self, to: int) -> None:
        """The cursor to an entry; a sheet to read scrolls."""
        if self.model is None:
            return
        if self.model.mode is Mode.READ:
            self.scroll_top(to)
            return
        old, new = self.model.move(to)
        if self.model.at_first and to <= old:
            self.scroll_top(0)
            self.refresh()
        else:
            self.cursor_moved(old, new)

    def keep_in_view(self, at: int) -> None:
        """With the cursor on the first entry, what is said above it comes first. A text to read stays where it is."""
        self._fit_note()
        if self.model is None or self.model.mode is Mode.READ:
            self.scroll_top(at)
            self.refresh()
        elif self.model.at_first:
            self.scroll_top(0)
            self.refresh()
        else:
            super().keep_in_view(at)
