"""Files of a few items: ordinary ones, too many, too large, with names that nothing should be called, and one that a
bookkeeper has attached in Xero.
"""

import base64
from typing import Any, Final

from smoothx_tui.sandbox.default_scenario.desk import Desk
from smoothx_tui.sandbox.default_scenario.documents import Documents
from smoothx_tui.sandbox.scenario_forms import made_id

Json = dict[str, Any]

_PDF: Final = "application/pdf"
_JPEG: Final = "image/jpeg"
_ODD_NAMES: Final = (
    "Claim 3: \u202efdp.exe.pdf",
    "../../etc/passwd",
    "  \x1b[2J  ",
    "Preis + Maße <Ä>?.pdf",
    "preis _ Maße _Ä__.PDF",
    f"{'A very long name ' * 20}.xlsx",
)


def write(desk: Desk, documents: Documents) -> list[Json]:
    """Give the items their files; what Xero holds of files is returned."""
    _give(
        desk, "claim_create", _file("HC-0045 tax invoice.pdf", _PDF), _file("Site diary June.pdf", _PDF, length=81_000)
    )
    _give(desk, "direct_create", _file("LIFT-221.pdf", _PDF))
    _give(desk, "head_create", _file("Claim 3.pdf", _PDF), _file("Claim 3 photos.jpg", _JPEG, length=640_000))
    _give(desk, "hundred_lines", *(_file(f"Delivery docket {number:02}.pdf", _PDF) for number in range(1, 13)))
    # Procore says how large the first one is; of the second that is only found out when it is fetched.
    told = _file("Framing drawings.zip", "application/zip", length=12_300_000, file_size=12_300_000)
    _give(
        desk, "purchase_order", told, _file("Framing scan.tif", "image/tiff", length=10_000_001), _file("Invoice.pdf")
    )
    _give(desk, "approved_as_noted", *(_file(name) for name in _ODD_NAMES))
    changed = _give(desk, "changed_claim_draft", _file("Variation 2.pdf", _PDF), _file("Remittance.pdf", _PDF))
    return [_by_hand(documents, changed, "Remittance.pdf")]


def _file(name: str, media: str | None = None, **more: Any) -> Json:
    return {"filename": name, **({"content_type": media} if media else {}), **more}


def _give(desk: Desk, case: str, *files: Json) -> Json:
    wanted = int(desk.cases[case].partition(":")[2])
    found = next(one for items in desk.items.values() for one in items if one["id"] == wanted)
    found["attachments"] = list(files)
    return found


def _by_hand(documents: Documents, item: Json, name: str) -> Json:
    """A bookkeeper's own file on the item's document: of the same name as one in Procore, and not the same."""
    page = f"/{item['id']}"
    document = next(row for row in documents.rows if str(row.get("Url", "")).endswith(page))
    return {
        "InvoiceID": document["InvoiceID"],
        "AttachmentID": made_id("default attachment", name),
        "FileName": name,
        "MimeType": _PDF,
        "IncludeOnline": False,
        "Content": base64.b64encode(b"%PDF-1.4 paid on 1 July").decode(),
    }
