"""Our mark in Procore: an item's `origin_id` once it is synced, `xero:{first 8 of the tenant}:{InvoiceID}`."""

import re
from typing import Final, NamedTuple

_FORM: Final = re.compile(r"xero:([0-9a-fA-F]{8}):([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


class Origin(NamedTuple):
    """`tenant` is the first 8 characters of the Xero tenant; both lower case."""

    tenant: str
    document_id: str

    def belongs_to(self, tenant_id: str) -> bool:
        return self.tenant == tenant_id[:8].lower()


def origin_id_for(tenant_id: str, document_id: str) -> str:
    """The mark for a document; unique in the Procore company, as it holds the document's own id."""
    return f"xero:{tenant_id[:8].lower()}:{document_id.lower()}"


def origin_of(origin_id: str) -> Origin | None:
    """Read a mark; None where it is empty or another program's."""
    found = _FORM.fullmatch(origin_id.strip())
    return Origin(found[1].lower(), found[2].lower()) if found else None


def as_origin_id(value: object) -> str:
    """`origin_id` as Procore answers it: null, "" and the text "null" all are "not locked" (facts: procore.md)."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return "" if text.lower() == "null" else text
