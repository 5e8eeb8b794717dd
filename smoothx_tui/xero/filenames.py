"""Where a document's files are put, and what Xero takes (facts: xero.md, attachments and history)."""

from typing import Final
from urllib.parse import quote

MOST_FILES: Final = 10
LARGEST_FILE: Final = 10_000_000
"""Bytes. Xero's pages say 10 MB and 25 MB; so the smaller, and the smaller of its two readings."""
LONGEST_NAME: Final = 200
"""Characters of a name as it stands in the address, where a letter outside ASCII takes up to twelve."""
NOT_IN_NAMES: Final = frozenset('<>:"/\\|?*+%&#')
"""What Xero refuses in a name, and three more that do not come through an address of its kind of server unharmed."""
ONLINE: Final = "?IncludeOnline=true"


def in_address(name: str) -> str:
    """A file's name as one part of an address."""
    return quote(name, safe="", errors="replace")


def attachment_path(document_id: str, name: str, *, online: bool = False) -> str:
    """Where a file is put, below the accounting API. `online`: the client sees it in the online invoice."""
    return f"/Invoices/{document_id}/Attachments/{in_address(name)}{ONLINE if online else ''}"
