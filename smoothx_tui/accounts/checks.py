"""What `doctor` looks at of a profile: its files, its secrets, the hosts, the clock, the sign-ins, the limits.

Every check stands alone, so that a set-up that is broken in several places is told of all of them.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from smoothx_tui.accounts.accounts import Accounts, again
from smoothx_tui.accounts.privatefile import directory_problem, read_private, shown
from smoothx_tui.accounts.profile import Account, Method, Profile, Service
from smoothx_tui.accounts.scopes import missing_scopes
from smoothx_tui.accounts.sealing import is_sealed
from smoothx_tui.accounts.vault import FileVault, Keeping
from smoothx_tui.base.errors import ConnectionFailed, Exit, SignInNeeded, SmoothxError
from smoothx_tui.base.text import clean

if TYPE_CHECKING:
    from smoothx_tui.base.http import Host
    from smoothx_tui.base.tokens import TokenSource

SKEW_NOTED: Final = 60.0
SKEW_WRONG: Final = 300.0
"""Seconds between this machine's clock and a service's, beyond which it is told, and beyond which it is wrong."""


class Level(StrEnum):
    """How a part was found."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Found:
    """One part. `fix` is never empty where it is wrong; `code` is the exit code of what keeps all else from working."""

    level: Level
    part: str
    text: str
    fix: str = ""
    code: Exit = Exit.OK


async def check_profile(accounts: Accounts, profile: Profile) -> list[Found]:
    """Everything about the profile's accounts. Raises nothing that a broken set-up can cause."""
    found = [Found(Level.OK, "profile", f"{profile.name} in {shown(accounts.path)}")]
    for service in Service:
        account = profile.account(service)
        if account is None:
            what = f"profile {profile.name} has no {service.title} connected"
            found.append(Found(Level.WRONG, service.title, what, again(service, profile.name), Exit.SIGN_IN))
            continue
        found += _secrets(accounts, profile, account)
        found += [one async for one in _service(accounts, profile, account)]
    return found


def wrong(part: str, error: SmoothxError) -> Found:
    """A part that an error speaks of."""
    return Found(Level.WRONG, part, error.message, error.hint or "see the line", error.exit_code)


def _secrets(accounts: Accounts, profile: Profile, account: Account) -> Iterator[Found]:
    part = f"{account.service.title} secrets"
    if account.store is Keeping.ENVIRONMENT:
        yield Found(Level.OK, part, "from the environment")
        return
    try:
        keeper = accounts.keeper(account)
        kept = keeper.read()
    except SmoothxError as error:
        yield wrong(part, error)
        return
    if kept is None:
        missing = SignInNeeded(f"nothing is kept in {keeper.vault.where}", again(account.service, profile.name))
        yield wrong(part, missing)
        return
    yield Found(Level.OK, part, keeper.vault.where)
    vault = keeper.vault
    if isinstance(vault, FileVault):
        yield from _file(vault, account, part)
    if kept.renewing_since:
        text = "a renewal was cut off before its answer was kept"
        yield Found(Level.NOTE, part, text, "any command tries it again; do so within half an hour")
    if lacking := missing_scopes(account.service, kept.scope):
        text = f"not granted: {', '.join(lacking)}"
        yield Found(Level.WRONG, part, text, again(account.service, profile.name), Exit.SIGN_IN)


def _file(vault: FileVault, account: Account, part: str) -> Iterator[Found]:
    if problem := directory_problem(vault.directory.parent):
        yield wrong(part, problem)
    data = read_private(vault.path(account.vault_name))
    if data is not None and not is_sealed(data):
        yield Found(Level.NOTE, part, "kept in a file that is not encrypted", "docs/accounts.md: Encrypted files")


async def _service(accounts: Accounts, profile: Profile, account: Account) -> AsyncIterator[Found]:
    title = account.service.title
    async with AsyncExitStack() as stack:
        try:
            host = accounts.host(profile, account, stack)
            login = accounts.login_host(profile, account, stack)
        except SmoothxError as error:
            yield wrong(f"{title} host", error)
            return
        reached = True
        for one in (host, login) if login.base_url != host.base_url else (host,):
            async for found in _reached(accounts, one, account):
                reached = reached and found.level is not Level.WRONG
                yield found
        if reached:
            async for found in _signed_in(accounts, profile, account, host, stack):
                yield found


async def _reached(accounts: Accounts, host: "Host", account: Account) -> AsyncIterator[Found]:
    """DNS, TLS, and the service's own time; what it answers to a bare question does not matter."""
    from smoothx_tui.base.http import Call

    part = f"{account.service.title} host"
    try:
        answer = await host.send(Call("GET", "/", seconds=20.0))
    except ConnectionFailed as error:
        yield wrong(part, error)
        return
    tls = "TLS" if host.base_url.startswith("https:") else "no TLS, loopback"
    yield Found(Level.OK, part, f"{clean(host.base_url)} answers, {tls}")
    served = answer.served_at()
    if served is None:
        return
    skew = (accounts.clock.now() - served).total_seconds()
    if abs(skew) < SKEW_NOTED:
        return
    told = f"this machine is {_span(abs(skew))} {'ahead of' if skew > 0 else 'behind'} {account.service.title}"
    level = Level.WRONG if abs(skew) >= SKEW_WRONG else Level.NOTE
    yield Found(level, "clock", told, "set the clock: sudo timedatectl set-ntp true")


async def _signed_in(
    accounts: Accounts, profile: Profile, account: Account, host: "Host", stack: AsyncExitStack
) -> AsyncIterator[Found]:
    part = f"{account.service.title} sign-in"
    try:
        tokens = accounts.tokens(profile, account, stack)
        await tokens.token()
        how = "client credentials" if account.method is Method.CLIENT_CREDENTIALS else "a consent that is renewed"
        yield Found(Level.OK, part, how)
        reads = _organisation if account.service is Service.XERO else _company
        yield await reads(accounts, profile, account, host, tokens)
    except SmoothxError as error:
        yield wrong(part, error)


async def _organisation(
    accounts: Accounts, profile: Profile, account: Account, host: "Host", tokens: "TokenSource"
) -> Found:
    """Whether the sign-in reaches the organisation and may read it, and how many calls are left."""
    from smoothx_tui.xero.client import XeroClient

    client = XeroClient(host, account.id, tokens, accounts.clock)
    reached = await client.connections()
    if account.id not in {one.tenant_id for one in reached}:
        others = ", ".join(clean(one.tenant_name) for one in reached) or "none"
        what = f"the sign-in does not reach {account.shown()}; it reaches: {others}"
        return Found(Level.WRONG, "Xero organisation", what, again(account.service, profile.name), Exit.SIGN_IN)
    await client.lock_dates()
    left = client.limits
    calls = f"; calls left: {left.minute_remaining} this minute, {left.day_remaining} today"
    told = calls if left.minute_remaining is not None else ""
    return Found(Level.OK, "Xero organisation", f"{account.shown()} can be read{told}")


async def _company(accounts: Accounts, _: Profile, account: Account, host: "Host", tokens: "TokenSource") -> Found:
    from smoothx_tui.procore.client import ProcoreClient

    client = ProcoreClient(host, account.id, tokens, accounts.clock)
    query = {"company_id": account.id, "per_page": "1"}
    rows = await client.rows("/rest/v1.1/projects", query, "list the projects")
    left = client.limits.remaining
    told = f"; calls left: {left}" if left is not None else ""
    if not rows:
        fix = "have the sign-in added to the projects in Procore"
        return Found(Level.WRONG, "Procore company", f"{account.shown()} shows no project{told}", fix, Exit.SOME_FAILED)
    return Found(Level.OK, "Procore company", f"{account.shown()} can be read{told}")


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
