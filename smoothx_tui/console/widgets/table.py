"""The items table: flat at a hundred thousand rows, because only what is shown is made."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.strip import Strip

from smoothx_tui.console.model.columns import BY_NAME, Grid, lay_out
from smoothx_tui.console.model.items import ItemsModel
from smoothx_tui.console.model.lines import line, wrapped
from smoothx_tui.console.paint import Paint
from smoothx_tui.console.widgets.lines import LinesView

FILTERED: Final = ("No item passes the filter.", "esc removes it, / changes it")


class ItemsTable(LinesView):
    """A line of titles, the rows, and a line with the position, the filter and the order."""

    above = 1
    below = 1

    def __init__(self, paint: Paint, model: ItemsModel, *, line_scroll: bool) -> None:
        super().__init__(paint, id="items", line_scroll=line_scroll)
        self.model = model
        self.empty: tuple[str, ...] = ()
        """Shown where there are no rows: what is missing and what to do."""
        self.status = ""
        """What is being done, at the left of the last line."""
        self._grid: Grid | None = None

    @property
    def count(self) -> int:
        return len(self.model.shown)

    def grid(self, width: int) -> Grid:
        """The columns for this width; laid out once a width."""
        if self._grid is None or self._grid.width != width or self._grid.glyphs is not self.paint.glyphs:
            self._grid = lay_out(width, self.paint.glyphs)
        return self._grid

    def draw(self, at: int, width: int) -> Strip:
        model = self.model
        key = model.shown[at]
        row = model.row(key)
        live = model.elsewhere.get(key) or model.live.get(key) or model.submitted.get(key)
        cursor = at == model.cursor
        marked = key in model.marks or model.in_range(at)
        text = self.grid(width).row(
            row,
            cursor=cursor,
            marked=marked,
            act=f"{live.sign} {live.word}" if live else "",
            why=live.text if live else "",
        )
        role = live.role if live else ("danger" if row.danger else row.action.value)
        over = ("cursor" if self.active else "cursor_idle") if cursor else ""
        return self.paint.strip(text, role, width, over)

    def draw_above(self, at: int, width: int) -> Strip:  # noqa: ARG002 - there is one
        heading = self.grid(width).heading(self.model.sort, reverse=self.model.reverse)
        return self.paint.strip(heading, "title_focus" if self.active else "title", width)

    def draw_below(self, width: int) -> Strip:
        model = self.model
        parts = [self.status] if self.status else []
        if model.filtered:
            parts.append(f"filter: {model.filter.text}")
        if model.anchor is not None:
            parts.append(f"range of {abs(model.cursor - model.anchor) + 1}: v marks it, esc leaves it")
        if order := self._unseen_order(width):
            parts.append(order)
        total = len(model.keys)
        here = f"{model.cursor + 1 if model.shown else 0}/{len(model.shown)}"
        here += f" of {total}" if len(model.shown) != total else ""
        right = f"  {here} "
        if hidden := self.grid(width).left_out:
            parts.append(f"not shown: {', '.join(hidden)}")
            if cell_len(_joined(parts)) + len(right) > width:
                parts[-1] = f"+{len(hidden)} columns"
        return self.paint.strip(self.paint.glyphs.fit(_joined(parts), width - len(right)) + right, "dim", width)

    def _unseen_order(self, width: int) -> str:
        """The order, where no title carries its arrow."""
        model, glyphs = self.model, self.paint.glyphs
        if not model.sort:
            return "as read, from the end" if model.reverse else ""
        title = BY_NAME[model.sort].title
        shown = title not in self.grid(width).left_out
        return "" if shown else f"sorted by {title}{glyphs.down if model.reverse else glyphs.up}"

    def blank(self, at: int, width: int) -> Strip:
        if self.count == 0 and at >= 1:
            texts = FILTERED if self.model.keys else self.empty
            lines = wrapped(
                (line("    " + text, "" if at_text else "heading", indent=4) for at_text, text in enumerate(texts)),
                width - 2,
            )
            if at <= len(lines):
                return self.paint.strips(lines[at - 1].spans, width)
        return super().blank(at, width)

    @property
    def position(self) -> int:
        return self.model.cursor

    def move(self, to: int) -> None:
        """The cursor to a row."""
        old, new = self.model.move(to)
        if self.model.anchor is not None:
            self.keep_in_view(new)
        else:
            self.cursor_moved(old, new)

    def shown_range(self) -> range:
        """The rows on the screen."""
        return range(self.top, min(self.top + self.page, self.count))


def _joined(parts: Sequence[str]) -> str:
    """What is said below the table, from where its signs stand."""
    return "    " + "   ".join(parts)
