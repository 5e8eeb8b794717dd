"""The base of all panes: a ScrollView that makes a line when it is shown and keeps nothing a row.

`virtual_size` is not used: changing it lays the whole screen out again. The number of lines is asked for instead.
"""

from collections.abc import Callable

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smoothx_tui.console.paint import Paint


def _nothing() -> None:
    """No one listens."""


class LinesView(ScrollView, can_focus=False, inherit_bindings=False):
    """Draws `count` lines through `draw`. `above` and `below` lines of the pane do not scroll."""

    DEFAULT_CSS = """
    LinesView { overflow: hidden hidden; scrollbar-size: 0 0; width: 1fr; height: 1fr; }
    """
    ALLOW_SELECT = False
    above = 0
    below = 0
    """0 or 1 below; above, as many as a note takes."""

    def __init__(self, paint: Paint, *, id: str, line_scroll: bool = True) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.paint = paint
        self.line_scroll = line_scroll
        """Scroll line by line; False where a scrolled line repaints the pane, and half a page at once is cheaper."""
        self.active = False
        """Whether this pane has the keys."""
        self.viewed: Callable[[], None] = _nothing
        """Hears that other lines may be in sight."""

    # -- what a pane says -----------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def draw(self, at: int, width: int) -> Strip:
        """Line `at` of the content."""
        raise NotImplementedError

    def draw_above(self, at: int, width: int) -> Strip:  # noqa: ARG002 - for a pane that has more than one
        """Line `at` of those over the content."""
        return self.paint.strip("", "", width)

    def draw_below(self, width: int) -> Strip:
        """A line under the content."""
        return self.paint.strip("", "", width)

    def move(self, to: int) -> None:
        """The cursor, or the first line shown, to a line."""
        raise NotImplementedError

    @property
    def position(self) -> int:
        """The line of the cursor, or the first one shown."""
        raise NotImplementedError

    # -- what Textual asks ----------------------------------------------------------------------------------------

    @property
    def max_scroll_y(self) -> int:
        return max(0, self.count - self.page)

    @property
    def page(self) -> int:
        """Content lines that fit."""
        return max(1, self.size.height - self.above - self.below)

    @property
    def top(self) -> int:
        """The first content line that is shown."""
        return int(self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < self.above:
            return self.draw_above(y, width)
        if y >= self.size.height - self.below:
            return self.draw_below(width)
        at = self.top + y - self.above
        return self.draw(at, width) if at < self.count else self.blank(at, width)

    def blank(self, at: int, width: int) -> Strip:  # noqa: ARG002 - for a pane that says something there
        """A line beyond the content."""
        return Strip.blank(width, self.paint.style(""))

    @property
    def in_sight(self) -> str:
        """`9-16/40` where there is more than fits, so that nothing is cut without a sign; else ""."""
        if not self.size.height or self.count <= self.page:
            return ""
        return f"{self.top + 1}-{min(self.top + self.page, self.count)}/{self.count}"

    # -- moving ---------------------------------------------------------------------------------------------------

    def repaint(self, at: int) -> None:
        """Paint one content line again, where it is in view."""
        y = at - self.top + self.above
        if self.above <= y < self.size.height - self.below:
            self.refresh(Region(0, y, self.size.width, 1))

    def repaint_below(self) -> None:
        """Paint the fixed lines under the content again."""
        if self.below:
            self.refresh(Region(0, self.size.height - self.below, self.size.width, self.below))

    def scroll_top(self, top: int) -> None:
        """Make `top` the first line shown, as far as there are lines."""
        self.scroll_to(y=max(0, min(top, self.max_scroll_y)), animate=False, immediate=True, force=True)
        self.viewed()

    def cursor_moved(self, old: int, new: int) -> None:
        """Follow a cursor: two lines are painted while it stays in view, else the pane scrolls."""
        top, page = self.top, self.page
        if top <= new < top + page:
            if old != new:
                self.repaint(old)
                self.repaint(new)
        elif self.line_scroll or abs(new - old) >= page:
            self.scroll_top(new if new < top else new - page + 1)
            self.repaint(old)
            self.repaint(new)
        else:
            half = page // 2
            self.scroll_top(new - half if new >= top + page else new - page + 1 + half)
        self.repaint_below()

    def on_resize(self) -> None:
        """The pane has another size, or is shown again."""
        self.keep_in_view(self.position)

    def keep_in_view(self, at: int) -> None:
        """After a change of size or content: the line `at` is on the screen, and no blank page below the last.

        A pane that is not shown has no size to fit anything into; it is asked again when it has one.
        """
        if not self.size.height:
            return
        top = min(self.top, self.max_scroll_y)
        if at < self.page:
            top = 0  # with what stands above the first line that can be chosen
        elif at < top:
            top = at
        elif at >= top + self.page:
            top = at - self.page + 1
        self.scroll_top(top)
        self.refresh()
