"""Holds what is said to the sandbox, and what it answers, against the services' own descriptions of their APIs.

In every test what our own clients say is judged; `Judged` judges more where a test asks for it. Judging costs about ten
milliseconds, so of calls of one shape the first few are judged; `SMOOTHX_JUDGE=all` judges all.
"""

import functools
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
_IDS: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/)[0-9]+")


class Description:
    """One service's own description. `prefix`: what stands before its paths in the sandbox; `below`: what it covers."""

    def __init__(self, file: str, host: str, prefix: str, below: str, *, strict: bool = False) -> None:
        self.file: Final = FACTS / file
        self.host: Final = host
        self.prefix: Final = prefix
        self.below: Final = below
        self.strict: Final = strict
        """Members that the description does not name are violations too."""

    @functools.cached_property
    def _openapi(self) -> Any:
        from openapi_core import Config, OpenAPI

        strict: Any = {"additional_properties_default_policy": "forbid"} if self.strict else {}
        return OpenAPI.from_file_path(str(self.file), config=Config(**strict))

    def covers(self, request: httpx.Request) -> bool:
        return request.url.path.startswith(self.prefix + self.below)

    def of_request(self, request: httpx.Request) -> list[str]:
        """What it has against a request that was read; empty where it fits."""
        return self._tried(request, lambda: self._openapi.validate_request(_Asked(request, self)))

    def of_answer(self, request: httpx.Request, response: httpx.Response, content: bytes) -> list[str]:
        """What it has against the answer to it."""
        answered = _Answered(response, content)
        return self._tried(request, lambda: self._openapi.validate_response(_Asked(request, self), answered))

    def _tried(self, request: httpx.Request, validate: Callable[[], None]) -> list[str]:
        from openapi_core.exceptions import OpenAPIError

        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Unsupported scheme type")  # OAuth 2 is not its business
                validate()
        except OpenAPIError as error:
            causes = "; ".join(str(one) for one in getattr(error.__cause__, "schema_errors", ()))
            return [f"{request.method} {request.url}: {error} {error.__cause__ or ''} {causes}"[:1500]]
        return []


class _Asked:
    """An httpx request as openapi-core wants it, at the service's own address."""

    def __init__(self, request: httpx.Request, description: Description) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        self.host_url = description.host
        self.path = request.url.path.removeprefix(description.prefix)
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


XERO: Final = Description("xero_accounting_subset.yaml", "https://api.xero.com", "/xero", "/api.xro/2.0")
PROCORE: Final = Description("procore_subset.json", "https://api.procore.com", "/procore", "/rest")


class Judging:
    """What was judged in this run, what was wrong, and what no description covers.

    Calls that tests make by hand (also wrong ones, on purpose) are not ours and are passed over.
    """

    def __init__(self) -> None:
        self.everything: Final = os.environ.get("SMOOTHX_JUDGE") == "all"
        self.seen: Counter[str] = Counter()
        self.checked = 0
        self.uncovered: Counter[str] = Counter()
        self.violations: list[str] = []

    def check(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        """Judge one exchange of ours; what is wrong joins `violations`."""
        description = next((one for one in (XERO, PROCORE) if one.covers(request)), None)
        if description is None or not request.headers.get("user-agent", "").startswith("smoothx-tui"):
            return
        shape = _shape(request, response)
        if response.status_code != 200 or "json" not in response.headers.get("content-type", ""):
            self.uncovered[shape] += 1
            return
        self.seen[shape] += 1
        if self.everything or self.seen[shape] <= _OF_ONE_SHAPE:
            self.checked += 1
            self.violations += description.of_request(request) or description.of_answer(request, response, content)


class Judged(httpx.AsyncBaseTransport):
    """Passes calls on and judges those that the description covers.

    `request_fits` and `described` say for an exchange whether its request has to fit (one that was refused need not),
    and whether the description speaks of its answer.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        description: Description,
        *,
        described: Callable[[httpx.Request, httpx.Response], bool],
        request_fits: Callable[[httpx.Request, httpx.Response], bool] = lambda *_: True,
    ) -> None:
        self.inner = inner
        self.description = description
        self.described = described
        self.request_fits = request_fits
        self.seen: Counter[str] = Counter()
        self.violations: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        content = await response.aread()
        if self.description.covers(request) and self.described(request, response):
            shape = _shape(request, response)
            self.seen[shape] += 1
            if self.seen[shape] <= 2 * _OF_ONE_SHAPE:
                self._judge(request, response, content)
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def _judge(self, request: httpx.Request, response: httpx.Response, content: bytes) -> None:
        if self.request_fits(request, response):
            self.violations += self.description.of_request(request)
        self.violations += self.description.of_answer(request, response, content)


def _shape(request: httpx.Request, response: httpx.Response) -> str:
    return f"{request.method} {_IDS.sub('#', request.url.path)} {response.status_code}"
