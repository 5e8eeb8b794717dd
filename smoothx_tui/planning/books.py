"""What planning knows of Xero: the organisation, and its documents with the look-ups that the rules need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from smoothx_tui.procore.addresses import item_named_by
from smoothx_tui.xero.documents import Document, DocumentType
from smoothx_tui.xero.organisation import Organisation, TrackingCategory, TrackingOption

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
    def locked_to(self) -> date | None:
        """The last day of Xero's locked period; None where nothing is locked."""
        return self.organisation.locked_to

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
    def sales_numbers_folded(self) -> Mapping[str, tuple[Document, ...]]:
        """Sales invoices by their number without case and outer blanks: how Xero compares them is not documented."""
        pairs = ((_folded(d), d) for d in self.documents.values() if d.number)
        return _grouped(pair for pair in pairs if pair[1].type is DocumentType.SALES_INVOICE)

    @cached_property
    def bills_by_number(self) -> Mapping[str, tuple[Document, ...]]:
        """Bills by number without case and outer blanks, whosever they are."""
        return _grouped((_folded(d), d) for d in self.documents.values() if d.type is DocumentType.BILL)

    @cached_property
    def categories(self) -> Mapping[str, "Category"]:
        """Tracking categories by name without case; an active one hides an archived one of the same name."""
        ordered = sorted(self.organisation.tracking, key=lambda category: category.status == "ACTIVE")
        return {category.name.strip().casefold(): Category(category) for category in ordered}

    @cached_property
    def bill_numbers(self) -> Mapping[tuple[str, str], tuple[Document, ...]]:
        """Bills by (contact id, number without case and outer blanks)."""
        bills = (d for d in self.documents.values() if d.type is DocumentType.BILL)
        return _grouped(((d.contact_id, _folded(d)), d) for d in bills)


@dataclass(frozen=True)
class Category:
    """A tracking category with its look-ups."""

    category: TrackingCategory

    @cached_property
    def by_id(self) -> Mapping[str, TrackingOption]:
        return {option.id: option for option in self.category.options}

    @cached_property
    def by_name(self) -> Mapping[str, TrackingOption]:
        """Options by name without case; an active one hides an archived one of the same name."""
        ordered = sorted(self.category.options, key=lambda option: option.status == "ACTIVE")
        return {option.name.strip().casefold(): option for option in ordered}

    @cached_property
    def active_count(self) -> int:
        return sum(option.status == "ACTIVE" for option in self.category.options)


def _folded(document: Document) -> str:
    return document.number.strip().casefold()


def _grouped(pairs: Iterable[tuple[_Key, Document]]) -> Mapping[_Key, tuple[Document, ...]]:
    groups: dict[_Key, list[Document]] = {}
    for key, document in pairs:
        groups.setdefault(key, []).append(document)
    return {key: tuple(documents) for key, documents in groups.items()}
