"""The proof of the driver: whatever Textual paints, the terminal shows the same as with Textual's own output."""

import random
from collections.abc import Callable, Iterator
from typing import Final

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from benchmarks.terminal.emulator import Emulator
from smoothx_tui.console.wire.cells import reach
from smoothx_tui.console.wire.screen import Screen
from smoothx_tui.console.wire.terminal import Terminal

WIDTH: Final = 24
HEIGHT: Final = 9
NARROW: Final = [" ", " ", " ", "a", "b", "7", "─", "é", "▏"]
WIDE: Final = ["建", "設", "🚀", "\uff31"]
JOINED: Final = ["e\u0301", "👩\u200d🚀", "❤\ufe0f", "👍🏽", "🇦🇺"]
STYLES: Final = [
    "",
    "1",
    "2;3",
    "4",
    "7",
    "9;31",
    "38;5;9",
    "48;2;1;2;3",
    "1;38;2;9;8;7;48;2;1;2;3",
    "97;44",
    "4;21;53",
]
LINK: Final = "id=7;https://example.test/a"

ALPHABET: Final = NARROW * 2 + WIDE + JOINED
SEEDS: Final = st.integers(0, 2**32)
Line = list[tuple[str, str, str]]


class Painter:
    """Frames as Textual writes them, from a seed: a picture of lines that change, move, and are painted in pieces."""

    def __init__(self, seed: int, alphabet: list[str]) -> None:
        self.random = random.Random(seed)
        self.alphabet = alphabet
        self.picture = [self.line() for _ in range(HEIGHT)]

    def line(self, width: int = WIDTH) -> Line:
        """A line exactly `width` cells wide."""
        line: Line = []
        left = width
        for _ in range(self.random.randrange(6)):
            text = "".join(self.random.choices(self.alphabet, k=self.random.randint(1, 10)))
            if cell_len(text) <= left:
                style = self.random.choice(STYLES)
                line.append((text, style, LINK if self.random.random() < 0.1 else ""))
                left -= cell_len(text)
        return [*line, (" " * left, self.random.choice(STYLES), "")] if left else line

    def frames(self, count: int) -> Iterator[str]:
        """A whole frame, then `count` others."""
        yield self.whole()
        for _ in range(count):
            yield self.random.choice([self.changed_line, self.scrolled, self.scrolled, self.pieces])()

    def whole(self) -> str:
        """As Textual's LayoutUpdate."""
        body = "\n".join(f"\x1b[{y + 1};1H{rendered(line)}" for y, line in enumerate(self.picture))
        return body + self.cursor()

    def cursor(self) -> str:
        return f"\x1b[{self.random.randint(1, HEIGHT)};{self.random.randint(1, WIDTH)}H"

    def changed_line(self) -> str:
        self.picture[self.random.randrange(HEIGHT)] = self.line()
        return self.whole()

    def scrolled(self) -> str:
        top = self.random.randrange(3)
        bottom = self.random.randint(top + 4, HEIGHT)
        part = self.picture[top:bottom]
        fresh = [self.line() for _ in range(self.random.randint(1, 3))]
        self.picture[top:bottom] = (
            part[len(fresh) :] + fresh if self.random.random() < 0.5 else (fresh + part)[: len(part)]
        )
        if self.random.random() < 0.5:
            return self.whole()
        return painted([(y, 0, self.picture[y]) for y in range(top, bottom)]) + self.cursor()

    def pieces(self) -> str:
        """As Textual's ChopsUpdate: pieces of lines anywhere. The picture of lines is not kept up with them."""
        places = {(self.random.randrange(HEIGHT), self.random.randrange(WIDTH - 1)) for _ in range(4)}
        return (
            painted([(y, x, self.line(self.random.randint(1, WIDTH - x))) for y, x in sorted(places)]) + self.cursor()
        )


def rendered(line: Line) -> str:
    """A line as Textual's strips render it."""
    parts = []
    for text, style, link in line:
        body = f"\x1b[{style}m{text}\x1b[0m" if style else text
        parts.append(f"\x1b]8;{link}\x1b\\{body}\x1b]8;;\x1b\\" if link else body)
    return "".join(parts)


def painted(pieces: list[tuple[int, int, Line]]) -> str:
    out = [f"\x1b[{y + 1};{x + 1}H{rendered(line)}" + ("\n" if y != pieces[-1][0] else "") for y, x, line in pieces]
    return "".join(out)


TERMINALS: Final = [
    Terminal(scrolls=True, coloured_erase=True),
    Terminal(scrolls=True, coloured_erase=False),
    Terminal(scrolls=False, coloured_erase=False),
]


@pytest.mark.parametrize("terminal", TERMINALS, ids=str)
@pytest.mark.parametrize("joins", [True, False], ids=["joins", "takes apart"])
@settings(max_examples=60)
@given(seed=SEEDS)
def test_every_cell_is_the_same_after_every_frame(terminal: Terminal, joins: bool, seed: int) -> None:
    ours = Emulator(WIDTH, HEIGHT, coloured_erase=terminal.coloured_erase, joins=joins)
    stock = Emulator(WIDTH, HEIGHT, coloured_erase=terminal.coloured_erase)
    screen = Screen(terminal)
    screen.resize(WIDTH, HEIGHT)
    for frame in Painter(seed, ALPHABET).frames(6):
        stock.feed(frame)
        ours.feed(screen.write(frame))
        assert not ours.strange
        assert ours.cursor == stock.cursor
        doubtful = set() if joins else _doubtful(screen)
        different = [
            (y, x, stock.cells[y][x], ours.cells[y][x])
            for y in range(HEIGHT)
            for x in range(WIDTH)
            if stock.cells[y][x].seen() != ours.cells[y][x].seen() and (y, x) not in doubtful
        ]
        assert different == []


def _doubtful(screen: Screen) -> set[tuple[int, int]]:
    """The cells of characters that a terminal may measure otherwise; and those it left unknown."""
    places = set()
    for y, row in enumerate(screen.rows):
        for x, cell in enumerate(row.cells):
            if cell is None or reach(cell) or (x and not cell and reach(row.cells[x - 1] or "")):
                places.add((y, x))
    return places


@settings(max_examples=60)
@given(seed=SEEDS)
def test_an_independent_emulator_agrees(seed: int) -> None:
    stock, feed_stock = _pyte()
    ours, feed_ours = _pyte()
    screen = Screen(Terminal(scrolls=True, coloured_erase=True))
    screen.resize(WIDTH, HEIGHT)
    for frame in Painter(seed, NARROW + WIDE).frames(6):
        feed_stock(frame)
        feed_ours(screen.write(frame))
        assert _seen_by_pyte(ours, screen) == _seen_by_pyte(stock, screen)


class Pyte(pyte.Screen):
    """pyte's own clearing colours only the cells that were written before."""

    def erase_in_display(self, how: int = 0, *arguments: object, **options: object) -> None:
        super().erase_in_display(how, *arguments, **options)
        for y in range(self.lines if how == 2 else 0):
            for x in range(self.columns):
                self.buffer[y][x] = self.cursor.attrs


def _pyte() -> tuple[Pyte, Callable[[str], None]]:
    """pyte, with wrapping off as Textual sets it, and without links, which it prints."""
    terminal = Pyte(WIDTH, HEIGHT)
    stream = pyte.Stream(terminal)
    stream.feed("\x1b[?7l")
    return terminal, lambda data: stream.feed(data.replace(f"\x1b]8;{LINK}\x1b\\", "").replace("\x1b]8;;\x1b\\", ""))


def _seen_by_pyte(terminal: Pyte, screen: Screen) -> list[object]:
    cells: list[object] = []
    for y in range(HEIGHT):
        for x in range(WIDTH):
            cell = terminal.buffer[y][x]
            if screen.rows[y].cells[x] is None:  # half of a wide character that lost the other half: pyte keeps it
                continue
            shows = cell.reverse or cell.underscore or cell.strikethrough
            cells.append(cell if cell.data.strip() or shows or not cell.data else (cell.data, cell.bg))
    return cells
