"""A profile: one Procore company, one Xero organisation, the ledger between them, and how careful to be.

It holds no secret; `sign_in` and `store` say where the secrets of each side are.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.procore import endpoints as procore_hosts
from smoothx_tui.procore.endpoints import ProcoreEndpoints
from smoothx_tui.xero import endpoints as xero_hosts
from smoothx_tui.xero.endpoints import XeroEndpoints

SANDBOX: Final = "sandbox"
"""The name that stands for the embedded sandbox; no profile can have it."""
OTHER: Final = "other"
"""The environment of a base URL that is not one of the services' own."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Service(StrEnum):
    """One of the two sides; the value is the word of the command line, files and vaults."""

    PROCORE = "procore"
    XERO = "xero"

    @property
    def title(self) -> str:  # type: ignore[override]
        """As people write it."""
        return self.value.capitalize()


class Method(StrEnum):
    """How a sign-in is got."""

    CLIENT_CREDENTIALS = "client_credentials"
    """A Xero custom connection, a Procore service account: id and secret, no person."""
    AUTHORIZATION_CODE = "authorization_code"
    """A person consents in a browser; the token is renewed from then on."""


PROCORE_HOSTS: Final = {
    "production": procore_hosts.PRODUCTION,
    "sandbox": procore_hosts.DEVELOPMENT_SANDBOX,
    "monthly": procore_hosts.MONTHLY_SANDBOX,
}
XERO_HOSTS: Final = {"production": xero_hosts.PRODUCTION}


@dataclass(frozen=True, slots=True)
class Account:
    """One side of a profile. `id` and `name` are those of the company or of the organisation (the tenant).

    `base_url` is "" at the services' own hosts. `sign_in` is the profile that the secrets were got for. `scope` is what
    a custom connection's tokens are asked for beside the usual; a consent's own is kept with its tokens.
    """

    service: Service
    environment: str
    method: Method
    store: Keeping
    sign_in: str
    id: str
    name: str = ""
    client_id: str = ""
    base_url: str = ""
    web: str = ""
    scope: str = ""

    @property
    def foreign(self) -> bool:
        """Whether it is at another host than the service's own."""
        return self.environment == OTHER

    @property
    def vault_name(self) -> str:
        """The name that its secrets are kept under."""
        return f"{self.sign_in}.{self.service.value}"

    def shown(self) -> str:
        """Its company or organisation, cleaned."""
        return clean(self.name or self.id)


@dataclass(frozen=True, slots=True)
class Profile:
    """`ledger` and `settings` are "" where the usual ones are meant."""

    name: str
    procore: Account | None = None
    xero: Account | None = None
    ledger: str = ""
    settings: str = ""
    read_only: bool = False
    approvals_required: bool = False
    ca_file: str = ""

    def account(self, service: Service) -> Account | None:
        """Its side of a service; None while that is not connected."""
        return self.procore if service is Service.PROCORE else self.xero

    def with_account(self, account: Account) -> "Profile":
        """With this side connected."""
        return replace(self, procore=account) if account.service is Service.PROCORE else replace(self, xero=account)

    def without(self, service: Service) -> "Profile":
        """With that side not connected."""
        return replace(self, procore=None) if service is Service.PROCORE else replace(self, xero=None)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The sides that are connected."""
        return tuple(one for one in (self.procore, self.xero) if one is not None)

    @property
    def foreign(self) -> tuple[Account, ...]:
        """The sides that are at other hosts than the services' own."""
        return tuple(one for one in self.accounts if one.foreign)


def checked_name(name: str) -> str:
    """A profile's name as it is given. Raises UsageError."""
    if name == SANDBOX:
        raise UsageError("the name sandbox stands for the embedded sandbox", "choose another name")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{clean(name)} cannot be a profile's name",
            "use lower-case letters, digits, - and _, at most 40, not starting with - or _",
        )
    return name


def procore_endpoints(environment: str, base_url: str = "", web: str = "") -> ProcoreEndpoints:
    """The addresses of a Procore environment. A base URL of another host has `/rest` and `/oauth` below it."""
    if environment == OTHER:
        base = base_url.rstrip("/")
        return ProcoreEndpoints(base, base, web=web or procore_hosts.PRODUCTION.web)
    known = PROCORE_HOSTS[environment]
    return ProcoreEndpoints(known.api, known.login, known.token_path, known.revocation_path, web or known.web)


def xero_endpoints(environment: str, base_url: str = "") -> XeroEndpoints:
    """The addresses of Xero. A base URL of another host has `/api.xro`, `/connections`, `/connect` and `/identity`."""
    if environment == OTHER:
        base = base_url.rstrip("/")
        authorize = f"{base}/identity/connect/authorize"
        known = XERO_HOSTS["production"]
        return XeroEndpoints(base, base, known.token_path, authorize, known.revocation_path)
    return XERO_HOSTS[environment]
