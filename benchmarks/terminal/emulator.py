"""A small terminal emulator: what a program's output looks like, cell by cell.

It shares nothing with the console's driver, which it judges. It knows what Textual and the driver write, and notes
everything else in `strange`, so that a test can ask for an empty list.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rich.cells import cell_len

_SEQUENCE: Final = re.compile(
    r"\x1b\[(?P<csi>[<=>?]?[0-9;:]*[ !\"#$%&'()*+,./-]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[P_^X](?P<string>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<escape>[ -/]*[0-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
)
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[\]P_^X][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
_ATTRIBUTE_ENDS: Final = {
    22: (1, 2),
    23: (3,),
    24: (4, 21),
    25: (5, 6),
    27: (7,),
    28: (8,),
    29: (9,),
    54: (51, 52),
    55: (53,),
}
_ATTRIBUTES: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53})
_SEEN_ON_SPACES: Final = frozenset({4, 7, 9, 21, 51, 52, 53})


class Look(NamedTuple):
    """How a cell looks apart from its character."""

    attributes: frozenset[int] = frozenset()
    foreground: tuple[int, ...] = ()
    background: tuple[int, ...] = ()
    link: str = ""


class Cell(NamedTuple):
    """A character with what joins it ("" for the second half of a wide one) and its look."""

    text: str = " "
    look: Look = Look()

    def seen(self) -> "Cell":
        """What a person can tell: a space has a colour of its own only where an attribute shows it, a link no id."""
        link = self.look.link.partition(";")[2]
        if self.text != " " or self.look.attributes & _SEEN_ON_SPACES or link:
            return Cell(self.text, self.look._replace(link=link)) if link else self
        return Cell(" ", Look(background=self.look.background))


@dataclass
class Emulator:
    """A terminal of `columns` x `rows`.

    `coloured_erase`: erasing uses the current background. `joins`: characters joined by U+200D or followed by U+FE0F
    take the width that Textual gives them; without it each takes its own, as on older terminals.
    """

    columns: int
    rows: int
    coloured_erase: bool = True
    joins: bool = True
    alternate: bool = False
    modes: set[int] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._look = Look()
        self._x = self._y = 0
        self._top, self._bottom = 0, self.rows - 1
        self.cells = [[Cell()] * self.columns for _ in range(self.rows)]

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 0."""
        return self._y, min(self._x, self.columns - 1)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; as on most terminals, what was shown stays in the upper left corner."""
        kept = [row[:columns] + [Cell()] * (columns - len(row)) for row in self.cells[:rows]]
        self.cells = kept + [[Cell()] * columns for _ in range(rows - len(kept))]
        self.columns, self.rows = columns, rows
        self._top, self._bottom = 0, rows - 1
        self._y = min(self._y, rows - 1)

    def lines(self) -> list[str]:
        """The screen as text, without trailing spaces."""
        return ["".join(cell.text for cell in row).rstrip() for row in self.cells]

    def seen(self) -> list[list[Cell]]:
        """The screen as the eye sees it."""
        return [[cell.seen() for cell in row] for row in self.cells]

    def feed(self, data: bytes | str) -> None:
        """Take output, cut anywhere."""
        text = self._rest + (data if isinstance(data, str) else self._decoder.decode(data))
        cut = _UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        text = text[: cut.start()] if cut else text
        at = 0
        while at < len(text):
            match = _SEQUENCE.match(text, at)
            if match is None:
                self.strange.append(text[at])
                at += 1
                continue
            self._take(match)
            at = match.end()

    def _take(self, match: re.Match[str]) -> None:
        if match["text"] is not None:
            self._print(match["text"])
        elif match["csi"] is not None:
            self._csi(match["csi"], match["final"], match[0])
        elif match["osc"] is not None:
            self._osc(match["osc"])
        elif match["control"] is not None:
            self._control(match["control"])
        elif match["escape"] not in ("7", "8", "=", ">", "(B"):
            self.strange.append(match[0])

    # -- text -------------------------------------------------------------------------------------------------------

    def _print(self, text: str) -> None:
        index = 0
        while index < len(text):
            end = index + 1
            while self.joins and end < len(text) and self._joined(text[index:end], text[end]):
                end += 1
            self._put(text[index:end], cell_len(text[index:end]))
            index = end

    @staticmethod
    def _joined(cluster: str, char: str) -> bool:
        return char == "\ufe0f" or cell_len(cluster + char) == cell_len(cluster)

    def _put(self, cluster: str, width: int) -> None:
        row = self.cells[self._y]
        if width == 0:
            self._combine(row, cluster)
            return
        self._x = min(self._x, self.columns - width)  # without wrapping, output stays at the margin
        x, end = self._x, self._x + width
        if row[x].text == "" and x:
            row[x - 1] = row[x - 1]._replace(text=" ")
        if end < self.columns and row[end].text == "":
            row[end] = row[end]._replace(text=" ")
        row[x] = Cell(cluster, self._look)
        row[x + 1 : end] = [Cell("", self._look)] * (width - 1)
        self._x = end

    def _combine(self, row: list[Cell], mark: str) -> None:
        x = self._x - 1
        while x > 0 and row[x].text == "":
            x -= 1
        if x >= 0:
            row[x] = row[x]._replace(text=row[x].text + mark)

    def _control(self, char: str) -> None:
        if char == "\r":
            self._x = 0
        elif char == "\n":
            if self._y == self._bottom:
                self._scroll(self._top, 1)
            self._y = min(self._y + 1, self.rows - 1)
        elif char == "\b":
            self._x = max(0, min(self._x, self.columns - 1) - 1)
        elif char != "\x07":
            self.strange.append(char)

    # -- sequences --------------------------------------------------------------------------------------------------

    def _osc(self, body: str) -> None:
        kind, _, rest = body.partition(";")
        if kind == "8":
            self._look = self._look._replace(link="" if rest == ";" else rest)
        elif kind in ("0", "1", "2"):
            self.titles.append(rest)
        elif kind not in ("22", "52"):
            self.strange.append(f"\x1b]{body}")

    def _csi(self, parameters: str, final: str, whole: str) -> None:
        if parameters[:1] in ("<", "=", ">", "?"):
            self._private(parameters, final, whole)
            return
        actions: dict[str, Callable[[list[int]], None]] = {
            "H": self._place, "A": self._up, "B": self._down, "C": self._right, "D": self._left, "G": self._column,
            "m": self._colours, "K": self._erase_line, "J": self._erase_screen, "r": self._region,
            "L": self._insert_lines, "M": self._delete_lines, "X": self._erase_cells,
        }  # fmt: skip
        action = actions.get(final)
        if action is None or not re.fullmatch(r"[0-9;]*", parameters):
            if final not in ("n", "c", "t"):
                self.strange.append(whole)
            return
        action([int(part or 0) for part in parameters.split(";")])

    def _private(self, parameters: str, final: str, whole: str) -> None:
        if parameters[0] == "?" and final in "hl":
            for number in map(int, parameters[1:].split(";")):
                (self.modes.add if final == "h" else self.modes.discard)(number)
                if number == 1049:
                    self._alternate(on=final == "h")
        elif final not in ("u", "p", "c", "m"):
            self.strange.append(whole)

    def _alternate(self, *, on: bool) -> None:
        self.alternate = on
        self.cells = [[Cell()] * self.columns for _ in range(self.rows)]

    def _place(self, numbers: list[int]) -> None:
        y, x = (*numbers, 0, 0)[:2]
        self._y, self._x = min(max(y, 1), self.rows) - 1, min(max(x, 1), self.columns) - 1

    def _up(self, numbers: list[int]) -> None:
        self._y = max(0, self._y - max(1, numbers[0]))

    def _down(self, numbers: list[int]) -> None:
        self._y = min(self.rows - 1, self._y + max(1, numbers[0]))

    def _right(self, numbers: list[int]) -> None:
        self._x = min(self.columns - 1, self._x + max(1, numbers[0]))

    def _left(self, numbers: list[int]) -> None:
        self._x = max(0, min(self._x, self.columns - 1) - max(1, numbers[0]))

    def _column(self, numbers: list[int]) -> None:
        self._x = min(max(numbers[0], 1), self.columns) - 1

    def _blank(self) -> Cell:
        return Cell(" ", Look(background=self._look.background)) if self.coloured_erase else Cell()

    def _erase_line(self, numbers: list[int]) -> None:
        if numbers[0] != 0:
            self.strange.append(f"EL {numbers}")
        row = self.cells[self._y]
        x = min(self._x, self.columns - 1)
        if row[x].text == "" and x:
            row[x - 1] = row[x - 1]._replace(text=" ")
        row[x:] = [self._blank()] * (self.columns - x)

    def _erase_cells(self, numbers: list[int]) -> None:
        row, x = self.cells[self._y], min(self._x, self.columns - 1)
        end = min(self.columns, x + max(1, numbers[0]))
        row[x:end] = [self._blank()] * (end - x)

    def _erase_screen(self, numbers: list[int]) -> None:
        if numbers[0] != 2:
            self.strange.append(f"ED {numbers}")
        self.cells = [[self._blank()] * self.columns for _ in range(self.rows)]

    def _region(self, numbers: list[int]) -> None:
        top, bottom = (*numbers, 0, 0)[:2]
        self._top, self._bottom = max(top, 1) - 1, (bottom or self.rows) - 1
        self._x = self._y = 0

    def _insert_lines(self, numbers: list[int]) -> None:
        if self._top <= self._y <= self._bottom:
            self._scroll(self._y, -max(1, numbers[0]))

    def _delete_lines(self, numbers: list[int]) -> None:
        if self._top <= self._y <= self._bottom:
            self._scroll(self._y, max(1, numbers[0]))

    def _scroll(self, top: int, lines: int) -> None:
        end = self._bottom + 1
        blank = [[self._blank()] * self.columns for _ in range(min(abs(lines), end - top))]
        part = self.cells[top:end]
        self.cells[top:end] = part[lines:] + blank if lines > 0 else (blank + part)[: end - top]

    def _colours(self, numbers: list[int]) -> None:
        attributes, foreground, background = set(self._look.attributes), self._look.foreground, self._look.background
        left = iter(numbers)
        for number in left:
            if number == 0:
                attributes, foreground, background = set(), (), ()
            elif number in _ATTRIBUTES:
                attributes.add(number)
            elif number in _ATTRIBUTE_ENDS:
                attributes.difference_update(_ATTRIBUTE_ENDS[number])
            elif number in (38, 48):
                kind = next(left, 0)
                colour = (kind, *(value for _, value in zip(range({2: 3, 5: 1}.get(kind, 0)), left, strict=False)))
                foreground, background = (colour, background) if number == 38 else (foreground, colour)
            elif number in (39, 49):
                foreground, background = ((), background) if number == 39 else (foreground, ())
            elif 30 <= number <= 37 or 90 <= number <= 97:
                foreground = (number,)
            elif 40 <= number <= 47 or 100 <= number <= 107:
                background = (number,)
            else:
                self.strange.append(f"SGR {number}")
        self._look = Look(frozenset(attributes), foreground, background, self._look.link)
