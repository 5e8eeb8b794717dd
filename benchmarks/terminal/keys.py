"""Keys by name, as an xterm sends them."""

from typing import Final

_NAMED: Final[dict[str, bytes]] = {
    "down": b"\x1b[B", "up": b"\x1b[A", "right": b"\x1b[C", "left": b"\x1b[D", "home": b"\x1b[H", "end": b"\x1b[F",
    "pagedown": b"\x1b[6~", "pageup": b"\x1b[5~", "shift+up": b"\x1b[1;2A", "shift+down": b"\x1b[1;2B",
    "enter": b"\r", "escape": b"\x1b", "tab": b"\t", "shift+tab": b"\x1b[Z", "space": b" ", "backspace": b"\x7f",
    "f1": b"\x1bOP",
}  # fmt: skip
_CURSOR: Final = frozenset(b"ABCDHF")


def key_bytes(name: str, *, application_mode: bool = False) -> bytes:
    """What the terminal sends for the key `name` (`down`, `ctrl+d`, `j`); text is sent as it is."""
    if name.startswith("ctrl+") and len(name) == 6:
        return bytes([ord(name[5]) & 31])
    sent = _NAMED.get(name, name.encode())
    if application_mode and len(sent) == 3 and sent[:2] == b"\x1b[" and sent[2] in _CURSOR:
        return b"\x1bO" + sent[2:]
    return sent
