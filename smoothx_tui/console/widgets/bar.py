"""One line of the screen: header, titles, marks, bottom. Rewritten only when it says something else."""

from textual.strip import Strip
from textual.widget import Widget

from smoothx_tui.console.model.bars import Bar
from smoothx_tui.console.paint import Paint


class OneLine(Widget, can_focus=False, inherit_bindings=False):
    """Shows a bar."""

    DEFAULT_CSS = "OneLine { height: 1; width: 1fr; }"
    ALLOW_SELECT = False

    def __init__(self, paint: Paint, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.paint = paint
        self.bars: tuple[Bar, ...] = (Bar(()),)

    def show(self, *bars: Bar) -> None:
        """Say something; the same again costs nothing. Several bars make the line as many lines high."""
        if bars == self.bars:
            return
        if len(bars) != len(self.bars):
            self.styles.height = len(bars)
        self.bars = bars
        self.refresh()

    def render_line(self, y: int) -> Strip:
        bar = self.bars[y] if y < len(self.bars) else Bar(())
        return self.paint.strips(bar.spans, self.size.width)


class Wall(Widget, can_focus=False, inherit_bindings=False):
    """The line between the settings and what stands beside them."""

    DEFAULT_CSS = "Wall { width: 1; height: 1fr; }"

    def __init__(self, paint: Paint) -> None:
        super().__init__(id="wall")
        self.paint = paint

    def render_line(self, y: int) -> Strip:  # noqa: ARG002 - Textual's signature
        return self.paint.strip(self.paint.glyphs.wall, "title", 1)
