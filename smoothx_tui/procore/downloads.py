"""Fetching an item's file: from Procore with the token, from its storage without, from nowhere else.

Procore's developer pages (announcements, "File Link URL Schema Change" and "Bearer Token to be Required for File Access
Authorization"): a file link is opaque; its host ends in `.procore.com` and wants the access token; it redirects to the
storage of Procore's cloud partner, which must not get the token. So redirects are followed here, one by one, each to a
host of these two kinds; a link that leads anywhere else is refused before anything is asked of that host.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final
from urllib.parse import urljoin, urlsplit

from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded
from smoothx_tui.base.http import Fetched, Host
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean
from smoothx_tui.base.tokens import TokenSource

OWN: Final = ".procore.com"
STORAGE: Final = re.compile(r"(?:[a-z0-9.-]+\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")
"""Buckets of Amazon S3, in its old and its new form of address."""
_HOPS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAGES: Final = (".html", ".htm", ".xhtml", ".mht")


class Place(Enum):
    """Whose host an address is at."""

    OWN = "own"
    STORAGE = "storage"


class Downloads:
    """Files of one company. `http` is the host of the API: where that is not Procore's own (a sandbox), files come from
    the same origin, what is below the API's address with the token.
    """

    def __init__(self, http: Host, company_id: str, tokens: TokenSource) -> None:
        self._http: Final = http
        self._company_id: Final = company_id
        self._tokens: Final = tokens

    async def fetch(self, url: Secret, name: str, most: int) -> bytes:
        """The file behind a link, up to `most` bytes, never empty. `name` is Procore's name of it.

        Raises ServiceError for what trying again cannot mend (TooLarge is one), ConnectionFailed for what it may,
        SignInNeeded.
        """
        address, renewed = url.reveal(), False
        for _ in range(_HOPS):
            place = self._place(address)
            fetched = await self._http.fetch(address, await self._headers(place), most)
            if fetched.status == 401 and place is Place.OWN and not renewed:
                renewed = True
                await self._tokens.refresh(await self._tokens.token())
                continue
            if fetched.status not in _REDIRECTS:
                return _content(fetched, place, name)
            address = _following(address, fetched.headers.get("location", ""))
        raise ServiceError("Procore: the file's link redirects in a circle")

    def _place(self, address: str) -> Place:
        """Raises ServiceError for an address that files are not fetched from."""
        try:
            parts, api = urlsplit(address), urlsplit(self._http.base_url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ServiceError("Procore: the file's link is not an address") from None
        if not _is_procore(api.hostname or ""):
            if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
                return Place.OWN if parts.path.startswith(api.path + "/") else Place.STORAGE
        elif parts.scheme == "https" and port in {None, 443} and not parts.username:
            if _is_procore(host):
                return Place.OWN
            if STORAGE.fullmatch(host):
                return Place.STORAGE
        raise ServiceError(
            f"Procore: the file's link leads to {clean(host)[:100] or 'no host'}, which is not a Procore host",
            "attach it by hand, and report the host if it belongs to Procore",
        )

    async def _headers(self, place: Place) -> Mapping[str, str]:
        if place is Place.STORAGE:
            return {}
        token = await self._tokens.token()
        company = {"Procore-Company-Id": self._company_id} if self._company_id else {}
        return {"Authorization": f"Bearer {token.reveal()}", **company}


def _following(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        return ""


def _is_procore(host: str) -> bool:
    return host.endswith(OWN)


def _content(fetched: Fetched, place: Place, name: str) -> bytes:
    if fetched.status == 200:
        if not fetched.content:
            raise ServiceError("the file is empty")
        kind = fetched.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html" and not name.lower().endswith(_PAGES):
            raise ConnectionFailed("Procore: a web page instead of the file", "is there a proxy in between?")
        return fetched.content
    if fetched.status == 401:
        raise SignInNeeded("Procore does not accept the sign-in for its files", "connect Procore again")
    if fetched.status in _TEMPORARY or (fetched.status == 403 and place is Place.STORAGE):
        # A signed link ends after a while; the next try has a new one.
        raise ConnectionFailed(f"Procore's files: status {fetched.status}", "try again later")
    words = {403: "no permission for the file", 404: "the file is no longer there", 410: "the file is gone"}
    told = words.get(fetched.status, f"status {fetched.status} instead of the file")
    raise ServiceError(f"Procore: {told}", status=fetched.status)
