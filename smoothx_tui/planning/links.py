"""Which document belongs to an item: the ledger's link, else one that is adopted from the marks both sides carry."""

from dataclasses import dataclass
from typing import Final

from smoothx_tui.base.text import clean
from smoothx_tui.planning.books import Books
from smoothx_tui.planning.link import Link, LinkSource
from smoothx_tui.planning.plan import document_type
from smoothx_tui.planning.wording import plain_id
from smoothx_tui.procore.items import Item
from smoothx_tui.procore.origin import origin_of
from smoothx_tui.xero.documents import Document, DocumentType


@dataclass(frozen=True, slots=True)
class Adoption:
    """The link that counts for an item, and what stands in its way.

    `text` says where an adopted link comes from ("" for the ledger's own). `elsewhere` names the integration or tenant
    that `origin_id` belongs to; `trouble` says why no single document can be named, and then `link` may still name the
    one that is missing.
    """

    link: Link | None = None
    document: Document | None = None
    text: str = ""
    elsewhere: str = ""
    trouble: str = ""
    fix: str = ""

    @property
    def live(self) -> Document | None:
        """The document, where it still stands."""
        return None if self.document is None or self.document.ended else self.document


NOT_LINKED: Final = Adoption()
_WHOSE: Final = {LinkSource.ORIGIN_ID: "Procore's origin_id", LinkSource.URL: "its Url"}


def adopt(item: Item, books: Books, link: Link | None) -> Adoption:
    """The ledger's link; else `origin_id` of ours; else the document whose `Url` names this kind and item id.

    Pure. A live document beats an ended one: an item whose linked document was voided, but which has another that is
    live, is linked to that one and not made again.
    """
    named = _named(item, books)
    live = [document for document in named if not document.ended]
    ours, elsewhere = _origin(item, books)
    if len(live) > 1:
        return _several(live, link, elsewhere)
    if link is None and not ours:
        return _by_url(item, live, named, elsewhere)
    document_id = link.document_id if link else ours
    document = books.documents.get(document_id)
    if document is None or document.type is not document_type(item.kind) or not plain_id(document.id):
        return _unusable(item, link or Link(item.key, document_id, LinkSource.ORIGIN_ID), document, elsewhere)
    if document.ended and live:
        return _by_url(item, live, named, elsewhere)
    if link is not None:
        return Adoption(link, document, elsewhere=elsewhere)
    text = f"Procore's origin_id names {describe(document)}"
    return Adoption(Link(item.key, document_id, LinkSource.ORIGIN_ID), document, text, elsewhere)


def describe(document: Document) -> str:
    """A document in a few words for a person: what, number, status, id."""
    what = "bill" if document.type is DocumentType.BILL else "sales invoice"
    return f"{what} {clean(document.number) or '(no number)'} ({document.status.words}, {clean(document.id)})"


def _named(item: Item, books: Books) -> list[Document]:
    named = books.by_item.get(item.key, ())
    if not named:
        return []
    wanted = document_type(item.kind)
    return [document for document in named if document.type is wanted]


def _origin(item: Item, books: Books) -> tuple[str, str]:
    """(document id where `origin_id` is ours, the other owner where it is not)."""
    if not item.origin_id:
        return "", ""
    mark, shown = origin_of(item.origin_id), clean(item.origin_id)
    if mark is None:
        return "", f"another integration ({shown})"
    if not mark.belongs_to(books.organisation.tenant_id):
        return "", f"another Xero organisation, {mark.tenant} ({shown})"
    return mark.document_id, ""


def _several(live: list[Document], link: Link | None, elsewhere: str) -> Adoption:
    names = " and ".join(describe(document) for document in sorted(live, key=lambda d: d.id))
    return Adoption(
        link,
        None,
        elsewhere=elsewhere,
        trouble=f"{len(live)} live documents name this item: {names}",
        fix="delete or void all but one of them in Xero, then refresh",
    )


def _by_url(item: Item, live: list[Document], named: list[Document], elsewhere: str) -> Adoption:
    if not named:
        return Adoption(elsewhere=elsewhere) if elsewhere else NOT_LINKED
    document = live[0] if live else max(named, key=lambda d: (d.updated_at, d.id))
    link = Link(item.key, document.id, LinkSource.URL)
    if not plain_id(document.id):
        return _unusable(item, link, document, elsewhere)
    return Adoption(link, document, f"the Url of {describe(document)} names this item", elsewhere)


def _unusable(item: Item, link: Link, document: Document | None, elsewhere: str) -> Adoption:
    whose = _WHOSE.get(link.source, "the ledger's link")
    if document is None:
        text = f"{whose} names document {clean(link.document_id)}, which Xero does not have"
    elif document.type is not document_type(item.kind):
        text = f"{whose} names {describe(document)}, which is of the wrong type for this item"
    else:
        text = f"{whose} names {describe(document)}, whose id cannot be used"
    fix = f"smoothx-tui unlink {clean(item.key)} (then the item counts as never synced)"
    return Adoption(link, None, elsewhere=elsewhere, trouble=text, fix=fix)
