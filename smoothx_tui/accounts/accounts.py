"""The accounts of one user on one machine: their profiles, and what it takes to speak as them."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smoothx_tui.accounts.given import client_id_from, client_secret_from, secret_variables
from smoothx_tui.accounts.keeper import Keeper
from smoothx_tui.accounts.profile import Account, Method, Profile, Service, procore_endpoints, xero_endpoints
from smoothx_tui.accounts.profiles import Profiles, change_profiles, read_profiles
from smoothx_tui.accounts.scopes import XERO_SCOPES
from smoothx_tui.accounts.vault import Keeping, Vault, open_vault, sign_in_dir
from smoothx_tui.base.clock import Clock, SystemClock
from smoothx_tui.base.errors import SignInNeeded
from smoothx_tui.base.locations import profiles_file
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret

if TYPE_CHECKING:
    from smoothx_tui.accounts.exchange import Exchange, SignInPlace
    from smoothx_tui.accounts.oauth import Client
    from smoothx_tui.accounts.signin import SignIn
    from smoothx_tui.base.http import Host
    from smoothx_tui.base.tokens import TokenSource

_GRACE: Final = {Service.XERO: 1800, Service.PROCORE: 0}
"""Seconds that a replaced refresh token is still taken (facts: Xero half an hour, Procore not at all)."""


class Accounts:
    """See the module. `requests` is the log that the connections write to."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        clock: Clock | None = None,
        requests: RequestLog | None = None,
        path: Path | None = None,
    ) -> None:
        self.environ: Final = environ
        self.clock: Final = clock or SystemClock()
        self.requests: Final = requests if requests is not None else RequestLog()
        self.path: Final = path or profiles_file()
        self._vaults: dict[Keeping, Vault] = {}
        """Kept, as making a key of a passphrase takes a tenth of a second."""

    def profiles(self) -> Profiles:
        """Raises ConfigurationError."""
        return read_profiles(self.path)

    def change(self, change: Callable[[Profiles], Profiles]) -> Profiles:
        """Change the file, with nobody else in between. Raises ConfigurationError, and what `change` raises."""
        return change_profiles(self.path, change)

    def keeper(self, account: Account) -> Keeper:
        """The account's kept secrets. Raises ConfigurationError where their place cannot be reached."""
        if account.store not in self._vaults:
            self._vaults[account.store] = open_vault(account.store, self.environ)
        return Keeper(self._vaults[account.store], account.vault_name, sign_in_dir())

    def host(self, profile: Profile, account: Account, stack: AsyncExitStack) -> "Host":
        """Connections to the account's API, closed with `stack`. Raises ConfigurationError."""
        return self._host(api_of(account), account.service.title, profile.ca_file, stack)

    def login_host(self, profile: Profile, account: Account, stack: AsyncExitStack) -> "Host":
        """Connections to where the account's tokens come from, closed with `stack`. Raises ConfigurationError."""
        return self._host(place_of(account).login, account.service.title, profile.ca_file, stack)

    def tokens(self, profile: Profile, account: Account, stack: AsyncExitStack) -> "TokenSource":
        """Access tokens of the account. Raises SignInNeeded, ConfigurationError; no request is made yet."""
        if account.method is Method.CLIENT_CREDENTIALS:
            return self._kept_client(profile, account, stack)
        from smoothx_tui.accounts.rotation import RotatingTokens

        place = place_of(account)
        return RotatingTokens(
            self.keeper(account),
            partial(self._exchange, place, profile.ca_file),
            self.clock,
            origin=place.origin,
            service=place.title,
            again=again(account.service, profile.name),
            grace=_GRACE[account.service],
            requests=self.requests,
        )

    def client(self, account: Account, profile_name: str) -> "Client":
        """Client id and secret: the process's own where it is given some, else the kept ones.

        Those of the environment were meant for the service itself: a foreign host only gets them where the account
        says so. Raises SignInNeeded, ConfigurationError.
        """
        from smoothx_tui.accounts.oauth import Client

        service, basic = account.service, account.service is Service.XERO
        if account.store is Keeping.ENVIRONMENT or not account.foreign:
            secret = client_secret_from(self.environ, service)
            client_id = client_id_from(self.environ, service) or account.client_id
            if secret is not None and client_id and account.method is Method.CLIENT_CREDENTIALS:
                return Client(client_id, secret, basic)
        if account.store is Keeping.ENVIRONMENT:
            missing = f"the environment does not give {service.title}'s client id and secret"
            raise SignInNeeded(missing, f"set {secret_variables(service)}")
        kept = self.keeper(account).read()
        if kept is None:
            raise SignInNeeded(f"{service.title} is not signed in", again(service, profile_name))
        self._bound(kept, account, profile_name)
        return Client(kept.client_id, kept.secret, basic)

    def by_client(
        self, profile: Profile, account: Account, client_id: str, secret: Secret, stack: AsyncExitStack
    ) -> "TokenSource":
        """Access tokens for client credentials that are not kept (yet)."""
        from smoothx_tui.base.tokens import ClientCredentials

        place = place_of(account)
        login = self.login_host(profile, account, stack)
        scopes = (*XERO_SCOPES, *account.scope.split()) if account.service is Service.XERO else ()
        scope = " ".join(dict.fromkeys(scopes))
        return ClientCredentials(
            login, place.token_path, client_id, secret, clock=self.clock, scope=scope, basic=place.basic
        )

    def _kept_client(self, profile: Profile, account: Account, stack: AsyncExitStack) -> "TokenSource":
        client = self.client(account, profile.name)
        if client.secret is None:
            raise SignInNeeded(
                f"{account.service.title}'s client secret is missing", again(account.service, profile.name)
            )
        return self.by_client(profile, account, client.id, client.secret, stack)

    def _exchange(self, place: "SignInPlace", ca_file: str, kept: "SignIn") -> "Exchange":
        from smoothx_tui.accounts.exchange import open_exchange
        from smoothx_tui.accounts.oauth import Client

        return open_exchange(place, Client(kept.client_id, kept.secret, place.basic), self.clock, ca_file)

    def _host(self, base: str, title: str, ca_file: str, stack: AsyncExitStack) -> "Host":
        from smoothx_tui.base.http import Host, Tls

        made = Host(base, name=title, clock=self.clock, log=self.requests, tls=Tls(ca_file))
        stack.push_async_callback(made.aclose)
        return made

    def _bound(self, kept: "SignIn", account: Account, profile_name: str) -> None:
        if kept.origin != place_of(account).origin:
            raise SignInNeeded(
                f"the stored sign-in is for another address than this profile's {account.service.title}",
                again(account.service, profile_name),
            )


def again(service: Service, profile_name: str) -> str:
    """How to sign in again."""
    return f"smoothx-tui connect {service.value} --profile {profile_name}"


def api_of(account: Account) -> str:
    """The base URL of the account's API."""
    if account.service is Service.XERO:
        return xero_endpoints(account.environment, account.base_url).api
    return procore_endpoints(account.environment, account.base_url).api


def place_of(account: Account) -> "SignInPlace":
    """Where the account's tokens come from."""
    return place_at(account.service, account.environment, account.base_url)


def place_at(service: Service, environment: str, base_url: str) -> "SignInPlace":
    """Where a service gives tokens in an environment."""
    from smoothx_tui.accounts.exchange import SignInPlace

    if service is Service.XERO:
        xero = xero_endpoints(environment, base_url)
        return SignInPlace(
            service.title, xero.identity, xero.token_path, xero.authorize, xero.revocation_path, basic=True
        )
    procore = procore_endpoints(environment, base_url)
    authorize = f"{procore.login}/oauth/authorize"
    return SignInPlace(
        service.title, procore.login, procore.token_path, authorize, procore.revocation_path, basic=False
    )
