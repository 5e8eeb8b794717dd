"""Keys in the zoomed table at 1,000 and at many items, against a bare virtual table and against each other."""

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.measure import Table, key_net_ms, ratio, share
from benchmarks.run import Served, program
from benchmarks.terminal.session import Session

FEW: Final = 1_000
QUIET: Final = 0.1
MOVES: Final = {
    "cursor down in view": (["g"], "j"),
    "cursor up, scrolling": (["G", "k" * 60], "k"),
    "page down": (["g", "pagedown"], "pagedown"),
    "to the end": (["g"], "G"),
}


def measured(folder: Path, runs: int, many_items: int) -> Table:
    """Net time of each key ÷ the bare table's, and at many items ÷ at 1,000."""
    table = Table("Keys in the zoomed table (net time to the end of the frame)")
    with ExitStack() as stack:
        served = [stack.enter_context(Served(folder, count)) for count in (FEW, many_items)]
        few, many = (stack.enter_context(one.zoomed()) for one in served)
        bare = stack.enter_context(program("table.py", str(many_items), "auto"))
        bare.wait_for("0000000")
        bare.settle(0.5, timeout=60)
        for what, (before, key) in MOVES.items():
            times = _interleaved([few, many, bare], before, key, runs)
            table.add(f"{what}, {many_items:,} items", "a bare virtual table", ratio(times[1], times[2]), "1.5")
            table.add(f"{what}, {many_items:,} items", f"{FEW:,} items", ratio(times[1], times[0]), "1.3")
        _whole_list(table, many, runs, many_items)
        for what, waits in _waits(many, runs).items():
            longest = f"{max(waits):.0f} ms, median {share(waits, 0.5):.0f} ms, of {len(waits)} keys"
            table.add(f"longest wait of a key {what}, {many_items:,} items", "", longest, "100 ms")
        table.add("memory", "a bare virtual table", f"{many.resident_bytes() / bare.resident_bytes():.1f}")
    return table


def _interleaved(sessions: list[Session], before: list[str], key: str, runs: int) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in sessions]
    for session in sessions:
        session.press(*before, quiet=QUIET)
    for _ in range(runs):
        for session, found in zip(sessions, times, strict=True):
            if key == "G":
                session.press("g", quiet=QUIET)
            found.append(key_net_ms(session, key, QUIET)[0])
    return times


def _whole_list(table: Table, session: Session, runs: int, many_items: int) -> None:
    """What touches every item: sorting, filtering, a flipped setting; in scrolled frames of its own."""
    session.press("g", quiet=QUIET)
    frames = [key_net_ms(session, "pagedown", QUIET)[0] for _ in range(runs)]
    reverse = [key_net_ms(session, "O", 0.3)[0] for _ in range(runs)]
    table.add(f"reverse the order of {many_items:,}", "its own page", ratio(reverse, frames))
    typed: list[float] = []
    session.press("/")
    for _ in range(runs):
        typed.append(key_net_ms(session, "1", 0.3)[0])
        typed.append(key_net_ms(session, "backspace", 0.3)[0])
    session.press("escape", quiet=0.3)
    table.add(f"a letter of a filter on {many_items:,}", "its own page", ratio(typed[::2], frames))
    session.press("_", "2", quiet=0.5)
    flipped = [key_net_ms(session, "space", 0.5)[0] for _ in range(runs)]
    table.add(
        f"a flipped setting at {many_items:,}", "its own page", ratio(flipped, frames), "2.0", "to its last frame"
    )
    meanwhile = _keys_while_planning(session, runs)
    table.add(
        "keys while re-planning, p99", "idle p99", f"{share(meanwhile[0], 0.99) / share(meanwhile[1], 0.99):.2f}", "3"
    )


def _keys_while_planning(session: Session, runs: int) -> tuple[list[float], list[float]]:
    """Net times of cursor keys just after a setting was flipped, and in peace."""
    session.press("1", "g", quiet=0.5)
    idle = [key_net_ms(session, key, QUIET)[0] for _ in range(runs * 2) for key in ("j", "k")]
    busy: list[float] = []
    for _ in range(runs):
        session.press("2", quiet=QUIET)
        session.send("space", "1")
        session.pump(0.05)
        busy += [_first_net_ms(session, key) for key in ("j", "k", "j", "k")]
        session.settle(0.5, timeout=60)
    return busy, idle


def _waits(session: Session, runs: int) -> dict[str, list[float]]:
    """How long keys waited for their answer, in ms, while all items were being sorted, filtered or planned anew."""
    waits: dict[str, list[float]] = {"held": [], "after a sort": [], "in a filter": [], "after a flipped setting": []}
    session.press("1", "g", quiet=0.5)
    for _ in range(runs * 10):
        waits["held"].append(_first_net_ms(session, "j"))
    for _ in range(runs):
        session.send("O")
        waits["after a sort"] += [_first_net_ms(session, key) for key in ("j", "k", "j", "k")]
        session.settle(0.5, timeout=60)
        session.press("/", quiet=QUIET)
        waits["in a filter"] += [_first_net_ms(session, key) for key in ("1", "0", "backspace", "backspace")]
        session.press("escape", quiet=0.5)
        session.press("2", quiet=QUIET)
        session.send("space", "1")
        waits["after a flipped setting"] += [_first_net_ms(session, key) for key in ("j", "k", "j", "k")]
        session.settle(0.5, timeout=60)
    return waits


def _first_net_ms(session: Session, key: str) -> float:
    """Milliseconds from a key to the first bytes after it, less the time without a processor."""
    while session.pump():
        pass
    first, waited = len(session.chunks), session.waited()
    at = session.send(key)
    session.pump(2.0)
    if len(session.chunks) == first:
        return 0.0
    chunk = session.chunks[first]
    return (chunk.at - at - (chunk.waited - waited)) / 1e6
