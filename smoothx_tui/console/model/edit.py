"""One line being typed: the filter, the command line, the answer to a question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from smoothx_tui.base.text import clean

_LONGEST: Final = 500
_KEPT: Final = 100


@dataclass
class LineEdit:
    """Text and cursor, with the keys that shells have taught everybody."""

    text: str = ""
    at: int = 0
    history: list[str] = field(default_factory=list)
    _back: int = 0
    _draft: str = ""

    @classmethod
    def of(cls, text: str = "", history: list[str] | None = None) -> "LineEdit":
        return cls(text, len(text), history if history is not None else [])

    def put(self, text: str) -> bool:
        """Insert what was typed or pasted; line breaks become blanks, other controls are made visible."""
        text = clean(" ".join(text.splitlines()).replace("\t", " "))
        if not text or len(self.text) + len(text) > _LONGEST:
            return False
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)
        return True

    def set(self, text: str) -> None:
        self.text, self.at = text, len(text)

    def key(self, name: str) -> bool:
        """Take an editing key; False where it is none."""
        if name in _MOVES:
            self.at = max(0, min(_MOVES[name](self), len(self.text)))
        elif name in _CUTS:
            self._cut(*_CUTS[name](self))
        else:
            return (name == "space" and self.put(" ")) or (len(name) == 1 and self.put(name))
        return True

    def recall(self, step: int) -> bool:
        """An earlier (-1) or later (1) entry of the history; the line being typed waits at its end."""
        if not self._back:
            self._draft = self.text
        back = self._back - step
        if not 0 <= back <= len(self.history):
            return False
        self._back = back
        self.set(self.history[-back] if back else self._draft)
        return True

    def remember(self) -> None:
        """Put the line into the history, once."""
        if not self.text.strip():
            return
        if self.text in self.history:
            self.history.remove(self.text)
        self.history.append(self.text)
        del self.history[:-_KEPT]

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.at = start


def _word_start(line: LineEdit) -> int:
    """Where the word before the cursor begins."""
    return line.text[: line.at].rstrip(" ").rfind(" ") + 1


_MOVES: Final[Mapping[str, Callable[[LineEdit], int]]] = {
    "left": lambda line: line.at - 1,
    "right": lambda line: line.at + 1,
    "home": lambda _: 0,
    "ctrl+a": lambda _: 0,
    "end": lambda line: len(line.text),
    "ctrl+e": lambda line: len(line.text),
}
_CUTS: Final[Mapping[str, Callable[[LineEdit], tuple[int, int]]]] = {
    "backspace": lambda line: (max(0, line.at - 1), line.at),
    "delete": lambda line: (line.at, line.at + 1),
    "ctrl+w": lambda line: (_word_start(line), line.at),
    "ctrl+u": lambda line: (0, line.at),
    "ctrl+k": lambda line: (line.at, len(line.text)),
}
