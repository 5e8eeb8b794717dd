"""Answers as XML, which Xero sends to a client that does not ask for JSON.

Only so that a forgotten Accept header is met here and not in production; nobody reads these answers.
"""

from typing import Any
from xml.sax.saxutils import escape

_SINGULAR = {"TrackingCategories": "TrackingCategory", "Currencies": "Currency", "Addresses": "Address"}


def to_xml(root: str, data: Any) -> str:
    """`data` as one XML document."""
    return f'<?xml version="1.0" encoding="utf-8"?><{root}>{_content(root, data)}</{root}>'


def _content(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_content(key, member)}</{key}>" for key, member in value.items())
    if isinstance(value, list):
        one = _SINGULAR.get(name) or name.removesuffix("s") or "Item"
        return "".join(f"<{one}>{_content(one, member)}</{one}>" for member in value)
    if value is None:
        return ""
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
