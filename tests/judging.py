"""Holds what our own clients and the sandbox say to each other, in every test, against the services' own descriptions.

Judging costs about ten milliseconds, so of calls of one shape the first few are judged; `SMOOTHX_JUDGE=all` judges all.
Calls that tests make by hand (also wrong ones, on purpose) are not ours and are passed over.
"""

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx

FACTS: Final = Path(__file__).resolve().parents[2] / "shared" / "facts"
"""The two descriptions, where somebody has put them beside this checkout."""
_OF_ONE_SHAPE: Final = 3
_SIDES: Final = {
    "/xero/api.xro/2.0": ("xero_accounting_subset.yaml", "/api.xro/2.0", "https://api.xero.com"),
    "/procore/rest": ("procore_subset.json", "/rest", "https://api.procore.com"),
}
_IDS: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/)[0-9]+")


class Judging:
    """What was judged in this run, what was wrong, and what no description covers."""

    def __init__(self) -> None:
        self.everything: Final = os.environ.get("SMOOTHX_JUDGE") == "all"
        self.seen: Counter[str] = Counter()
        self.checked = 0
        self.uncovered: Counter[str] = Counter()
        self.violations: list[str] = []
        self._openapi: dict[str, Any] = {}

    def check(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        """Judge one exchange of ours; what is wrong joins `violations`."""
        side = next((prefix for prefix in _SIDES if request.url.path.startswith(prefix)), None)
        if side is None or not request.headers.get("user-agent", "").startswith("smoothx-tui"):
            return
        shape = f"{request.method} {_IDS.sub('#', request.url.path)} {response.status_code}"
        if response.status_code != 200 or "json" not in response.headers.get("content-type", ""):
            self.uncovered[shape] += 1
            return
        self.seen[shape] += 1
        if self.everything or self.seen[shape] <= _OF_ONE_SHAPE:
            self._judge(side, request, response, content)

    def _judge(self, side: str, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        name, base, host = _SIDES[side]
        path = base + request.url.path.removeprefix(side)
        self.checked += 1
        asked = _Asked(request, path, host)
        self.violations += violations(self._description(name), asked, _Answered(response, content))

    def _description(self, name: str) -> Any:
        if name not in self._openapi:
            from openapi_core import OpenAPI

            self._openapi[name] = OpenAPI.from_file_path(str(FACTS / name))
        return self._openapi[name]


class JudgedTransport(httpx.AsyncBaseTransport):
    """Passes calls on and holds each against one description. `address`: the service's host, and what stands before
    its paths in the sandbox.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        openapi: Any,
        *,
        address: tuple[str, str],
        described: Callable[[httpx.Request, httpx.Response], bool],
    ) -> None:
        self.inner = inner
        self.openapi = openapi
        self.host, self.prefix = address
        self.described = described
        self.seen: Counter[str] = Counter()
        self.violations: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        content = await response.aread()
        if self.described(request, response):
            shape = f"{request.method} {re.sub('[0-9]+', '#', request.url.path)}"
            self.seen[shape] += 1
            if self.seen[shape] <= 2 * _OF_ONE_SHAPE:
                asked = _Asked(request, request.url.path.removeprefix(self.prefix), self.host)
                self.violations += violations(self.openapi, asked, _Answered(response, content))
        return httpx.Response(response.status_code, headers=response.headers, content=content)


def violations(openapi: Any, asked: "_Asked", answered: "_Answered") -> list[str]:
    """What the description has against an exchange; empty where it fits."""
    from openapi_core.exceptions import OpenAPIError

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Unsupported scheme type")  # OAuth 2 is not its business
            openapi.validate_request(asked)
            openapi.validate_response(asked, answered)
    except OpenAPIError as error:
        causes = "; ".join(str(one) for one in getattr(error.__cause__, "schema_errors", ()))
        return [f"{asked.method} {asked.host_url}{asked.path}: {error} {error.__cause__ or ''} {causes}"[:1500]]
    return []


class _Asked:
    """An httpx request as openapi-core wants it, at the service's own address."""

    def __init__(self, request: httpx.Request, path: str, host: str) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        self.path, self.host_url = path, host
        self.method = request.method.lower()
        self.content_type = request.headers.get("content-type", "")
        self.body = request.content or None
        # Xero's description wants a zone in this header, and Xero's own documentation shows it without one.
        headers = [(key, value) for key, value in request.headers.items() if key != "if-modified-since"]
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()), header=Headers(headers)
        )


class _Answered:
    def __init__(self, response: httpx.Response, content: bytes) -> None:
        from werkzeug.datastructures import Headers

        self.data = content
        self.status_code = response.status_code
        self.content_type = response.headers.get("content-type", "").partition(";")[0]
        self.headers = Headers(list(response.headers.items()))
