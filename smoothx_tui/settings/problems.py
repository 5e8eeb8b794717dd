"""What is wrong with a settings file, all of it at once, each problem on one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.base.text import clean


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `where` is a file with its line, an environment variable or a flag; `key` is dotted or ""."""

    where: str
    key: str
    text: str

    def line(self) -> str:
        """`settings.toml line 12: advanced.multi_currency: wants true or false, not "on"`, safe to show."""
        return clean(": ".join(part for part in (self.where, self.key, self.text) if part))


class InvalidSettings(ConfigurationError):  # noqa: N818 - reads as what is wrong
    """The settings cannot be used as they are; nothing was changed. The message has one line a problem."""

    def __init__(self, problems: Sequence[Problem], hint: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.line() for problem in self.problems), hint)


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that was probably meant, as the end of a sentence; "" where none is near."""
    from difflib import get_close_matches

    found = get_close_matches(word.lower(), list(words), n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""
