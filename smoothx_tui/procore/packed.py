"""Raw answers of many items in little room: packed together by the dozen, unpacked when one is looked at.

An answer of 1.6 KB takes some 200 bytes here, and 8 KB as Python objects.
"""

import threading
import zlib
from array import array
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from smoothx_tui.base import jsontext
from smoothx_tui.procore.fields import Row, as_text
from smoothx_tui.procore.places import Places

__all__ = ["SIZE", "Block", "Packed", "Places", "RawDetail", "label_of_number", "plain_number", "stamp_of"]

SIZE: Final = 64
"""Answers in a block: 100 KB of text, a third of a millisecond to open."""
_OPENED: Final = 4
"""Blocks kept open: neighbours are looked at one after the other."""
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class RawDetail:
    """An item's answer as Procore sent it, and the `updated_at` of the row it was fetched for."""

    updated_at: str
    raw: Row


@dataclass(frozen=True, slots=True)
class Block:
    """Packed answers as they are kept outside: (key, stamp, label) of each, in the order they are packed."""

    head: tuple[tuple[str, int, int], ...]
    data: bytes


def stamp_of(text: str) -> int:
    """A number that stands for a text, compared for equality only; 0 for "", which equals nothing."""
    if not text:
        return 0
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def plain_number(number: str) -> str:
    """An invoice number as far as two of them may be taken for one: letters and digits, without case."""
    return "".join(filter(str.isalnum, number.casefold()))


def label_of_number(number: str) -> int:
    """A stamp of the plain number; 0 where nothing is left of it."""
    return stamp_of(plain_number(number))


class Packed(MutableMapping[str, RawDetail]):
    """Answers by item key. With `kept`, `unsaved` and `emptied` say what has to be written and forgotten outside.

    May be read in one thread while another one adds to it.
    """

    def __init__(self, places: Places | None = None, *, kept: bool = False) -> None:
        self.places: Final = places or Places()
        self.unsaved: Final[dict[int, Block]] = {}
        """Blocks that were packed here, by number, for whoever keeps them to take out."""
        self.emptied: Final[list[int]] = []
        """Numbers of blocks of which nothing is left."""
        self._kept = kept
        self._where = array("q")
        self._stamps = array("q")
        self._labels = array("q")
        self._blocks: dict[int, bytes] = {}
        self._live: dict[int, int] = {}
        self._young: list[tuple[tuple[str, int, int], str]] = []
        self._number = 0
        self._opened: dict[int, list[str]] = {}
        self._count = 0
        self._turn = threading.RLock()

    def stamp(self, key: str) -> int:
        """The stamp of the answer that is here; 0 without one."""
        place = self._place(key)
        return 0 if place == _NOWHERE else self._stamps[place]

    def label(self, key: str) -> int:
        """`label_of_number` of the answer that is here; 0 without one."""
        place = self._place(key)
        return 0 if place == _NOWHERE else self._labels[place]

    def __getitem__(self, key: str) -> RawDetail:
        with self._turn:
            place = self._place(key)
            if place == _NOWHERE:
                raise KeyError(key)
            text = self._line(self._where[place])
        updated_at, raw = jsontext.loads(text)
        return RawDetail(updated_at, raw)

    def __setitem__(self, key: str, detail: RawDetail) -> None:
        line = jsontext.dumps([detail.updated_at, detail.raw])
        label = label_of_number(as_text(detail.raw.get("invoice_number")))
        with self._turn:
            self._add((key, stamp_of(detail.updated_at), label), line)

    def __delitem__(self, key: str) -> None:
        with self._turn:
            place = self._place(key)
            if place == _NOWHERE:
                raise KeyError(key)
            self._leave(place)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._place(key) != _NOWHERE

    def __iter__(self) -> Iterator[str]:
        keys = self.places.keys
        return (keys[place] for place, where in enumerate(self._where) if where != _NOWHERE)

    def __len__(self) -> int:
        return self._count

    def seal(self) -> None:
        """Pack what is not packed yet, as before it is kept outside."""
        with self._turn:
            young, number = self._young, self._number
            if not young:
                return
            self._young, self._number = [], number + 1
            if not self._live.get(number):
                self._live.pop(number, None)
                return
            text = "\n".join(line for _, line in young)
            data = self._blocks[number] = zlib.compress(text.encode("utf-8", "surrogatepass"))
            if self._kept:
                self.unsaved[number] = Block(tuple(head for head, _ in young), data)

    def adopt(self, block: Block) -> int:
        """Take in a block that was kept outside, later ones after earlier ones; its number here.

        Raises ValueError where it cannot be one.
        """
        if not 0 < len(block.head) <= SIZE:
            raise ValueError("a block of answers does not fit its keys")
        self.seal()
        number, self._number = self._number, self._number + 1
        self._blocks[number] = block.data
        for line, head in enumerate(block.head):
            self._settle(number * SIZE + line, head)
        return number

    def tidy(self) -> None:
        """Pack anew what lies in blocks that are mostly empty."""
        with self._turn:
            sparse = {number for number in self._blocks if self._live[number] < SIZE // 2}
            if len(sparse) < 2:
                return
            where = self._where
            for place in [place for place in range(len(where)) if where[place] // SIZE in sparse]:
                key = self.places.keys[place]
                self._add((key, self._stamps[place], self._labels[place]), self._line(where[place]))

    def _add(self, head: tuple[str, int, int], line: str) -> None:
        self._settle(self._number * SIZE + len(self._young), head)
        self._young.append((head, line))
        if len(self._young) == SIZE:
            self.seal()

    def _place(self, key: str) -> int:
        place = self.places.at.get(key, _NOWHERE)
        return place if place < len(self._where) and self._where[place] != _NOWHERE else _NOWHERE

    def _settle(self, where: int, head: tuple[str, int, int]) -> None:
        key, stamp, label = head
        place = self.places.of(key)
        missing = place + 1 - len(self._where)
        if missing > 0:
            self._where.extend([_NOWHERE] * missing)
            self._stamps.extend([0] * missing)
            self._labels.extend([0] * missing)
        elif self._where[place] != _NOWHERE:
            self._leave(place)
        self._where[place], self._stamps[place], self._labels[place] = where, stamp, label
        number = where // SIZE
        self._live[number] = self._live.get(number, 0) + 1
        self._count += 1

    def _leave(self, place: int) -> None:
        number = self._where[place] // SIZE
        self._where[place] = _NOWHERE
        self._count -= 1
        self._live[number] -= 1
        if self._live[number] == 0 and number != self._number:
            del self._live[number], self._blocks[number]
            self._opened.pop(number, None)
            if self.unsaved.pop(number, None) is None and self._kept:
                self.emptied.append(number)

    def _line(self, where: int) -> str:
        number, line = divmod(where, SIZE)
        if number == self._number:
            return self._young[line][1]
        lines = self._opened.get(number)
        if lines is None:
            text = zlib.decompress(self._blocks[number]).decode("utf-8", "surrogatepass")
            lines = self._opened[number] = text.split("\n")
            while len(self._opened) > _OPENED:
                del self._opened[next(iter(self._opened))]
        return lines[line]
