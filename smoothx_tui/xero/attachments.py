"""What Xero says of a document's files; where they are put is in `filenames`."""

from dataclasses import dataclass
from typing import Any

from smoothx_tui.xero.parse import number, objects, text


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a document, as Xero lists it. Text is raw; `size` in bytes, None where Xero does not say."""

    id: str
    name: str
    size: int | None = None


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
