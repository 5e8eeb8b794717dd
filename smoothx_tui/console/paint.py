"""What every widget paints with: the roles as styles, and the glyphs. One object, shared and changed in place."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from smoothx_tui.console.glyphs import Glyphs
from smoothx_tui.console.model.lines import Span
from smoothx_tui.console.theming import Look


class Paint:
    """Turns roles into styles. The wire is kept short by one segment a line wherever one role is enough."""

    def __init__(self, look: Look, glyphs: Glyphs) -> None:
        self.look = look
        self.glyphs = glyphs

    def style(self, role: str, over: str = "") -> Style:
        """A role's style, with a second role laid over it (the cursor over a row)."""
        look = self.look
        style = look.base + look.style(role)
        return style + look.style(over) if over else style

    def strip(self, text: str, role: str, width: int, over: str = "") -> Strip:
        """A whole line in one style, exactly `width` cells."""
        return Strip([Segment(self.glyphs.send(self.glyphs.fit(text, width)), self.style(role, over))], width)

    def strips(self, spans: Iterable[Span], width: int, over: str = "") -> Strip:
        """A line of several roles, cut with the sign for more, filled to `width`."""
        found: list[Segment] = []
        room = width
        for span in spans:
            if not span.text:
                continue
            length = cell_len(span.text)
            if length > room:
                found.append(Segment(self.glyphs.send(self.glyphs.fit(span.text, room)), self.style(span.role, over)))
                room = 0
                break
            found.append(Segment(self.glyphs.send(span.text), self.style(span.role, over)))
            room -= length
        if room > 0:
            found.append(Segment(" " * room, self.style("", over)))
        return Strip(found, width)
