"""What the project's pages hold: commands, tables, code blocks and links, each with the place it stands at."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
_FENCE: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\]\(([^)]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block; `section` is the heading above it."""

    page: Path
    language: str
    text: str
    section: str


@dataclass(frozen=True)
class Table:
    page: Path
    section: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, match[2], re.sub(f"^{match[1]}", "", match[3], flags=re.MULTILINE), _section(text, match.start()))
        for match in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(text: str) -> list[str]:
    """What stands between backticks."""
    return _SPAN.findall(text)


def links(page: Path) -> list[str]:
    return _LINK.findall(prose(page))


def tables(page: Path) -> Iterator[Table]:
    text = prose(page)
    for match in re.finditer(r"^\|.*\|\n\|[-|: ]+\|\n((?:\|.*\|\n)*)", text, re.MULTILINE):
        head, _, *rows = match[0].splitlines()
        yield Table(page, _section(text, match.start()), _cells(head), tuple(_cells(row) for row in rows))


def _cells(row: str) -> tuple[str, ...]:
    inside = row.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inside))


def _section(text: str, at: int) -> str:
    above = _FENCE.sub("", text[:at])  # where a line that begins so is a comment
    return next((line.lstrip("# ") for line in reversed(above.splitlines()) if line.startswith("#")), "")


def commands(block: Block) -> list[list[str]]:
    """The simple commands of a shell block, in words: pipes, lists and redirections are taken apart."""
    found: list[list[str]] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
        words.whitespace_split = True
        one: list[str] = []
        for word in words:
            if set(word) <= set("|&;()"):
                found.append(one)
                one = []
            else:
                one.append(word)
        found.append(one)
    return [_without_redirections(one) for one in found if one]


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if set(word) <= set("<>"):
            next(rest, None)
            if kept and kept[-1].isdigit():
                kept.pop()
        else:
            kept.append(word)
    return kept
