"""Pens: how a cell looks apart from its character, and the shortest escape sequence from one pen to another.

Pens are interned by their `PenBox`: within one box two equal pens are the same object, so rows of cells compare by
identity and each pen can remember its transitions.
"""

from collections.abc import Iterator
from typing import Final

from smoothx_tui.console.wire.errors import NotUnderstoodError

# SGR numbers that switch an attribute on -> the number that switches it off again (some share one).
_OFF: Final[dict[int, int]] = {
    1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 21: 24, 51: 54, 52: 54, 53: 55,
}  # fmt: skip
# Attributes that show on a space too: underlines, reverse, strike, frames, overline.
_SEEN_ON_BLANKS: Final = frozenset({4, 7, 9, 21, 51, 52, 53})


class Pen:
    """Attributes (SGR numbers), foreground, background (SGR parameters, "" for the terminal's own) and link.

    `link` is what stands between `OSC 8 ;` and its end, "" for none. `blank` is the pen that a space looks like
    when written with this one; two spaces look the same when their pens' `blank` is the same object. `after` is for
    the frame reader, which notes there where a colour sequence led from this pen.
    """

    __slots__ = ("after", "attributes", "background", "blank", "foreground", "link", "ways")

    def __init__(self, attributes: frozenset[int], foreground: str, background: str, link: str) -> None:
        self.attributes = attributes
        self.foreground = foreground
        self.background = background
        self.link = link
        self.blank = self
        self.ways: dict[Pen, str] = {}
        self.after: dict[str, Pen] = {}

    def __repr__(self) -> str:
        return f"Pen({sorted(self.attributes)}, {self.foreground!r}, {self.background!r}, {self.link!r})"

    @property
    def plain(self) -> bool:
        """Whether a space written with this pen is nothing but its background, as erasing would leave it."""
        return not self.attributes and not self.foreground and not self.link

    def to(self, other: "Pen") -> str:
        """The shortest escape sequence that turns a terminal from this pen to `other`; "" when nothing is needed."""
        way = self.ways.get(other)
        if way is None:
            way = self.ways[other] = _way(self, other)
        return way


def _way(old: Pen, new: Pen) -> str:
    link = "" if old.link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
    wanted = [str(number) for number in sorted(new.attributes)]
    wanted += [colour for colour in (new.foreground, new.background) if colour]
    fresh = f"\x1b[0;{';'.join(wanted)}m" if wanted else "\x1b[m"
    steps = list(_steps(old, new))
    change = f"\x1b[{';'.join(steps)}m" if steps else ""
    return link + min(change, fresh, key=len)


def _steps(old: Pen, new: Pen) -> Iterator[str]:
    off = {_OFF[number] for number in old.attributes - new.attributes}
    yield from (str(number) for number in sorted(off))
    # What shares an off number with something that goes must be switched on again.
    on = (number for number in new.attributes if number not in old.attributes or _OFF[number] in off)
    yield from (str(number) for number in sorted(on))
    if old.foreground != new.foreground:
        yield new.foreground or "39"
    if old.background != new.background:
        yield new.background or "49"


class PenBox:
    """Every pen of one screen, each once."""

    def __init__(self) -> None:
        self._pens: dict[tuple[frozenset[int], str, str, str], Pen] = {}
        self.default = self.pen(frozenset(), "", "", "")

    def __len__(self) -> int:
        return len(self._pens)

    def pen(self, attributes: frozenset[int], foreground: str, background: str, link: str) -> Pen:
        """The one pen with these looks."""
        key = (attributes, foreground, background, link)
        pen = self._pens.get(key)
        if pen is None:
            pen = self._pens[key] = Pen(*key)
            # Reverse swaps the colours, so both still show; a link is underlined by some terminals.
            if not attributes & _SEEN_ON_BLANKS and not link and (attributes or foreground):
                pen.blank = self.pen(frozenset(), "", background, "")
        return pen

    def linked(self, pen: Pen, link: str) -> Pen:
        """`pen` with another link ("" to end one)."""
        return self.pen(pen.attributes, pen.foreground, pen.background, link)

    def read(self, pen: Pen, parameters: str) -> Pen:
        """The pen after `CSI parameters m` was received with `pen` active. Raises NotUnderstoodError."""
        attributes, foreground, background = set(pen.attributes), pen.foreground, pen.background
        numbers = iter(_numbers(parameters))
        for number in numbers:
            if number == 0:
                attributes, foreground, background = set(), "", ""
            elif number in _OFF:
                attributes.add(number)
            elif number in _OFF.values():
                attributes = {on for on in attributes if _OFF[on] != number}
            elif 30 <= number <= 37 or 90 <= number <= 97:
                foreground = str(number)
            elif 40 <= number <= 47 or 100 <= number <= 107:
                background = str(number)
            elif number in (38, 39):
                foreground = _colour(number, numbers) if number == 38 else ""
            elif number in (48, 49):
                background = _colour(number, numbers) if number == 48 else ""
            else:
                raise NotUnderstoodError(f"SGR {number}")
        return self.pen(frozenset(attributes), foreground, background, pen.link)


def _numbers(parameters: str) -> list[int]:
    try:
        return [int(part or 0) for part in parameters.split(";")]
    except ValueError:
        raise NotUnderstoodError(f"SGR parameters {parameters!r}") from None


def _colour(number: int, numbers: Iterator[int]) -> str:
    """The rest of an indexed (`38;5;n`) or direct (`38;2;r;g;b`) colour, as one string of parameters."""
    kind = next(numbers, -1)
    wanted = {5: 1, 2: 3}.get(kind, 0)
    values = [value for _, value in zip(range(wanted), numbers, strict=False)]
    if not wanted or len(values) != wanted:
        raise NotUnderstoodError(f"SGR {number};{kind}")
    return ";".join(map(str, (number, kind, *values)))
