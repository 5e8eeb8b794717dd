"""Signs and lines, in Unicode or plain ASCII. State is always a sign and a word, never colour alone."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

from smoothx_tui.planning.actions import Action

SIGNS: Final = {
    Action.NOT_READY: ".",
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.UNCHANGED: "=",
    Action.HELD: "#",
    Action.RECREATE: "+",
    Action.DELETE: "x",
    Action.VOID: "x",
    Action.ORPHANED: "?",
    Action.SKIPPED: "-",
    Action.BLOCKED: "!",
    Action.LOCKED_ELSEWHERE: "@",
}
"""ASCII in both modes: they are read aloud, grepped in a log and typed in a chat."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What is drawn with. `encodable` is False where the terminal cannot show anything but ASCII at all."""

    line: str = "─"
    wall: str = "│"
    tee_down: str = "┬"
    more: str = "…"
    arrow: str = "→"
    open: str = "‹"  # noqa: RUF001 - is drawn
    close: str = "›"  # noqa: RUF001 - is drawn
    dot: str = "·"
    up: str = "▲"
    down: str = "▼"
    encodable: bool = True

    def fit(self, text: str, width: int) -> str:
        """`text` in exactly `width` cells: padded, or cut with the sign for more."""
        if text.isascii():
            length = len(text)
            if length <= width:
                return text + " " * (width - length)
            return text[: max(0, width - len(self.more))] + self.more[:width] if width > 0 else ""
        if cell_len(text) <= width:
            return set_cell_size(text, width)
        return set_cell_size(text, max(0, width - len(self.more))) + self.more[:width] if width > 0 else ""

    def fit_words(self, text: str, width: int) -> str:
        """Like `fit`, and cut between two words where that leaves most of the width."""
        if cell_len(text) > width:
            head = set_cell_size(text, max(0, width - len(self.more) + 1)).rpartition(" ")[0].rstrip()
            if cell_len(head) > width // 2:
                return self.fit(head + self.more, width)
        return self.fit(text, width)

    def fit_right(self, text: str, width: int) -> str:
        """Like `fit`, with the padding in front, for amounts."""
        gap = width - cell_len(text)
        return " " * gap + text if gap >= 0 else self.fit(text, width)

    def rule(self, text: str, width: int, tail: str = "") -> str:
        """A horizontal line of `width` cells with `text` set into it, and `tail` near its end where there is room."""
        body = f"{self.line} {text} " if text else ""
        end = f" {tail} {self.line}" if tail else ""
        if cell_len(body) + cell_len(end) >= width:
            end = ""
        if cell_len(body) >= width:
            return self.fit(body, width)
        return body + self.line * (width - cell_len(body) - cell_len(end)) + end

    def send(self, text: str) -> str:
        """`text` as the terminal can take it: where it knows ASCII only, a `?` for every other cell."""
        if self.encodable or text.isascii():
            return text
        return "".join(ch if ch.isascii() else "?" * cell_len(ch) for ch in text)


UNICODE: Final = Glyphs()
ASCII: Final = Glyphs("-", "|", "+", "...", "->", "<", ">", "-", "^", "v")
ASCII_ONLY: Final = Glyphs("-", "|", "+", "...", "->", "<", ">", "-", "^", "v", encodable=False)


def choose(mode: str, *, utf8: bool) -> Glyphs:
    """The glyphs for `ui.glyphs` = auto, unicode or ascii. A terminal without UTF-8 gets ASCII whatever is asked."""
    if not utf8:
        return ASCII_ONLY
    return ASCII if mode == "ascii" else UNICODE
