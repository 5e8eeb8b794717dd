"""What planning knows of Xero: the organisation, and its documents with the look-ups that the rules need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.xero.documents import Document, DocumentType
from smoothx_tui.xero.organisation import Organisation

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Books:
    """One organisation and its documents by id, as last read."""

    organisation: Organisation
    documents: Mapping[str, Document] = field(default_factory=dict)

    @classmethod
    def of(cls, organisation: Organisation, documents: Iterable[Document]) -> "Books":
        return cls(organisation, {document.id: document for document in documents})

    @cached_property
    def by_item(self) -> Mapping[str, tuple[Document, ...]]:
        """Item key -> documents whose `Url` names that item, compared by kind and id."""
        named: dict[str, list[Document]] = {}
        for document in self.documents.values():
            if document.url and (found := item_named_by(document.url)):
                kind, item_id = found
                named.setdefault(f"{kind.prefix}:{item_id}", []).append(document)
        return {key: tuple(documents) for key, documents in named.items()}

    @cached_property
    def sales_numbers(self) -> Mapping[str, tuple[Document, ...]]:
        """Sales invoices by their number."""
        return _grouped((d.number, d) for d in self.documents.values() if d.type is DocumentType.SALES_INVOICE)

    @cached_property
    def bill_numbers(self) -> Mapping[tuple[str, str], tuple[Document, ...]]:
        """Bills by (contact id, number)."""
        return _grouped(((d.contact_id, d.number), d) for d in self.documents.values() if d.type is DocumentType.BILL)


def _grouped(pairs: Iterable[tuple[_Key, Document]]) -> Mapping[_Key, tuple[Document, ...]]:
    groups: dict[_Key, list[Document]] = {}
    for key, document in pairs:
        groups.setdefault(key, []).append(document)
    return {key: tuple(documents) for key, documents in groups.items()}
