"""Procore's addresses. A token works in one environment only (facts: procore.md, hosts and sign-in)."""

from dataclasses import dataclass
from typing import Final

from smoothx_tui.procore.addresses import DEFAULT_HOST


@dataclass(frozen=True, slots=True)
class ProcoreEndpoints:
    """`api` is the base of `/rest`; `login` gives tokens at `token_path`; `web` is where people look at items."""

    api: str
    login: str
    token_path: str = "/oauth/token"  # noqa: S105 - an address
    revocation_path: str = "/oauth/revoke"
    web: str = DEFAULT_HOST

    @classmethod
    def sandbox(cls, base: str) -> "ProcoreEndpoints":
        """Our own sandbox served at `base` (`http://127.0.0.1:8080`)."""
        procore = base.rstrip("/") + "/procore"
        return cls(procore, procore)


PRODUCTION: Final = ProcoreEndpoints("https://api.procore.com", "https://login.procore.com")
DEVELOPMENT_SANDBOX: Final = ProcoreEndpoints(
    "https://sandbox.procore.com", "https://login-sandbox.procore.com", web="https://sandbox.procore.com"
)
MONTHLY_SANDBOX: Final = ProcoreEndpoints(
    "https://api-monthly.procore.com", "https://login-sandbox-monthly.procore.com"
)
