"""Texts on their way into a payload: what Xero cannot hold is left out, nothing else is changed."""

from smoothx_tui.base.text import sendable


def to_send(text: str) -> str:
    """Without control characters (line breaks and tabs stay) and lone surrogates, which no UTF-8 can carry."""
    if text.isprintable():
        return text
    return "".join(ch for ch in sendable(text) if not "\ud800" <= ch <= "\udfff")


def name_to_send(text: str) -> str:
    """`to_send`, on one line and without leading, trailing or repeated blanks, which Xero refuses in names."""
    return " ".join(to_send(text).split())


def plain_id(text: str) -> bool:
    """Whether an id from a service is one that may stand in a payload or a path: letters, digits and hyphens."""
    return text.isascii() and text.replace("-", "").isalnum()
