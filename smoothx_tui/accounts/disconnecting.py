"""`disconnect`: give the consent back, forget the secrets, take the side out of the profile. In this order."""

from contextlib import AsyncExitStack
from functools import partial

from smoothx_tui.accounts.accounts import Accounts, place_of
from smoothx_tui.accounts.profile import Account, Method, Profile, Service
from smoothx_tui.accounts.profiles import Profiles
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import ConfigurationError, SignInNeeded, UsageError
from smoothx_tui.base.http import Call
from smoothx_tui.base.tokens import send_authorised
from smoothx_tui.xero.client import XeroClient
from smoothx_tui.xero.endpoints import CONNECTIONS_PATH


async def disconnect(accounts: Accounts, name: str, service: Service, *, forget: bool = False) -> str:
    """What was done, as a sentence. `forget` leaves the service alone: for a consent that cannot be given back.

    Raises SmoothxError; then nothing was forgotten.
    """
    profiles = accounts.profiles()
    profile = profiles.get(name)
    account = profile.account(service)
    if account is None:
        raise UsageError(f"profile {name} has no {service.title} connected", "smoothx-tui profiles lists what there is")
    sharing = _sharing(profiles, profile, account)
    done = f"{service.title}: forgotten here"
    if not forget:
        done = await _given_back(accounts, profile, account, sharing)
    if not sharing and account.store is not Keeping.ENVIRONMENT:
        _forget(accounts, account, forget=forget)
    accounts.change(partial(_without, name=name, service=service))
    return done


def _without(profiles: Profiles, name: str, service: Service) -> Profiles:
    now = profiles.by_name.get(name)
    if now is None:
        return profiles
    return profiles.with_profile(now.without(service))


def _sharing(profiles: Profiles, profile: Profile, account: Account) -> list[str]:
    """The other profiles that live on the same consent."""
    others = (one for one in profiles.by_name.values() if one.name != profile.name)
    return [
        other.name
        for other in others
        for one in other.accounts
        if (one.vault_name, one.store) == (account.vault_name, account.store)
    ]


def _forget(accounts: Accounts, account: Account, *, forget: bool) -> None:
    try:
        keeper = accounts.keeper(account)
        with keeper.locked():
            keeper.forget()
    except ConfigurationError:
        if not forget:
            raise


async def _given_back(accounts: Accounts, profile: Profile, account: Account, sharing: list[str]) -> str:
    title = account.service.title
    if account.method is Method.CLIENT_CREDENTIALS:
        return f"{title}: forgotten here; the app itself has to be removed where it was created, at {title}"
    if sharing:
        names = ", ".join(sharing)
        if account.service is Service.XERO:
            await _end_connection(accounts, profile, account)
            return f"{title}: {account.shown()} is disconnected; the consent stays for {names}"
        return f"{title}: forgotten here; the consent stays for {names}"
    await _revoke(accounts, profile, account)
    return f"{title}: the consent was revoked, and its tokens are forgotten"


async def _revoke(accounts: Accounts, profile: Profile, account: Account) -> None:
    """Under the lock, so that the newest token is the one that is given back."""
    from smoothx_tui.accounts.exchange import open_exchange
    from smoothx_tui.accounts.oauth import Client

    keeper, place = accounts.keeper(account), place_of(account)
    with keeper.locked():
        kept = keeper.read()
        if kept is None or kept.grant is None or kept.origin != place.origin:
            return
        client = Client(kept.client_id, kept.secret, place.basic)
        exchange = open_exchange(place, client, accounts.clock, profile.ca_file)
        try:
            await exchange.oauth.revoke(kept.grant.refresh)
        except SignInNeeded as error:
            raise SignInNeeded(error.message, "disconnect with --forget, and end the consent at the service") from None
        finally:
            await exchange.aclose()


async def _end_connection(accounts: Accounts, profile: Profile, account: Account) -> None:
    """Only this organisation's connection: the consent goes on for the others."""
    async with AsyncExitStack() as stack:
        host = accounts.host(profile, account, stack)
        tokens = accounts.tokens(profile, account, stack)
        for one in await XeroClient(host, "", tokens, accounts.clock).connections():
            if one.tenant_id == account.id:
                answer = await send_authorised(host, tokens, Call("DELETE", f"{CONNECTIONS_PATH}/{one.id}"))
                if answer.status not in {204, 404}:
                    raise SignInNeeded(f"Xero did not end the connection: status {answer.status}", "or: --forget")
