"""Finding documents again: by id, by number, by likeness, many at a time, in as few calls as an address may be long."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from smoothx_tui.xero.documents import Document, DocumentType

Search = Callable[[Mapping[str, str]], Awaitable[list[Document]]]
"""Documents by a filter of `GET /Invoices`, with their lines."""

_IDS_A_CALL: Final = 40
_LONGEST_FILTER: Final = 1500
_NUMBERS_A_CALL: Final = 50
_LONGEST_WHERE: Final = 2048 - len("https://api.xero.com/api.xro/2.0/Invoices?unitdp=4&where=&page=99&pageSize=1000")
"""Characters of a filter as it is sent; 2,048 in all is where servers of this kind begin to refuse an address."""


@dataclass(frozen=True, slots=True)
class SoughtBill:
    """What a bill that may already be there would look like. `total` is with or without tax; None matches any."""

    contact_id: str
    number: str
    total: Decimal | None = None

    def matches(self, document: Document) -> bool:
        return (
            document.type is DocumentType.BILL
            and (document.contact_id, document.number) == (self.contact_id, self.number)
            and (self.total is None or self.total in (document.total, document.sub_total))
        )


async def documents_by_ids(search: Search, ids: Iterable[str]) -> list[Document]:
    """The documents with these ids that Xero has, ended ones too; about 40 a call."""
    found: list[Document] = []
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), _IDS_A_CALL):
        found += await search({"IDs": ",".join(wanted[start : start + _IDS_A_CALL])})
    return found


async def sales_by_numbers(search: Search, numbers: Iterable[str]) -> list[Document]:
    """Sales invoices with one of these numbers (compared without case), ended ones too."""
    wanted = list(dict.fromkeys(number for number in numbers if number))
    found: dict[str, Document] = {}
    # A comma or a quote would change the meaning of the short list, so such numbers go into a filter.
    plain = [number for number in wanted if not set(number) & set(',"\\')]
    for batch in _batches(plain, joiner=1):
        found |= {one.id: one for one in await search({"InvoiceNumbers": ",".join(batch)})}
    for batch in _batches([_equals(number) for number in wanted if number not in set(plain)], joiner=4):
        where = 'Type=="ACCREC" AND (' + " OR ".join(batch) + ")"
        found |= {one.id: one for one in await search({"where": where})}
    names = {number.casefold() for number in wanted}
    return [d for d in found.values() if d.type is DocumentType.SALES_INVOICE and d.number.casefold() in names]


async def bills_like(search: Search, sought: Sequence[SoughtBill]) -> list[Document]:
    """Bills that look like one of `sought`, ended ones too. Bills have no unique number, so there may be several."""
    found = await bills_by_numbers(search, (one.number for one in sought))
    return [document for document in found if any(one.matches(document) for one in sought)]


async def bills_by_numbers(search: Search, numbers: Iterable[str]) -> list[Document]:
    """Bills with one of these suppliers' numbers, ended ones too.

    By a filter: nothing says that the short list `InvoiceNumbers`, which is meant for our own unique numbers, finds
    bills as well, and a bill that is not found again would be posted twice.
    """
    found: dict[str, Document] = {}
    for batch in _batches([_equals(number) for number in dict.fromkeys(numbers) if number], joiner=4):
        where = 'Type=="ACCPAY" AND (' + " OR ".join(batch) + ")"
        found |= {one.id: one for one in await search({"where": where})}
    return list(found.values())


async def by_numbers(search: Search, numbers: Iterable[str]) -> list[Document]:
    """Documents of both types with one of these numbers, ended ones too: one call for some fifty of them."""
    found: dict[str, Document] = {}
    for batch in _number_batches(numbers):
        found |= {one.id: one for one in await search({"where": " OR ".join(batch)})}
    return list(found.values())


def calls_by_numbers(numbers: Iterable[str]) -> int:
    """How many calls `by_numbers` makes, where each answer is one page."""
    return sum(1 for _ in _number_batches(numbers))


def _number_batches(numbers: Iterable[str]) -> Iterator[list[str]]:
    wanted = [_equals(number) for number in dict.fromkeys(numbers) if number]
    return _batches(wanted, joiner=4, most=_NUMBERS_A_CALL, longest=_LONGEST_WHERE)


def _equals(number: str) -> str:
    escaped = number.replace("\\", "\\\\").replace('"', '\\"')
    return f'InvoiceNumber=="{escaped}"'


def share_of_call(number: str) -> float:
    """The part of one call of `by_numbers` that a number takes: those that come to 1 or less together are one call."""
    return max(_size(_equals(number), joiner=4) / _LONGEST_WHERE, 1 / _NUMBERS_A_CALL) if number else 0.0


def _size(part: str, joiner: int) -> int:
    """Characters in an address, with what stands before the next part."""
    return len(quote(part, safe="=,", errors="replace")) + joiner * 2


def _batches(
    parts: Iterable[str], joiner: int, most: int = _IDS_A_CALL, longest: int = _LONGEST_FILTER
) -> Iterator[list[str]]:
    """Groups of parts whose encoded form fits in an address; `joiner` is the length of what stands between two."""
    batch: list[str] = []
    length = 0
    for part in parts:
        size = _size(part, joiner)
        if batch and (length + size > longest or len(batch) >= most):
            yield batch
            batch, length = [], 0
        batch.append(part)
        length += size
    if batch:
        yield batch
