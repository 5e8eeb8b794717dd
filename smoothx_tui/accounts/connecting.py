"""`connect`: get a sign-in, choose the company or organisation it is for, keep the secrets, then write the profile."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from smoothx_tui.accounts.accounts import Accounts, place_at
from smoothx_tui.accounts.given import client_secret_from, secret_variables
from smoothx_tui.accounts.profile import Account, Method, Profile, Service
from smoothx_tui.accounts.profiles import Profiles
from smoothx_tui.accounts.redirect import Waiting, redirect_uri, wait_for_code, way_back
from smoothx_tui.accounts.scopes import OFFLINE, XERO_SCOPES, check_scopes
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import ServiceError, SignInNeeded, UsageError
from smoothx_tui.base.secret import Secret
from smoothx_tui.base.text import clean

if TYPE_CHECKING:
    from smoothx_tui.base.tokens import TokenSource
    from smoothx_tui.procore.client import ProcoreClient


class Desk(Protocol):
    """The person who connects, or nobody: then everything is in the options."""

    def say(self, text: str) -> None:
        """Tell them something."""
        ...

    def choose(self, what: str, names: Sequence[str]) -> int | None:
        """Let them choose; None where nobody is there to ask."""
        ...

    def ask(self, what: str) -> str:
        """Let them type something; "" where nobody is there to ask."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `connect` was asked for. `entity` is the id or name of the company or organisation, "" to be asked.

    `same_as` is the profile whose consent is used once more, "" for a sign-in of its own.
    """

    service: Service
    profile: str
    environment: str = "production"
    base_url: str = ""
    method: Method = Method.AUTHORIZATION_CODE
    client_id: str = ""
    secret: Secret | None = None
    store: Keeping = Keeping.FILE
    scopes: tuple[str, ...] = ()
    entity: str = ""
    web: str = ""
    ca_file: str = ""
    same_as: str = ""
    waiting: Waiting = field(default_factory=Waiting)


@dataclass(frozen=True, slots=True)
class Entity:
    """A company or organisation that a sign-in reaches; `name` is cleaned."""

    id: str
    name: str


async def connect(accounts: Accounts, wanted: Wanted, desk: Desk) -> Profile:
    """The profile, connected. Raises SmoothxError; then nothing was changed."""
    before = accounts.profiles()
    profile = before.by_name.get(wanted.profile) or Profile(wanted.profile)
    shared = before.get(wanted.same_as).ca_file if wanted.same_as else ""
    profile = replace(profile, ca_file=wanted.ca_file or profile.ca_file or shared)
    account = _account(wanted, before)
    _fits(profile, account)
    if account.store is not Keeping.ENVIRONMENT:
        accounts.keeper(account)  # a place that cannot keep it is found before anybody is asked to consent
    async with AsyncExitStack() as stack:
        sign_in = None if wanted.same_as else await _signed_in(accounts, wanted, profile, desk)
        tokens = _tokens(accounts, profile, account, sign_in, stack)
        await tokens.token()
        entity = await _entity(accounts, profile, account, tokens, wanted, desk, stack)
    account = replace(account, id=entity.id, name=entity.name)
    if sign_in is not None and account.store is not Keeping.ENVIRONMENT:
        keeper = accounts.keeper(account)
        with keeper.locked():
            keeper.write(sign_in)

    def change(profiles: Profiles) -> Profiles:
        now = profiles.by_name.get(wanted.profile) or Profile(wanted.profile)
        return profiles.with_profile(replace(now, ca_file=profile.ca_file).with_account(account))

    return accounts.change(change).get(wanted.profile)


def _account(wanted: Wanted, profiles: Profiles) -> Account:
    """The account as far as it is known before anything is asked."""
    if wanted.same_as:
        other = profiles.get(wanted.same_as).account(wanted.service)
        if other is None or other.method is not Method.AUTHORIZATION_CODE:
            raise UsageError(
                f"profile {wanted.same_as} has no consent for {wanted.service.title} that could be shared",
                "connect without --same-as",
            )
        return replace(other, id="", name="", web=wanted.web or other.web)
    return Account(
        wanted.service,
        wanted.environment,
        wanted.method,
        wanted.store,
        wanted.profile,
        "",
        client_id=wanted.client_id,
        base_url=wanted.base_url,
        web=wanted.web,
        scope=" ".join(wanted.scopes) if wanted.method is Method.CLIENT_CREDENTIALS else "",
    )


def _fits(profile: Profile, account: Account) -> None:
    """One profile never reaches two worlds: neither a side that moves, nor one at home and one abroad."""
    before = profile.account(account.service)
    if before and (before.environment, before.base_url) != (account.environment, account.base_url):
        raise UsageError(
            f"profile {profile.name} has its {account.service.title} at {before.base_url or before.environment}",
            "disconnect it first, or use another profile",
        )
    other = next((one for one in profile.accounts if one.service is not account.service), None)
    if other is not None and other.foreign != account.foreign:
        raise UsageError(
            f"profile {profile.name} would have one side at the service's own host and one elsewhere",
            "use one profile for each",
        )


async def _signed_in(accounts: Accounts, wanted: Wanted, profile: Profile, desk: Desk) -> SignIn:
    from smoothx_tui.accounts.exchange import open_exchange
    from smoothx_tui.accounts.oauth import Client

    place = place_at(wanted.service, wanted.environment, wanted.base_url)
    if wanted.method is Method.CLIENT_CREDENTIALS:
        secret = wanted.secret or client_secret_from(accounts.environ, wanted.service)
        if secret is None:
            raise UsageError(
                f"{wanted.service.title}: a client secret is needed", f"{secret_variables(wanted.service)}"
            )
        return SignIn(place.origin, wanted.client_id, secret)
    exchange = open_exchange(
        place, Client(wanted.client_id, wanted.secret, place.basic), accounts.clock, profile.ca_file
    )
    try:
        scope = " ".join(_scopes(wanted))
        pkce = wanted.service is Service.XERO
        consent = exchange.oauth.consent(place.authorize, redirect_uri(wanted.waiting.port), scope, pkce=pkce)
        said = f"open this address in a browser, and consent:\n\n{consent.url}\n\n{way_back(wanted.waiting)}"
        code = await wait_for_code(consent.state, wanted.waiting, lambda: desk.say(said))
        given = await exchange.oauth.trade(code, consent)
    finally:
        for entry in exchange.requests:
            accounts.requests.add(entry)
        await exchange.aclose()
    check_scopes(wanted.service, given.scope)
    if given.refresh is None:
        raise SignInNeeded(f"{place.title} gave no refresh token", f"grant the app {OFFLINE}, then connect again")
    now = int(accounts.clock.now().timestamp())
    grant = Grant(given.access, now + given.seconds, given.refresh)
    return SignIn(place.origin, wanted.client_id, wanted.secret, given.scope or scope, grant)


def _scopes(wanted: Wanted) -> tuple[str, ...]:
    if wanted.service is Service.PROCORE:
        return wanted.scopes
    return tuple(dict.fromkeys((*XERO_SCOPES, *wanted.scopes, OFFLINE)))


def _tokens(
    accounts: Accounts, profile: Profile, account: Account, sign_in: SignIn | None, stack: AsyncExitStack
) -> "TokenSource":
    """Tokens to look around with. A new consent's are not renewed before they are kept; they live long enough."""
    from smoothx_tui.base.tokens import FixedToken

    if sign_in is None:
        return accounts.tokens(profile, account, stack)
    if sign_in.grant is not None:
        return FixedToken(sign_in.grant.access, account.service.title)
    assert sign_in.secret is not None
    return accounts.by_client(profile, account, sign_in.client_id, sign_in.secret, stack)


async def _entity(
    accounts: Accounts,
    profile: Profile,
    account: Account,
    tokens: "TokenSource",
    wanted: Wanted,
    desk: Desk,
    stack: AsyncExitStack,
) -> Entity:
    host = accounts.host(profile, account, stack)
    if account.service is Service.XERO:
        from smoothx_tui.xero.client import XeroClient

        client = XeroClient(host, "", tokens, accounts.clock)
        found = [
            Entity(one.tenant_id, clean(one.tenant_name))
            for one in await client.connections()
            if one.tenant_type in {"ORGANISATION", ""}
        ]
        chosen = choose(found, wanted.entity, "organisation", desk)
        await XeroClient(host, chosen.id, tokens, accounts.clock).lock_dates()
        return chosen
    from smoothx_tui.procore.client import ProcoreClient

    def client_of(company: str) -> ProcoreClient:
        return ProcoreClient(host, company, tokens, accounts.clock)

    if wanted.method is Method.CLIENT_CREDENTIALS:
        chosen = await _company_of_service_account(client_of, wanted, desk)
    else:
        chosen = choose(_entities(await client_of("").companies()), wanted.entity, "company", desk)
    await client_of(chosen.id).rows(
        "/rest/v1.1/projects", {"company_id": chosen.id, "per_page": "1"}, "list the projects"
    )
    return chosen


async def _company_of_service_account(
    client_of: "Callable[[str], ProcoreClient]", wanted: Wanted, desk: Desk
) -> Entity:
    """The company that a service account is for. Procore does not list it without being told which one it is: its id is
    in the options, or is asked for. The name comes from the list then, where Procore gives that.
    """
    text = wanted.entity or desk.ask("Procore company id (in the address of its pages, after /companies/)")
    company = text.strip()
    if not (company.isascii() and company.isdigit()):
        why = f"{clean(company)} is not an id: " if company else ""
        raise UsageError(
            f"{why}Procore does not tell a service account which companies it reaches",
            "give the company's id: --company ID (in the address of its pages, after /companies/)",
        )
    try:
        found = _entities(await client_of(company).companies())
    except ServiceError as error:
        if error.status not in {400, 403, 404}:
            raise
        found = []  # the projects, which are read next, say whether the company can be reached
    return next((one for one in found if one.id == company), Entity(company, ""))


def _entities(rows: Sequence[Mapping[str, Any]]) -> list[Entity]:
    return [Entity(str(row["id"]), clean(str(row.get("name") or ""))) for row in rows if "id" in row]


def choose(found: Sequence[Entity], wanted: str, what: str, desk: Desk) -> Entity:
    """The wanted one by id or name, the only one, or the one that is chosen. Raises SignInNeeded, UsageError."""
    if not found:
        raise SignInNeeded(f"this sign-in reaches no {what}", "connect again, and allow one")
    names = [f"{one.name} ({one.id})" if one.name else one.id for one in found]
    if wanted:
        sought = wanted.casefold()
        fitting = [one for one in found if sought in {one.id.casefold(), one.name.casefold()}]
        if len(fitting) != 1:
            how = "more than one" if fitting else "no"
            raise UsageError(f"this sign-in reaches {how} {what} {clean(wanted)}", f"it reaches {'; '.join(names)}")
        return fitting[0]
    if len(found) == 1:
        return found[0]
    number = desk.choose(what, names)
    if number is None:
        raise UsageError(f"this sign-in reaches several: {'; '.join(names)}", f"choose one with --{what}")
    return found[number]
