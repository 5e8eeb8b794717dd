"""Xero's addresses. There is one production service and no official sandbox; ours stands in for it."""

from dataclasses import dataclass
from typing import Final

ACCOUNTING_PATH: Final = "/api.xro/2.0"
CONNECTIONS_PATH: Final = "/connections"


@dataclass(frozen=True, slots=True)
class XeroEndpoints:
    """`api` is the base of the accounting API and of `/connections`; `identity` and `token_path` give tokens."""

    api: str
    identity: str
    token_path: str
    authorize: str
    revocation_path: str

    @classmethod
    def sandbox(cls, base: str) -> "XeroEndpoints":
        """The sandbox served at `base` (`http://127.0.0.1:8080`)."""
        xero = base.rstrip("/") + "/xero"
        return cls(xero, xero, "/connect/token", f"{xero}/identity/connect/authorize", "/connect/revocation")


PRODUCTION: Final = XeroEndpoints(
    api="https://api.xero.com",
    identity="https://identity.xero.com",
    token_path="/connect/token",  # noqa: S106 - an address
    authorize="https://login.xero.com/identity/connect/authorize",
    revocation_path="/connect/revocation",
)
