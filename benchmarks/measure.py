"""Ratios of things measured side by side, and the table they are printed in."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.terminal.session import Session


@dataclass(frozen=True)
class Line:
    """One line of the table: what, against what, the median ratio, its spread, the goal ("" for none)."""

    what: str
    against: str
    value: str
    goal: str = ""
    note: str = ""


@dataclass
class Table:
    """Lines under a heading."""

    title: str
    lines: list[Line] = field(default_factory=list)

    def add(self, what: str, against: str, value: str, goal: str = "", note: str = "") -> None:
        self.lines.append(Line(what, against, value, goal, note))

    def __str__(self) -> str:
        """As Markdown."""
        rows = [("what", "against", "measured", "at most", "note")]
        rows += [(line.what, line.against, line.value, line.goal, line.note) for line in self.lines]
        body = ["| " + " | ".join(row) + " |" for row in rows]
        body.insert(1, "|" + "---|" * len(rows[0]))
        return "\n".join([f"## {self.title}", "", *body, ""])


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The median of the ratios pair by pair, with the first and the third quarter."""
    pairs = sorted(mine / other for mine, other in zip(ours, theirs, strict=True) if other > 0)
    if not pairs:
        return "no answer"
    if len(pairs) < 4:
        return f"{statistics.median(pairs):.2f}"
    low, middle, high = statistics.quantiles(pairs, n=4)
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def share(values: Sequence[float], part: float) -> float:
    """The value below which `part` of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def key_net_ms(session: Session, key: str, quiet: float) -> tuple[float, int]:
    """Press a key: milliseconds until the last byte of its frame, less the time without a processor; and the bytes."""
    session.settle(quiet)
    first, waited = len(session.chunks), session.waited()
    at = session.send(key)
    session.settle(quiet)
    came = session.chunks[first:]
    if not came:
        return 0.0, 0
    last = came[-1]
    return (last.at - at - (last.waited - waited)) / 1e6, sum(len(chunk.data) for chunk in came)


def first_paint_net_ms(session: Session, glyphs: int = 20) -> float:
    """Milliseconds from the start until so many glyphs stood on the screen, less the time without a processor."""
    from benchmarks.terminal.emulator import Emulator

    emulator = Emulator(*session.size)
    for chunk in session.chunks:
        emulator.feed(chunk.data)
        if sum(cell.text not in ("", " ") for row in emulator.cells for cell in row) >= glyphs:
            return (chunk.at - session.started - chunk.waited) / 1e6
    return 0.0


def text_net_ms(session: Session, text: str) -> float:
    """Milliseconds from the start until `text` stood on the screen, less the time without a processor."""
    from benchmarks.terminal.emulator import Emulator

    emulator = Emulator(*session.size)
    for chunk in session.chunks:
        emulator.feed(chunk.data)
        if any(text in line for line in emulator.lines()):
            return (chunk.at - session.started - chunk.waited) / 1e6
    return 0.0


def kibibytes(values: Iterable[float]) -> str:
    return " / ".join(f"{value / 1024:.1f}" for value in values)
