"""Holds what our own clients and the sandbox say to each other, in every test, against the services' own descriptions.

Judging costs about ten milliseconds, so of calls of one shape the first few are judged; `SMOOTHX_JUDGE=all` judges all.
Calls that tests make by hand (also wrong ones, on purpose) are not ours and are passed over.
"""

import os
import re
import warnings
from collections import Counter
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
        from openapi_core.exceptions import OpenAPIError

        name, base, host = _SIDES[side]
        path = base + request.url.path.removeprefix(side)
        self.checked += 1
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Unsupported scheme type")  # OAuth 2 is not its business
                openapi = self._description(name)
                openapi.validate_request(_Asked(request, path, host))
                openapi.validate_response(_Asked(request, path, host), _Answered(response, content))
        except OpenAPIError as error:
            causes = "; ".join(str(one) for one in getattr(error.__cause__, "schema_errors", ()))
            self.violations.append(f"{request.method} {request.url}: {error} {error.__cause__ or ''} {causes}"[:1500])

    def _description(self, name: str) -> Any:
        if name not in self._openapi:
            from openapi_core import OpenAPI

            self._openapi[name] = OpenAPI.from_file_path(str(FACTS / name))
        return self._openapi[name]


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
