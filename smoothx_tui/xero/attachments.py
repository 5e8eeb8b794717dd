"""Files of a document: what Xero takes, and what it says it has (facts: xero.md, attachments and history)."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from smoothx_tui.xero.parse import number, objects, text

MOST_FILES: Final = 10
LARGEST_FILE: Final = 10_000_000
"""Bytes. Xero's pages say 10 MB and 25 MB; so the smaller, and the smaller of its two readings."""
LONGEST_NAME: Final = 200
"""Characters of a name as it stands in the address, where a letter outside ASCII takes up to twelve."""
NOT_IN_NAMES: Final = frozenset('<>:"/\\|?*+%&#')
"""What Xero refuses in a name, and three more that do not come through an address of its kind of server unharmed."""
ONLINE: Final = "?IncludeOnline=true"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a document, as Xero lists it. Text is raw; `size` in bytes, None where Xero does not say."""

    id: str
    name: str
    size: int | None = None


def in_address(name: str) -> str:
    """A file's name as one part of an address."""
    return quote(name, safe="", errors="replace")


def attachment_path(document_id: str, name: str, *, online: bool = False) -> str:
    """Where a file is put, below the accounting API. `online`: the client sees it in the online invoice."""
    return f"/Invoices/{document_id}/Attachments/{in_address(name)}{ONLINE if online else ''}"


def parse_attachments(body: Any) -> list[Attached]:
    """The files in an answer of the attachment endpoints."""
    rows = body.get("Attachments") if isinstance(body, dict) else None
    return [
        Attached(text(one.get("AttachmentID")), text(one.get("FileName")), _size(one.get("ContentLength")))
        for one in objects(rows)
    ]


def _size(value: Any) -> int | None:
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None
