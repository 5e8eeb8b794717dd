"""A connection to a service's sign-in for one exchange, with connections and a log of its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smoothx_tui.accounts.oauth import Client, OAuth
from smoothx_tui.base.clock import Clock
from smoothx_tui.base.http import Host, Tls
from smoothx_tui.base.requestlog import RequestLog

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """Where a service gives and takes back tokens. `login` is a base URL, the paths are below it."""

    title: str
    login: str
    token_path: str
    authorize: str
    revocation_path: str
    basic: bool

    @property
    def origin(self) -> str:
        """The address that a stored sign-in is bound to."""
        return self.login + self.token_path


@dataclass(frozen=True, slots=True)
class Exchange:
    """`requests` holds what was asked, for the log of whoever shows one."""

    oauth: OAuth
    requests: RequestLog
    host: Host

    async def aclose(self) -> None:
        """End its connections."""
        await self.host.aclose()


def open_exchange(
    place: SignInPlace,
    client: Client,
    clock: Clock,
    ca_file: str = "",
    transport: "httpx.AsyncBaseTransport | None" = None,
) -> Exchange:
    """Nothing is sent yet. Raises ConfigurationError for an address that may not be spoken to."""
    requests = RequestLog()
    host = Host(place.login, name=place.title, clock=clock, log=requests, transport=transport, tls=Tls(ca_file))
    oauth = OAuth(host, client, token_path=place.token_path, revocation_path=place.revocation_path)
    return Exchange(oauth, requests, host)
