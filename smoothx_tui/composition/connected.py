"""A live profile as a place to work: its accounts, its ledger, and what the operator must see of it."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smoothx_tui.base.errors import SignInNeeded
from smoothx_tui.base.text import clean
from smoothx_tui.composition.services import Connected, in_a_thread
from smoothx_tui.session.options import Options
from smoothx_tui.session.place import Environment, Place
from smoothx_tui.settings.file import SETTINGS_VARIABLE

if TYPE_CHECKING:
    from smoothx_tui.accounts.accounts import Accounts
    from smoothx_tui.accounts.profile import Account, Profile
    from smoothx_tui.ledger.store import Ledger

OpenLedger = Callable[[Callable[[], "Ledger"]], Awaitable["Ledger"]]
"""Opens a ledger in a thread, and has it closed in the end."""
_PLAIN: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


def profile_of(options: Options, environ: Mapping[str, str]) -> "Profile | None":
    """The profile to work with; None for a sandbox. Raises UsageError, ConfigurationError."""
    if options.sandbox or options.scenario:
        return None
    from smoothx_tui.accounts.profiles import read_profiles
    from smoothx_tui.base.locations import profiles_file

    return read_profiles(profiles_file()).chosen(options.profile, environ)


def placed(options: Options, environ: Mapping[str, str]) -> Options:
    """The options with what the profile says where the command line says nothing; `profile` is None for a sandbox.

    A profile's settings file stands below `$SMOOTHX_SETTINGS` and above `./settings.toml`.
    """
    profile = profile_of(options, environ)
    if profile is None:
        return replace(options, profile=None)
    own = Path(profile.settings).expanduser() if profile.settings and not environ.get(SETTINGS_VARIABLE) else None
    return replace(
        options,
        profile=profile.name,
        settings=options.settings or own,
        ledger=options.ledger or profile.ledger or _usual_ledger(profile),
        read_only=options.read_only or profile.read_only,
    )


async def live(
    options: Options, accounts: "Accounts", opened: OpenLedger, stack: AsyncExitStack
) -> "tuple[Ledger, Connected, Place]":
    """The profile's ledger and both clients. `options` have been `placed`. Raises SmoothxError."""
    from smoothx_tui.ledger.store import Ledger

    profile = accounts.profiles().get(options.profile or "")
    whole(profile)
    ledger = await opened(lambda: Ledger.open(options.ledger or ""))
    connected = await _signed_in(profile, accounts, ledger, stack)
    return ledger, connected, _place(profile, connected, read_only=options.read_only)


async def _signed_in(profile: "Profile", accounts: "Accounts", ledger: "Ledger", stack: AsyncExitStack) -> Connected:
    """Both clients, on the right organisation, with Xero's limits shared through the ledger.

    One request is made: who Xero says this is, before anything is read or planned for it.
    """
    from smoothx_tui.accounts.profile import procore_endpoints
    from smoothx_tui.procore.client import ProcoreClient
    from smoothx_tui.syncing.limiter import GuardedLimiter, SharedLimiter
    from smoothx_tui.xero.client import XeroClient

    procore_account, xero_account = whole(profile)
    xero_host = accounts.host(profile, xero_account, stack)
    xero_tokens = accounts.tokens(profile, xero_account, stack)
    connections = await XeroClient(xero_host, "", xero_tokens, accounts.clock).connections()
    own = next((one for one in connections if one.tenant_id == xero_account.id), None)
    if own is None:
        raise _wrong_organisation(profile, [clean(one.tenant_name) for one in connections])
    limiter = GuardedLimiter(SharedLimiter(ledger, xero_account.id, accounts.clock, in_a_thread))
    web = procore_endpoints(procore_account.environment, procore_account.base_url, procore_account.web).web
    return Connected(
        ProcoreClient(
            accounts.host(profile, procore_account, stack),
            procore_account.id,
            accounts.tokens(profile, procore_account, stack),
            accounts.clock,
            web=web,
        ),
        XeroClient(xero_host, xero_account.id, xero_tokens, accounts.clock, limiter=limiter),
        limiter,
        clean(own.tenant_name) or xero_account.shown(),
    )


def _place(profile: "Profile", connected: Connected, *, read_only: bool) -> Place:
    """What the banner and every question name."""
    return Place(
        profile=profile.name,
        environment=Environment.OTHER_HOST if profile.foreign else Environment.LIVE,
        organisation=connected.organisation,
        tenant_id=connected.xero.tenant_id,
        read_only=read_only,
        approvals_required=profile.approvals_required,
        note="; ".join(_notes(profile)),
    )


def whole(profile: "Profile") -> "tuple[Account, Account]":
    """Procore's and Xero's account. Raises SignInNeeded for a side that is not connected."""
    from smoothx_tui.accounts.accounts import again
    from smoothx_tui.accounts.profile import Service

    for service in Service:
        if profile.account(service) is None:
            raise SignInNeeded(f"profile {profile.name} has no {service.title} connected", again(service, profile.name))
    assert profile.procore is not None
    assert profile.xero is not None
    return profile.procore, profile.xero


def _notes(profile: "Profile") -> list[str]:
    notes = [f"{one.service.title} is at {clean(one.base_url)}, not its own host" for one in profile.foreign]
    if profile.procore is not None and profile.procore.environment not in {"production", "other"}:
        notes.append(f"Procore is its {profile.procore.environment} sandbox, Xero is live")
    return notes


def _wrong_organisation(profile: "Profile", reached: list[str]) -> SignInNeeded:
    assert profile.xero is not None
    from smoothx_tui.accounts.accounts import again

    others = f"; it reaches {', '.join(reached)}" if reached else ""
    return SignInNeeded(
        f"the Xero sign-in of profile {profile.name} does not reach {profile.xero.shown()}{others}",
        again(profile.xero.service, profile.name),
    )


def _usual_ledger(profile: "Profile") -> str | None:
    """One ledger for an organisation, whatever the profile's name; another host's organisation is another one."""
    from smoothx_tui.base.locations import state_dir

    account = profile.xero
    if account is None:
        return None
    name = account.id if _PLAIN.fullmatch(account.id) else hashlib.sha256(account.id.encode()).hexdigest()[:32]
    where = f"other-{hashlib.sha256(account.base_url.encode()).hexdigest()[:8]}" if account.foreign else "xero"
    return str(state_dir() / f"{where}-{name}.sqlite3")
