"""The Xero client: reads an organisation and its documents, and writes to a short list of endpoints.

Reads are tried again after temporary failures; a write is sent once (twice only after a 401, which had no effect) and
its outcome is told apart as `base.answers` says. Every call goes through the limiter.
"""

import random
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, Exit, SmoothxError
from smoothx_tui.base.http import Call, Host
from smoothx_tui.base.tasks import task_group
from smoothx_tui.base.tokens import TokenSource, send_authorised
from smoothx_tui.xero import lookup
from smoothx_tui.xero.attachments import Attached, parse_attachments
from smoothx_tui.xero.documents import Document
from smoothx_tui.xero.endpoints import ACCOUNTING_PATH, CONNECTIONS_PATH
from smoothx_tui.xero.limits import Limiter, Limits, LocalLimiter, read_limits
from smoothx_tui.xero.lookup import SoughtBill
from smoothx_tui.xero.organisation import Contact, Contacts, Organisation, TrackingCategory
from smoothx_tui.xero.parse import (
    LockDates,
    objects,
    parse_accounts,
    parse_contacts,
    parse_documents,
    parse_lock_dates,
    parse_tax_rates,
    parse_terms,
    parse_tracking,
    text,
)
from smoothx_tui.xero.refusals import error_of, scope_missing

PAGE_SIZE: Final = 1000
_TRIES: Final = 4
_TRIES_500: Final = 2
_TRIES_UNREADABLE: Final = 3
_LIMIT_TRIES: Final = 6
_MOST_PAGES: Final = 10_000
_LONGEST_KEY: Final = 128
_GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_QUERY: Final = r"(?:(?:summarizeErrors=(?:true|false)|unitdp=4)(?:&(?!$)|$))*"
_WRITABLE: Final = tuple(
    (method, re.compile(path), re.compile(query))
    for method, path, query in (
        ("PUT", r"/Invoices", _QUERY),
        ("POST", rf"/Invoices(?:/{_GUID})?", _QUERY),
        ("PUT", r"/Contacts", _QUERY),
        ("POST", rf"/Contacts(?:/{_GUID})?", _QUERY),
        ("PUT", rf"/TrackingCategories/{_GUID}/Options", _QUERY),
        ("POST", rf"/TrackingCategories/{_GUID}/Options/{_GUID}", _QUERY),
        (
            "PUT",
            rf"/Invoices/{_GUID}/Attachments/(?!\.)(?:[A-Za-z0-9._~-]|%[0-9A-F]{{2}})+",
            r"(?:IncludeOnline=true)?",
        ),
    )
)
_SECONDS: Final = 90.0
_FILE_SECONDS: Final = 300.0
"""10 MB in this time needs 35 KB a second."""

Progress = Callable[[int, int], None]
"""(objects read so far, objects in all; 0 while not known)."""


class WriteNotAllowed(SmoothxError):  # noqa: N818 - reads as what happened
    """A write to an endpoint that this program never writes to. A fault of ours, found before anything is sent."""

    exit_code = Exit.INTERNAL


@dataclass(frozen=True, slots=True)
class Connection:
    """An organisation that the sign-in reaches. `id` is the connection's, for disconnecting; text is raw."""

    id: str
    tenant_id: str
    tenant_type: str
    tenant_name: str


class XeroClient:
    """One organisation. `http` is the host of the accounting API; `limiter` may be shared with other consoles."""

    def __init__(
        self,
        http: Host,
        tenant_id: str,
        tokens: TokenSource,
        clock: Clock,
        *,
        limiter: Limiter | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.tenant_id: Final = tenant_id
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._limiter: Limiter = limiter or LocalLimiter(clock, jitter=jitter)
        self._jitter = jitter
        self.limits = Limits()
        self.on_limits: Callable[[Limits], None] | None = None

    async def organisation(self, progress: Progress | None = None) -> Organisation:
        """The organisation with accounts, tax rates, currencies, tracking and contacts, archived ones too."""
        async with task_group() as group:
            own = group.create_task(self._own())
            accounts = group.create_task(self._list("/Accounts", "Accounts"))
            taxes = group.create_task(self._list("/TaxRates", "TaxRates"))
            currencies = group.create_task(self._list("/Currencies", "Currencies"))
            tracking = group.create_task(self.tracking())
            contacts = group.create_task(self.contacts(progress))
        found = own.result()
        locks, (bills, sales) = parse_lock_dates(found), parse_terms(found.get("PaymentTerms"))
        return Organisation(
            tenant_id=self.tenant_id,
            name=text(found.get("Name")),
            base_currency=text(found.get("BaseCurrency")),
            country=text(found.get("CountryCode")),
            period_lock=locks.period,
            year_lock=locks.year,
            currencies=frozenset(code for one in currencies.result() if (code := text(one.get("Code")))),
            accounts=parse_accounts(accounts.result()),
            tax_rates=parse_tax_rates(taxes.result()),
            tracking=tracking.result(),
            contacts=Contacts.of(contacts.result()),
            bill_terms=bills,
            sales_terms=sales,
        )

    async def contacts(self, progress: Progress | None = None) -> list[Contact]:
        """Every contact, archived ones too."""
        pages = self._pages("/Contacts", "Contacts", {"includeArchived": "true"}, progress=progress)
        return [contact async for page in pages for contact in parse_contacts(page)]

    async def tracking(self) -> tuple[TrackingCategory, ...]:
        """The tracking categories with their options, archived ones too."""
        rows = await self._list("/TrackingCategories", "TrackingCategories", {"includeArchived": "true"})
        return parse_tracking(rows)

    async def documents(
        self, modified_since: datetime | None = None, progress: Progress | None = None
    ) -> list[Document]:
        """Bills and sales invoices of every status; with `modified_since` those that changed since (facts: some do
        not show up there, so a full read is needed now and then).
        """
        params = {
            "unitdp": "4",
            "order": "InvoiceID ASC",
            "includeArchived": "true",
            "Statuses": "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED",
        }
        pages = self._pages("/Invoices", "Invoices", params, modified_since=modified_since, progress=progress)
        found = {document.id: document async for page in pages for document in parse_documents(page)}
        return list(found.values())

    async def lock_dates(self) -> LockDates:
        return parse_lock_dates(await self._own())

    async def connections(self) -> list[Connection]:
        """The organisations of this sign-in. Needs no tenant and counts against no organisation's limit."""
        answer = await self._read(CONNECTIONS_PATH, {}, {}, "list the organisations", limited=False)
        if not isinstance(answer.body, list):
            raise ConnectionFailed("Xero: the list of organisations is not a list", "try again later")
        return [
            Connection(
                id=text(one.get("id")),
                tenant_id=text(one.get("tenantId")),
                tenant_type=text(one.get("tenantType")),
                tenant_name=text(one.get("tenantName")),
            )
            for one in objects(answer.body)
            if text(one.get("tenantId"))
        ]

    async def search(self, params: Mapping[str, str]) -> list[Document]:
        """Documents by a filter (`IDs`, `InvoiceNumbers`, `where` ...), with their lines."""
        pages = self._pages("/Invoices", "Invoices", {"unitdp": "4", **params})
        return [document async for page in pages for document in parse_documents(page)]

    async def documents_by_ids(self, ids: Iterable[str]) -> list[Document]:
        """The documents with these ids that Xero has, ended ones too."""
        return await lookup.documents_by_ids(self.search, ids)

    async def sales_by_numbers(self, numbers: Iterable[str]) -> list[Document]:
        """Sales invoices with one of these numbers (compared without case), ended ones too."""
        return await lookup.sales_by_numbers(self.search, numbers)

    async def bills_like(self, sought: Sequence[SoughtBill]) -> list[Document]:
        """Bills that look like one of `sought`, ended ones too."""
        return await lookup.bills_like(self.search, sought)

    async def attachments(self, document_id: str) -> list[Attached]:
        """The files of a document. Needs the scope `accounting.attachments`."""
        path = f"{ACCOUNTING_PATH}/Invoices/{document_id}/Attachments"
        answer = await self._read(path, {}, self._headers({}), "list the files of a document")
        return parse_attachments({"Attachments": _rows(answer, "Attachments")})

    async def attach(self, path: str, content: bytes, content_type: str, idempotency_key: str) -> Answer:
        """Put one file at `attachments.attachment_path`; one of that name is replaced. As `write` otherwise."""
        return await self._write("PUT", path, content, idempotency_key, content_type, _FILE_SECONDS)

    async def write(self, method: str, path: str, body: bytes, idempotency_key: str) -> Answer:
        """Send one write to an allowed endpoint; `path` is below the accounting API and may have a query.

        Returns every conclusive answer, refusals too. Raises NotSent and Unknown as `base.answers` says; SignInNeeded
        (a 401 that a new token did not mend), DayLimitReached and WriteNotAllowed had no effect either.
        """
        return await self._write(method, path, body, idempotency_key, "application/json", _SECONDS)

    async def _write(
        self, method: str, path: str, body: bytes, idempotency_key: str, content_type: str, seconds: float
    ) -> Answer:
        allow(method, path)
        if not idempotency_key.isascii() or not 0 < len(idempotency_key) <= _LONGEST_KEY:
            raise WriteNotAllowed("an idempotency key has 1 to 128 ASCII characters")
        headers = self._headers({"Content-Type": content_type, "Idempotency-Key": idempotency_key})
        call = Call(method, ACCOUNTING_PATH + path, headers=headers, content=body, seconds=seconds)
        answer = await self._send(call)
        if answer.status == 401:
            raise error_of(answer, "write a document")
        if not answer.conclusive:
            why = answer.problem or f"status {answer.status}"
            what = f"Xero's answer to the write does not say what happened: {why}"
            raise Unknown(what, status=answer.status, request_id=answer.request_id)
        return answer

    async def _own(self) -> dict[str, Any]:
        found = await self._list("/Organisation", "Organisations")
        if not found or not text(found[0].get("BaseCurrency")):
            raise ConnectionFailed("Xero: the answer names no organisation", "try again later")
        return found[0]

    async def _list(self, path: str, key: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        answer = await self._read(ACCOUNTING_PATH + path, params or {}, self._headers({}), f"read {key}")
        return _rows(answer, key)

    async def _pages(
        self,
        path: str,
        key: str,
        params: Mapping[str, str],
        *,
        modified_since: datetime | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        since = {"If-Modified-Since": f"{modified_since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"} if modified_since else {}
        done = 0
        for page in range(1, _MOST_PAGES):
            paged = {**params, "page": str(page), "pageSize": str(PAGE_SIZE)}
            answer = await self._read(ACCOUNTING_PATH + path, paged, self._headers(since), f"read {key}, page {page}")
            if answer.status == 304:
                return
            rows = _rows(answer, key)
            done += len(rows)
            pages, total = _pagination(answer.body)
            if progress:
                progress(done, max(total, done) if pages else 0)
            yield rows
            if not rows or (page >= pages if pages else len(rows) < PAGE_SIZE):
                return
        raise ConnectionFailed(f"Xero: {key} has no last page", "try again later")

    async def _read(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str], doing: str, *, limited: bool = True
    ) -> Answer:
        """GET with patience: temporary failures and limits are waited out, up to a point. Raises SmoothxError."""
        call = Call("GET", path, params=params, headers=headers)
        failed = refused = 0
        while True:
            try:
                answer = await self._send(call, limited=limited)
            except (NotSent, Unknown):
                failed += 1
                if failed >= _TRIES:
                    raise
            else:
                if answer.ok or answer.status == 304:
                    return answer
                if answer.status == 429 and refused < _LIMIT_TRIES:
                    # The limiter has learned of it, and makes the next try wait.
                    refused += 1
                    continue
                failed += 1
                if failed >= _tries(answer):
                    raise error_of(answer, doing)
            await self._clock.sleep((0.5 + self._jitter()) * 2 ** (failed - 1))

    async def _send(self, call: Call, *, limited: bool = True) -> Answer:
        if not limited:
            return await send_authorised(self._http, self._tokens, call, renewable=_renewable)
        async with self._limiter.slot():
            answer = await send_authorised(self._http, self._tokens, call, renewable=_renewable)
            self.limits = read_limits(answer, self._clock.now())
            self._limiter.learn(self.limits)
        if self.on_limits:
            self.on_limits(self.limits)
        return answer

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"xero-tenant-id": self.tenant_id, **more}


def allow(method: str, path: str) -> None:
    """Raise WriteNotAllowed unless this program may write there. Payments and e-mail are never on the list."""
    place, _, query = path.partition("?")
    queries = [form for allowed, path_form, form in _WRITABLE if method == allowed and path_form.fullmatch(place)]
    if not queries:
        raise WriteNotAllowed(f"{method} {place} is not one of the allowed writes to Xero")
    if not any(form.fullmatch(query) for form in queries):
        raise WriteNotAllowed(f"{method} {place}: the query is not one of the allowed writes to Xero")


def _renewable(answer: Answer) -> bool:
    return not scope_missing(answer)


def _tries(answer: Answer) -> int:
    if answer.status in {408, 502, 503, 504}:
        return _TRIES
    if answer.status == 500:
        # Bad input can cause one as well (facts: xero.md, errors), so it is not tried for long.
        return _TRIES_500
    return _TRIES_UNREADABLE if 200 <= answer.status < 300 and answer.problem else 1


def _rows(answer: Answer, key: str) -> list[dict[str, Any]]:
    rows = answer.body.get(key) if isinstance(answer.body, dict) else None
    if not isinstance(rows, list):
        raise ConnectionFailed(f"Xero: the answer has no {key}", "try again later")
    return objects(rows)


def _pagination(body: dict[str, Any]) -> tuple[int, int]:
    """(pages, objects) in all; 0 where Xero does not say."""
    found = body.get("pagination")
    numbers = (found.get("pageCount"), found.get("itemCount")) if isinstance(found, dict) else (0, 0)
    pages, items = (one if isinstance(one, int) and not isinstance(one, bool) else 0 for one in numbers)
    return pages, items
