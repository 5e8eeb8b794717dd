"""The Procore client: reads lists and objects with patience, and changes nothing but the ERP lock of an item."""

import datetime as dt
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from smoothx_tui.base import jsontext
from smoothx_tui.base.answers import Answer, NotSent, Unknown
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.errors import ConnectionFailed, Exit, ServiceError, SmoothxError
from smoothx_tui.base.http import Call, Host
from smoothx_tui.base.tokens import TokenSource, send_authorised
from smoothx_tui.procore.addresses import DEFAULT_HOST
from smoothx_tui.procore.downloads import Downloads
from smoothx_tui.procore.limits import LONGEST_WAIT, Pace, ProcoreLimits, read_limits
from smoothx_tui.procore.refusals import error_of

PER_PAGE: Final = 100
_TRIES: Final = 4
_TRIES_UNREADABLE: Final = 3
_LIMIT_TRIES: Final = 6
_MOST_PAGES: Final = 5_000
_LINK: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[^;,="]+(?:=(?:"[^"]*"|[^;,"]*))?)*)')
_NEXT: Final = re.compile(r';\s*rel\s*=\s*"?next"?', re.IGNORECASE)
_WRITABLE: Final = tuple(
    re.compile(form)
    for form in (
        r"/rest/v1\.1/requisitions/\d+",
        r"/rest/v1\.1/projects/\d+/direct_costs/\d+",
        r"/rest/v1\.0/prime_contracts/\d+/payment_applications/\d+",
    )
)

Row = dict[str, Any]
_TAKEN: Final[Row] = {}


class PatchNotAllowed(SmoothxError):  # noqa: N818 - reads as what happened
    """A write to something other than the lock of an item. A fault of ours, found before anything is sent."""

    exit_code = Exit.INTERNAL


@dataclass(frozen=True, slots=True)
class Listing:
    """A list read to its last page. `complete` is False where the pages did not fit together (rows came or went
    while it was read), so that a missing row proves nothing.
    """

    rows: tuple[Row, ...]
    complete: bool = True
    uncounted: int = 0
    """How many more `Total` says than there are."""


class ProcoreClient:
    """One Procore company. `http` is the host of the API, `web` the address people open items at.

    With the company id "" only `companies()` can be asked.
    """

    def __init__(
        self,
        http: Host,
        company_id: str,
        tokens: TokenSource,
        clock: Clock,
        *,
        web: str = DEFAULT_HOST,
        longest_wait: float = LONGEST_WAIT,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.company_id: Final = company_id
        self.web: Final = web
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._jitter = jitter
        self._pace = Pace(clock, longest_wait=longest_wait, jitter=jitter)
        self.files: Final = Downloads(http, company_id, tokens)
        self.limits = ProcoreLimits()
        self.on_limits: Callable[[ProcoreLimits], None] | None = None

    async def companies(self) -> list[Row]:
        """The companies of this sign-in (`id`, `name`, raw)."""
        return list((await self.listing("/rest/v1.0/companies", {}, "list the companies")).rows)

    async def get(self, path: str, params: Mapping[str, str], doing: str) -> Row:
        """One object. `doing` says what is asked, for the error. Raises SmoothxError."""
        return (await self.dated(path, params, doing))[0]

    async def dated(self, path: str, params: Mapping[str, str], doing: str) -> tuple[Row, dt.datetime | None]:
        """As `get`, with Procore's own time of the answer (UTC); None where it does not say."""
        answer = await self._read(path, params, doing)
        if not isinstance(answer.body, dict):
            raise ConnectionFailed(f"Procore: {doing}: the answer is not an object", "try again later")
        return answer.body, answer.served_at()

    async def count(self, path: str, params: Mapping[str, str], doing: str) -> int | None:
        """How long a list is, for one call (header `Total`); None where Procore does not say. Raises SmoothxError."""
        return (await self._read(path, {**params, "per_page": "1"}, doing)).number("total")

    async def rows(self, path: str, params: Mapping[str, str], doing: str) -> list[Row]:
        """One page of a list, as `params` say. Raises SmoothxError."""
        return _rows_of((await self._read(path, params, doing)).body, doing)

    async def listing(
        self, path: str, params: Mapping[str, str], doing: str, take: Callable[[list[Row]], None] | None = None
    ) -> Listing:
        """A whole list, page by page, repeated ids dropped. Raises SmoothxError.

        `take` gets each page's rows as they come; none are kept then, so that a long list needs no room.
        """
        rows: dict[Any, Row] = {}
        told: int | None = None
        repeated = False
        for page in range(1, _MOST_PAGES):
            answer = await self._read(path, {**params, "page": str(page), "per_page": str(PER_PAGE)}, doing)
            found = _rows_of(answer.body, doing)
            before = len(rows)
            for row in found:
                key = row.get("id") if isinstance(row.get("id"), str | int) else ("no id", len(rows))
                repeated = repeated or key in rows
                rows[key] = row if take is None else _TAKEN
            if take is not None:
                take(found)
            total = answer.number("total")
            moved = told is not None and total is not None and total != told
            told = total if total is not None else told
            repeated = repeated or moved
            if len(rows) == before or not self._more(answer, path, page, len(found)):
                kept = tuple(rows.values()) if take is None else ()
                uncounted = 0 if told is None else told - len(rows)
                return Listing(kept, complete=not repeated and not uncounted, uncounted=uncounted)
        raise ConnectionFailed(f"Procore: {doing}: the list has no last page", "try again later")

    def _more(self, answer: Answer, path: str, page: int, found: int) -> bool:
        """Whether there is a next page: as `Link` says, or while pages are full where there is no Link.

        A Link is never followed to another host; such a one says nothing, and the pages are counted instead.
        """
        header = answer.headers.get("link", "")
        links = [(url, bool(_NEXT.search(rest))) for url, rest in _LINK.findall(header)]
        following = [url for url, is_next in links if is_next]
        if not links:
            return found >= PER_PAGE
        if not following:
            return False
        place = self._http.path_of(following[0])
        if place is None or urlsplit(place).path != path:
            return found >= PER_PAGE
        return parse_qs(urlsplit(place).query).get("page") == [str(page + 1)] or found >= PER_PAGE

    async def patch(self, path: str, body: Mapping[str, Any], guard: Callable[[], None] = lambda: None) -> Answer:
        """Set or clear the lock of an item. Returns every conclusive answer, refusals too.

        `guard` is called when its turn has come, after any wait for the limit: what it raises keeps it from being sent.
        Raises NotSent and Unknown as `base.answers` says; SignInNeeded and ServiceError (429) had no effect either.
        """
        if not any(form.fullmatch(path) for form in _WRITABLE):
            raise PatchNotAllowed(f"PATCH {path} is not one of the allowed writes to Procore")
        content = jsontext.dumps(dict(body)).encode()
        headers = {**self._headers(), "Content-Type": "application/json"}
        answer = await self._send(Call("PATCH", path, headers=headers, content=content), guard)
        if answer.status == 401:
            raise error_of(answer, "lock an item")
        if not answer.conclusive:
            why = answer.problem or f"status {answer.status}"
            told = f"Procore's answer does not say what happened: {why}"
            raise Unknown(told, status=answer.status, request_id=answer.request_id)
        return answer

    async def _read(self, path: str, params: Mapping[str, str], doing: str) -> Answer:
        call = Call("GET", path, params=params, headers=self._headers())
        failed = refused = 0
        while True:
            try:
                answer = await self._send(call)
            except (NotSent, Unknown):
                failed += 1
                if failed >= _TRIES:
                    raise
            else:
                if answer.ok:
                    return answer
                if answer.status == 429 and refused < _LIMIT_TRIES:
                    refused += 1
                    continue
                failed += 1
                if failed >= _tries(answer):
                    raise error_of(answer, doing)
                if wait := answer.retry_after(self._clock.now()):
                    await self._sit_out(wait)
                    continue
            await self._clock.sleep((0.5 + self._jitter()) * 2 ** (failed - 1))

    async def _sit_out(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT:
            minutes = int(seconds // 60) + 1
            raise ServiceError(f"Procore is not available for {minutes} min", "try again later", status=503)
        await self._clock.sleep(seconds)

    async def _send(self, call: Call, guard: Callable[[], None] = lambda: None) -> Answer:
        async with self._pace.slot():
            guard()
            answer = await send_authorised(self._http, self._tokens, call)
            self.limits = read_limits(answer, self._clock.now())
            self._pace.learn(self.limits)
        if self.on_limits:
            self.on_limits(self.limits)
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Procore-Company-Id": self.company_id} if self.company_id else {}


def _rows_of(body: Any, doing: str) -> list[Row]:
    """A bare array (v1), or `data` (v2)."""
    rows = body.get("data") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise ConnectionFailed(f"Procore: {doing}: the answer is not a list", "try again later")
    return [row for row in rows if isinstance(row, dict)]


def _tries(answer: Answer) -> int:
    if answer.status in {408, 500, 502, 503, 504}:
        return _TRIES
    return _TRIES_UNREADABLE if 200 <= answer.status < 300 and answer.problem else 1
