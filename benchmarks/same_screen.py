"""Does a program show the same with the diffing driver as with Textual's own? Every cell, after every step."""

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.terminal.emulator import Cell, Emulator
from benchmarks.terminal.session import Session, settle_together
from smoothx_tui.console.wire.screen import Screen
from smoothx_tui.console.wire.terminal import Terminal

_UPDATE: Final = re.compile(r"\x1b\[\?2026h(.*?)\x1b\[\?2026l", re.DOTALL)

Step = str | tuple[int, int]  # a key, or a new size (columns, rows)


@dataclass
class Proof:
    """Screens and cells compared, the cells that differed (first of them kept), and the bytes each side wrote."""

    screens: int = 0
    cells: int = 0
    different: int = 0
    examples: list[str] = field(default_factory=list)
    plain_bytes: int = 0
    wire_bytes: int = 0

    def compare(self, plain: list[list[Cell]], wire: list[list[Cell]], where: str) -> None:
        """Count one pair of screens."""
        self.screens += 1
        for y, (row, other) in enumerate(zip(plain, wire, strict=True)):
            self.cells += len(row)
            if row == other:
                continue
            for x, (cell, found) in enumerate(zip(row, other, strict=True)):
                if cell != found:
                    self.different += 1
                    if len(self.examples) < 5:
                        self.examples.append(f"{where}: row {y} column {x}: {cell} became {found}")

    def __add__(self, other: "Proof") -> "Proof":
        return Proof(
            self.screens + other.screens,
            self.cells + other.cells,
            self.different + other.different,
            (self.examples + other.examples)[:5],
            self.plain_bytes + other.plain_bytes,
            self.wire_bytes + other.wire_bytes,
        )

    def __str__(self) -> str:
        return (
            f"{self.screens:,} screens, {self.cells:,} cells, {self.different} different; "
            f"{self.plain_bytes:,} bytes became {self.wire_bytes:,}"
        )


def same_screens(plain: Session, wire: Session, steps: Sequence[Step], quiet: float = 0.06) -> Proof:
    """Take both programs, already on their first screen, through `steps`, and compare after each."""
    proof = Proof()
    plain_before, wire_before = plain.count, wire.count
    proof.compare(plain.emulator.seen(), wire.emulator.seen(), "first screen")
    for number, step in enumerate(steps):
        for session in (plain, wire):
            if isinstance(step, str):
                session.send(step)
            else:
                session.resize(*step)
        settle_together([plain, wire], quiet)
        _wait_for_timers(plain, wire)
        proof.compare(plain.emulator.seen(), wire.emulator.seen(), f"step {number} {step!r}")
    proof.plain_bytes, proof.wire_bytes = plain.count - plain_before, wire.count - wire_before
    return proof


def _wait_for_timers(plain: Session, wire: Session) -> None:
    """On a busy machine one of the two may rest before a paint that a timer holds back: what stays different counts."""
    for quiet in (0.3, 0.6, 1.2):
        if plain.emulator.seen() == wire.emulator.seen():
            return
        settle_together([plain, wire], quiet)


def same_as_repainted(wire: Session, steps: Sequence[Step], quiet: float = 0.15) -> Proof:
    """Take one program with the diffing driver through `steps`; what it shows must not change when all is repainted.

    A window change that changes nothing makes the driver forget the picture and ask for all of it.
    """
    proof = Proof()
    for number, step in enumerate(steps):
        wire.send(step) if isinstance(step, str) else wire.resize(*step)
        wire.settle(quiet)
        shown = wire.emulator.seen()
        before = wire.count
        wire.kill(signal.SIGWINCH)
        wire.settle(quiet)
        proof.wire_bytes += wire.count - before
        proof.compare(wire.emulator.seen(), shown, f"step {number} {step!r}")
    return proof


def same_frames(output: bytes, size: tuple[int, int]) -> Proof:
    """Put every frame that a program wrote with Textual's own driver through the diffing one, and compare after each.

    `output` must be all of one size, `size` in columns and rows, from the start of the program on.
    """
    proof = Proof()
    plain, wire = Emulator(*size), Emulator(*size)
    screen = Screen(Terminal(scrolls=True, coloured_erase=True))
    screen.resize(*size)
    # The kernel made a carriage return and a line feed of each of Textual's line feeds.
    for number, frame in enumerate(_UPDATE.findall(output.decode().replace("\r\n", "\n"))):
        written = screen.write(frame)
        plain.feed(frame)
        wire.feed(written)
        proof.plain_bytes += len(frame.encode())
        proof.wire_bytes += len(written.encode())
        proof.compare(plain.seen(), wire.seen(), f"frame {number}")
    return proof
