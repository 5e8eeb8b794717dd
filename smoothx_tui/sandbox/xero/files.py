"""Attachments and history notes of documents (facts/xero.md 13)."""

import base64
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_FORBIDDEN = frozenset('<>:"/\\|?*+\x00')
MAX_FILES = 10
MAX_BYTES = 10_000_000
MAX_NOTE = 2_500


@dataclass(slots=True)
class Attachment:
    """One file of a document."""

    attachment_id: str
    name: str
    mime_type: str
    content: bytes
    include_online: bool = False


class Files:
    """All attachments and history records, by document id."""

    def __init__(self, attachments: Iterable[dict[str, Any]] = (), records: Iterable[dict[str, Any]] = ()) -> None:
        self.attachments: defaultdict[str, list[Attachment]] = defaultdict(list)
        self.history: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in attachments:
            content = base64.b64decode(one["Content"])
            self.attachments[one["InvoiceID"]].append(
                Attachment(one["AttachmentID"], one["FileName"], one["MimeType"], content, one["IncludeOnline"])
            )
        for one in records:
            self.history[one["InvoiceID"]].append({name: one[name] for name in one if name != "InvoiceID"})

    def dump(self) -> dict[str, Any]:
        """For a scenario; empty lists are left out."""
        attachments = [
            {
                "InvoiceID": invoice_id,
                "AttachmentID": one.attachment_id,
                "FileName": one.name,
                "MimeType": one.mime_type,
                "IncludeOnline": one.include_online,
                "Content": base64.b64encode(one.content).decode(),
            }
            for invoice_id, files in self.attachments.items()
            for one in files
        ]
        records = [
            {"InvoiceID": invoice_id, **record} for invoice_id, found in self.history.items() for record in found
        ]
        return {"Attachments": attachments, "HistoryRecords": records}

    def find(self, invoice_id: str, name_or_id: str) -> Attachment | None:
        """A file by its name (without case) or its id."""
        wanted = name_or_id.casefold()
        return next(
            (one for one in self.attachments[invoice_id] if wanted in (one.name.casefold(), one.attachment_id)), None
        )

    def note(self, invoice_id: str, when: str, changes: str, details: str) -> dict[str, Any]:
        """Write one history record; they are permanent."""
        record = {"Changes": changes, "DateUTC": when, "User": "Sandbox", "Details": details}
        self.history[invoice_id].append(record)
        return record


def bad_name(name: str) -> bool:
    """A file name that Xero refuses."""
    return not name or bool(_FORBIDDEN & set(name))
