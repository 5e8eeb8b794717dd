"""Text from outside, made safe to show.

A terminal obeys what it is sent: an escape sequence in a vendor's name could rename the window, wipe the screen or
forge a line. Textual strips only a few control characters, so everything is cleaned once, where it enters.
"""

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_SENDABLE_CONTROLS = frozenset("\t\n\r")


def clean(text: str) -> str:
    r"""`text` with every control, format, surrogate, private-use and separator character made visible.

    Such a character becomes `<U+001B>`; everything else stays. Use it for showing, never for sending. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"<U+{ord(ch):04X}>" if unicodedata.category(ch) in _UNSAFE else ch for ch in text)


def sendable(text: str) -> str:
    """`text` without the control characters (Cc) that have no place in a document; line breaks and tabs stay."""
    if text.isprintable():
        return text
    return "".join(ch for ch in text if unicodedata.category(ch) != "Cc" or ch in _SENDABLE_CONTROLS)
