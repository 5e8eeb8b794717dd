"""One line being typed: the filter, the command line, the answer to a question."""

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
        match name:
            case "left":
                self.at = max(0, self.at - 1)
            case "right":
                self.at = min(len(self.text), self.at + 1)
            case "home" | "ctrl+a":
                self.at = 0
            case "end" | "ctrl+e":
                self.at = len(self.text)
            case "backspace":
                self._cut(max(0, self.at - 1), self.at)
            case "delete":
                self._cut(self.at, self.at + 1)
            case "ctrl+w":
                kept = self.text[: self.at].rstrip(" ")
                self._cut(kept.rfind(" ") + 1, self.at)
            case "ctrl+u":
                self._cut(0, self.at)
            case "ctrl+k":
                self._cut(self.at, len(self.text))
            case "space":
                return self.put(" ")
            case _:
                return len(name) == 1 and self.put(name)
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
